/** When one state covers another: whatever is fine from the old one is fine from the new one. */
import { REGISTER_COUNT } from "../isa/constants.ts";
import type { Environment } from "./environment.ts";
import { lessS, lessU, lessU32, type Words } from "./int64.ts";
import {
  ADD_CONST,
  AUX,
  BASE_TYPE,
  EXTRA,
  FRAME,
  ID,
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
  U32_MAX,
  U32_MIN,
  UMAX,
  UMIN,
  UNKNOWN_REGISTER,
  VALUE,
} from "./registers.ts";
import { sameResources } from "./resources.ts";
import { ALL_MISC, ALL_SPILL, BYTE, BYTES, byteType, type Frame, frameIndex, type State, slotAt } from "./state.ts";
import { tnumIn } from "./tnum.ts";

/** Ids of the old state and what they are called in the new one. */
class IdMap {
  readonly #old: number[] = [];
  readonly #now: number[] = [];
  /** How many entries count: emptying the arrays would cost more than a comparison. */
  #count = 0;
  #temporary = 0;

  clear(firstFree: number): void {
    this.#count = 0;
    this.#temporary = firstFree;
  }

  /** The ids stand for each other everywhere. */
  matches(old: number, now: number): boolean {
    if ((old !== 0) !== (now !== 0)) return false;
    if (old === 0) return true;
    for (let k = 0; k < this.#count; k++) {
      if (this.#old[k] === old) return this.#now[k] === now;
      if (this.#now[k] === now) return false;
    }
    this.#old[this.#count] = old;
    this.#now[this.#count++] = now;
    return true;
  }

  /** Numbers of which the old one is linked: one without id is linked to nothing, as is one whose id nobody else has. */
  matchesScalar(old: number, now: number): boolean {
    return this.matches(old, now === 0 ? ++this.#temporary : now);
  }
}

const ids = new IdMap();
/** Of the verification that compares: see `Speculation`, and whether what was not set on the stack may be read. */
let comparesNumbers = false;
let secretive = false;
const matchIds = (old: number, now: number): boolean => ids.matches(old, now);

export function samePrefix(w: Words, a: number, v: Words, b: number, end: number): boolean {
  for (let k = 0; k < end; k++) if (w[a + k] !== v[b + k]) return false;
  return true;
}

/** Forgets which ids stand for each other. */
export const forgetIds = (env: Environment): void => ids.clear(env.nextId);

/** The same value, its ids standing for each other. */
export const isExact = (w: Words, a: number, v: Words, b: number): boolean =>
  samePrefix(w, a, v, b, ID) && ids.matches(w[a + ID], v[b + ID]) && ids.matches(w[a + REF], v[b + REF]);

/** All bounds of the new value lie within those of the old. */
const isWithin = (w: Words, a: number, v: Words, b: number): boolean =>
  !lessU(v, b + UMIN, w, a + UMIN) &&
  !lessU(w, a + UMAX, v, b + UMAX) &&
  !lessS(v, b + SMIN, w, a + SMIN) &&
  !lessS(w, a + SMAX, v, b + SMAX) &&
  !lessU32(v[b + U32_MIN], w[a + U32_MIN]) &&
  !lessU32(w[a + U32_MAX], v[b + U32_MAX]) &&
  w[a + S32_MIN] <= v[b + S32_MIN] &&
  w[a + S32_MAX] >= v[b + S32_MAX] &&
  tnumIn(w, a + VALUE, v, b + VALUE);

/** How states are compared: numbers that nothing depends on may differ; they must be within the old range; the same. */
export const LOOSE = 0;
export const WITHIN = 1;
export const EXACT = 2;
export type Exactness = typeof LOOSE | typeof WITHIN | typeof EXACT;

function registerCovers(w: Words, a: number, v: Words, b: number, exact: Exactness): boolean {
  if (exact === EXACT) return isExact(w, a, v, b);
  const type = w[a + TYPE];
  // What the old state had not set, it did not use; of a loop that is not finished that is not known yet.
  if (type === TYPES.NOT_INIT && exact === LOOSE) return true;
  if (type !== v[b + TYPE]) return false;
  switch (type & BASE_TYPE) {
    case TYPES.SCALAR:
      if (comparesNumbers) return samePrefix(w, a, v, b, ID) && ids.matchesScalar(w[a + ID], v[b + ID]);
      if (w[a + PRECISE] === 0 && exact === LOOSE) return true;
      if (!isWithin(w, a, v, b)) return false;
      // One that the old state does not link to others may be linked now: that only says more of it.
      if (w[a + ID] === 0) return true;
      if ((w[a + ID] ^ v[b + ID]) & ADD_CONST) return false;
      if (w[a + ID] & ADD_CONST && w[a + OFF] !== v[b + OFF]) return false;
      return ids.matchesScalar(w[a + ID], v[b + ID]);
    case TYPES.MAP_KEY:
    case TYPES.MAP_VALUE:
    case TYPES.MEM:
      return (
        samePrefix(w, a, v, b, VALUE) &&
        isWithin(w, a, v, b) &&
        ids.matches(w[a + ID], v[b + ID]) &&
        ids.matches(w[a + REF], v[b + REF])
      );
    case TYPES.PACKET:
    case TYPES.PACKET_META:
      return (
        w[a + AUX] <= v[b + AUX] &&
        w[a + OFF] === v[b + OFF] &&
        ids.matches(w[a + ID], v[b + ID]) &&
        isWithin(w, a, v, b)
      );
    case TYPES.ARENA:
      return true;
    case TYPES.STACK:
      return isExact(w, a, v, b) && w[a + FRAME] === v[b + FRAME];
    default:
      return isExact(w, a, v, b);
  }
}

/** The slot as one 64-bit number, if it is one: spilled whole, or unknown data. */
function numberIn(frame: Frame, slot: number): [Words, number] | undefined {
  const { words: w } = frame;
  const types = w[slot + BYTES];
  if (types === ALL_SPILL && w[slot + TYPE] === TYPES.SCALAR) return [w, slot];
  for (let byte = 0; byte < 8; byte++) {
    const type = byteType(w, slot, byte);
    if (type !== BYTE.MISC && (type !== BYTE.INVALID || secretive)) return undefined;
  }
  return [UNKNOWN_REGISTER, 0];
}

function stackCovers(old: Frame, now: Frame, exact: Exactness): boolean {
  for (let index = 0; index < old.slots; index++) {
    const slot = slotAt(index);
    const types = old.words[slot + BYTES];
    const present = index < now.slots;
    if (exact !== LOOSE && (!present || types !== now.words[slot + BYTES])) return false;
    if (types === 0 || (types === ALL_MISC && !secretive)) continue;
    if (!slotCovers(old, now, slot, present, exact)) return false;
  }
  return true;
}

function slotCovers(old: Frame, now: Frame, slot: number, present: boolean, exact: Exactness): boolean {
  let compared = false;
  for (let byte = 0; byte < 8; byte++) {
    const type = byteType(old.words, slot, byte);
    if (type === BYTE.INVALID || (type === BYTE.MISC && !secretive)) continue;
    if (!present) return false;
    if (!compared) {
      const before = numberIn(old, slot);
      const after = numberIn(now, slot);
      if (before && after) return registerCovers(before[0], before[1], after[0], after[1], exact);
      compared = true;
    }
    const after = byteType(now.words, slot, byte);
    if (type === BYTE.MISC && after === BYTE.ZERO) continue;
    if (type !== after) return false;
    if (byte !== 7) continue;
    if (type === BYTE.SPILL && !registerCovers(old.words, slot, now.words, slot, exact)) return false;
    if (type > BYTE.ZERO && !sameObject(old.words, now.words, slot)) return false;
  }
  return true;
}

/** Iterators, dynptrs and saved interrupt states: the same kind in the same state, whichever reference they hold. */
const sameObject = (w: Words, v: Words, slot: number): boolean =>
  w[slot + AUX] === v[slot + AUX] && w[slot + EXTRA] === v[slot + EXTRA] && ids.matches(w[slot + REF], v[slot + REF]);

/** Registers that nobody reads any more need not be compared. */
function frameRegisterCovers(
  env: Environment,
  old: State,
  now: State,
  frame: number,
  register: number,
  exact: Exactness,
): boolean {
  if (((env.live[frameIndex(old, frame)] >>> register) & 1) === 0) return true;
  const r = register * REGISTER_WORDS;
  return registerCovers(old.frames[frame].words, r, now.frames[frame].words, r, exact);
}

/** The register that told two states apart last: it will again, so it is looked at first. */
let tellsApart = 0;

/**
 * Whether `old` covers `now`: `EXACT` if they are the same (a loop that makes no progress); `LOOSE` where it is known on
 * which numbers the old one depends, so that others may differ; `WITHIN` where that is not known yet.
 */
export function covers(env: Environment, old: State, now: State, exact: Exactness): boolean {
  if (old.frames.length !== now.frames.length || old.frames[0].sleepable !== now.frames[0].sleepable) return false;
  // What a mispredicted path is stopped from doing, others may not do.
  if (old.speculative && !now.speculative) return false;
  ids.clear(env.nextId);
  comparesNumbers = env.speculation.comparesNumbers;
  secretive = !env.perfmon;
  const top = old.frames.length - 1;
  const first = tellsApart;
  if (!frameRegisterCovers(env, old, now, top, first, exact)) return false;
  if (!sameResources(old.resources, now.resources, matchIds)) return false;
  for (let index = 0; index <= top; index++) {
    const before = old.frames[index];
    const after = now.frames[index];
    if (before.callsite !== after.callsite) return false;
    if (before.callbackDepth > after.callbackDepth) return false;
    for (let register = 0; register < REGISTER_COUNT; register++) {
      if (index === top && register === first) continue;
      if (frameRegisterCovers(env, old, now, index, register, exact)) continue;
      tellsApart = register;
      return false;
    }
    if (!stackCovers(before, after, exact)) return false;
  }
  return true;
}

/** A cheap look before `covers(exact)`: all registers of the current function are the same. */
export function mayLoop(old: State, now: State): boolean {
  if (old.frames.length !== now.frames.length) return false;
  const w = old.frame.words;
  const v = now.frame.words;
  for (let register = 0; register < REGISTER_COUNT; register++)
    if (!samePrefix(w, register * REGISTER_WORDS, v, register * REGISTER_WORDS, FRAME)) return false;
  return true;
}
