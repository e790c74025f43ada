import { ARGUMENTS } from "../helpers/arguments.ts";
import { missingReason } from "../helpers/missing.ts";
import type { ArgType, HelperFunction, Passing } from "../helpers/row.ts";
import { RingbufMap } from "../maps/ringbuf.ts";
import type { ElementPlace, RuntimeMap } from "../maps/runtime.ts";
import { argumentTypes, checkedCall } from "./checked-call.ts";
import type { BoundHelper, Environment } from "./environment.ts";
import { ProgramError } from "./errors.ts";
import type { Operation } from "./operation.ts";
import type { Regions } from "./regions.ts";
import { findProgram, findProgramIn, type ProgramPlaces, programPlaces, TAIL_CALL } from "./tail-call.ts";
import type { Xlated } from "./types.ts";

/** One i32 that a helper call passes: the low or the high half of a register. */
export interface Argument {
  readonly register: number;
  readonly half: "low" | "high";
}

/** A helper call, resolved for one place of one program: what to pass, whom to call, how the result comes back. */
export interface CallTarget {
  /** Linux's name without `bpf_`. */
  readonly name: string;
  readonly args: readonly Argument[];
  readonly passing: Passing;
  readonly call: HelperFunction;
  /** The map, where it is known before the run. */
  readonly map: RuntimeMap | undefined;
  /** Registers that may point to memory which the helper touches, and how much of it: undefined where only the run knows. */
  readonly pointers: readonly { readonly register: number; readonly bytes: number | undefined }[];
  /** For lookups in an array that is known before the run: where its elements lie. */
  readonly array: ArrayPlace | undefined;
  /** The call is a tail call: `call` answers with the slot of the program that goes on, or 0. */
  readonly tail: boolean;
  /** For tail calls into an array of programs that is known before the run. */
  readonly programs: ProgramPlaces | undefined;
}

/** The elements of an array in linear memory. */
export interface ArrayPlace extends ElementPlace {
  readonly maxEntries: number;
  /** The key, where the verifier proved it to be constant and in range. */
  readonly constantKey: number | undefined;
}

/** A call on a map that is known before the run goes straight to that map. */
interface Specialised {
  readonly args: readonly Argument[];
  readonly bind: (map: RuntimeMap) => HelperFunction | undefined;
}

const low = (register: number): Argument => ({ register, half: "low" });
const high = (register: number): Argument => ({ register, half: "high" });

const SPECIALISED: Readonly<Record<string, Specialised>> = {
  map_lookup_elem: {
    args: [low(2)],
    bind: (map) => (map.bindLookup?.() ?? ((key) => map.lookup(key))) as HelperFunction,
  },
  map_update_elem: {
    args: [low(2), low(3), low(4), high(4)],
    // No flag has a bit above 31: such a value must reach the map as one that it refuses.
    bind: (map) => (key, value, flags, flagsHigh) => map.update(key!, value!, flagsHigh === 0 ? flags! : -1),
  },
  ringbuf_output: {
    args: [low(2), low(3), low(4), high(4)],
    bind: (map) => (map instanceof RingbufMap ? (map.bindOutput() as HelperFunction) : undefined),
  },
  map_delete_elem: { args: [low(2)], bind: (map) => (key) => map.delete(key!) },
};

/**
 * All helper calls of a program, by slot; `helperOf` finds helpers by id, the environment's own when nothing is said. Throws
 * `ProgramError` where there is no such helper.
 */
export function resolveCalls(
  xlated: Xlated,
  operations: readonly Operation[],
  environment: Environment,
  maps: readonly RuntimeMap[],
  regions: Regions,
  helperOf: (id: number) => BoundHelper | undefined = (id) => environment.helper(id, xlated.type),
): (CallTarget | undefined)[] {
  return operations.map((operation, at) => {
    const slot = xlated.origin[at]!;
    const helper = findCallee(operation, environment, helperOf, xlated, at);
    if (helper === undefined) return undefined;
    if (!xlated.verified) return checkedCall(helper, slot, environment.host, regions);
    const { map, constantKey } = xlated.facts[at]!;
    return resolveCall(helper, map === undefined ? undefined : maps[map], constantKey);
  });
}

/** What a helper call or kfunc call calls; undefined for other operations. */
function findCallee(
  operation: Operation,
  environment: Environment,
  helperOf: (id: number) => BoundHelper | undefined,
  { type, origin, facts }: Xlated,
  at: number,
): BoundHelper | undefined {
  const slot = origin[at]!;
  switch (operation.kind) {
    case "helper": {
      const row = environment.helperRow(operation.id);
      if (row?.name === TAIL_CALL) return { row, call: findProgram(environment.host) };
      const helper = helperOf(operation.id);
      if (helper !== undefined) return helper;
      const what =
        row === undefined
          ? `there is no helper ${operation.id} to call`
          : `helper bpf_${row.name} cannot run: ${missingReason(row.name) ?? "it has no implementation"}`;
      throw new ProgramError("unknown-helper", slot, what);
    }
    case "kfunc": {
      const name = facts[at]!.symbol;
      const kfunc = environment.kfunc(operation.id, operation.module, type, name);
      if (kfunc !== undefined) return kfunc;
      const what =
        name === undefined ? `there is no kfunc with BTF id ${operation.id} to call` : `kfunc ${name} cannot run`;
      throw new ProgramError("unknown-kfunc", slot, what);
    }
    default:
      return undefined;
  }
}

function resolveCall({ row, call }: BoundHelper, map: RuntimeMap | undefined, constantKey?: number): CallTarget {
  const { name, passing } = row;
  const types = argumentTypes(row);
  const pointers = types.map((type, i) => ({ register: i + 1, bytes: bytesTouched(type, map) }));
  const elements = name === "map_lookup_elem" ? map?.elements : undefined;
  const array = elements && arrayPlace(elements, map!.spec.maxEntries, constantKey);
  const tail = name === TAIL_CALL;
  const programs = tail ? programPlaces(map) : undefined;
  const target = { name, passing, map, pointers, array, tail, programs };
  // A tail call takes no part in the passing of arguments but its map and its index.
  if (tail) return { ...target, args: [low(2), low(3)], call: programs ? findProgramIn(map!.memory, programs) : call };
  const specialised = SPECIALISED[name];
  const bound = map && specialised?.bind(map);
  if (bound !== undefined) return { ...target, args: specialised!.args, call: bound };
  const args = types.flatMap((type, i) => (type === "anything" ? [low(i + 1), high(i + 1)] : [low(i + 1)]));
  return { ...target, args, call };
}

/** A constant key beyond the end is one like any other: the lookup finds nothing. */
function arrayPlace(elements: ElementPlace, maxEntries: number, key: number | undefined): ArrayPlace {
  return { ...elements, maxEntries, constantKey: key !== undefined && key < maxEntries ? key : undefined };
}

/** How many bytes a helper touches at an argument of this type. What is passed as a number may still be used as an address. */
function bytesTouched(type: ArgType, map: RuntimeMap | undefined): number | undefined {
  const { base, size } = ARGUMENTS[type];
  switch (base) {
    case "const_map_ptr":
    case "const_size":
    case "const_size_or_zero":
    case "const_alloc_size_or_zero":
    case "ptr_to_ctx":
    case "ptr_to_func":
      return 0;
    case "ptr_to_map_key":
      return map?.spec.keySize;
    case "ptr_to_map_value":
      return map?.spec.valueSize;
    default:
      return size;
  }
}
