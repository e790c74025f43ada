/** The verifier: follows every path of a program with abstract values, and says whether Linux would load it. */
import type { Btf } from "../btf/btf.ts";
import { LINUX_6_18 } from "../btf/data/linux-6.18.ts";
import { unpackBtf } from "../btf/data/unpack.ts";
import { REG } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { withMaps } from "../programs/fd-array.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { programRow } from "../programs/table.ts";
import { checkAttachId, checkAttachTarget } from "./attach-target.ts";
import { checkControlFlow } from "./control-flow.ts";
import { checkCallbacksLive, checkCallsResolved } from "./dead-code.ts";
import { Environment, MAX_INSNS, registerAt } from "./environment.ts";
import { Explorer } from "./explorer.ts";
import { checkExtension } from "./extension.ts";
import { factsOf } from "./facts.ts";
import { followPaths } from "./follow.ts";
import { checkFunctionLayout, checkFunctionRecords, functionType } from "./functions.ts";
import { compareMain, globalFrame } from "./global-functions.ts";
import { computeLiveRegisters } from "./live-registers.ts";
import { LOG } from "./log.ts";
import { findLoops } from "./loops.ts";
import { checkPatchedJumps } from "./patched-jumps.ts";
import { relevanceOf } from "./precision.ts";
import { Recorder } from "./record.ts";
import { markPointer, TYPES } from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { checkLineRecords } from "./source-lines.ts";
import { enterFrame, type Frame, MAIN } from "./state.ts";
import { checkConstants, checkSubprograms, findSubprograms, isMayGoto, slotsOf } from "./structure.ts";
import { checkStackDepth } from "./subprogram-call.ts";
import type { Verdict } from "./verdict.ts";

export interface VerifyOptions {
  /** As in bpf(2): 0 no log, 1 the failing path, 2 all paths, 4 only statistics; may be added. */
  readonly logLevel?: number;
  /** CPUs of the machine, which bound what `bpf_get_smp_processor_id` returns. */
  readonly cpus?: number;
  /** Remember the path to the end (`"path"`, for explanations), or all that was followed (`true`). */
  readonly record?: boolean | "path";
  /** False: follow every path to its end, as no verifier would, to compare runs with what is known on their way. */
  readonly prune?: boolean;
  /** Instructions that are followed before the program counts as too large; default and greatest is Linux's million. */
  readonly limit?: number;
  /**
   * False: the user who loads has no CAP_PERFMON, so no address may become known, and mispredicted branches are followed
   * too. Default true, as root has it.
   */
  readonly perfmon?: boolean;
  /**
   * The types of the Linux that the program is for, or how to get them when they are needed; left out: those of the
   * machine, Linux 6.18. `undefined`: none, so the program calls no kernel functions and sees no structures.
   */
  readonly kernel?: Btf | (() => Btf) | undefined;
  /** False: the machine interprets programs (`net.core.bpf_jit_enable` is 0), which some kinds of programs cannot do. */
  readonly compiles?: boolean;
}

/** Unpacked when the first program needs it: that takes a tenth of a second. Only this release is imported. */
const machineKernel = (): Btf => unpackBtf(LINUX_6_18);

/** Finds functions of the Linux that `options` name by their names; undefined for what it has not. */
export function kernelFunctions({ kernel = machineKernel }: VerifyOptions): (name: string) => number | undefined {
  return (name) => (typeof kernel === "function" ? kernel() : kernel).byName(name, "func")?.id;
}

/**
 * Verifies a program as Linux 6.18 does when root loads it. Pure, bounded by a million followed instructions, and never
 * throws: whatever the program is, the answer is a verdict.
 *
 * @example verify(spec).ok || verify(spec).error // "R0 invalid mem access 'map_value_or_null'"
 */
export function verify(spec: ProgramSpec, options: VerifyOptions = {}): Verdict {
  const env = environmentFor(spec, options);
  return verdict(env, analyse(env, options));
}

const environmentFor = (spec: ProgramSpec, options: VerifyOptions): Environment =>
  new Environment(withMaps(spec), {
    logLevel: options.logLevel ?? 0,
    cpus: options.cpus ?? 2,
    kernel: "kernel" in options ? options.kernel : machineKernel,
    recorder: options.record ? new Recorder() : undefined,
    explorer: options.record === true ? new Explorer() : undefined,
    prunes: options.prune ?? true,
    perfmon: options.perfmon ?? true,
    limit: Math.min(options.limit ?? MAX_INSNS, MAX_INSNS),
  });

/** Follows the program; gives why it is refused. */
function analyse(env: Environment, options: VerifyOptions): Rejection | undefined {
  try {
    checkProgram(env, options);
    followMain(env);
    followGlobalFunctions(env);
    checkCallbacksLive(env);
    checkStackDepth(env);
    checkPatchedJumps(env);
    checkCallsResolved(env);
    return undefined;
  } catch (cause) {
    return cause instanceof Rejection ? cause : new Rejection("internal", [String(cause)]);
  }
}

/** What other programs replace functions of, verified once. */
const targets = new WeakMap<ProgramSpec, Environment>();

/** Programs at most that extend one another: the second is refused as it is. */
const MAX_NESTED = 4;

function targetOf(spec: ProgramSpec, options: VerifyOptions): Environment | undefined {
  const known = targets.get(spec);
  if (known !== undefined) return known;
  let nested = 0;
  for (let each: ProgramSpec | undefined = spec; each !== undefined; each = each.attachProgram) nested++;
  if (nested > MAX_NESTED) return undefined;
  // Only with a log is it found out which calls do not fit their function's types.
  const asked: VerifyOptions = { ...options, logLevel: 1, record: false };
  const env = environmentFor(spec, asked);
  if (analyse(env, asked) !== undefined) return undefined;
  targets.set(spec, env);
  return env;
}

