import { FUNCTION_HIGH } from "../helpers/callbacks.ts";
import type { Passing } from "../helpers/row.ts";
import { DIRECT_MAP_HIGH } from "../memory/memory.ts";
import { checkedCall } from "./checked-call.ts";
import type { Environment } from "./environment.ts";
import { ExecutionError } from "./errors.ts";
import type { Regions } from "./regions.ts";
import type { Xlated } from "./types.ts";

/** (slot, the called register's halves, the halves of r1..r5) -> the low half of r0; the upper half is `memory.returnHigh`. */
export type IndirectCall = (at: number, low: number, high: number, ...halves: number[]) => number;

/**
 * What `callx` does, which Linux refuses and only unverified programs have: calls the function at an address that
 * `ld_imm64` of a function gave, or the helper with that number. Throws `ExecutionError` for any other value.
 */
export function indirectCall(xlated: Xlated, environment: Environment, regions: Regions): IndirectCall {
  const { callbacks } = environment.host;
  return (at, low, high, ...halves) => {
    const slot = xlated.origin[at]!;
    const callback = high === FUNCTION_HIGH ? callbacks.at(low) : undefined;
    if (callback !== undefined) return callback(...halves);
    const helper = high === 0 ? environment.helper(low >>> 0, xlated.type) : undefined;
    if (helper === undefined) {
      const address = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      const what = `callx of 0x${address.toString(16)}, which is neither a function of the program nor a helper`;
      throw new ExecutionError("bad-argument", slot, what, address);
    }
    const { call, args, passing } = checkedCall(helper, slot, environment.host, regions);
    const result = call(...args.map(({ register, half }) => halves[2 * (register - 1) + (half === "high" ? 1 : 0)]!));
    return returned(environment, passing, result);
  };
}

/** Leaves the upper half of a result where programs expect it, and gives the lower half. */
function returned({ memory }: Environment, passing: Passing, result: number): number {
  switch (passing) {
    case "void":
      memory.returnHigh = 0;
      return 0;
    case "i32":
      memory.returnHigh = result >> 31;
      return result;
    case "u32":
      memory.returnHigh = 0;
      return result;
    case "u64":
      return result;
    case "pointer":
      memory.returnHigh = result === 0 ? 0 : DIRECT_MAP_HIGH;
      return result;
  }
}
