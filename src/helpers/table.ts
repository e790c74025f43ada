/** All helpers that the verifier knows, one row each: those that run, by family, and prototypes of others. */
import { CURRENT_HELPERS } from "./current.ts";
import { MAP_HELPERS } from "./map-helpers.ts";
import { PRINT_HELPERS } from "./print-helpers.ts";
import { PROBE_READ_HELPERS } from "./probe-read.ts";
import { PROTOTYPES } from "./prototypes.ts";
import type { HelperRow } from "./row.ts";
import { STACK_HELPERS } from "./stack-helpers.ts";

/** Every row, by id. */
export const HELPERS: readonly HelperRow[] = [
  ...MAP_HELPERS,
  ...CURRENT_HELPERS,
  ...PRINT_HELPERS,
  ...PROBE_READ_HELPERS,
  ...STACK_HELPERS,
  ...PROTOTYPES,
].sort((a, b) => a.id - b.id);

const BY_ID: readonly (HelperRow | undefined)[] = HELPERS.reduce<HelperRow[]>((rows, row) => {
  rows[row.id] = row;
  return rows;
}, []);

/**
 * The row of a helper by its id (the `imm` of a `call`), or undefined: no such helper, or none of this release.
 * `helperName` tells which.
 *
 * @example helperById(1)?.name // "map_lookup_elem"
 */
export const helperById = (id: number): HelperRow | undefined => BY_ID[id];
