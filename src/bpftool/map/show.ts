import { MAP_FLAGS } from "../../maps/flags.ts";
import { isFrozen } from "../../maps/header.ts";
import { mapId } from "../../maps/inner-map.ts";
import { ProgArrayMap } from "../../maps/prog-array.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError, usageError } from "../error.ts";
import { type Json, object } from "../json.ts";
import type { Reply, Tool } from "../tool.ts";
import { mapsOf, readMaps } from "./find.ts";
import { memoryUsage } from "./memory-usage.ts";

/** What `map show` prints of a map. */
function facts({ machine: { linux, bpf } }: Tool, map: RuntimeMap) {
  const { spec } = map;
  const device = spec.type === "devmap" || spec.type === "devmap_hash";
  return {
    id: mapId(map),
    type: spec.type.replace("_deprecated", ""),
    name: spec.name,
    // Linux makes maps of devices read-only for programs.
    flags: spec.flags | (device ? MAP_FLAGS.RDONLY_PROG : 0),
    memlock: memoryUsage(map, linux.cpus.length),
    owner: map instanceof ProgArrayMap ? map.kind : undefined,
    frozen: isFrozen(map.memory, map.header),
    btfId: bpf.btf.idOf(spec.btf?.btf),
    pinned: bpf.fs.list().flatMap(([path, pin]) => (pin.kind === "map" && pin.map === map ? [path] : [])),
  };
}

function mapText(tool: Tool, map: RuntimeMap): string {
  const { id, type, name, flags, memlock, owner, frozen, btfId, pinned } = facts(tool, map);
  const { keySize, valueSize, maxEntries } = map.spec;
  const last = [...(btfId === undefined ? [] : [`btf_id ${btfId}`]), ...(frozen ? ["frozen"] : [])].join("  ");
  return [
    `${id}: ${type}${name === "" ? "" : `  name ${name}`}  flags 0x${flags.toString(16)}`,
    `\tkey ${keySize}B  value ${valueSize}B  max_entries ${maxEntries}  memlock ${memlock}B`,
    ...(owner === undefined ? [] : [`\towner_prog_type ${owner}  owner jited`]),
    ...(tool.options.bpffs ? pinned.map((path) => `\tpinned ${path}`) : []),
    ...(last === "" ? [] : [`\t${last}`]),
    "",
  ].join("\n");
}

function mapJson(tool: Tool, map: RuntimeMap): Json {
  const { id, type, name, flags, memlock, owner, frozen, btfId, pinned } = facts(tool, map);
  const { keySize, valueSize, maxEntries } = map.spec;
  return object(
    ["id", id],
    ["type", type],
    ["name", name === "" ? undefined : name],
    ["flags", flags],
    ["bytes_key", keySize],
    ["bytes_value", valueSize],
    ["max_entries", maxEntries],
    ["bytes_memlock", memlock],
    ["owner_prog_type", owner],
    ["owner_jited", owner === undefined ? undefined : true],
    ["frozen", frozen ? 1 : 0],
    ["pinned", tool.options.bpffs && pinned.length > 0 ? pinned : undefined],
    ["btf_id", btfId],
  );
}

/** `bpftool map { show | list } [MAP]`. */
export function showMaps(tool: Tool, args: Arguments): Reply {
  if (args.left === 0) {
    const all = mapsOf(tool);
    return { text: all.map((map) => mapText(tool, map)).join(""), json: all.map((map) => mapJson(tool, map)) };
  }
  if (args.left !== 2) {
    if (args.left === 1) {
      readMaps(tool, args);
      throw usageError("map");
    }
    throw new BpftoolError(`what is '${args.rest()[0]}'?`);
  }
  const found = readMaps(tool, args);
  if (found.length === 0) throw new BpftoolError("");
  const json = found.map((map) => mapJson(tool, map));
  return { text: found.map((map) => mapText(tool, map)).join(""), json: json.length > 1 ? json : json[0]! };
}
