import { machineBtf } from "../../btf/data/machine.ts";
import { BtfError } from "../../btf/error.ts";
import { ElfError } from "../../elf/error.ts";
import type { LinuxProgram } from "../../linux/bpf/program.ts";
import { ERRNO } from "../../linux/errno.ts";
import type { BpfMap } from "../../loader/object/bpf-map.ts";
import { BpfObject } from "../../loader/object/bpf-object.ts";
import { ObjectError } from "../../loader/object/error.ts";
import { sectionMeaning } from "../../loader/object/sections.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { VerifierError } from "../../verifier/verification.ts";
import { verify } from "../../verifier/verify.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError, errnoText, exitOf } from "../error.ts";
import { absolute } from "../files.ts";
import { readMap } from "../map/find.ts";
import { pinObject } from "../pin.ts";
import { type Reply, SILENT, type Tool } from "../tool.ts";
import { errnoOf } from "../write.ts";

/** The name that libbpf gives an object: its file's, up to the first dot. */
export const objectNameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1).replace(/\..*$/s, "");

/** Words of `prog load` behind object and path. */
interface LoadWords {
  type: string | undefined;
  pinmaps: string | undefined;
  readonly reused: { readonly by: "idx" | "name"; readonly which: string; readonly map: RuntimeMap }[];
}

function readWords(tool: Tool, args: Arguments): LoadWords {
  const words: LoadWords = { type: undefined, pinmaps: undefined, reused: [] };
  while (args.left > 0) {
    if (args.take("type")) {
      if (words.type !== undefined) throw new BpftoolError("program type already specified");
      words.type = args.value();
    } else if (args.take("map")) {
      const by = args.take("idx") ? "idx" : args.take("name") ? "name" : undefined;
      if (by === undefined) throw new BpftoolError(`expected 'idx' or 'name', got: '${args.word ?? "(null)"}'`);
      words.reused.push({ by, which: args.value(), map: readMap(tool, args) });
    } else if (args.take("pinmaps")) words.pinmaps = args.value();
    else if (args.is("dev")) throw new BpftoolError("programs cannot be loaded for a device on this machine");
    else throw new BpftoolError(`expected no more arguments, 'type', 'map' or 'dev', got: '${args.word}'?`);
  }
  return words;
}

/** Opens an object file on the machine; throws in libbpf's words. */
export function openObject(tool: Tool, path: string): BpfObject {
  let bytes: Uint8Array;
  try {
    bytes = tool.files.read(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    const before = `libbpf: elf: failed to open ${path}: ${errnoText(errno)}\n`;
    throw new BpftoolError("failed to open object file", { before });
  }
  try {
    return new BpfObject(tool.machine, bytes, { name: objectNameOf(path) });
  } catch (error) {
    if (!(error instanceof ElfError || error instanceof ObjectError || error instanceof BtfError)) throw error;
    const reason =
      error instanceof ElfError && !isElf(bytes) ? `elf: '${path}' is not a proper ELF object` : reasonOf(error);
    throw new BpftoolError("failed to open object file", { before: `libbpf: ${reason}\n` });
  }
}

const isElf = (bytes: Uint8Array): boolean => bytes[0] === 0x7f && bytes[1] === 0x45;
const reasonOf = (error: ElfError | ObjectError | BtfError): string =>
  error instanceof BtfError ? error.message : error.reason;

/** What libbpf prints of a program that the verifier refused. */
export function rejectionText(tool: Tool, spec: ProgramSpec, code: string, object: string): string {
  const { log } = verify(spec, { kernel: () => machineBtf(tool.machine.linux.release), logLevel: 1 });
  const errno = ERRNO[code] ?? 22;
  return (
    `libbpf: prog '${spec.name}': BPF program load failed: ${errnoText(code)}\n` +
    `libbpf: prog '${spec.name}': -- BEGIN PROG LOAD LOG --\n${log}${log.endsWith("\n") ? "" : "\n"}` +
    `-- END PROG LOAD LOG --\nlibbpf: prog '${spec.name}': failed to load: -${errno}\n` +
    `libbpf: failed to load object '${object}'\n`
  );
}

/** Loads an object; throws with libbpf's lines and the verifier's log. */
export function loadOpened(tool: Tool, object: BpfObject, path: string): void {
  try {
    object.load();
  } catch (error) {
    if (error instanceof VerifierError) {
      const before = rejectionText(tool, error.verification.program, error.code, path);
      throw new BpftoolError("failed to load object file", { before });
    }
    if (!(error instanceof ObjectError)) throw error;
    const before = `libbpf: ${error.reason}\nlibbpf: failed to load object '${path}'\n`;
    throw new BpftoolError("failed to load object file", { before });
  }
}

/** A map's name as libbpf pins it: dots cannot be in names of bpf's file system. */
const pinName = (map: BpfMap): string => map.view.runtime.spec.name.replaceAll(".", "_");

/** `bpftool prog { load | loadall } OBJ PATH [type TYPE] [map ...] [pinmaps DIR]`. */
export function loadPrograms(tool: Tool, args: Arguments, all: boolean): Reply {
  args.require(2);
  const [file, path] = [args.next(), args.next()];
  const words = readWords(tool, args);
  const object = openObject(tool, file);
  const { type } = words;
  if (type !== undefined) {
    const meaning = sectionMeaning(`${type}/`).type === undefined ? sectionMeaning(type) : sectionMeaning(`${type}/`);
    if (meaning.type === undefined)
      throw new BpftoolError("", { before: `libbpf: failed to guess program type from ELF section '${type}/'\n` });
    for (const program of object.programList) {
      program.type = meaning.type;
      if (meaning.attachType !== undefined) program.expectedAttachType = meaning.attachType;
    }
  }
  const maps = Object.values(object.maps);
  for (const { by, which, map } of words.reused) {
    const found = by === "name" ? maps.find(({ name }) => name === which) : maps[Number(which)];
    if (found === undefined) throw new BpftoolError(`map idx '${which}' not used`);
    found.reuse({ runtime: map });
  }
  if (object.programList.length === 0) throw new BpftoolError("object file doesn't contain any bpf program");
  const pins: (readonly [string, LinuxProgram])[] = [];
  try {
    loadOpened(tool, object, objectNameOf(file));
    const loaded = object.programList.filter(({ isLoaded }) => isLoaded);
    if (all) for (const program of loaded) pins.push([`${path}/${program.name}`, program.loaded.program]);
    else if (loaded[0] !== undefined) pins.push([path, loaded[0].loaded.program]);
    pinAll(tool, path, all, pins);
    if (words.pinmaps !== undefined)
      for (const map of Object.values(object.maps))
        pinObject(tool, `${words.pinmaps}/${pinName(map)}`, { kind: "map", map: map.view.runtime });
  } finally {
    // What is pinned, attached or used stays.
    object.destroy();
  }
  return SILENT;
}

function pinAll(tool: Tool, path: string, all: boolean, pins: readonly (readonly [string, LinuxProgram])[]): void {
  const { fs } = tool.machine.bpf;
  const taken = pins.find(([at]) => fs.get(absolute(at)) !== undefined);
  if (taken !== undefined) {
    if (all) throw new BpftoolError("failed to pin all programs", { exitCode: exitOf("EEXIST") });
    throw new BpftoolError(`can't pin the object (${path}): ${errnoText("EEXIST")}`, { exitCode: exitOf("EEXIST") });
  }
  for (const [at, program] of pins) pinObject(tool, at, { kind: "program", program });
}
