/** All kernel functions that run here, by name; what is not here is refused by name when a program that calls it is loaded. */
import { kfuncByName } from "../kfuncs.ts";
import type { HelperRow } from "../row.ts";
import { ARENA_KFUNCS } from "./arena.ts";
import { CONGESTION_KFUNCS } from "./congestion.ts";
import type { KfuncImplementation } from "./implementation.ts";
import { ITERATOR_KFUNCS } from "./iterators.ts";
import { OBJECT_KFUNCS } from "./objects.ts";
import { SECTION_KFUNCS } from "./sections.ts";
import { SESSION_KFUNCS } from "./sessions.ts";
import { STRING_KFUNCS } from "./strings.ts";

/** One row a function. */
export const KFUNC_IMPLEMENTATIONS: readonly KfuncImplementation[] = [
  ...SECTION_KFUNCS,
  ...ITERATOR_KFUNCS,
  ...STRING_KFUNCS,
  ...ARENA_KFUNCS,
  ...OBJECT_KFUNCS,
  ...SESSION_KFUNCS,
  ...CONGESTION_KFUNCS,
];

const BY_NAME: ReadonlyMap<string, HelperRow> = new Map(
  KFUNC_IMPLEMENTATIONS.map((row) => [
    row.name,
    { ...row, id: 0, gplOnly: true, returns: "integer", doc: kfuncByName(row.name)?.doc ?? "" },
  ]),
);

/**
 * How a kernel function is run, as the engines take it; undefined for one that has no implementation.
 *
 * @example implementedKfunc("bpf_iter_num_next")?.passing // "pointer"
 */
export const implementedKfunc = (name: string): HelperRow | undefined => BY_NAME.get(name);
