/** Whether concrete values are among those that an abstract one stands for. */
import { toBigInt, toBigIntU, type Words } from "./int64.ts";
import {
  AUX,
  BASE_TYPE,
  FRAME,
  MASK,
  MAYBE_NULL,
  OFF,
  S32_MAX,
  S32_MIN,
  SMAX,
  SMIN,
  TYPE,
  TYPES,
  U32_MAX,
  U32_MIN,
  UMAX,
  UMIN,
  VALUE,
} from "./registers.ts";

/** Where in a run things are that pointers point to. Addresses are unsigned. */
export interface Surroundings {
  /** What r1 was at the beginning. */
  readonly context: bigint;
  /** First byte of the packet, and the one behind it, for programs that have one. */
  readonly packet?: { readonly start: bigint; readonly end: bigint };
  /** r10 of each function that runs, outermost first. */
  readonly stacks: readonly bigint[];
  /** Where the element begins that an address in (or near) a value of a map belongs to; undefined if that is unknown. */
  readonly element?: (map: number, address: bigint) => bigint | undefined;
}

/** A number with these known bits and within all four ranges. */
function holdsNumber(w: Words, r: number, value: bigint): boolean {
  const mask = toBigIntU(w, r + MASK);
  const unsigned = BigInt.asUintN(64, value);
  if ((unsigned & ~mask) !== toBigIntU(w, r + VALUE)) return false;
  const signed = BigInt.asIntN(64, value);
  const low = Number(BigInt.asIntN(32, value));
  return (
    unsigned >= toBigIntU(w, r + UMIN) &&
    unsigned <= toBigIntU(w, r + UMAX) &&
    signed >= toBigInt(w, r + SMIN) &&
    signed <= toBigInt(w, r + SMAX) &&
    low >= w[r + S32_MIN] &&
    low <= w[r + S32_MAX] &&
    low >>> 0 >= w[r + U32_MIN] >>> 0 &&
    low >>> 0 <= w[r + U32_MAX] >>> 0
  );
}

/** An address `base` plus the fixed and the variable part of the offset; of that only the 64-bit ranges count. */
function holdsAddress(w: Words, r: number, address: bigint, base: bigint): boolean {
  const variable = BigInt.asUintN(64, address - base - BigInt(w[r + OFF]));
  const signed = BigInt.asIntN(64, variable);
  return (
    (variable & ~toBigIntU(w, r + MASK)) === toBigIntU(w, r + VALUE) &&
    variable >= toBigIntU(w, r + UMIN) &&
    variable <= toBigIntU(w, r + UMAX) &&
    signed >= toBigInt(w, r + SMIN) &&
    signed <= toBigInt(w, r + SMAX)
  );
}

/**
 * Whether a register (or a spilled one) at `r` may hold the value. Of pointers into memory that the surroundings do not tell
 * about, only NULL is checked; of a register that nobody has set, nothing.
 */
export function holds(w: Words, r: number, value: bigint, where: Surroundings): boolean {
  const type = w[r + TYPE];
  if (type === TYPES.NOT_INIT) return true;
  if (type === TYPES.SCALAR) return holdsNumber(w, r, value);
  // An address in an arena is whatever the program makes of it: 0, too.
  if (type === TYPES.ARENA) return true;
  if (value === 0n) return (type & MAYBE_NULL) !== 0;
  switch (type & BASE_TYPE) {
    case TYPES.CTX:
      return holdsAddress(w, r, value, where.context);
    case TYPES.STACK: {
      const base = where.stacks[w[r + FRAME]];
      return base === undefined || holdsAddress(w, r, value, base);
    }
    case TYPES.PACKET: {
      const { packet } = where;
      if (packet === undefined) return true;
      if (!holdsAddress(w, r, value, packet.start)) return false;
      // From where the variable part leads, as many bytes are there as a comparison has shown.
      const range = w[r + AUX];
      return range < 0 || range === 0 || value - BigInt(w[r + OFF]) + BigInt(range) <= packet.end;
    }
    case TYPES.PACKET_END:
      return where.packet === undefined || value === where.packet.end;
    case TYPES.MAP_VALUE: {
      const base = where.element?.(w[r + AUX], value);
      return base === undefined || holdsAddress(w, r, value, base);
    }
    default:
      return true;
  }
}
