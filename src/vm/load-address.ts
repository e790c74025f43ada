import { FUNCTION_HIGH } from "../helpers/callbacks.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import type { Environment } from "./environment.ts";
import { ProgramError } from "./errors.ts";
import { mapAddress } from "./map-address.ts";
import type { Operation } from "./operation.ts";
import type { Xlated } from "./types.ts";

/** The forms of `ld_imm64` whose value only the machine knows. */
export type AddressOperation = Operation & { kind: "map" | "function" | "symbol" };

/** Gives each function that a program passes to helpers an address; by its first slot, the low half. */
export function reserveFunctions(operations: readonly Operation[], environment: Environment): Map<number, number> {
  const addresses = new Map<number, number>();
  for (const operation of operations) {
    if (operation.kind !== "function" || addresses.has(operation.to)) continue;
    addresses.set(operation.to, environment.host.callbacks.reserve());
  }
  return addresses;
}

/** The 64-bit value that each such `ld_imm64` of a program loads; throws `ProgramError` for a map or symbol that is not there. */
export function addressLoader(
  xlated: Xlated,
  environment: Environment,
  maps: readonly RuntimeMap[],
  functions: ReadonlyMap<number, number>,
): (operation: AddressOperation, at: number) => bigint {
  return (operation, at) => {
    const slot = xlated.origin[at]!;
    switch (operation.kind) {
      case "map":
        return mapAddress(operation, slot, maps);
      case "function":
        return (BigInt(FUNCTION_HIGH) << 32n) | BigInt(functions.get(operation.to)! >>> 0);
      case "symbol": {
        const name = xlated.facts[at]?.symbol;
        const address = environment.symbol(operation.id, operation.module, name);
        if (address !== undefined) return address;
        const what = name ?? `nothing of Linux with BTF id ${operation.id}`;
        throw new ProgramError("unknown-symbol", slot, `${what} has no address on this machine`);
      }
    }
  };
}
