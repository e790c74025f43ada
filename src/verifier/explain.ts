/** Why a program was refused, for people: on top of Linux's message, not in place of it. */
import { CLASS, CLASS_MASK, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { ProgramSpec, SourceLine } from "../programs/spec.ts";
import { type BranchContrast, contrastBranches } from "./branch-contrast.ts";
import { causeDetail, passedWrongly } from "./cause-detail.ts";
import { type Fix, findFixes } from "./fixes.ts";
import { heldHistory } from "./held-history.ts";
import { lessonOf } from "./lesson.ts";
import { mendDetail } from "./mend-detail.ts";
import type { MessageRow } from "./message-row.ts";
import { MESSAGES, type MessageName } from "./messages.ts";
import { type RepeatedPath, repeatedPath } from "./repeated-path.ts";
import { CALL_CODE, EXIT_CODE, isConditional } from "./structure.ts";
import { type HistoryStep, traceBack } from "./trace.ts";
import type { Verdict } from "./verdict.ts";
import { kernelFunctions, type VerifyOptions, verify } from "./verify.ts";
import { fillSentence } from "./words.ts";

export interface Explanation {
  /** Which message of the catalogue it is about. */
  readonly message: MessageName;
  /** What is wrong, in a sentence or two. */
  readonly cause: string;
  /** What usually mends it. */
  readonly mend: string;
  /** The instruction, and where it was written. */
  readonly at?: number;
  readonly line?: SourceLine;
  /** How the registers at fault came to hold what they hold, oldest first. */
  readonly history: readonly HistoryStep[];
  /** The branch that decides: the side that is refused, and the one that is fine. */
  readonly branch?: BranchContrast;
  /** The loop that the path is in, where the refusal is about one. */
  readonly loop?: RepeatedPath;
  /** Changes after which the program is accepted, the most natural first. */
  readonly fixes: readonly Fix[];
  /** Where the catalogue explains the message: page and anchor. */
  readonly lesson: string;
}

/** Programs beyond this size are explained without trying changes: each costs a verification. */
const MAX_TRIED = 50_000;

/** Refusals that are about going around for too long. */
const ABOUT_LOOPS: ReadonlySet<MessageName> = new Set(["infinite_loop", "too_large", "too_many_jumps"]);

/** Refusals that are about what is returned. */
const ABOUT_RESULTS: ReadonlySet<MessageName> = new Set(["return_range", "return_unknown", "callback_return"]);

/**
 * Explains a refusal; undefined for a program that is accepted. The program is verified once more with its path recorded,
 * so the same options must be given as for the verdict, and several times more with changes that may tell or mend.
 *
 * @example explain(spec)?.cause // "r0 is used as an address, but it is the result of a lookup, which is NULL ..."
 */
export function explain(program: ProgramSpec, options: VerifyOptions = {}): Explanation | undefined {
  const first = verify(program, { ...options, logLevel: 0, record: "path" });
  if (first.ok || first.message === undefined) return undefined;
  const cheap = first.processed <= MAX_TRIED;
  const recorded = (other: ProgramSpec): Verdict => verify(other, { ...options, logLevel: 0, record: true });
  const verdict = cheap ? recorded(program) : first;
  const { message } = first;
  const { at, values = [] } = verdict;
  const row: MessageRow = MESSAGES[message];
  // What is wrong with an argument of a global function Linux says in the lines before the last.
  const reason =
    message === "global_call"
      ? verify(program, { ...options, logLevel: 1 })
          .log.split("\n")
          .slice(-5, -2)
          .join("\n")
      : "";
  const history =
    heldHistory(program, verdict) ?? traceBack(program, verdict, registersAtFault(program, verdict, row, reason));
  const loop = ABOUT_LOOPS.has(message) ? repeatedPath(program, verdict) : undefined;
  const changed = (other: ProgramSpec): Verdict => verify(other, { ...options, logLevel: 0 });
  const branch = cheap && loop === undefined ? contrastBranches(program, verdict, history, recorded) : undefined;
  return {
    message,
    cause: [fillSentence(row.cause, values), causeDetail(program, verdict, history, loop, reason)]
      .filter((part) => part !== "")
      .join(" "),
    mend: mendDetail(program, verdict, history) ?? fillSentence(row.mend, values),
    ...(at === undefined ? {} : { at, line: program.lines?.[at] }),
    history,
    ...(branch ? { branch } : {}),
    ...(loop ? { loop } : {}),
    fixes: cheap ? findFixes(program, verdict, history, changed, kernelFunctions(options)) : [],
    lesson: lessonOf(message),
  };
}

/** The register that the message names, or those that the instruction depends on. */
function registersAtFault(
  program: ProgramSpec,
  { at, message, values = [] }: Verdict,
  row: MessageRow,
  reason: string,
): number[] {
  const insn = at === undefined ? undefined : program.insns[at];
  const named = row.register === undefined ? [] : [Number(values[row.register])];
  if (insn === undefined) return named.filter((register) => register < 10);
  if (message === "global_call") return [Math.max(1, passedWrongly(reason) ?? 1)];
  if (insn.code === EXIT_CODE) return message !== undefined && ABOUT_RESULTS.has(message) ? [0] : named;
  const kind = insn.code & CLASS_MASK;
  const isPair = message === "pointer_pointer" && (insn.code & SOURCE_MASK) === SOURCE.X;
  if (isPair) return [insn.dst, insn.src];
  // A size that a helper is given is in the register behind the pointer.
  if (message === "stack_range" && insn.code === CALL_CODE) return [...named, Number(named[0]) + 1];
  if (message === "kfunc_null") return [Number(values[0]) + 1];
  if (named.length > 0) return named.filter((register) => register < 10);
  if (kind === CLASS.LDX) return [insn.src];
  const computes = kind === CLASS.ALU64 || isConditional(insn);
  const withRegister = computes && (insn.code & SOURCE_MASK) === SOURCE.X;
  const usesDst = computes || kind === CLASS.ST || kind === CLASS.STX;
  return [...(usesDst ? [insn.dst] : []), ...(withRegister ? [insn.src] : [])].filter((register) => register < 10);
}
