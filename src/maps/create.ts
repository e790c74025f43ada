import { ArgumentError, describe, isObject } from "../isa/argument.ts";
import { type LinearMemory, OutOfMemoryError } from "../memory/memory.ts";
import { ArrayMap } from "./array.ts";
import type { Errno } from "./errno.ts";
import { MapError } from "./error.ts";
import { MAP_FLAGS } from "./flags.ts";
import { HashMap } from "./hash.ts";
import type { RuntimeMap } from "./runtime.ts";
import { MAP_TYPES, type MapSpec, type MapType } from "./spec.ts";
import { MAX_STACK_DEPTH, StackTraceMap } from "./stack-trace.ts";

/** Why a specification is no map: Linux's errno, the problem, what to do. */
interface Refusal {
  readonly errno: Errno;
  readonly problem: string;
  readonly hint: string;
}

const refuse = (errno: Errno, problem: string, hint: string): Refusal => ({ errno, problem, hint });

/** Linux's largest element of a hash map: what its allocator gives at once, less the element's own 48 bytes. */
const MAX_HASH_ELEMENT = 4 * 2 ** 20 - 48;

/** Linux's largest value of an array. */
const MAX_ARRAY_VALUE = 2 ** 31 - 1;

/** The rules of one map type. */
interface TypeRow {
  readonly make: new (memory: LinearMemory, index: number, spec: MapSpec) => RuntimeMap;
  /** All flags of creation that it knows. */
  readonly flags: number;
  readonly check: (spec: MapSpec) => Refusal | undefined;
}

const fourByteKey = ({ keySize }: MapSpec): Refusal | undefined =>
  keySize === 4
    ? undefined
    : refuse("EINVAL", `a key of ${keySize} bytes`, "Its key is an index: use a key of 4 bytes.");

const TYPES: Readonly<Record<MapType, TypeRow>> = {
  hash: {
    make: HashMap,
    flags: MAP_FLAGS.NO_PREALLOC | MAP_FLAGS.ZERO_SEED,
    check: ({ keySize, valueSize }) =>
      keySize === 0
        ? refuse("EINVAL", "a key of 0 bytes", "Give it a key of at least one byte.")
        : keySize + valueSize >= MAX_HASH_ELEMENT
          ? refuse("E2BIG", `an element of ${keySize + valueSize} bytes`, "Keep elements below 4 MiB.")
          : undefined,
  },
  array: {
    make: ArrayMap,
    flags: 0,
    check: (spec) =>
      fourByteKey(spec) ??
      (spec.valueSize > MAX_ARRAY_VALUE
        ? refuse("E2BIG", `a value of ${spec.valueSize} bytes`, "Keep values below 2 GiB.")
        : undefined),
  },
  stack_trace: {
    make: StackTraceMap,
    flags: 0,
    check: (spec) =>
      fourByteKey(spec) ??
      (spec.valueSize % 8 !== 0 || spec.valueSize / 8 > MAX_STACK_DEPTH
        ? refuse(
            "EINVAL",
            `a value of ${spec.valueSize} bytes`,
            `Use 8 bytes for each of 1 to ${MAX_STACK_DEPTH} addresses.`,
          )
        : undefined),
  },
};

/** The widest number that an attribute of bpf(2) holds. */
const MOST = 2 ** 32 - 1;

/** Attributes that bpf(2) has as unsigned 32-bit numbers: the least of each, and what it is for. */
const NUMBERS: readonly (readonly [name: keyof MapSpec, least: number, hint: string])[] = [
  ["flags", 0, "Or flags together from MAP_FLAGS."],
  ["maxEntries", 1, "It is the number of elements that there is room for."],
  ["valueSize", 1, "It is the number of bytes of a value."],
  ["keySize", 0, "It is the number of bytes of a key."],
];

/** What Linux checks, in its order: one mistake may hide another. */
function refusalOf(spec: MapSpec): Refusal | undefined {
  for (const [name, least, hint] of NUMBERS) {
    const value = spec[name];
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= MOST) continue;
    return refuse("EINVAL", `${name} must be a whole number from ${least} to ${MOST}, got ${describe(value)}`, hint);
  }
  const row = TYPES[spec.type];
  if (spec.flags & ~row.flags)
    return refuse(
      "EINVAL",
      `flags 0x${spec.flags.toString(16)}`,
      `A map of type ${spec.type} knows 0x${row.flags.toString(16)}.`,
    );
  const refusal = row.check(spec);
  if (refusal) return refusal;
  if (!/^[A-Za-z0-9_.]{0,15}$/.test(spec.name))
    return refuse("EINVAL", "its name", "Use at most 15 letters, digits, underscores and dots.");
  return undefined;
}

/**
 * Checks a map's attributes as `BPF_MAP_CREATE` does, without making it: throws `MapError` (EINVAL, E2BIG), or
 * `ArgumentError` for what is no specification at all. Whether there is memory for it only `createMap` knows.
 */
export function checkMap(spec: MapSpec): void {
  if (!isObject(spec)) throw new ArgumentError("map", "a map, as map.hash({ ... }) declares it", spec);
  if (typeof spec.name !== "string") throw new ArgumentError("name of the map", "a string", spec.name);
  if (!Object.hasOwn(MAP_TYPES, spec.type))
    throw new ArgumentError("type of the map", `one of ${Object.keys(MAP_TYPES).join(", ")}`, spec.type);
  const refusal = refusalOf(spec);
  if (refusal) throw new MapError(refusal.errno, spec.name, refusal.problem, refusal.hint);
}

/**
 * Makes map number `index` of a machine in its memory, as `BPF_MAP_CREATE` does; throws `MapError` where Linux refuses
 * (EINVAL, E2BIG) or the machine's memory is full (ENOMEM).
 *
 * @example const counts = createMap(memory, 0, { type: "array", name: "counts", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 });
 */
export function createMap(memory: LinearMemory, index: number, spec: MapSpec): RuntimeMap {
  checkMap(spec);
  try {
    return new TYPES[spec.type].make(memory, index, spec);
  } catch (cause) {
    if (!(cause instanceof OutOfMemoryError)) throw cause;
    throw new MapError("ENOMEM", spec.name, cause.message, "Lower maxEntries, or give the machine more memory.", cause);
  }
}
