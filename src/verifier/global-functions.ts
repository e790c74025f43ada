/**
 * Global functions: followed once, with any arguments that their types allow, and not from each of their calls. A call only
 * checks that its arguments fit the types, and knows nothing of what the function returns.
 */
import { REG } from "../isa/constants.ts";
import { checkPointerOffset } from "./argument-offset.ts";
import { structName, structsMatch } from "./btf-pointers.ts";
import { checkDynptr, markDynptr } from "./dynptrs.ts";
import { type Environment, registerAt } from "./environment.ts";
import { changesPacket, mightSleep } from "./function-effects.ts";
import { functionType } from "./functions.ts";
import { type Argument, argumentsOf } from "./global-types.ts";
import { checkHelperMemory } from "./helper-memory.ts";
import { forgetPacketPointers } from "./packet.ts";
import {
  AUX,
  EXTRA,
  ID,
  isNull,
  MAYBE_NULL,
  markNotInit,
  markPointer,
  markUnknown,
  OFF,
  RCU,
  RDONLY,
  TRUSTED,
  TYPE,
  TYPES,
  typeName,
  UNTRUSTED,
} from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { enterFrame, type Frame, MAIN } from "./state.ts";

/** Whether the function is verified on its own. */
export const isGlobal = (env: Environment, subprogram: number): boolean =>
  functionType(env, subprogram)?.linkage === "global";

/** Checks a call of a global function, and goes on behind it. */
export function checkGlobalCall(env: Environment, subprogram: number): void {
  const { name } = functionType(env, subprogram)!;
  const { log } = env;
  const wrong = attempt(() => {
    checkArguments(env, argumentsOf(env, subprogram));
  });
  // The log has both: what is wrong with an argument, and where.
  if (wrong) log.write(`${wrong.message}\n`);
  const { locks, rcu, preempt, irq } = env.state.resources;
  if (locks > 0) reject("global_lock");
  if ((rcu > 0 || preempt > 0 || irq !== 0 || !env.sleepable) && mightSleep(env, subprogram)) reject("global_sleeps");
  if (wrong) throw new Rejection("global_call", [subprogram, name], wrong.code);
  log.write(`Func#${subprogram} ('${name}') is global and assumed valid.\n`);
  if (changesPacket(env, subprogram)) forgetPacketPointers(env.state, (words, r) => markUnknown(words, r));
  env.calledFunctions.add(subprogram);
  // Only now: the arguments may have made the stack larger.
  const { words: w } = env;
  for (let register = REG.R0; register <= REG.R5; register++) {
    env.touchRegister(register);
    markNotInit(w, registerAt(register));
  }
  markUnknown(w, registerAt(REG.R0));
}

/** Runs a check that may fail; returns why it did. What is not modelled cannot be told. */
function attempt(check: () => void): Rejection | undefined {
  try {
    check();
    return undefined;
  } catch (cause) {
    if (!(cause instanceof Rejection) || cause.row === "not_modelled" || cause.row === "internal") throw cause;
    return cause;
  }
}

/** Runs a check that only the log tells of, where it can be told; whether it went well. */
function remark({ log }: Environment, check: () => void): boolean {
  try {
    check();
    return true;
  } catch (cause) {
    if (!(cause instanceof Rejection)) throw cause;
    if (cause.row !== "not_modelled") log.write(`${cause.message}\n`);
    return false;
  }
}

/**
 * A static function is followed with what it is called with, whatever its types say. Linux compares all the same, until
 * something does not fit, which the log says. Types of arguments that only global functions have are not looked at.
 */
export function compareStaticCall(env: Environment, subprogram: number): void {
  if (env.log.level === 0 || functionType(env, subprogram) === undefined || env.mismatched.has(subprogram)) return;
  let wanted: Argument[] | undefined;
  try {
    wanted = argumentsOf(env, subprogram);
  } catch (cause) {
    if (!(cause instanceof Rejection)) throw cause;
    if (cause.row === "global_tag_static") env.log.write(`${cause.message}\n`);
  }
  const comparable = wanted?.every(({ kind }) => kind !== "memory") ? wanted : undefined;
  if (!comparable || !remark(env, () => checkArguments(env, comparable))) env.mismatched.add(subprogram);
}

/** The main function gets the context, whatever its types say; the log has what Linux cannot make of them. */
export function compareMain(env: Environment): void {
  if (!env.log.verbose || !isGlobal(env, 0)) return;
  remark(env, () => {
    argumentsOf(env, 0);
  });
}

