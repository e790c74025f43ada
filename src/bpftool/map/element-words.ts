import { roundUp8 } from "../../maps/base.ts";
import { UPDATE_FLAGS, type UpdateMode } from "../../maps/flags.ts";
import { mapId } from "../../maps/inner-map.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { isPerCpu } from "../../maps/spec.ts";
import { type Arguments, readBytes } from "../arguments.ts";
import { BpftoolError } from "../error.ts";
import { readProgram } from "../prog/find.ts";
import type { Tool } from "../tool.ts";
import { readMap } from "./find.ts";

/** What `[key DATA] [value VALUE] [any | exist | noexist]` says. */
export interface ElementWords {
  readonly key: Uint8Array;
  /** What bpf(2) takes: the value for all CPUs, or the id of what is put into a map of maps or programs. */
  readonly value: Uint8Array;
  readonly flags: number;
}

/** Which of them a command takes. */
export interface Wanted {
  readonly key: boolean;
  readonly value: boolean;
  readonly flags?: boolean;
}

const bytesOf = (id: number): Uint8Array => new Uint8Array(Uint32Array.of(id).buffer);

/** Reads the words in any order, as bpftool does; throws in its words. */
export function readElement(tool: Tool, args: Arguments, map: RuntimeMap, wanted: Wanted): ElementWords {
  const { spec } = map;
  let key: Uint8Array | undefined;
  let value: Uint8Array | undefined;
  let mode: UpdateMode | undefined;
  while (args.left > 0) {
    if (args.take("key")) {
      if (!wanted.key || key !== undefined)
        throw new BpftoolError(spec.keySize > 0 ? "duplicate key" : "unnecessary key");
      key = readBytes(args, "key", spec.keySize);
    } else if (args.take("value")) {
      if (!wanted.value || value !== undefined)
        throw new BpftoolError(spec.valueSize > 0 ? "duplicate value" : "unnecessary value");
      value = readValue(tool, args, map);
    } else if (args.is("any") || args.is("noexist") || args.is("exist")) {
      const word = args.next();
      if (wanted.flags !== true || mode !== undefined)
        throw new BpftoolError(`flags specified multiple times: ${word}`);
      mode = (["any", "noexist", "exist"] as const).find((each) => each.startsWith(word));
    } else throw new BpftoolError(`expected key or value, got: ${args.word}`);
  }
  if (wanted.key && key === undefined) throw new BpftoolError("did not find key");
  if (wanted.value && value === undefined) throw new BpftoolError("did not find value");
  return {
    key: key ?? new Uint8Array(spec.keySize),
    value: value ?? new Uint8Array(map.userValueSize),
    flags: UPDATE_FLAGS[mode ?? "any"],
  };
}

function readValue(tool: Tool, args: Arguments, map: RuntimeMap): Uint8Array {
  const { type, valueSize } = map.spec;
  const nested = type === "array_of_maps" || type === "hash_of_maps";
  if (nested || type === "prog_array") {
    if (args.left < 2) throw new BpftoolError(`not enough value arguments for map of ${nested ? "maps" : "progs"}`);
    return bytesOf(nested ? mapId(readMap(tool, args)) : readProgram(tool, args).id);
  }
  const value = readBytes(args, "value", valueSize);
  if (!isPerCpu(type)) return value;
  const step = roundUp8(valueSize);
  const all = new Uint8Array(map.userValueSize);
  for (let at = 0; at < all.length; at += step) all.set(value, at);
  return all;
}
