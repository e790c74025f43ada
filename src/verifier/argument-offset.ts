/**
 * How far a pointer that is passed to a function may have moved from where it began.
 *
 * Behaviour and messages: `check_func_arg_reg_off` of Linux 6.18.
 */
import type { Words } from "./int64.ts";
import { checkUnmodified } from "./memory.ts";
import { ALLOC, NON_OWN_REF, OFF, RCU, RDONLY, RINGBUF, TRUSTED, TYPE, TYPES } from "./registers.ts";
import { reject } from "./rejection.ts";

/** Types of which any offset is checked where the memory is. */
const ANYWHERE: ReadonlySet<number> = new Set([
  TYPES.SCALAR,
  TYPES.STACK,
  TYPES.PACKET,
  TYPES.PACKET_META,
  TYPES.MAP_KEY,
  TYPES.MAP_VALUE,
  TYPES.MEM,
  TYPES.MEM | RDONLY,
  TYPES.MEM | RINGBUF,
  TYPES.BUF,
  TYPES.BUF | RDONLY,
  TYPES.ARENA,
]);

/** Pointers to structures, which may point to a member. */
const INSIDE: ReadonlySet<number> = new Set([
  TYPES.BTF_ID,
  TYPES.BTF_ID | TRUSTED,
  TYPES.BTF_ID | RCU,
  TYPES.BTF_ID | ALLOC,
  TYPES.BTF_ID | ALLOC | NON_OWN_REF,
  TYPES.BTF_ID | ALLOC | NON_OWN_REF | RCU,
]);

/** Checks the pointer in a register; one that is given back must point to the beginning. */
export function checkPointerOffset(w: Words, r: number, register: number, releases = false): void {
  const type = w[r + TYPE];
  if (releases) {
    if (w[r + OFF] !== 0) reject("release_offset", register);
    checkUnmodified(w, r, register);
  } else if (!ANYWHERE.has(type)) checkUnmodified(w, r, register, INSIDE.has(type));
}
