/**
 * Global functions: followed once, with any arguments that their types allow, and not from each of their calls. A call only
 * checks that its arguments fit the types, and knows nothing of what the function returns.
 */
import type { Btf } from "../btf/btf.ts";
import { sizeOf } from "../btf/size.ts";
import { isComposite } from "../btf/type.ts";
import { helperById } from "../helpers/table.ts";
import { CALL, REG } from "../isa/constants.ts";
import { type Environment, registerAt } from "./environment.ts";
import { functionType } from "./functions.ts";
import { checkHelperMemory } from "./helper-memory.ts";
import { checkUnmodified } from "./memory.ts";
import { forgetPacketPointers } from "./packet.ts";
import { AUX, ID, isNull, MAYBE_NULL, markNotInit, markPointer, markUnknown, TYPE, TYPES } from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { enterFrame, type Frame, MAIN } from "./state.ts";
import { CALL_CODE, isFunctionAddress, isSubprogramCall, subprogramOf } from "./structure.ts";

/** What a function may be given, by its types. */
type Argument =
  | { readonly kind: "number" }
  | { readonly kind: "context" }
  /** Memory of a size, or NULL. */
  | { readonly kind: "memory"; readonly size: number };

const MAX_ARGUMENTS = 5;

/** Whether the function is verified on its own. */
export const isGlobal = (env: Environment, subprogram: number): boolean =>
  functionType(env, subprogram)?.linkage === "global";

/** What a global function's arguments must be; refuses types that there are no arguments of. */
function argumentsOf(env: Environment, subprogram: number): Argument[] {
  const btf = env.spec.btf!;
  const { name, type } = functionType(env, subprogram)!;
  const proto = btf.type(type);
  if (proto.kind !== "func_proto") return reject("internal", "a function without a prototype");
  const { params } = proto;
  if (params.length > MAX_ARGUMENTS) reject("global_arguments", name, params.length, MAX_ARGUMENTS);
  const result = btf.resolve(proto.type);
  if (result.kind !== "int" && result.kind !== "enum" && result.kind !== "enum64") reject("global_result", name);
  for (const tag of tagsOf(btf, functionId(env, subprogram)))
    if (tag.startsWith("arg:")) reject("not_modelled", `the argument tag ${tag}`);
  return params.map((param, index) => argumentOf(env, btf, index, param.type, name));
}

function argumentOf(env: Environment, btf: Btf, index: number, id: number, name: string): Argument {
  const type = btf.resolve(id);
  switch (type.kind) {
    case "int":
    case "enum":
    case "enum64":
      return { kind: "number" };
    case "ptr": {
      const target = btf.resolve(type.type);
      if (isContext(env, btf, type.type)) return { kind: "context" };
      if (isComposite(target) && target.name === "bpf_dynptr") reject("not_modelled", "dynptrs as arguments");
      const size = sizeOf(btf, target.id);
      if (size === undefined)
        return reject("global_size", index, kindName(target.kind), target.kind === "void" ? "" : target.name, -22);
      return { kind: "memory", size };
    }
    default:
      return reject("global_type", index, kindName(type.kind), name);
  }
}

/** Whether a pointer's target is what the program type's context is called in C; contexts of tracepoints have no name. */
function isContext({ spec, program }: Environment, btf: Btf, target: number): boolean {
  if (spec.type === "tracepoint" || spec.type === "raw_tracepoint") return false;
  if (spec.type === "kprobe" && btf.type(target).name === "bpf_user_pt_regs_t") return true;
  const type = btf.resolve(target);
  return type.kind === "struct" && type.name === program.context?.struct;
}

const functionId = ({ spec }: Environment, subprogram: number): number => spec.functions![subprogram].type;

function tagsOf(btf: Btf, id: number): string[] {
  const tags: string[] = [];
  for (const type of btf.types()) if (type.kind === "decl_tag" && type.type === id) tags.push(type.name);
  return tags;
}

const kindName = (kind: string): string => (kind === "void" ? "UNKNOWN" : kind.toUpperCase());

/** Checks a call of a global function, and goes on behind it. */
export function checkGlobalCall(env: Environment, subprogram: number): void {
  const { name } = functionType(env, subprogram)!;
  const { log } = env;
  const wrong = attempt(() => {
    checkArguments(env, argumentsOf(env, subprogram));
  });
  if (wrong) {
    // The log has both: what is wrong with an argument, and where.
    log.write(`${wrong.message}\n`);
    throw new Rejection("global_call", [subprogram, name], wrong.code);
  }
  if (env.state.resources.locks > 0) reject("global_lock");
  if (log.verbose) log.write(`Func#${subprogram} ('${name}') is global and assumed valid.\n`);
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
  if (!env.log.verbose || functionType(env, subprogram) === undefined || env.mismatched.has(subprogram)) return;
  let wanted: Argument[] | undefined;
  try {
    wanted = argumentsOf(env, subprogram);
  } catch (cause) {
    if (!(cause instanceof Rejection)) throw cause;
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
      if (w[r + TYPE] !== TYPES.CTX) reject("global_context", index);
      checkUnmodified(w, r, register);
      return;
    case "memory": {
      if (isNull(w, r)) return;
      const { size } = argument;
      const type = w[r + TYPE];
      w[r + TYPE] = type & ~MAYBE_NULL;
      const wrong = attempt(() => {
        checkHelperMemory(env, register, { size, way: "read", zeroAllowed: true, raw: false });
        checkHelperMemory(env, register, { size, way: "write", zeroAllowed: true, raw: false });
      });
      if (wrong) throw new Rejection(wrong.row, wrong.values, "EINVAL");
      env.words[r + TYPE] = type;
    }
  }
}

/** A function's registers before its first instruction: anything that its types allow. */
export function globalFrame(env: Environment, subprogram: number): Frame {
  const frame = enterFrame(0, MAIN, subprogram);
  const { words: w } = frame;
  argumentsOf(env, subprogram).forEach((argument, index) => {
    const r = registerAt(REG.R1 + index);
    switch (argument.kind) {
      case "number":
        markUnknown(w, r);
        return;
      case "context":
        markPointer(w, r, TYPES.CTX);
        return;
      case "memory":
        markPointer(w, r, TYPES.MEM | MAYBE_NULL);
        w[r + AUX] = argument.size;
        w[r + ID] = env.newId();
    }
  });
  return frame;
}

/** Whether the function, or one that it calls, may move the packet. */
function changesPacket(env: Environment, subprogram: number, seen = new Set<number>()): boolean {
  if (seen.has(subprogram)) return false;
  seen.add(subprogram);
  const { insns, subprograms } = env;
  const end = subprograms[subprogram + 1]?.start ?? insns.length;
  for (let index = subprograms[subprogram].start; index < end; index++) {
    const insn = insns[index];
    if (insn.code === CALL_CODE && insn.src === CALL.HELPER && helperById(insn.imm)?.changesPacket) return true;
    if (!isSubprogramCall(insn) && !isFunctionAddress(insn)) continue;
    if (changesPacket(env, subprogramOf(env, index + 1 + insn.imm), seen)) return true;
  }
  return false;
}
