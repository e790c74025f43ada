/**
 * Functions of the program that helpers call. One that a helper calls at once, maybe many times, is followed from the call
 * and comes back to the call, until a round brings nothing new. One that Linux runs later (a timer's) starts on its own.
 */
import { CALL, REG } from "../isa/constants.ts";
import { structId } from "./btf-pointers.ts";
import { widenImprecise } from "./convergence.ts";
import { markDynptr } from "./dynptrs.ts";
import { type Environment, registerAt } from "./environment.ts";
import { compareStaticCall } from "./global-functions.ts";
import { toBigInt } from "./int64.ts";
import { findKfunc } from "./kfunc.ts";
import { findRoot } from "./kfunc-fields.ts";
import { setNode, setNonOwning } from "./objects.ts";
import { markPrecise } from "./precision.ts";
import {
  AUX,
  copyRegister,
  isNull,
  markNotInit,
  markPointer,
  markUnknown,
  SMAX,
  SMIN,
  TYPE,
  TYPES,
  UMAX,
} from "./registers.ts";
import { reject } from "./rejection.ts";
import { formatSignedRange } from "./return-value.ts";
import { enterFrame, type Frame, MAIN, MAX_FRAMES, type ReturnRange } from "./state.ts";

/** Helpers that call back at once. */
export const CALLING_HELPERS: ReadonlySet<string> = new Set([
  "for_each_map_elem",
  "find_vma",
  "loop",
  "user_ringbuf_drain",
]);
/** Helpers that keep a callback for later. */
export const KEEPING_HELPERS: ReadonlySet<string> = new Set(["timer_set_callback"]);
/** Kernel functions that do the one and the other. */
const GRAPH_ADD = "bpf_rbtree_add_impl";
const WORK_CALLBACK = "bpf_wq_set_callback_impl";
export const isCallingKfunc = (name: string): boolean => name === GRAPH_ADD;
const TASK_WORK: ReadonlySet<string> = new Set([
  "bpf_task_work_schedule_signal_impl",
  "bpf_task_work_schedule_resume_impl",
]);
export const isKeepingKfunc = (name: string): boolean => name === WORK_CALLBACK || TASK_WORK.has(name);

const ZERO_OR_ONE: ReturnRange = { min: 0, max: 1 };
const NOTHING: ReturnRange = { min: 0, max: 0 };
const ANY_INT: ReturnRange = { min: -0x8000_0000, max: 0x7fff_ffff };

const argument = (register: number): number => registerAt(register);

/** Sets up what the function gets from the helper. */
type SetArguments = (env: Environment, caller: Frame, callee: Frame) => void;

const setLoopArguments: SetArguments = (_, caller, callee) => {
  markUnknown(callee.words, argument(REG.R1));
  copyRegister(callee.words, argument(REG.R2), caller.words, argument(REG.R3));
};

const MAPS_WITH_ELEMENTS: ReadonlySet<string> = new Set([
  "array",
  "percpu_array",
  "hash",
  "percpu_hash",
  "lru_hash",
  "lru_percpu_hash",
]);

const setElementArguments: SetArguments = (env, caller, callee) => {
  const map = caller.words[argument(REG.R1) + AUX];
  if (!MAPS_WITH_ELEMENTS.has(env.maps[map].type)) reject("callback_map");
  copyRegister(callee.words, argument(REG.R1), caller.words, argument(REG.R1));
  for (const [register, type] of [
    [REG.R2, TYPES.MAP_KEY],
    [REG.R3, TYPES.MAP_VALUE],
  ] as const) {
    markPointer(callee.words, argument(register), type);
    callee.words[argument(register) + AUX] = map;
  }
  copyRegister(callee.words, argument(REG.R4), caller.words, argument(REG.R3));
};

const setAreaArguments: SetArguments = (env, caller, { words }) => {
  copyRegister(words, argument(REG.R1), caller.words, argument(REG.R1));
  markPointer(words, argument(REG.R2), TYPES.BTF_ID);
  words[argument(REG.R2) + AUX] = structId(env, "vm_area_struct");
  copyRegister(words, argument(REG.R3), caller.words, argument(REG.R4));
};

const setSampleArguments: SetArguments = (env, caller, { words }) => {
  markDynptr(words, argument(REG.R1), "local", env.newId());
  copyRegister(words, argument(REG.R2), caller.words, argument(REG.R3));
};

/** After the arguments of a helper have been checked: follows its callback, if it has one. */
export function followCallback(env: Environment, helper: string, subprogram: number): void {
  switch (helper) {
    case "loop":
      followLoop(env, subprogram);
      return;
    case "for_each_map_elem":
      enterCallback(env, subprogram, setElementArguments, ZERO_OR_ONE);
      return;
    case "timer_set_callback":
      startLater(env, subprogram, false);
      return;
    case "find_vma":
      enterCallback(env, subprogram, setAreaArguments, ZERO_OR_ONE);
      return;
    case "user_ringbuf_drain":
      enterCallback(env, subprogram, setSampleArguments, ZERO_OR_ONE);
      return;
    default:
  }
}

/** After the arguments of a kernel function have been checked: follows its callback. */
export function followKfuncCallback(env: Environment, name: string, subprogram: number): void {
  if (isCallingKfunc(name)) enterCallback(env, subprogram, setLessArguments, ZERO_OR_ONE);
  else if (name === WORK_CALLBACK) startLater(env, subprogram, true);
  else if (TASK_WORK.has(name)) startLater(env, subprogram, true, REG.R3, ANY_INT);
}

