/** Calls of functions of the program: the called function is followed with the caller's arguments, once for each call. */
import { LD_IMM64_CODE, REG } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { checkCallbackReturn, widenAfterCallback } from "./callbacks.ts";
import { type Environment, registerAt } from "./environment.ts";
import { isThrow } from "./exceptions.ts";
import { checkGlobalCall, compareStaticCall, isGlobal } from "./global-functions.ts";
import { forgetPacketPointers } from "./packet.ts";
import { copyRegister, markConstant, markNotInit, markUnknown, TYPE, TYPES } from "./registers.ts";
import { reject } from "./rejection.ts";
import { enterFrame, MAX_FRAMES, MAX_STACK } from "./state.ts";
import { CALL_CODE, isFunctionAddress, isSubprogramCall, subprogramOf } from "./structure.ts";

/** Enters the called function; returns its first instruction. A global function is only checked to fit. */
export function checkSubprogramCall(env: Environment, insn: Instruction): number {
  const target = env.index + 1 + insn.imm;
  const subprogram = subprogramOf(env, target);
  if (isGlobal(env, subprogram)) {
    checkGlobalCall(env, subprogram);
    return env.index + 1;
  }
  compareStaticCall(env, subprogram);
  const { frames } = env.state;
  if (frames.length + 1 > MAX_FRAMES) reject("call_depth", frames.length + 1);
  const caller = env.frame;
  const callee = enterFrame(frames.length, env.index, subprogram);
  for (let register = REG.R1; register <= REG.R5; register++)
    copyRegister(callee.words, registerAt(register), caller.words, registerAt(register));
  for (let register = REG.R0; register <= REG.R5; register++) markNotInit(caller.words, registerAt(register));
  env.touchAll();
  frames.push(callee);
  env.stacks.leave();
  if (env.log.verbose) {
    env.log.write("caller:\n");
    env.printState(env.state, caller.index);
    env.log.write("callee:\n");
    env.printState(env.state, callee.index);
  }
  return target;
}

/** Returns to the caller; returns the instruction after the call, or for a callback the call, which decides again. */
export function returnToCaller(env: Environment): number {
  const callee = env.frame;
  const r0 = registerAt(REG.R0);
  env.stacks.update();
  if (callee.words[r0 + TYPE] === TYPES.STACK) reject("return_stack");
  const isCallback = callee.kind === "callback";
  const next = callee.callsite + (isCallback ? 0 : 1);
  if (isCallback) checkCallbackReturn(env);
  env.state.frames.pop();
  const caller = env.frame;
  if (!isCallback) copyRegister(caller.words, r0, callee.words, r0);
  if (env.log.verbose) {
    env.log.write("returning from callee:\n");
    env.state.frames.push(callee);
    env.printState(env.state, callee.index);
    env.state.frames.pop();
    env.log.write(`to caller at ${next}:\n`);
    env.printState(env.state, caller.index);
  }
  if (isCallback) widenAfterCallback(env, next);
  return next;
}

/** The stack of one function as it is allocated: in steps of 16 bytes on x86. */
const allocated = (depth: number): number => Math.ceil(depth / 16) * 16;

/**
 * A tail call leaves its function with what the other program returns, a packet load may leave it with 0: within a called
 * function both are followed, the way on later.
 */
export function leaveOrGoOn(env: Environment, result: "unknown" | "zero"): number {
  if (env.state.frames.length === 1) return env.index + 1;
  env.push(env.index + 1, "EFAULT");
  env.touchRegister(REG.R0);
  if (result === "unknown") {
    forgetPacketPointers(env.state, (words, r) => markUnknown(words, r));
    markUnknown(env.words, registerAt(REG.R0));
  } else markConstant(env.words, registerAt(REG.R0), 0, 0);
  return returnToCaller(env);
}

/** Types of programs whose functions get a stack of their own once they use as much as `PRIVATE_STACK`. */
const PRIVATE_TYPES: ReadonlySet<string> = new Set(["kprobe", "tracepoint", "perf_event", "raw_tracepoint"]);

/** Programs that may interrupt each other, and do not enter themselves again: Linux guards the stack that is theirs. */
function hasPrivateStacks({ type, expectedAttachType }: ProgramSpec): boolean {
  if (type === "tracing") return expectedAttachType !== "trace_iter";
  if (type === "lsm") return expectedAttachType !== "lsm_cgroup";
  return PRIVATE_TYPES.has(type);
}

/** Smaller ones stay on the common stack. */
const PRIVATE_STACK = 64;
/** Stack that may be in use where a function is called that makes tail calls. */
const TAIL_CALL_STACK = 256;

/** The longest chain of calls fits the stack and is not too deep. Recursion has been refused by now. */
export function checkStackDepth(env: Environment): void {
  const { insns, codes, subprograms, spec } = env;
  const hasPrivate = hasPrivateStacks(spec) && !subprograms.some(({ callsTail }) => callsTail);
  /** Functions that run later, and what they call, stay on the common stack wherever they are called. */
  const common = new Set<number>();
  const follow = (subprogram: number, calls: number, used: number, callers: readonly number[]): void => {
    if (callers[0] !== 0) common.add(subprogram);
    if (subprogram > 0 && subprograms[subprogram].callsTail && used >= TAIL_CALL_STACK) reject("tail_call_stack", used);
    const own = allocated(subprograms[subprogram].stackDepth);
    const isPrivate = hasPrivate && own >= PRIVATE_STACK && !common.has(subprogram);
    if (isPrivate && own > MAX_STACK) reject("private_stack", subprogram, own);
    const depth = isPrivate ? used : used + own;
    if (depth > MAX_STACK) reject("combined_stack", calls, depth);
    const end = subprograms[subprogram + 1]?.start ?? insns.length;
    for (let index = subprograms[subprogram].start; index < end; index++) {
      if (codes[index] !== CALL_CODE && codes[index] !== LD_IMM64_CODE) continue;
      env.index = index;
      if (isThrow(env, insns[index]) && callers.some((each) => subprograms[each].isCallback))
        reject("exception_thrown", index, subprogram);
      if (!isSubprogramCall(insns[index]) && !isFunctionAddress(insns[index])) continue;
      const called = subprogramOf(env, index + 1 + insns[index].imm);
      if (subprograms[called].isException) reject("exception_called", index);
      if (subprograms[called].isAsync && subprograms[called].callsTail)
        reject("linux_bug", "subprog has tail_call and async cb");
      // It has a stack of its own when it is called later.
      if (subprograms[called].isAsync && !isSubprogramCall(insns[index])) continue;
      if (calls >= MAX_FRAMES) reject("call_depth_static", calls);
      follow(called, calls + 1, depth, [...callers, called]);
    }
  };
  // From the last to the main one, as Linux does: which of two complaints is made depends on it.
  for (let number = subprograms.length - 1; number >= 0; number--)
    if (number === 0 || subprograms[number].isAsync || subprograms[number].isException) follow(number, 1, 0, [number]);
}
