import { MapError } from "../../maps/error.ts";
import { MAP_TYPES, type MapSpec, type MapType } from "../../maps/spec.ts";
import { type Arguments, isPrefix } from "../arguments.ts";
import { BpftoolError, errnoText } from "../error.ts";
import { pinObject } from "../pin.ts";
import { type Reply, SILENT, type Tool } from "../tool.ts";
import { readMap } from "./find.ts";

/** Types by the names that bpftool has for them. */
export const TYPE_NAMES: readonly (readonly [string, MapType])[] = (Object.keys(MAP_TYPES) as MapType[]).map((type) => [
  type.replace("_deprecated", ""),
  type,
]);

/** `bpftool map create FILE type TYPE key KEY_SIZE value VALUE_SIZE entries MAX_ENTRIES name NAME [flags FLAGS] [inner_map MAP]`. */
export function createMap(tool: Tool, args: Arguments): Reply {
  args.require(7);
  const path = args.next();
  let type: MapType | undefined;
  let inner: MapSpec | undefined;
  let name = "";
  const numbers: Record<"key" | "value" | "entries" | "flags", number | undefined> = {
    ...{ key: undefined, value: undefined, entries: undefined, flags: undefined },
  };
  const number = (word: keyof typeof numbers, what: string): boolean => {
    if (!args.is(word)) return false;
    args.next();
    if (numbers[word] !== undefined) throw new BpftoolError(`${what} already specified`);
    numbers[word] = args.number(what);
    return true;
  };
  while (args.left > 0) {
    if (args.take("type")) {
      if (type !== undefined) throw new BpftoolError("map type already specified");
      const word = args.value();
      type = TYPE_NAMES.find(([each]) => each === word)?.[1] ?? TYPE_NAMES.find(([each]) => isPrefix(word, each))?.[1];
      if (type === undefined) throw new BpftoolError(`unrecognized map type: ${word}`);
    } else if (args.take("name")) name = args.value();
    else if (args.take("inner_map")) {
      if (args.left < 2) throw new BpftoolError("not enough arguments for inner_map");
      inner = readMap(tool, args).spec;
    } else if (args.is("dev")) throw new BpftoolError("maps cannot be made for a device on this machine");
    else if (
      !number("key", "key size") &&
      !number("value", "value size") &&
      !number("entries", "max entries") &&
      !number("flags", "flags")
    )
      throw new BpftoolError(`unknown arg ${args.word}`);
  }
  if (name === "") throw new BpftoolError("map name not specified");
  const { key = 0, value = 0, entries = 0, flags = 0 } = numbers;
  if (type === undefined) throw new BpftoolError("map type not specified");
  const spec: MapSpec = {
    ...{ type, name: name.slice(0, 15), keySize: key, valueSize: value, maxEntries: entries, flags },
    ...(inner === undefined ? {} : { inner }),
  };
  let map: ReturnType<Tool["machine"]["bpf"]["createMap"]>;
  try {
    map = tool.machine.bpf.createMap(spec);
  } catch (error) {
    if (!(error instanceof MapError)) throw error;
    throw new BpftoolError(`map create failed: ${errnoText(error.errno)}`);
  }
  try {
    pinObject(tool, path, { kind: "map", map });
  } catch (error) {
    tool.machine.bpf.removeMap(map);
    throw error;
  }
  return SILENT;
}
