import type { ArgType, HelperFunction, Passing } from "../helpers/row.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import type { Environment } from "./environment.ts";
import { ProgramError } from "./errors.ts";
import type { Regions } from "./regions.ts";
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
}

/** A call on a map that is known before the run goes straight to that map. */
interface Specialised {
  readonly args: readonly Argument[];
  readonly bind: (map: RuntimeMap) => HelperFunction;
}

const low = (register: number): Argument => ({ register, half: "low" });
const high = (register: number): Argument => ({ register, half: "high" });

const SPECIALISED: Readonly<Record<string, Specialised>> = {
  map_lookup_elem: { args: [low(2)], bind: (map) => (key) => map.lookup(key!) },
  map_update_elem: {
    args: [low(2), low(3), low(4), high(4)],
    // No flag has a bit above 31: such a value must reach the map as one that it refuses.
    bind: (map) => (key, value, flags, flagsHigh) => map.update(key!, value!, flagsHigh === 0 ? flags! : -1),
  },
  map_delete_elem: { args: [low(2)], bind: (map) => (key) => map.delete(key!) },
};

/**
 * Resolves the call of helper `id` at slot `at`; throws `ProgramError` where the environment has no such helper.
 * In a program that nobody verified, the value that a lookup returns joins the `regions` that it may touch.
 */
export function resolveCall(
  id: number,
  at: number,
  xlated: Xlated,
  environment: Environment,
  maps: readonly RuntimeMap[],
  regions: Regions,
): CallTarget {
  const helper = environment.helper(id);
  if (helper === undefined) {
    throw new ProgramError("unknown-helper", xlated.origin[at]!, `there is no helper ${id} to call`);
  }
  const { row } = helper;
  const known = xlated.facts[at]!.map;
  const map = known === undefined ? undefined : maps[known];
  const specialised = map === undefined ? undefined : SPECIALISED[row.name];
  const types = [...row.args, ...new Array<ArgType>(row.unchecked ?? 0).fill("anything")];
  const args = types.flatMap((type, i) => (type === "anything" ? [low(i + 1), high(i + 1)] : [low(i + 1)]));
  const target: CallTarget = { name: row.name, args, passing: row.passing, call: helper.call, map };
  if (map !== undefined && specialised !== undefined) {
    return { ...target, args: specialised.args, call: specialised.bind(map) };
  }
  if (xlated.verified || row.returns !== "ptr_to_map_value_or_null") return target;
  return { ...target, call: admitting(helper.call, environment, regions) };
}

/** `lookup` such that a value it finds may be touched from then on. Its first argument is the map's header. */
function admitting(lookup: HelperFunction, environment: Environment, regions: Regions): HelperFunction {
  return (...args) => {
    const map = environment.host.maps.find((each) => each?.header === args[0]);
    if (map === undefined) return 0;
    const start = lookup(...args);
    if (start !== 0) regions.add({ name: `a value of map ${map.spec.name}`, start, size: map.spec.valueSize });
    return start;
  };
}
