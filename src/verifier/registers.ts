/**
 * The abstract value of one register (or of a spilled one) as `REGISTER_WORDS` int32 words. A register is named by an array
 * and the index of its first word, so that registers, stack slots and temporaries are handled alike.
 *
 * ```
 *  0 TYPE  1 OFF  2 AUX  3 EXTRA | 4 VALUE.. 6 MASK.. | 8 SMIN.. 10 SMAX.. 12 UMIN.. 14 UMAX.. |
 * 16 S32_MIN 17 S32_MAX 18 U32_MIN 19 U32_MAX | 20 ID 21 REF 22 FRAME 23 PRECISE
 * ```
 *
 * The order matters: comparing states compares prefixes (up to VALUE, up to ID, up to FRAME).
 */
import { bitLength, isZero, type Words } from "./int64.ts";
import { tnumConst, tnumIsConst, tnumIsConst32, tnumUnknown } from "./tnum.ts";

/** Kind of value: one of `TYPES`, with flags above it. */
export const TYPE = 0;
/** Fixed part of a pointer's offset; for a scalar linked by `r1 = r2; r1 += k`, that k. */
export const OFF = 1;
/** Index in the environment's maps (map pointers, keys and values), packet range, size of a memory region, BTF id, by type. */
export const AUX = 2;
/**
 * Second word by type: whose types `AUX` is of (0 Linux's; of pointers to structures), the lookup that an inner map came
 * from (of the map and its values), the dynptr that memory belongs to; else 0.
 */
export const EXTRA = 3;
/** Known bits (a tnum): of a scalar, or of the variable part of a pointer's offset. */
export const VALUE = 4;
export const MASK = 6;
export const SMIN = 8;
export const SMAX = 10;
export const UMIN = 12;
export const UMAX = 14;
export const S32_MIN = 16;
export const S32_MAX = 17;
export const U32_MIN = 18;
export const U32_MAX = 19;
/** Links values that are equal, or pointers that come from the same place. */
export const ID = 20;
/** Id of the reference that the pointer holds; 0: none. */
export const REF = 21;
/** Frame of a stack pointer. */
export const FRAME = 22;
/** 1: pruning must compare the exact range. */
export const PRECISE = 23;
export const REGISTER_WORDS = 24;

/** Types of values. */
export const TYPES = {
  NOT_INIT: 0,
  SCALAR: 1,
  CTX: 2,
  MAP_PTR: 3,
  MAP_VALUE: 4,
  STACK: 5,
  PACKET: 6,
  PACKET_META: 7,
  PACKET_END: 8,
  SOCK_COMMON: 9,
  MEM: 10,
  MAP_KEY: 11,
  FLOW_KEYS: 12,
  SOCKET: 13,
  TCP_SOCK: 14,
  XDP_SOCK: 15,
  TP_BUFFER: 16,
  BUF: 17,
  BTF_ID: 18,
  ARENA: 19,
  FUNC: 20,
  DYNPTR: 21,
} as const;

/** The type without its flags. */
export const BASE_TYPE = 0xff;
/** The pointer may be NULL. */
export const MAYBE_NULL = 0x100;
/** The memory may only be read. */
export const RDONLY = 0x200;
/** Memory reserved in a ring buffer, to be submitted or discarded. */
export const RINGBUF = 0x400;
/** A user's address. */
export const USER = 0x800;
/** One object for each CPU. */
export const PERCPU = 0x1000;
/** Good within an RCU read section. */
export const RCU = 0x2000;
/** May point to what is gone: only read, with faults handled. */
export const UNTRUSTED = 0x4000;
/** Surely valid, as Linux gave it. */
export const TRUSTED = 0x8000;
/** An object that the program allocated. */
export const ALLOC = 0x1_0000;
/** An allocated object that a list or tree owns. */
export const NON_OWN_REF = 0x2_0000;
/** A part of a dynptr's memory that a kernel function has handed out. */
export const SLICE = 0x8_0000;
/** A part of a packet that a dynptr has handed out: gone when the packet changes. */
export const PACKET_SLICE = 0x4_0000;

/** Flags in `ID`: the register is another one plus `OFF`, added in 64 bits or in 32. */
export const ADD_CONST64 = 0x8000_0000 | 0;
export const ADD_CONST32 = 0x4000_0000;
export const ADD_CONST: number = ADD_CONST64 | ADD_CONST32;

/** `AUX` of a packet pointer that has been compared: at the end of the packet, beyond it. */
export const AT_PACKET_END = -1;
export const BEYOND_PACKET_END = -2;

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [TYPES.NOT_INIT]: "?",
  [TYPES.SCALAR]: "scalar",
  [TYPES.CTX]: "ctx",
  [TYPES.MAP_PTR]: "map_ptr",
  [TYPES.MAP_VALUE]: "map_value",
  [TYPES.STACK]: "fp",
  [TYPES.PACKET]: "pkt",
  [TYPES.PACKET_META]: "pkt_meta",
  [TYPES.PACKET_END]: "pkt_end",
  [TYPES.SOCK_COMMON]: "sock_common",
  [TYPES.MEM]: "mem",
  [TYPES.MAP_KEY]: "map_key",
  [TYPES.FLOW_KEYS]: "flow_keys",
  [TYPES.SOCKET]: "sock",
  [TYPES.TCP_SOCK]: "tcp_sock",
  [TYPES.XDP_SOCK]: "xdp_sock",
  [TYPES.TP_BUFFER]: "tp_buffer",
  [TYPES.BUF]: "buf",
  // The name of the structure follows.
  [TYPES.BTF_ID]: "ptr_",
  [TYPES.ARENA]: "arena",
  [TYPES.FUNC]: "func",
  [TYPES.DYNPTR]: "dynptr_ptr",
};

