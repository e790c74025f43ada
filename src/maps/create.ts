import { type LinearMemory, OutOfMemoryError } from "../memory/memory.ts";
import { ArrayMap } from "./array.ts";
import type { Errno } from "./errno.ts";
import { MapError } from "./error.ts";
import { MAP_FLAGS } from "./flags.ts";
import { HashMap } from "./hash.ts";
import type { RuntimeMap } from "./runtime.ts";
import type { MapSpec, MapType } from "./spec.ts";
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
  array: { make: ArrayMap, flags: 0, check: fourByteKey },
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

const isCount = (entries: number): boolean => Number.isInteger(entries) && entries > 0 && entries < 2 ** 32;

/** What Linux checks, in its order: one mistake may hide another. */
function check(spec: MapSpec): Refusal | undefined {
  const row = TYPES[spec.type];
  if (spec.flags & ~row.flags)
    return refuse(
      "EINVAL",
      `flags 0x${spec.flags.toString(16)}`,
      `A map of type ${spec.type} knows 0x${row.flags.toString(16)}.`,
    );
  if (!isCount(spec.maxEntries)) return refuse("EINVAL", `maxEntries ${spec.maxEntries}`, "Use 1 to 2 ** 32 - 1.");
  if (spec.valueSize === 0) return refuse("EINVAL", "a value of 0 bytes", "Give it a value of at least one byte.");
  const refusal = row.check(spec);
  if (refusal) return refusal;
  if (!/^[A-Za-z0-9_.]{0,15}$/.test(spec.name))
    return refuse("EINVAL", "its name", "Use at most 15 letters, digits, underscores and dots.");
  return undefined;
}

/**
 * Makes map number `index` of a machine in its memory, as `BPF_MAP_CREATE` does; throws `MapError` where Linux refuses
 * (EINVAL, E2BIG) or the machine's memory is full (ENOMEM).
 *
 * @example const counts = createMap(memory, 0, { type: "array", name: "counts", keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 });
 */
export function createMap(memory: LinearMemory, index: number, spec: MapSpec): RuntimeMap {
  const refusal = check(spec);
  if (refusal) throw new MapError(refusal.errno, spec.name, refusal.problem, refusal.hint);
  try {
    return new TYPES[spec.type].make(memory, index, spec);
  } catch (cause) {
    if (!(cause instanceof OutOfMemoryError)) throw cause;
    throw new MapError("ENOMEM", spec.name, cause.message, "Lower maxEntries, or give the machine more memory.", cause);
  }
}
