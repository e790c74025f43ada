import type { RuntimeMap } from "../maps/runtime.ts";
import { DIRECT_MAP } from "../memory/memory.ts";
import { ProgramError } from "./errors.ts";
import type { Operation } from "./operation.ts";

/** The address that a map `ld_imm64` loads: of the map's header, or of a byte of an array's first value. */
export function mapAddress(operation: Operation & { kind: "map" }, at: number, maps: readonly RuntimeMap[]): bigint {
  const map = maps[operation.map];
  if (map === undefined) {
    throw new ProgramError("bad-map", at, `there is no map ${operation.map}; ${maps.length} were given`);
  }
  if (operation.valueOffset === undefined) return DIRECT_MAP + BigInt(map.header);
  if (map.arena !== undefined) return BigInt.asUintN(64, map.arena.start + BigInt(operation.valueOffset));
  if (map.elements === undefined) {
    throw new ProgramError(
      "bad-map",
      at,
      `map ${map.spec.name} is a ${map.spec.type}; only an array's value has a fixed address`,
    );
  }
  return DIRECT_MAP + BigInt(map.elements.base + operation.valueOffset);
}