/** The function that compares two elements of a tree: it gets two nodes, which the tree owns. */
const setLessArguments: SetArguments = (env, _, callee) => {
  const root = findRoot(env, REG.R1, "bpf_rb_root", false);
  for (const register of [REG.R1, REG.R2]) {
    setNode(callee.words, argument(register), root);
    setNonOwning(env, callee.words, argument(register));
  }
  for (const register of [REG.R3, REG.R4, REG.R5]) markNotInit(callee.words, argument(register));
};

/** Whether what runs is the function that compares elements of a tree, under the tree's lock. */
export function inGraphCallback(env: Environment): boolean {
  const { frame } = env;
  if (frame.kind !== "callback") return false;
  const { src, imm } = env.insns[frame.callsite];
  return src === CALL.KFUNC && findKfunc(env, imm)?.name === GRAPH_ADD;
}

/** `bpf_loop`: as long as the callback has not been entered as often as r1 may be. */
function followLoop(env: Environment, subprogram: number): void {
  decideInlining(env, subprogram);
  if (env.words[registerAt(REG.R1) + TYPE] !== TYPES.SCALAR) reject("linux_bug", "backtracking misuse");
  markPrecise(env, REG.R1);
  const w = env.words;
  const r1 = registerAt(REG.R1);
  const { frame } = env;
  // The depth is a small number, so the upper half of the bound decides if it is not 0.
  const mayRun = w[r1 + UMAX + 1] !== 0 || frame.callbackDepth < w[r1 + UMAX] >>> 0;
  if (mayRun) enterCallback(env, subprogram, setLoopArguments, ZERO_OR_ONE);
  else {
    frame.callbackDepth = 0;
    if (env.log.full) env.log.write(`frame${frame.index} bpf_loop iteration limit reached\n`);
  }
}

/**
 * Linux may put the loop in place of the call, if its flags are surely 0 and its function always the same. It changes
 * nothing here but that the flags are then compared exactly.
 */
function decideInlining(env: Environment, subprogram: number): void {
  const seen = env.inlinedLoops.get(env.index);
  if (seen === null) return;
  const zero = isNull(env.words, registerAt(REG.R4));
  if (zero) markPrecise(env, REG.R4);
  env.inlinedLoops.set(env.index, zero && (seen === undefined || seen === subprogram) ? subprogram : null);
}

/** Pushes a path that runs the callback; the current path goes on as if it never ran (again). */
function enterCallback(env: Environment, subprogram: number, set: SetArguments, returns: ReturnRange): void {
  const { frame: caller, index } = env;
  const depth = env.state.frames.length;
  compareStaticCall(env, subprogram);
  env.subprograms[subprogram].isCallback = true;
  const other = env.push(env.subprograms[subprogram].start, "ENOMEM");
  if (depth + 1 > MAX_FRAMES) reject("call_depth", depth + 1);
  const callee = enterFrame(depth, index, subprogram);
  env.touchAll();
  callee.kind = "callback";
  callee.returns = returns;
  set(env, caller, callee);
  other.frames[depth - 1].callbackDepth++;
  other.frames.push(callee);
  other.callbackRounds++;
  caller.callbackDepth = 0;
}

/**
 * The function of a timer or workqueue: it gets the map and its element, and runs when nothing of the program is left on
 * the stack; a workqueue's may wait.
 */
function startLater(
  env: Environment,
  subprogram: number,
  sleepable: boolean,
  holder: number = REG.R1,
  returns: ReturnRange = NOTHING,
): void {
  compareStaticCall(env, subprogram);
  const { frame: caller } = env;
  env.subprograms[subprogram].isAsync = true;
  env.subprograms[subprogram].isCallback = true;
  const callee = enterFrame(0, MAIN, subprogram);
  const map = caller.words[argument(holder) + AUX];
  for (const [register, type] of [
    [REG.R1, TYPES.MAP_PTR],
    [REG.R2, TYPES.MAP_KEY],
    [REG.R3, TYPES.MAP_VALUE],
  ] as const) {
    markPointer(callee.words, argument(register), type);
    callee.words[argument(register) + AUX] = map;
  }
  callee.kind = "async";
  callee.returns = returns;
  callee.sleepable = sleepable;
  callee.asyncEntries = caller.asyncEntries + 1;
  env.touchAll();
  env.pushAsync(env.subprograms[subprogram].start, callee);
}

/** A callback ends: its result is within what the helper expects. */
export function checkCallbackReturn(env: Environment): void {
  const { words: w, returns } = env.frame;
  const r0 = registerAt(REG.R0);
  if (w[r0 + TYPE] !== TYPES.SCALAR) reject("callback_scalar");
  markPrecise(env, REG.R0);
  const min = toBigInt(w, r0 + SMIN);
  const max = toBigInt(w, r0 + SMAX);
  if (returns === undefined || (min >= BigInt(returns.min) && max <= BigInt(returns.max))) return;
  reject("callback_return", formatSignedRange(w, r0), returns.min, returns.max);
}

/** Back at the call: numbers that differ from the round before, and on which nothing depends, are forgotten. */
export function widenAfterCallback(env: Environment, callsite: number): void {
  const previous = env.checkpoints.previousRound(env, env.state, callsite);
  if (previous) widenImprecise(env, previous, env.state);
}
