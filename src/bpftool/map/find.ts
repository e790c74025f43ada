import { mapId } from "../../maps/inner-map.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError } from "../error.ts";
import { pinnedAt } from "../prog/find.ts";
import type { Tool } from "../tool.ts";

/** All maps of a machine, by id. */
export const mapsOf = ({ machine: { linux } }: Tool): RuntimeMap[] =>
  linux.maps.flatMap((map) => (map === undefined ? [] : [map]));

/** Maps that `id N`, `name X` or `pinned PATH` mean. Throws as bpftool says it. */
export function readMaps(tool: Tool, args: Arguments): RuntimeMap[] {
  if (args.take("id")) {
    const word = args.value();
    const id = /^\d+$|^0x[0-9a-f]+$/i.test(word) ? Number(word) : undefined;
    if (id === undefined) throw new BpftoolError(`can't parse ${word} as ID`);
    const found = mapsOf(tool).find((map) => mapId(map) === id);
    if (found === undefined) throw new BpftoolError(`get map by id (${id}): No such file or directory`);
    return [found];
  }
  if (args.take("name")) {
    const name = args.value();
    if (name.length > 15) throw new BpftoolError("can't parse name");
    return mapsOf(tool).filter(({ spec }) => spec.name === name);
  }
  if (args.take("pinned")) return [pinnedAt(tool, args.value(), "map").map];
  throw new BpftoolError(`expected 'id', 'name' or 'pinned', got: '${args.word ?? "(null)"}'?`);
}

/** The one map that is meant. */
export function readMap(tool: Tool, args: Arguments): RuntimeMap {
  const found = readMaps(tool, args);
  if (found.length > 1) throw new BpftoolError("several maps match this handle");
  // bpftool says nothing then.
  if (found.length === 0) throw new BpftoolError("");
  return found[0]!;
}
