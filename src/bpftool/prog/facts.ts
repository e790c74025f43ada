import type { LinuxProgram } from "../../linux/bpf/program.ts";
import { mapId } from "../../maps/inner-map.ts";
import { isCompiled } from "../../vm/jit/jit.ts";
import { type Json, object } from "../json.ts";
import type { Tool } from "../tool.ts";
import { linuxXlated } from "./linux-xlated.ts";
import { tagOf } from "./tag.ts";

/** When a machine boots, by its wall clock, in seconds: `strftime` of bpftrace counts from there, too. */
export const BOOT_SECONDS = Date.UTC(2026, 0, 1) / 1000;

const PAGE = 4096;
/** `struct bpf_prog` before its instructions. */
const PROGRAM = 72;

/** What `BPF_OBJ_GET_INFO_BY_FD` tells of a program. */
export interface ProgramFacts {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly tag: string;
  readonly gpl: boolean;
  /** Seconds since 1970. */
  readonly loadedAt: number;
  readonly xlated: number;
  /** Bytes of code, 0 where it is interpreted. */
  readonly jited: number;
  readonly memlock: number;
  readonly mapIds: readonly number[];
  readonly btfId: number | undefined;
  /** Paths that it is pinned to. */
  readonly pinned: readonly string[];
}

/** What Linux 6.18 takes for the GPL or a license that goes with it. */
const GPL = new Set(["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"]);

/** All that `prog show` prints of a program. */
export function programFacts({ machine: { linux, bpf } }: Tool, program: LinuxProgram): ProgramFacts {
  const { spec, runnable } = program;
  const { insns } = linuxXlated(program, linux.release);
  return {
    id: program.id,
    type: spec.type === "raw" ? "unspec" : spec.type,
    name: spec.name.slice(0, 15),
    tag: tagOf(spec.insns, linux.release),
    gpl: GPL.has(spec.license),
    loadedAt: BOOT_SECONDS + Math.floor(program.loadedAt / 1e9),
    xlated: insns.length * 8,
    jited: isCompiled(runnable) ? runnable.module.bytes.length : 0,
    memlock: Math.ceil((PROGRAM + insns.length * 8) / PAGE) * PAGE,
    mapIds: program.maps.map(mapId),
    btfId: bpf.btf.idOf(spec.btf),
    pinned: bpf.fs.list().flatMap(([path, pin]) => (pin.kind === "program" && pin.program === program ? [path] : [])),
  };
}

/** A program as `prog show` prints it. */
export function programText(facts: ProgramFacts, bpffs: boolean): string {
  const name = facts.name === "" ? "" : `  name ${facts.name}`;
  const loaded = new Date(facts.loadedAt * 1000).toISOString().replace(/\.\d+Z$/, "+0000");
  const jited = facts.jited > 0 ? `jited ${facts.jited}B` : "not jited";
  const maps = facts.mapIds.length > 0 ? `  map_ids ${facts.mapIds.join(",")}` : "";
  return [
    `${facts.id}: ${facts.type}${name}  tag ${facts.tag}${facts.gpl ? "  gpl" : ""}`,
    `\tloaded_at ${loaded}  uid 0`,
    `\txlated ${facts.xlated}B  ${jited}  memlock ${facts.memlock}B${maps}`,
    ...(bpffs ? facts.pinned.map((path) => `\tpinned ${path}`) : []),
    ...(facts.btfId === undefined ? [] : [`\tbtf_id ${facts.btfId}`]),
    "",
  ].join("\n");
}

/** The same for `-j`. */
export function programJson(facts: ProgramFacts, bpffs: boolean): Json {
  return object(
    ["id", facts.id],
    ["type", facts.type],
    ["name", facts.name === "" ? undefined : facts.name],
    ["tag", facts.tag],
    ["gpl_compatible", facts.gpl],
    ["loaded_at", facts.loadedAt],
    ["uid", 0],
    ["bytes_xlated", facts.xlated],
    ["jited", facts.jited > 0],
    ["bytes_jited", facts.jited > 0 ? facts.jited : undefined],
    ["bytes_memlock", facts.memlock],
    ["map_ids", facts.mapIds.length > 0 ? facts.mapIds : undefined],
    ["pinned", bpffs && facts.pinned.length > 0 ? facts.pinned : undefined],
    ["btf_id", facts.btfId],
  );
}
