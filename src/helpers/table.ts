/** All helpers of Linux, one row each: what Linux says of it, and how it is run here where it is. */
import { CALLBACK_HELPERS } from "./callback-helpers.ts";
import { CGROUP_HELPERS } from "./cgroup-helpers.ts";
import { CHECKSUM_HELPERS } from "./checksum.ts";
import { CURRENT_HELPERS } from "./current.ts";
import { DYNPTR_HELPERS } from "./dynptr.ts";
import { KPTR_HELPERS } from "./kptr-helpers.ts";
import { MAP_HELPERS } from "./map-helpers.ts";
import { PACKET_HELPERS } from "./packet/table.ts";
import { PRINT_HELPERS } from "./print-helpers.ts";
import { PROBE_HELPERS } from "./probe-helpers.ts";
import { PROBE_READ_HELPERS } from "./probe-read.ts";
import { PROCESS_HELPERS } from "./process-helpers.ts";
import { PROTOTYPES } from "./prototypes/table.ts";
import { RINGBUF_HELPERS } from "./ringbuf-helpers.ts";
import type { HelperImplementation, HelperPrototype, HelperRow, Passing, ReturnType, Signature } from "./row.ts";
import { SEQ_FILE_HELPERS } from "./seq-file-helpers.ts";
import { SEQUENCE_HELPERS } from "./sequence-helpers.ts";
import { SOCKET_HELPERS } from "./socket-helpers.ts";
import { SOCKET_MAP_HELPERS } from "./socket-map-helpers.ts";
import { SPIN_LOCK_HELPERS } from "./spin-lock-helpers.ts";
import { STACK_HELPERS } from "./stack-helpers.ts";
import { STORAGE_HELPERS } from "./storage-helpers.ts";
import { TEXT_HELPERS } from "./text-helpers.ts";
import { TIMER_HELPERS } from "./timer-helpers.ts";
import { USER_RINGBUF_HELPERS } from "./user-ringbuf-helpers.ts";

const IMPLEMENTATIONS: ReadonlyMap<string, HelperImplementation> = new Map(
  [
    ...MAP_HELPERS,
    ...RINGBUF_HELPERS,
    ...SEQUENCE_HELPERS,
    ...SEQ_FILE_HELPERS,
    ...TEXT_HELPERS,
    ...CHECKSUM_HELPERS,
    ...CURRENT_HELPERS,
    ...PRINT_HELPERS,
    ...PROBE_HELPERS,
    ...PROBE_READ_HELPERS,
    ...STACK_HELPERS,
    ...CALLBACK_HELPERS,
    ...SPIN_LOCK_HELPERS,
    ...TIMER_HELPERS,
    ...STORAGE_HELPERS,
    ...DYNPTR_HELPERS,
    ...PROCESS_HELPERS,
    ...USER_RINGBUF_HELPERS,
    ...PACKET_HELPERS,
    ...KPTR_HELPERS,
    ...SOCKET_HELPERS,
    ...SOCKET_MAP_HELPERS,
    ...CGROUP_HELPERS,
  ].map((row) => [row.name, row]),
);

/** How the result of a helper without implementation would travel. */
function passing(returns: ReturnType): Passing {
  if (returns === "void") return "void";
  return returns === "integer" ? "u64" : "pointer";
}

/** Every row, by id. */
export const HELPERS: readonly HelperRow[] = PROTOTYPES.map((prototype) => ({
  passing: passing(prototype.returns),
  ...IMPLEMENTATIONS.get(prototype.name),
  ...prototype,
}));

/**
 * The row of a helper by its id (the `imm` of a `call`), or undefined where Linux knows none.
 *
 * @example helperById(1)?.name // "map_lookup_elem"
 */
export const helperById = (id: number): HelperRow | undefined => HELPERS[id - 1];

/**
 * A helper as programs of a type (a name of `PROGRAM_TYPES`) see it.
 *
 * @example signatureOf(helperById(124)!, "sk_lookup").args[1] // "ptr_to_socket_or_null"
 */
export function signatureOf(row: HelperPrototype, programType: string): Signature {
  const variant = row.variants?.[programType];
  return variant ? { ...row, ...variant } : row;
}
