import { mapAt } from "../../helpers/map-helpers.ts";
import type { MapType } from "../../maps/spec.ts";
import { mapFields } from "../../maps/special.ts";
import type { MemoryRange } from "../../memory/changes.ts";
import { FIRST_OFFSET } from "../../memory/memory.ts";
import type { Operation } from "../operation.ts";
import type { Linked, RunState } from "./run-state.ts";

const WRITERS: ReadonlySet<string> = new Set(["map_update_elem", "map_delete_elem"]);

/** Maps that keep all of their elements in blocks that were theirs from the beginning. */
const PREALLOCATED: ReadonlySet<MapType> = new Set<MapType>([
  ...(["array", "percpu_array"] as const),
  ...(["hash", "percpu_hash", "lru_hash", "lru_percpu_hash"] as const),
]);

/**
 * All memory that the helper call that comes next can write, where that is known: what must be kept to go back is then a small
 * part of a machine. Undefined for other calls, and for maps whose values have timers and the like, which end with them.
 */
export function writtenBy(
  linked: Linked,
  { halves }: RunState,
  operation: Operation,
): readonly MemoryRange[] | undefined {
  if (operation.kind !== "helper") return undefined;
  const { environment } = linked;
  const name = environment.helperRow(operation.id)?.name;
  if (name === undefined || !WRITERS.has(name)) return undefined;
  const map = mapAt(environment.host, halves[2]!);
  if (map?.blocks === undefined || !PREALLOCATED.has(map.spec.type) || mapFields(map.spec).length > 0) return undefined;
  // Results of calls lie in the first bytes.
  return [[0, FIRST_OFFSET], ...map.blocks];
}
