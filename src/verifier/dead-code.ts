/**
 * What Linux does to an accepted program before it looks callbacks up again: it puts loops in place of calls of `bpf_loop`,
 * removes instructions that no path reaches, then jumps to the next one. Where functions begin moves with that; the
 * address of a function that was itself removed does not, and then names whatever has moved into its place.
 */
import { LD_IMM64_CODE } from "../isa/constants.ts";
import { type Environment, SEEN } from "./environment.ts";
import { isThrow } from "./exceptions.ts";
import { reject } from "./rejection.ts";
import { INLINED_LOOP, isConditional, isFunctionAddress, isMayGoto, JA_CODE } from "./structure.ts";

/** Refuses what Linux 6.18 fails to load because the function of a callback that is never called was removed. */
export function checkCallbacksLive(env: Environment): void {
  const { insns, codes, flags, subprograms, inlinedLoops } = env;
  const isSeen = (index: number): boolean => (flags[index] & SEEN) !== 0;
  const stale = new Set<number>();
  for (let index = 0; index < insns.length; index++) {
    if (codes[index] !== LD_IMM64_CODE) continue;
    const target = index + 1 + insns[index].imm;
    if (isFunctionAddress(insns[index]) && isSeen(index) && !isSeen(target)) stale.add(target);
  }
  if (stale.size === 0) return;
  // With the main function alone nothing is looked up; who throws and does not catch gets a function of Linux's own.
  const throws = insns.some((insn, index) => isSeen(index) && isThrow(env, insn));
  if (!throws && subprograms.findLastIndex(({ start }) => isSeen(start)) === 0) return;
  const sizes = insns.map((_, index) => (inlinedLoops.get(index) == null ? 1 : INLINED_LOOP));
  const isDead = insns.map(({ code }, index) => !isSeen(code === 0 ? index - 1 : index));
  const inlined = places(insns.length, (index) => sizes[index]);
  const alive = places(insns.length, (index) => (isDead[index] ? 0 : sizes[index]));
  const isNothing = insns.map((_, index) => !isDead[index] && alive[jumpsTo(env, index)] === alive[index] + 1);
  const left = places(insns.length, (index) => (isDead[index] || isNothing[index] ? 0 : sizes[index]));
  const starts = new Set(subprograms.map(({ start }) => left[start]));
  starts.delete(left[insns.length]);
  for (const target of stale) {
    const dead = follow(inlined[target], isDead, inlined, alive);
    const moved = follow(dead, isNothing, alive, left);
    if (!starts.has(moved)) reject("callback_removed", moved);
  }
}

/** Refuses a call of no function of Linux, unless nothing of it is left. */
export function checkCallsResolved(env: Environment): void {
  for (const index of env.unresolvedCalls) {
    env.index = index;
    reject("kfunc_unresolved");
  }
}

/** Where each instruction lies, and the end, if each takes so many slots. */
function places(count: number, size: (index: number) => number): Int32Array {
  const found = new Int32Array(count + 1);
  for (let index = 0; index < count; index++) found[index + 1] = found[index] + size(index);
  return found;
}

/** Where an instruction always jumps to, as Linux sees it by now: a branch that nobody takes is no longer there. */
function jumpsTo({ flags, insns }: Environment, index: number): number {
  const insn = insns[index];
  if (insn.code === JA_CODE) return index + 1 + insn.offset;
  if (!isConditional(insn)) return -1;
  const there = index + 1 + insn.offset;
  if (!(flags[index + 1] & SEEN)) return there;
  if (!(flags[there] & SEEN)) return index + 1;
  return isMayGoto(insn) ? there : -1;
}

/** Where an address that nobody moves on ends, when runs of instructions are taken out one after the other. */
function follow(address: number, isRemoved: readonly boolean[], before: Int32Array, after: Int32Array): number {
  let now = address;
  for (let index = 0; index < isRemoved.length; index++) {
    if (!isRemoved[index]) continue;
    const begin = index;
    while (isRemoved[index + 1]) index++;
    const count = before[index + 1] - before[begin];
    // All runs in front of it are gone already.
    if (now >= after[begin] + count) now -= count;
  }
  return now;
}