/** Messages of which Linux forgot the end of the line. */
const WITHOUT_END: ReadonlySet<string> = new Set([
  "tail_call_map",
  "exception_called",
  "two_references",
  "func_info_first",
  "func_info_order",
  "func_info_type",
]);

function verdict(env: Environment, refusal?: Rejection): Verdict {
  if (refusal) env.explorer?.end("refused", env.index);
  const { checkpoints, log, processed } = env;
  if (refusal && refusal.row !== "infinite_loop" && refusal.message !== "")
    log.write(WITHOUT_END.has(refusal.row) ? refusal.message : `${refusal.message}\n`);
  if (log.level & LOG.STATS) {
    log.write(`verification time ${Math.round(1000 * (performance.now() - env.began))} usec\n`);
    log.write(`stack depth ${allocatedStack(env, refusal === undefined).join("+")}\n`);
  }
  const { maxPerInstruction, total, peak } = checkpoints;
  log.write(
    `processed ${processed} insns (limit ${MAX_INSNS}) max_states_per_insn ${maxPerInstruction} ` +
      `total_states ${total} peak_states ${peak} mark_read 0\n`,
  );
  const common = {
    log: log.text(),
    processed,
    stackDepth: env.subprograms.map(({ stackDepth }) => stackDepth),
    ...(env.replaces === undefined ? {} : { replaces: env.replaces }),
    facts: factsOf(env),
    ...(env.recorder ? { path: env.recorder.path(), ...(env.recorder.cut ? { pathCut: true } : {}) } : {}),
    ...(env.explorer ? { exploration: env.explorer.finish(env) } : {}),
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
    ...(env.recorder && env.state ? { held: env.state.resources.held } : {}),
  };
}

/** Bytes for the counter and the time of `may_goto`, which Linux puts below a function's stack. */
const MAY_GOTO_STACK = 16;
/** Bytes for the registers that the loop needs which Linux puts in place of a call of `bpf_loop`. */
const INLINED_LOOP_STACK = 24;

/** Stack of each function, with what Linux adds to an accepted program. */
function allocatedStack({ insns, subprograms, inlinedLoops }: Environment, accepted: boolean): number[] {
  return subprograms.map(({ start, stackDepth }, number) => {
    const end = subprograms[number + 1]?.start ?? insns.length;
    // A jump by 0 is removed.
    const counts = (insn: Instruction): boolean => isMayGoto(insn) && insn.offset !== 0;
    if (!accepted) return stackDepth;
    const loops = [...inlinedLoops].some(([at, callback]) => callback !== null && at >= start && at < end);
    const whole = loops ? Math.ceil(stackDepth / 8) * 8 + INLINED_LOOP_STACK : stackDepth;
    return whole + (insns.slice(start, end).some(counts) ? MAY_GOTO_STACK : 0);
  });
}

/** Types whose context is the arguments of a function. */
const WITHOUT_CONTEXT: ReadonlySet<string> = new Set(["tracing", "lsm", "struct_ops", "ext"]);

/** What can be said without following a path. */
function checkProgram(env: Environment, options: VerifyOptions): void {
  const { insns, program } = env;
  if (insns.length === 0) reject("empty");
  if (insns.length > MAX_INSNS) reject("too_long");
  const { type, expectedAttachType } = env.spec;
  if (type === "raw") reject("unsupported_type");
  if (programRow(type, expectedAttachType) === undefined) reject("attach_type");
  if (program.context === undefined && !WITHOUT_CONTEXT.has(type)) reject("not_modelled", `programs of type ${type}`);
  checkAttachId(env);
  checkFunctionRecords(env);
  env.subprograms = findSubprograms(env);
  env.subprograms.forEach(({ start }, number) => {
    if (env.log.full) env.log.write(`func#${number} @${start}\n`);
  });
  checkSubprograms(env);
  checkFunctionLayout(env);
  checkLineRecords(env);
  checkConstants(env);
  checkControlFlow(env);
  env.index = 0;
  if (type === "ext")
    env.replaces = checkExtension(env, (target) => targetOf(target, options), options.compiles !== false);
  else env.attach = checkAttachTarget(env);
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

/** Follows a function's paths. At level 1 only the path that failed is of interest. */
function follow(env: Environment, frame: Frame): void {
  followPaths(env, frame);
  if (!env.log.full) env.log.reset(0);
}

function followMain(env: Environment): void {
  if (env.spec.type === "ext") {
    // It is called as the function is that it replaces.
    if (env.log.verbose) env.log.write(`Validating ${functionType(env, 0)!.name}() func#0...\n`);
    follow(env, globalFrame(env, 0));
    return;
  }
  const frame = enterFrame(0, MAIN, 0);
  markPointer(frame.words, registerAt(REG.R1), TYPES.CTX);
  compareMain(env);
  follow(env, frame);
}

/** Follows the global functions that are called, until none calls another. */
function followGlobalFunctions(env: Environment): void {
  const done = new Set<number>();
  env.subprograms.forEach(({ isException }, number) => {
    if (isException) env.calledFunctions.add(number);
  });
  for (let found = true; found; ) {
    found = false;
    for (let number = 1; number < env.subprograms.length; number++) {
      if (!env.calledFunctions.has(number) || done.has(number)) continue;
      const { name } = functionType(env, number)!;
      env.index = env.subprograms[number].start;
      if (env.log.verbose) env.log.write(`Validating ${name}() func#${number}...\n`);
      env.checkpoints.startOver();
      follow(env, globalFrame(env, number));
      if (env.log.verbose) env.log.write(`Func#${number} ('${name}') is safe for any args that match its prototype\n`);
      done.add(number);
      found = true;
    }
  }
}