/** Flags that are spelled in front of the type, in Linux's order. */
const PREFIXES: readonly (readonly [flag: number, text: string])[] = [
  [RDONLY, "rdonly_"],
  [RINGBUF, "ringbuf_"],
  [USER, "user_"],
  [PERCPU, "percpu_"],
  [RCU, "rcu_"],
  [UNTRUSTED, "untrusted_"],
  [TRUSTED, "trusted_"],
];

/** How Linux spells a type. */
export function typeName(type: number): string {
  const base = type & BASE_TYPE;
  let name = TYPE_NAMES[base];
  if (type !== base) {
    for (let k = PREFIXES.length - 1; k >= 0; k--) if (type & PREFIXES[k][0]) name = PREFIXES[k][1] + name;
    if (type & MAYBE_NULL) name += base === TYPES.BTF_ID ? "or_null_" : "_or_null";
  }
  return name;
}

export const isPointer = (type: number): boolean => type > TYPES.SCALAR;
export const isPacketPointer = (type: number): boolean => type === TYPES.PACKET || type === TYPES.PACKET_META;
export const isAnyPacketPointer = (type: number): boolean =>
  type === TYPES.PACKET || type === TYPES.PACKET_META || type === TYPES.PACKET_END;

export function copyRegister(to: Words, t: number, from: Words, f: number): void {
  for (let k = 0; k < REGISTER_WORDS; k++) to[t + k] = from[f + k];
}

export function markUnbounded64(w: Words, r: number): void {
  w[r + SMIN] = 0;
  w[r + SMIN + 1] = 0x8000_0000;
  w[r + SMAX] = -1;
  w[r + SMAX + 1] = 0x7fff_ffff;
  w[r + UMIN] = 0;
  w[r + UMIN + 1] = 0;
  w[r + UMAX] = -1;
  w[r + UMAX + 1] = -1;
}

export function markUnbounded32(w: Words, r: number): void {
  w[r + S32_MIN] = 0x8000_0000;
  w[r + S32_MAX] = 0x7fff_ffff;
  w[r + U32_MIN] = 0;
  w[r + U32_MAX] = -1;
}

export function markUnbounded(w: Words, r: number): void {
  markUnbounded64(w, r);
  markUnbounded32(w, r);
}

/** A number of which nothing is known. */
export function markUnknown(w: Words, r: number): void {
  for (let k = 0; k < REGISTER_WORDS; k++) w[r + k] = 0;
  w[r + TYPE] = TYPES.SCALAR;
  tnumUnknown(w, r + VALUE);
  markUnbounded(w, r);
}

/** A register that nobody has written. */
export function markNotInit(w: Words, r: number): void {
  markUnknown(w, r);
  w[r + TYPE] = TYPES.NOT_INIT;
}

/** Sets value and bounds; type, offset and the rest of the register stay. */
export function setKnown(w: Words, r: number, low: number, high: number): void {
  tnumConst(w, r + VALUE, low, high);
  for (let bound = r + SMIN; bound < r + S32_MIN; bound += 2) {
    w[bound] = low;
    w[bound + 1] = high;
  }
  for (let bound = r + S32_MIN; bound <= r + U32_MAX; bound++) w[bound] = low;
}

/** Value and bounds of a 32-bit constant, sign-extended, and nothing linked to it any more. */
export function markKnown(w: Words, r: number, low: number, high: number): void {
  setKnown(w, r, low, high);
  w[r + OFF] = 0;
  w[r + AUX] = 0;
  w[r + EXTRA] = 0;
  w[r + ID] = 0;
  w[r + REF] = 0;
}

/** A known number in a register whose past does not matter. */
export function markConstant(w: Words, r: number, low: number, high: number): void {
  markKnown(w, r, low, high);
  w[r + TYPE] = TYPES.SCALAR;
  w[r + FRAME] = 0;
  w[r + PRECISE] = 0;
}

/** A pointer without offset. */
export function markPointer(w: Words, r: number, type: number): void {
  markConstant(w, r, 0, 0);
  w[r + TYPE] = type;
}

/** Whether the register is the number 0. */
export const isNull = (w: Words, r: number): boolean =>
  w[r + TYPE] === TYPES.SCALAR && tnumIsConst(w, r + VALUE) && isZero(w, r + VALUE);

/** Whether the register is a known number; `narrow`: its low 32 bits are. */
export const isConstant = (w: Words, r: number, narrow: boolean): boolean =>
  w[r + TYPE] === TYPES.SCALAR && (narrow ? tnumIsConst32(w, r + VALUE) : tnumIsConst(w, r + VALUE));

/** Bits that the greatest possible value needs. */
export const widthOf = (w: Words, r: number): number => bitLength(w, r + UMAX);

const UNBOUNDED = new Int32Array(REGISTER_WORDS);
markUnknown(UNBOUNDED, 0);

/** An unknown number, to compare with or to copy from. Never written. */
export const UNKNOWN_REGISTER: Words = UNBOUNDED;
