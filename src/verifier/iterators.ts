/**
 * Iterators on the stack (`bpf_iter_num_new`, `_next`, `_destroy`): a loop over one is followed until a round brings
 * nothing new, because `_next` may return NULL at any time.
 */
import { REG } from "../isa/constants.ts";
import { inRcuSection } from "./btf-pointers.ts";
import { widenImprecise } from "./convergence.ts";
import { type Environment, registerAt } from "./environment.ts";
import type { Kfunc } from "./kfunc.ts";
import { acquireReference, releaseReference } from "./references.ts";
import { AUX, EXTRA, FRAME, ID, MAYBE_NULL, markConstant, OFF, RCU, REF, TYPE, TYPES, UNTRUSTED } from "./registers.ts";
import { reject } from "./rejection.ts";
import { checkStackBounds, storeToStack } from "./stack.ts";
import {
  findStackObject,
  hasBytes,
  INVALID,
  OUTSIDE,
  placeStackObject,
  readStackObject,
  removeStackObject,
  type StackObject,
} from "./stack-objects.ts";
import { BYTE, BYTES, type State, slotAt } from "./state.ts";

/** `EXTRA` of an iterator's slots. */
export const ACTIVE = 1;
export const DRAINED = 2;

/** The struct that argument `argument` points to, if it is an iterator's: its id and slots. */
function iteratorStruct(env: Environment, kfunc: Kfunc, argument: number): { id: number; name: string; slots: number } {
  const kernel = env.kernel!;
  const pointer = kernel.resolve(kfunc.proto.params[argument].type);
  const target = pointer.kind === "ptr" ? kernel.resolve(pointer.type) : undefined;
  if (target?.kind !== "struct" || !target.name.startsWith("bpf_iter_")) return reject("iterator_type", argument);
  return { id: target.id, name: target.name.slice("bpf_".length), slots: target.size / 8 };
}

/** Going through a group's tasks takes a lock that is only safe in some places. */
const mayVisitGroup = ({ type, attachType, sleepable }: Environment): boolean =>
  type === "lsm" || (type === "tracing" && attachType === "trace_iter") || sleepable;

/** Checks an iterator argument; returns where the iterator lies. `_new` makes it, `_destroy` removes it. */
export function checkIteratorArgument(env: Environment, kfunc: Kfunc, argument: number): StackObject {
  const register = REG.R1 + argument;
  const w = env.words;
  const r = registerAt(register);
  if (kfunc.name === "bpf_iter_css_task_new" && !mayVisitGroup(env)) reject("iterator_group_tasks");
  if (w[r + TYPE] !== TYPES.STACK) reject("iterator_stack", argument);
  const { id, name, slots } = iteratorStruct(env, kfunc, argument);
  const flags = kfunc.row!.flags;
  if (flags.has("iter_new")) {
    const before = findStackObject(env, register, "iter", slots);
    if (before === INVALID || (before !== OUTSIDE && hasBytes(before, BYTE.ITER, true)))
      reject("iterator_initialized", name, argument);
    const offset = w[r + OFF];
    for (let at = 0; at < 8 * slots; at += 8) {
      checkStackBounds(env, register, offset + at, 8, "write");
      storeToStack(env, register, offset + at, 8, -1);
    }
    const place = findStackObject(env, register, "iter", slots);
    if (typeof place === "string") return reject("internal", "an iterator outside of the stack");
    const reference = acquireReference(env);
    placeStackObject(env, place, BYTE.ITER, (words, at, k) => {
      words[at + AUX] = id;
      words[at + EXTRA] = ACTIVE;
      if (k !== 0) return;
      words[at + REF] = reference;
      if (flags.has("rcu_protected")) words[at + ID] = inRcuSection(env) ? RCU : UNTRUSTED;
    });
    return place;
  }
  const place = findStackObject(env, register, "iter", slots);
  if (typeof place === "string" || !isIterator(place, id)) return reject("iterator_uninitialized", name, argument);
  if (place.frame.words[slotAt(place.slot) + ID] === UNTRUSTED) reject("iterator_needs_rcu", kfunc.name);
  readStackObject(env, place);
  if (flags.has("iter_destroy")) {
    releaseReference(env, place.frame.words[slotAt(place.slot) + REF]);
    removeStackObject(env, place);
  }
  return place;
}

/** `ID` of an iterator's first slot: what it hands out is good within the RCU section in which it was made. */
export const isProtected = ({ frame, slot }: StackObject): boolean => frame.words[slotAt(slot) + ID] === RCU;

/** The RCU section is closed: iterators that were made in it are of no use any more. */
export function unprotectIterators(state: State): void {
  for (const { words, slots } of state.frames)
    for (let slot = 0; slot < slots; slot++) {
      const r = slotAt(slot);
      if ((words[r + BYTES] & 15) === BYTE.ITER && words[r + ID] === RCU) words[r + ID] = UNTRUSTED;
    }
}

function isIterator(place: StackObject, id: number): boolean {
  const { words } = place.frame;
  if (!hasBytes(place, BYTE.ITER)) return false;
  for (let k = 0; k < place.slots; k++) {
    const r = slotAt(place.slot - k);
    if (words[r + AUX] !== id || (words[r + REF] !== 0) !== (k === 0)) return false;
  }
  return true;
}

/** After `_next`: one path on which there was another element, and one on which there was none. */
export function followIteratorNext(env: Environment, { frame, slot }: StackObject): void {
  const { state } = env;
  const first = slotAt(slot);
  if (frame.words[first + EXTRA] === ACTIVE) {
    const previous = env.checkpoints.previousRound(env);
    const other = env.push(env.index + 1, "ENOMEM");
    const r0 = registerAt(REG.R0);
    other.frames[frame.index].words[first + FRAME]++;
    if (previous) widenImprecise(env, previous, other);
    other.frame.words[r0 + TYPE] &= ~MAYBE_NULL;
  }
  const { words } = state.frames[frame.index];
  words[first + EXTRA] = DRAINED;
  markConstant(env.words, registerAt(REG.R0), 0, 0);
}

/** The iterator that the `_next` at the current instruction is about to move: whether it still has elements. */
export function iteratorIsActive(env: Environment): boolean {
  const place = findStackObject(env, REG.R1, "iter", 1);
  return typeof place !== "string" && place.frame.words[slotAt(place.slot) + EXTRA] === ACTIVE;
}

/** Whether some iterator has moved between the states: then a loop over it makes progress. */
export function iteratorDepthsDiffer(old: State, now: State): boolean {
  return old.frames.some(({ words, slots }, index) => {
    const after = now.frames[index];
    for (let slot = 0; slot < Math.min(slots, after.slots); slot++) {
      const r = slotAt(slot);
      if ((words[r + BYTES] & 15) !== BYTE.ITER || words[r + REF] === 0 || words[r + EXTRA] !== ACTIVE) continue;
      if (words[r + FRAME] !== after.words[r + FRAME]) return true;
    }
    return false;
  });
}
