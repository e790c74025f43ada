import { ARGUMENTS } from "../helpers/arguments.ts";
import { FUNCTION_HIGH } from "../helpers/callbacks.ts";
import type { Host } from "../helpers/host.ts";
import type { ArgType, HelperRow } from "../helpers/row.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import { DIRECT_MAP_HIGH } from "../memory/memory.ts";
import type { Argument, CallTarget } from "./call.ts";
import type { BoundHelper } from "./environment.ts";
import { ExecutionError } from "./errors.ts";
import type { Regions } from "./regions.ts";
import { TAIL_CALL } from "./tail-call.ts";

/** The types of all registers that a helper reads, those included that the verifier does not look at. */
export function argumentTypes({ args, unchecked = 0 }: HelperRow): ArgType[] {
  return [...args, ...new Array<ArgType>(unchecked).fill("anything")];
}

/**
 * The call of a helper from a program that nobody verified: what the verifier would prove of each argument is checked when
 * the call happens. A value that a lookup returns joins the regions that the program may touch.
 */
export function checkedCall({ row, call }: BoundHelper, slot: number, host: Host, regions: Regions): CallTarget {
  const types = argumentTypes(row);
  const args = types.flatMap((_, i): Argument[] => [
    { register: i + 1, half: "low" },
    { register: i + 1, half: "high" },
  ]);
  const fail = (argument: number, what: string): ExecutionError =>
    new ExecutionError("bad-argument", slot, `argument ${argument + 1} of ${row.name} is not ${what}`);

  return {
    name: row.name,
    args,
    passing: row.passing,
    map: undefined,
    pointers: [],
    array: undefined,
    tail: row.name === TAIL_CALL,
    programs: undefined,
    call: (...halves) => {
      let map: RuntimeMap | undefined;
      const checked = types.flatMap((type, i): number[] => {
        const [low, high] = [halves[2 * i]!, halves[2 * i + 1]!];
        const memory = (size: number): number[] => [
          size === 0 ? low : regions.offset(low, high, size, slot, `r${i + 1}`),
        ];
        const arg = ARGUMENTS[type];
        switch (arg.base) {
          case "const_map_ptr":
            map = high === DIRECT_MAP_HIGH ? mapAt(host, low >>> 0) : undefined;
            if (map === undefined) throw fail(i, "a map");
            return [low];
          case "ptr_to_map_key":
            return memory(map?.spec.keySize ?? 1);
          case "ptr_to_map_value":
            return memory(map?.spec.valueSize ?? 1);
          case "ptr_to_mem":
            // The size is the next argument, or fixed.
            return memory(arg.size ?? halves[2 * i + 2]! >>> 0);
          case "ptr_to_ctx":
            return [regions.context(low, high, slot)];
          case "ptr_to_spin_lock":
            return memory(4);
          case "ptr_to_func":
            if (high !== FUNCTION_HIGH || host.callbacks.at(low) === undefined) throw fail(i, "a function");
            return [low];
          case "ptr_to_stack":
            return low === 0 && high === 0 ? [0] : memory(1);
          case "const_size":
          case "const_size_or_zero":
          case "const_alloc_size_or_zero":
            return [low];
          case "anything":
            return [low, high];
          default:
            throw fail(i, "what an unverified program can have");
        }
      });
      // A tail call passes its context on unseen.
      const result = call(...(row.name === TAIL_CALL ? checked.slice(1) : checked));
      if (row.returns === "ptr_to_map_value_or_null" && result !== 0 && map !== undefined) {
        regions.add({ name: `a value of map ${map.spec.name}`, start: result, size: map.spec.valueSize });
      }
      return result;
    },
  };
}

/** The map whose header lies at `offset`, if that is one at all. */
function mapAt(host: Host, offset: number): RuntimeMap | undefined {
  return host.maps.find((map) => map?.header === offset);
}