function checkArguments(env: Environment, wanted: readonly Argument[]): void {
  for (let index = 0; index < wanted.length; index++) checkArgument(env, wanted[index], index);
}

function checkArgument(env: Environment, argument: Argument, index: number): void {
  const register = REG.R1 + index;
  const w = env.words;
  const r = registerAt(register);
  switch (argument.kind) {
    case "number":
      if (w[r + TYPE] !== TYPES.SCALAR) reject("kfunc_scalar", register);
      return;
    case "context":
      checkPointerOffset(w, r, register);
      if (w[r + TYPE] !== TYPES.CTX) reject("global_context", index);
      return;
    case "dynptr":
      checkPointerOffset(w, r, register);
      checkDynptr(env, register);
      return;
    case "address":
      return;
    case "object":
      // What is only read with care may be anything.
      if (argument.trusted && !(argument.nullable && isNull(w, r))) checkTrusted(env, register, argument);
      return;
    case "arena":
      if (w[r + TYPE] !== TYPES.ARENA && w[r + TYPE] !== TYPES.SCALAR) reject("global_arena", register);
      return;
    case "memory":
      checkPointerOffset(w, r, register);
      checkMemory(env, register, argument);
      if (!argument.nullable && env.words[r + TYPE] & MAYBE_NULL) reject("global_null", index);
  }
}

function checkMemory(env: Environment, register: number, { size }: { readonly size: number }): void {
  const w = env.words;
  const r = registerAt(register);
  if (isNull(w, r)) return;
  const type = w[r + TYPE];
  w[r + TYPE] = type & ~MAYBE_NULL;
  const wrong = attempt(() => {
    checkHelperMemory(env, register, { size, way: "read", zeroAllowed: true, raw: false });
    checkHelperMemory(env, register, { size, way: "write", zeroAllowed: true, raw: false });
  });
  if (wrong) throw new Rejection(wrong.row, wrong.values, "EINVAL");
  env.words[r + TYPE] = type;
}

function checkTrusted(
  env: Environment,
  register: number,
  { id, nullable }: { readonly id: number; nullable: boolean },
): void {
  const w = env.words;
  const r = registerAt(register);
  const type = nullable ? w[r + TYPE] & ~MAYBE_NULL : w[r + TYPE];
  const accepted = TYPES.BTF_ID | TRUSTED;
  if (type !== accepted && type !== TYPES.BTF_ID && type !== (TYPES.BTF_ID | RCU))
    reject("argument_type", register, typeName(w[r + TYPE]), TRUSTED_TYPES);
  if (!structsMatch(env, w[r + AUX], w[r + OFF], id, false, w[r + EXTRA]))
    reject("helper_struct", register, structName(env, w, r), env.kernel!.type(id).name);
  checkPointerOffset(w, r, register);
}

const TRUSTED_TYPES = [TYPES.BTF_ID, TYPES.BTF_ID | TRUSTED, TYPES.BTF_ID | RCU].map(typeName).join(", ");

/** A function's registers before its first instruction: anything that its types allow. */
export function globalFrame(env: Environment, subprogram: number): Frame {
  const frame = enterFrame(0, MAIN, subprogram);
  const { words: w } = frame;
  const wanted = argumentsOf(env, subprogram);
  if (env.subprograms[subprogram].isException && (wanted.length !== 1 || wanted[0].kind !== "number"))
    reject("exception_arguments");
  wanted.forEach((argument, index) => {
    const r = registerAt(REG.R1 + index);
    switch (argument.kind) {
      case "number":
        markUnknown(w, r);
        return;
      case "context":
        markPointer(w, r, TYPES.CTX);
        return;
      case "dynptr":
        markDynptr(w, r, "local", env.newId());
        return;
      case "address":
        markPointer(w, r, TYPES.MEM | RDONLY | UNTRUSTED);
        return;
      case "object":
        markPointer(
          w,
          r,
          TYPES.BTF_ID | (argument.nullable ? MAYBE_NULL : 0) | (argument.trusted ? TRUSTED : UNTRUSTED),
        );
        w[r + AUX] = argument.id;
        w[r + ID] = env.newId();
        return;
      case "arena":
        markUnknown(w, r);
        return;
      case "memory":
        markPointer(w, r, argument.nullable ? TYPES.MEM | MAYBE_NULL : TYPES.MEM);
        w[r + AUX] = argument.size;
        if (argument.nullable) w[r + ID] = env.newId();
    }
  });
  return frame;
}
