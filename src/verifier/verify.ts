/** The verifier: follows every path of a program with abstract values, and says whether Linux would load it. */
import type { Btf } from "../btf/btf.ts";
import { CALL, CLASS, CLASS_MASK, JMP, OP_MASK, REG, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { programRow } from "../programs/table.ts";
import { checkAlu } from "./alu.ts";
import { checkControlFlow } from "./control-flow.ts";
import { Environment, JUMP_POINT, MAX_INSNS, PRUNE_POINT, registerAt, SEEN } from "./environment.ts";
import { factsOf } from "./facts.ts";
import { checkFunctionLayout, checkFunctionRecords } from "./functions.ts";
import { checkHelperCall } from "./helper-call.ts";
import { checkConditionalJump } from "./jumps.ts";
import { checkKfuncCall } from "./kfunc-call.ts";
import { computeLiveRegisters } from "./live-registers.ts";
import { LOG } from "./log.ts";
import { findLoops } from "./loops.ts";
import { checkLoad, checkLoadConstant, checkStore } from "./memory-instructions.ts";
import { relevanceOf } from "./precision.ts";
import { Recorder } from "./record.ts";
import { checkNothingHeld } from "./references.ts";
import { readRegister } from "./register-use.ts";
import { markPointer, TYPES } from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { checkReturnValue } from "./return-value.ts";
import { enterFrame, MAIN, State } from "./state.ts";
import { checkConstants, checkSubprograms, findSubprograms, isMayGoto, jumpDistance, slotsOf } from "./structure.ts";
import { checkStackDepth, checkSubprogramCall, returnToCaller } from "./subprogram-call.ts";
import type { Verdict } from "./verdict.ts";

export interface VerifyOptions {
  /** As in bpf(2): 0 no log, 1 the failing path, 2 all paths, 4 only statistics; may be added. */
  readonly logLevel?: number;
  /** CPUs of the machine, which bound what `bpf_get_smp_processor_id` returns. */
  readonly cpus?: number;
  /** Remember the path to the end, for explanations. */
  readonly record?: boolean;
  /** The types of the Linux that the program is for. Without them it calls no kernel functions. */
  readonly kernel?: Btf;
}

/**
 * Verifies a program as Linux 6.18 does when root loads it. Pure, bounded by a million followed instructions, and never
 * throws: whatever the program is, the answer is a verdict.
 *
 * @example verify(spec).ok || verify(spec).error // "R0 invalid mem access 'map_value_or_null'"
 */
export function verify(spec: ProgramSpec, options: VerifyOptions = {}): Verdict {
  const env = new Environment(spec, {
    logLevel: options.logLevel ?? 0,
    cpus: options.cpus ?? 2,
    kernel: options.kernel,
    recorder: options.record ? new Recorder() : undefined,
  });
  try {
    checkProgram(env);
    followAll(env);
    // At level 1 only the path that failed is of interest.
    if (env.log.verbose && !env.log.full) env.log.reset(0);
    checkStackDepth(env);
    return verdict(env);
  } catch (cause) {
    const refusal = cause instanceof Rejection ? cause : new Rejection("internal", [String(cause)]);
    return verdict(env, refusal);
  }
}

function verdict(env: Environment, refusal?: Rejection): Verdict {
  const { checkpoints, log, processed } = env;
  if (refusal && refusal.row !== "infinite_loop" && refusal.message !== "") log.write(`${refusal.message}\n`);
  if (log.level & LOG.STATS) log.write(`stack depth ${allocatedStack(env, refusal === undefined).join("+")}\n`);
  const { maxPerInstruction, total, peak } = checkpoints;
  log.write(
    `processed ${processed} insns (limit ${MAX_INSNS}) max_states_per_insn ${maxPerInstruction} ` +
      `total_states ${total} peak_states ${peak} mark_read 0\n`,
  );
  const common = {
    log: log.text(),
    processed,
    stackDepth: env.subprograms.map(({ stackDepth }) => stackDepth),
    facts: factsOf(env),
    ...(env.recorder ? { path: env.recorder.path() } : {}),
  };
  if (!refusal) return { ok: true, ...common };
  return {
    ok: false,
    errno: refusal.code,
    error: refusal.message,
    message: refusal.row,
    values: refusal.values,
    at: env.index,
    ...common,
  };
}

/** Bytes for the counter and the time of `may_goto`, which Linux puts below a function's stack. */
const MAY_GOTO_STACK = 16;

/** Stack of each function, with what Linux adds to an accepted program. */
function allocatedStack({ insns, subprograms }: Environment, accepted: boolean): number[] {
  return subprograms.map(({ start, stackDepth }, number) => {
    const end = subprograms[number + 1]?.start ?? insns.length;
    // A jump by 0 is removed.
    const counts = (insn: Instruction): boolean => isMayGoto(insn) && insn.offset !== 0;
    return stackDepth + (accepted && insns.slice(start, end).some(counts) ? MAY_GOTO_STACK : 0);
  });
}

/** What can be said without following a path. */
function checkProgram(env: Environment): void {
  const { insns, program } = env;
  if (insns.length === 0) reject("empty");
  if (insns.length > MAX_INSNS) reject("too_long");
  const { type, expectedAttachType } = env.spec;
  if (type === "raw") reject("unsupported_type");
  if (programRow(type, expectedAttachType) === undefined) reject("attach_type");
  if (program.context === undefined) reject("not_modelled", `programs of type ${type}`);
  checkFunctionRecords(env);
  env.subprograms = findSubprograms(env);
  env.subprograms.forEach(({ start }, number) => {
    if (env.log.full) env.log.write(`func#${number} @${start}\n`);
  });
  checkSubprograms(env);
  checkFunctionLayout(env);
  checkConstants(env);
  checkControlFlow(env);
  findLoops(env);
  for (let index = 0; index < insns.length; index++) env.relevance[index] = relevanceOf(insns[index]);
  computeLiveRegisters(env);
  env.index = 0;
  if (env.log.full) printLiveRegisters(env);
}

function printLiveRegisters(env: Environment): void {
  env.log.write("Live regs before insn:\n");
  for (let index = 0; index < env.insns.length; index += slotsOf(env.insns[index])) {
    let registers = "";
    for (let register = 0; register < 10; register++) registers += (env.live[index] >>> register) & 1 ? register : ".";
    const loop = env.loops[index];
    env.log.write(
      `${loop ? String(loop).padStart(3) : "   "} ${String(index).padStart(3)}: ${registers} ${env.instructionText(index)}\n`,
    );
  }
}

/** Follows every path to its end. */
function followAll(env: Environment): void {
  const frame = enterFrame(0, MAIN, 0);
  markPointer(frame.words, registerAt(REG.R1), TYPES.CTX);
  env.state = new State([frame]);
  env.touchAll();
  const { checkpoints, log } = env;
  /** The state at the beginning of a branch is printed before its first instruction. */
  let fresh = false;

  for (;;) {
    env.beginInstruction();
    if (env.index >= env.insns.length) reject("insn_index", env.index, env.insns.length);
    if (++env.processed > MAX_INSNS) reject("too_large", env.processed);
    env.state.last = env.previous;
    env.state.index = env.index;
    env.flags[env.index] |= SEEN;
    const flags = env.flags[env.index];
    if (flags & PRUNE_POINT && checkpoints.visit(env)) {
      if (log.verbose) log.write(fresh ? `\nfrom ${env.previous} to ${env.index}: safe\n` : `${env.index}: safe\n`);
      env.touchAll();
    } else {
      if (flags & JUMP_POINT) env.recordHistory(0);
      if (log.full && fresh) {
        log.write(`\nfrom ${env.previous} to ${env.index}:`);
        env.printState(env.state, env.state.frames.length - 1);
        fresh = false;
      }
      if (log.verbose) {
        if (env.touched) env.printChanges();
        env.printInstruction();
      }
      const { index, frame: active } = env;
      env.stacks.begin();
      const next = followInstruction(env);
      env.stacks.commit(index);
      if (env.recorder) {
        env.recorder.add(index, active, env, env.scratchedRegisters, env.scratchedSlots);
        env.touchNothing();
      }
      if (next !== END) {
        env.previous = index;
        env.index = next;
        // Back from a function: the log shows the caller's whole state.
        if (env.state.frames.length <= active.index) fresh = true;
        continue;
      }
      env.touchAll();
    }
    checkpoints.finishPath(env);
    env.stacks.update();
    if (!env.pop()) return;
    fresh = true;
  }
}

/** The path is finished. */
const END = -1;

/** Follows one instruction; returns the next one of the path, or `END`. */
function followInstruction(env: Environment): number {
  const insn = env.insns[env.index];
  switch (insn.code & CLASS_MASK) {
    case CLASS.ALU:
    case CLASS.ALU64:
      checkAlu(env, insn);
      break;
    case CLASS.LDX:
      checkLoad(env, insn);
      break;
    case CLASS.ST:
    case CLASS.STX:
      checkStore(env, insn);
      break;
    case CLASS.LD:
      checkLoadConstant(env, insn);
      break;
    default:
      return followJump(env, insn);
  }
  return env.index + slotsOf(insn);
}

function followJump(env: Environment, insn: Instruction): number {
  const narrow = (insn.code & CLASS_MASK) === CLASS.JMP32;
  const withRegister = (insn.code & SOURCE_MASK) === SOURCE.X;
  env.jumps++;
  switch (insn.code & OP_MASK) {
    case JMP.CALL:
      if (
        withRegister ||
        (insn.src !== CALL.KFUNC && insn.offset !== 0) ||
        insn.src > CALL.KFUNC ||
        insn.dst !== 0 ||
        narrow
      )
        reject("call_reserved");
      if (insn.src === CALL.SUBPROG) return checkSubprogramCall(env, insn);
      if (insn.src === CALL.KFUNC) checkKfuncCall(env, insn);
      else checkHelperCall(env, insn);
      return env.index + 1;
    case JMP.JA:
      if (withRegister || insn.src !== 0 || insn.dst !== 0 || (narrow ? insn.offset !== 0 : insn.imm !== 0))
        reject("ja_reserved");
      return env.index + 1 + jumpDistance(insn);
    case JMP.EXIT:
      if (withRegister || insn.imm !== 0 || insn.src !== 0 || insn.dst !== 0 || narrow) reject("exit_reserved");
      checkNothingHeld(env, "BPF_EXIT instruction in main prog", env.state.frames.length > 1 ? "function" : "program");
      if (env.state.frames.length > 1) return returnToCaller(env);
      readRegister(env, REG.R0);
      checkReturnValue(env);
      return END;
    default:
      return checkConditionalJump(env, insn);
  }
}
