/**
 * Dynptrs: two slots of the stack that stand for memory of a size known only when the program runs. Helpers make, read and
 * write them; overwriting one makes it nothing, and with it the memory that was got from it.
 */
import { REG } from "../isa/constants.ts";
import { type Environment, registerAt } from "./environment.ts";
import { DYNPTR_NAMES } from "./format-state.ts";
import type { Words } from "./int64.ts";
import { acquireReference, releaseReference } from "./references.ts";
import {
  AUX,
  BASE_TYPE,
  EXTRA,
  ID,
  MAYBE_NULL,
  markNotInit,
  markPointer,
  markUnknown,
  OFF,
  REF,
  TYPE,
  TYPES,
} from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { checkStackBounds, storeToStack } from "./stack.ts";
import {
  findStackObject,
  hasBytes,
  INVALID,
  placeStackObject,
  readStackObject,
  removeStackObject,
  type StackObject,
} from "./stack-objects.ts";
import { BYTE, BYTES, byteType, type Frame, forEachRegister, slotAt } from "./state.ts";

/** What a dynptr's memory is: a number in `AUX`, by the names that the log shows. */
export type DynptrKind = "local" | "ringbuf" | "skb" | "xdp" | "skb_meta";

const SLOTS = 2;
const kindNumber = (kind: DynptrKind): number => DYNPTR_NAMES.indexOf(kind);
/** Whether the memory has to be given back. */
const isCounted = (number: number): boolean => number === kindNumber("ringbuf");

/** A dynptr that an argument names. */
export interface Dynptr {
  readonly id: number;
  readonly kind: DynptrKind;
  readonly reference: number;
}

const describe = (w: Words, r: number): Dynptr => ({
  id: w[r + ID],
  kind: DYNPTR_NAMES[w[r + AUX]] as DynptrKind,
  reference: w[r + REF],
});

/** The function was given the dynptr, and may look at it. */
const isGiven = ({ words }: Environment, register: number): boolean =>
  (words[registerAt(register) + TYPE] & BASE_TYPE) === TYPES.DYNPTR;

/** Makes a register a dynptr that a function is given. */
export function markDynptr(w: Words, r: number, kind: DynptrKind, id: number): void {
  markPointer(w, r, TYPES.DYNPTR);
  w[r + AUX] = kindNumber(kind);
  w[r + EXTRA] = 1;
  w[r + ID] = id;
}

/** The register must point to the stack, or to a dynptr that the function was given. */
function checkKnown(env: Environment, register: number): void {
  const type = env.words[registerAt(register) + TYPE];
  if (type !== TYPES.STACK && type !== TYPES.DYNPTR) reject("dynptr_stack", register - REG.R1);
}

/** The call makes a dynptr where the register points to; `shared` is the reference that it shares with another. */
export function makeDynptr(env: Environment, register: number, kind: DynptrKind, shared = 0): void {
  checkKnown(env, register);
  if (isGiven(env, register) || findStackObject(env, register, "dynptr", SLOTS) === INVALID) reject("dynptr_uninit");
  const offset = env.words[registerAt(register) + OFF];
  for (let at = 0; at < 8 * SLOTS; at += 8) {
    checkStackBounds(env, register, offset + at, 8, "write");
    storeToStack(env, register, offset + at, 8, -1);
  }
  const place = findStackObject(env, register, "dynptr", SLOTS);
  if (typeof place === "string") throw new Rejection("internal", ["a dynptr outside of the stack"]);
  const number = kindNumber(kind);
  const id = env.newId();
  const reference = isCounted(number) ? shared || acquireReference(env) : 0;
  placeStackObject(env, place, BYTE.DYNPTR, (w, r, k) => {
    markPointer(w, r, TYPES.DYNPTR);
    w[r + AUX] = number;
    w[r + EXTRA] = k === 0 ? 1 : 0;
    w[r + ID] = id;
    w[r + REF] = reference;
  });
}

/** The register must point to a dynptr, of one kind where that is asked for. */
export function checkDynptr(env: Environment, register: number, { kind, mutates }: DynptrUse = {}): Dynptr {
  checkKnown(env, register);
  if (isGiven(env, register)) {
    if (mutates) reject("dynptr_mutates");
    return describe(env.words, registerAt(register));
  }
  const place = findStackObject(env, register, "dynptr", SLOTS);
  if (typeof place === "string" || !isDynptr(place)) return reject("dynptr_initialized", register - REG.R1);
  const dynptr = describe(place.frame.words, slotAt(place.slot));
  if (kind !== undefined && dynptr.kind !== kind) reject("dynptr_kind", kind, register - REG.R1);
  readStackObject(env, place);
  return dynptr;
}

/** What a function wants of a dynptr. */
interface DynptrUse {
  readonly kind?: DynptrKind | undefined;
  /** It changes the dynptr itself, not only the memory. */
  readonly mutates?: boolean;
}

const isDynptr = (place: StackObject): boolean =>
  hasBytes(place, BYTE.DYNPTR) && place.frame.words[slotAt(place.slot) + EXTRA] === 1;

/** A call that gives a dynptr back: it must hold something. */
export function checkAcquired(env: Environment, register: number): void {
  if (env.words[registerAt(register) + TYPE] !== TYPES.STACK) reject("dynptr_const_release");
  const place = findStackObject(env, register, "dynptr", SLOTS);
  if (typeof place === "string" || place.frame.words[slotAt(place.slot) + REF] === 0)
    reject("dynptr_unacquired", register);
}

/** The call gives the memory back: the dynptr, its copies and what was got from them are gone. */
export function releaseDynptr(env: Environment, register: number): void {
  const found = findStackObject(env, register, "dynptr", SLOTS);
  if (typeof found === "string") return;
  const { reference } = describe(found.frame.words, slotAt(found.slot));
  if (reference === 0) {
    removeStackObject(env, found);
    return;
  }
  releaseReference(env, reference);
  const { frame } = found;
  for (let slot = 1; slot < frame.slots; slot++) {
    const r = slotAt(slot);
    if (byteType(frame.words, r, 0) !== BYTE.DYNPTR || frame.words[r + REF] !== reference) continue;
    if (frame.words[r + EXTRA] === 1) removeStackObject(env, { frame, slot, slots: SLOTS });
  }
}

/** A store hits a slot: if that is part of a dynptr, there is none any more. */
export function overwriteDynptr(env: Environment, frame: Frame, index: number): void {
  const { words: w } = frame;
  if (index >= frame.slots || byteType(w, slotAt(index), 0) !== BYTE.DYNPTR) return;
  const first = w[slotAt(index) + EXTRA] === 1 ? index : index + 1;
  const r = slotAt(first);
  if (isCounted(w[r + AUX])) reject("dynptr_overwrite");
  const id = w[r + ID];
  for (let slot = first; slot > first - SLOTS; slot--) {
    env.touchSlot(slot);
    env.stacks.wrote(frame, -8 * (slot + 1), 8);
    markNotInit(w, slotAt(slot));
    w[slotAt(slot) + BYTES] = 0;
  }
  forEachRegister(env.state, (words, at) => {
    // Linux forgets what bpf_dynptr_data has returned, and keeps slices.
    if ((words[at + TYPE] & ~MAYBE_NULL) === TYPES.MEM && words[at + EXTRA] === id) markUnknown(words, at);
  });
}
