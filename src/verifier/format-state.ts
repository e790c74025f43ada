/** Registers and stack as Linux's log spells them: `R1=ctx() R2=scalar(umax=5,var_off=(0x0; 0x7)) fp-8=mmmm????`. */

import type { Btf } from "../btf/btf.ts";
import { REGISTER_COUNT } from "../isa/constants.ts";
import type { MapSpec } from "../maps/spec.ts";
import { toBigInt, toBigIntU, type Words } from "./int64.ts";
import {
  ADD_CONST,
  ALLOC,
  AUX,
  BASE_TYPE,
  EXTRA,
  FRAME,
  ID,
  isPacketPointer,
  MASK,
  NON_OWN_REF,
  OFF,
  PRECISE,
  REF,
  REGISTER_WORDS,
  S32_MAX,
  S32_MIN,
  SMAX,
  SMIN,
  TYPE,
  TYPES,
  typeName,
  U32_MAX,
  U32_MIN,
  UMAX,
  UMIN,
  VALUE,
} from "./registers.ts";
import { formatResources } from "./resources.ts";
import { BYTE, byteType, type State, slotAt } from "./state.ts";
import { tnumIsConst, tnumIsUnknown } from "./tnum.ts";

const MASK64 = (1n << 64n) - 1n;
const hex = (value: bigint): string => `0x${(value & MASK64).toString(16)}`;

/** Decimal while it fits 16 bits, hexadecimal beyond. */
const signedNumber = (value: bigint): string => (value >= -32768n && value <= 32767n ? `${value}` : hex(value));
const unsignedNumber = (value: bigint): string => (value <= 65535n ? `${value}` : hex(value));

/** `(value; mask)` of known bits, or the value if all are. */
export function formatBits(w: Words, t: number): string {
  const value = toBigIntU(w, t);
  return tnumIsConst(w, t) ? unsignedNumber(value) : `(${hex(value)}; ${hex(toBigIntU(w, t + MASK - VALUE))})`;
}

interface Bound {
  readonly name: string;
  readonly value: bigint;
  readonly signed: boolean;
  omit: boolean;
}

const S64_MIN = -(1n << 63n);
const S64_MAX = (1n << 63n) - 1n;

/** A signed 32-bit bound keeps its sign only where it is printed in decimal. */
const widen = (value: number): bigint => BigInt(value >= -32768 && value <= 32767 ? value : value >>> 0);

/** Ranges that say something; equal ones share one value: `smin=umin=4`. */
function formatRanges(w: Words, r: number): string[] {
  const signed = (name: string, value: bigint, omit: boolean): Bound => ({ name, value, signed: true, omit });
  const unsigned = (name: string, value: bigint, omit: boolean): Bound => ({ name, value, signed: false, omit });
  const smin = toBigInt(w, r + SMIN);
  const smax = toBigInt(w, r + SMAX);
  const umin = toBigIntU(w, r + UMIN);
  const umax = toBigIntU(w, r + UMAX);
  const bounds = [
    signed("smin", smin, smin === S64_MIN),
    signed("smax", smax, smax === S64_MAX),
    unsigned("umin", umin, umin === 0n),
    unsigned("umax", umax, umax === MASK64),
    signed("smin32", widen(w[r + S32_MIN]), w[r + S32_MIN] === -0x8000_0000),
    signed("smax32", widen(w[r + S32_MAX]), w[r + S32_MAX] === 0x7fff_ffff),
    unsigned("umin32", BigInt(w[r + U32_MIN] >>> 0), w[r + U32_MIN] === 0),
    unsigned("umax32", BigInt(w[r + U32_MAX] >>> 0), w[r + U32_MAX] === -1),
  ];
  const parts: string[] = [];
  for (let first = 0; first < bounds.length; first++) {
    const bound = bounds[first];
    if (bound.omit) continue;
    let names = `${bound.name}=`;
    const negative = bound.signed && bound.value < 0n;
    for (let other = first + 2; other < bounds.length; other += 2) {
      const same = bounds[other];
      if (same.omit || (same.value & MASK64) !== (bound.value & MASK64)) continue;
      if ((same.signed && same.value < 0n) !== negative) continue;
      same.omit = true;
      names += `${same.name}=`;
    }
    parts.push(names + (bound.signed ? signedNumber(bound.value) : unsignedNumber(bound.value)));
  }
  return parts;
}

/** What numbers in registers stand for. */
export interface Known {
  readonly maps: readonly MapSpec[];
  /** Linux's types. */
  readonly kernel: Btf | undefined;
  /** The types that a pointer to a structure is of, by its `EXTRA`. */
  btfAt(index: number): Btf;
}

