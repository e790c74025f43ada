/** How far packet pointers may reach: comparisons with the packet's end teach it. */
import { JMP } from "../isa/constants.ts";
import { registerAt } from "./environment.ts";
import { isZero, toNumberU, type Words } from "./int64.ts";
import { AT_PACKET_END, AUX, BEYOND_PACKET_END, ID, OFF, PACKET_SLICE, TYPE, TYPES, UMAX, VALUE } from "./registers.ts";
import { forEachRegister, type State } from "./state.ts";
import { tnumIsConst } from "./tnum.ts";

/** No packet is longer. */
const MAX_PACKET_OFFSET = 0xffff;

/** Start of the packet without any offset. */
const isPacketStart = (w: Words, r: number): boolean =>
  w[r + TYPE] === TYPES.PACKET && w[r + OFF] === 0 && tnumIsConst(w, r + VALUE) && isZero(w, r + VALUE);

/** `r` is some way into the packet (or its metadata), `end` where that ends. */
function comparesWithEnd(w: Words, r: number, end: number): boolean {
  if (w[r + TYPE] === TYPES.PACKET) return w[end + TYPE] === TYPES.PACKET_END;
  return w[r + TYPE] === TYPES.PACKET_META && isPacketStart(w, end);
}

/**
 * After a jump that compares `dst` with `src`: if they are a packet pointer and the packet's end, notes on each branch how
 * many bytes are there. `here` is the branch that falls through, `there` the one that jumps.
 */
export function matchPacketComparison(here: State, there: State, op: number, dst: number, src: number): boolean {
  const { words } = here.frame;
  const a = registerAt(dst);
  const b = registerAt(src);
  const pointerFirst = comparesWithEnd(words, a, b);
  if (!pointerFirst && !comparesWithEnd(words, b, a)) return false;
  const pointer = pointerFirst ? dst : src;
  // As "pointer op end": the branch where the pointer lies within the packet, and whether the end itself is excluded.
  const normal = pointerFirst ? op : FLIPPED[op];
  switch (normal) {
    case JMP.JGT:
      noteInside(here, pointer, false);
      noteBeyond(there, pointer, true);
      return true;
    case JMP.JLT:
      noteInside(there, pointer, true);
      noteBeyond(here, pointer, false);
      return true;
    case JMP.JGE:
      noteInside(here, pointer, true);
      noteBeyond(there, pointer, false);
      return true;
    case JMP.JLE:
      noteInside(there, pointer, false);
      noteBeyond(here, pointer, true);
      return true;
    default:
      return false;
  }
}

const FLIPPED: Readonly<Record<number, number>> = {
  [JMP.JGT]: JMP.JLT,
  [JMP.JLT]: JMP.JGT,
  [JMP.JGE]: JMP.JLE,
  [JMP.JLE]: JMP.JGE,
};

/** On this branch the pointer is not beyond the end (`open`: in front of it, so there is one byte more). */
function noteInside(state: State, pointer: number, open: boolean): void {
  const { words: pw } = state.frame;
  const p = registerAt(pointer);
  const type = pw[p + TYPE];
  const offset = pw[p + OFF];
  if (offset < 0 || (offset === 0 && open)) return;
  const greatest = toNumberU(pw, p + UMAX);
  if (greatest > MAX_PACKET_OFFSET || greatest + offset > MAX_PACKET_OFFSET) return;
  const range = open ? offset + 1 : offset;
  const id = pw[p + ID];
  forEachRegister(state, (w, r) => {
    if (w[r + TYPE] === type && w[r + ID] === id && w[r + AUX] < range) w[r + AUX] = range;
  });
}

/** On this branch the pointer is at the end or (`open`) beyond it. */
function noteBeyond(state: State, pointer: number, open: boolean): void {
  const { words } = state.frame;
  const p = registerAt(pointer);
  if (words[p + TYPE] === TYPES.PACKET) words[p + AUX] = open ? BEYOND_PACKET_END : AT_PACKET_END;
}

/** A helper may have moved the packet: pointers into it are good no more. */
export function forgetPacketPointers(state: State, forget: (w: Words, r: number) => void): void {
  forEachRegister(state, (w, r) => {
    const type = w[r + TYPE];
    if (type === TYPES.PACKET || type === TYPES.PACKET_META || type === TYPES.PACKET_END || type & PACKET_SLICE)
      forget(w, r);
  });
}