/** One register without its name. */
export function formatRegister(w: Words, r: number, frame: number, known: Known): string {
  const type = w[r + TYPE];
  const scalar = type === TYPES.SCALAR;
  const constant = tnumIsConst(w, r + VALUE);
  const precise = scalar && w[r + PRECISE] !== 0 ? "P" : "";
  if (scalar && constant) return precise + signedNumber(toBigInt(w, r + VALUE));

  let head = precise + typeName(type);
  if (type === TYPES.ARENA) return head;
  if (type === TYPES.STACK) {
    if (w[r + FRAME] !== frame) head += `[${w[r + FRAME]}]`;
    if (constant) return head + signedNumber(toBigInt(w, r + VALUE) + BigInt(w[r + OFF]));
  }
  if ((type & BASE_TYPE) === TYPES.BTF_ID) head += known.btfAt(w[r + EXTRA])?.type(w[r + AUX]).name ?? "?";
  const parts: string[] = [];
  const id = w[r + ID];
  if (id !== 0) {
    const offset = w[r + OFF];
    const delta = id & ADD_CONST ? (offset < 0 ? `${offset}` : `+${offset}`) : "";
    parts.push(`id=${id & ~ADD_CONST}${delta}`);
  }
  if (w[r + REF] !== 0) parts.push(`ref_obj_id=${w[r + REF]}`);
  if (type & NON_OWN_REF && type & ALLOC) parts.push("non_own_ref");
  const base = type & BASE_TYPE;
  if (base === TYPES.MAP_PTR || base === TYPES.MAP_VALUE || base === TYPES.MAP_KEY) {
    const map = known.maps[w[r + AUX]];
    if (map.name !== "") parts.push(`map=${map.name.slice(0, 15)}`);
    parts.push(`ks=${map.keySize},vs=${map.valueSize}`);
  }
  if (!scalar && w[r + OFF] !== 0) parts.push(`off=${signedNumber(BigInt(w[r + OFF]))}`);
  if (isPacketPointer(base)) parts.push(`r=${unsignedNumber(BigInt.asUintN(64, BigInt(w[r + AUX])))}`);
  if (base === TYPES.MEM) parts.push(`sz=${unsignedNumber(BigInt(w[r + AUX] >>> 0))}`);
  if (base === TYPES.DYNPTR) parts.push(`type=${DYNPTR_NAMES[w[r + AUX]]}`);
  if (constant) {
    const value = toBigInt(w, r + VALUE);
    if (value !== 0n) parts.push(`imm=${signedNumber(value)}`);
  } else {
    parts.push(...formatRanges(w, r));
    if (!tnumIsUnknown(w, r + VALUE)) parts.push(`var_off=${formatBits(w, r + VALUE)}`);
  }
  return `${head}(${parts.join(",")})`;
}

function formatIterator(w: Words, slot: number, { kernel }: Known): string {
  const name = kernel?.type(w[slot + AUX]).name.slice("bpf_iter_".length) ?? "?";
  const state = w[slot + EXTRA] === 1 ? "active" : "drained";
  return `iter_${name}(ref_id=${w[slot + REF]},state=${state},depth=${w[slot + FRAME]})`;
}

/** Kinds of dynptrs, by the number in `AUX`. */
export const DYNPTR_NAMES = ["?", "local", "ringbuf", "skb", "xdp", "skb_meta"] as const;

function formatDynptr(w: Words, slot: number): string {
  const parts: string[] = [];
  if (w[slot + ID] !== 0) parts.push(`id=${w[slot + ID]}`);
  if (w[slot + REF] !== 0) parts.push(`ref_id=${w[slot + REF]}`);
  // Linux shows the mark of the first slot under this name.
  if (w[slot + EXTRA] !== 0) parts.push(`dynptr_id=${w[slot + EXTRA]}`);
  return `dynptr_${DYNPTR_NAMES[w[slot + AUX]]}(${parts.join()})`;
}

const BYTE_LETTERS = "?rm0dif";

/** One stack slot without its name, or undefined if nothing was ever written there. */
export function formatSlot(w: Words, slot: number, frame: number, known: Known): string | undefined {
  let letters = "";
  for (let byte = 0; byte < 8; byte++) letters += BYTE_LETTERS[byteType(w, slot, byte)];
  if (letters === "????????") return undefined;
  switch (byteType(w, slot, 7)) {
    case BYTE.SPILL:
      break;
    case BYTE.ITER:
      return formatIterator(w, slot, known);
    case BYTE.DYNPTR:
      return formatDynptr(w, slot);
    default:
      return letters;
  }
  // Bytes above the spilled part, then the register.
  return letters.slice(0, letters.indexOf("r")) + formatRegister(w, slot, frame, known);
}

/** Which registers and slots to print; all of them where it is left out. */
export interface Selection {
  readonly register: (register: number) => boolean;
  readonly slot: (slot: number) => boolean;
}

const KIND_MARKS = { called: "", callback: " cb", async: " async_cb" } as const;

/** A frame of a state as one line of the log, without what stands before the first space. */
export function formatFrame(state: State, index: number, known: Known, selection?: Selection): string {
  const frame = state.frames[index];
  const w = frame.words;
  let line = frame.index > 0 ? ` frame${frame.index}:` : "";
  for (let register = 0; register < REGISTER_COUNT; register++) {
    const r = register * REGISTER_WORDS;
    if (w[r + TYPE] === TYPES.NOT_INIT || (selection && !selection.register(register))) continue;
    line += ` R${register}=${formatRegister(w, r, frame.index, known)}`;
  }
  for (let slot = 0; slot < frame.slots; slot++) {
    if (selection && !selection.slot(slot)) continue;
    const type = byteType(w, slotAt(slot), 7);
    // Only the first slot of an iterator says what it is; a dynptr's is the second one here.
    if (type === BYTE.ITER && w[slotAt(slot) + REF] === 0) continue;
    if (type === BYTE.DYNPTR) slot++;
    const text = formatSlot(w, slotAt(slot), frame.index, known);
    if (text !== undefined) line += ` fp${-8 * (slot + 1)}=${text}`;
  }
  return line + formatResources(state.resources) + KIND_MARKS[frame.kind];
}
