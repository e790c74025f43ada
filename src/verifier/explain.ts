/** Why a program was refused, for people: on top of Linux's message, not in place of it. */
import { CLASS, CLASS_MASK, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { ProgramSpec, SourceLine } from "../programs/spec.ts";
import { type Fix, findFixes } from "./fixes.ts";
import type { MessageRow } from "./message-row.ts";
import { MESSAGES, type MessageName } from "./messages.ts";
import { isConditional } from "./structure.ts";
import { type HistoryStep, traceBack } from "./trace.ts";
import type { Verdict } from "./verdict.ts";
import { type VerifyOptions, verify } from "./verify.ts";
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
  /** How the register at fault came to hold what it holds, oldest first. */
  readonly history: readonly HistoryStep[];
  /** Changes after which the program is accepted, the simplest first. */
  readonly fixes: readonly Fix[];
}

/** Programs beyond this size are explained without trying changes: each costs a verification. */
const MAX_TRIED = 50_000;

/**
 * Explains a refusal; undefined for a program that is accepted. The program is verified once more with its path recorded,
 * so the same options must be given as for the verdict.
 *
 * @example explain(spec)?.cause // "r0 is used as an address, but it is the result of a lookup, which is NULL ..."
 */
export function explain(program: ProgramSpec, options: VerifyOptions = {}): Explanation | undefined {
  const verdict = verify(program, { ...options, logLevel: 0, record: "path" });
  if (verdict.ok || verdict.message === undefined) return undefined;
  const { at, message, values = [] } = verdict;
  const row: MessageRow = MESSAGES[message];
  const history = traceBack(program, verdict, registersAtFault(program, verdict, row));
  const accepts = (changed: ProgramSpec): boolean => verify(changed, { ...options, logLevel: 0 }).ok;
  return {
    message,
    cause: [fillSentence(row.cause, values), detail(verdict, history)].filter((part) => part !== "").join(" "),
    mend: fillSentence(row.mend, values),
    ...(at === undefined ? {} : { at, line: program.lines?.[at] }),
    history,
    fixes: verdict.processed > MAX_TRIED ? [] : findFixes(program, verdict, history, accepts),
  };
}

/** The register that the message names, or those that the instruction depends on. */
function registersAtFault(program: ProgramSpec, { at, values = [] }: Verdict, row: MessageRow): number[] {
  if (row.register !== undefined) return [Number(values[row.register])].filter((register) => register < 10);
  const insn = at === undefined ? undefined : program.insns[at];
  if (insn === undefined) return [];
  const kind = insn.code & CLASS_MASK;
  if (kind === CLASS.LDX) return [insn.src];
  const computes = kind === CLASS.ALU64 || isConditional(insn);
  const withRegister = computes && (insn.code & SOURCE_MASK) === SOURCE.X;
  const usesDst = computes || kind === CLASS.ST || kind === CLASS.STX;
  return [...(usesDst ? [insn.dst] : []), ...(withRegister ? [insn.src] : [])].filter((register) => register < 10);
}

/** What the history adds to the catalogue's sentence. */
function detail({ message, values = [] }: Verdict, history: readonly HistoryStep[]): string {
  const last = history.at(-1);
  if (message === "not_readable") {
    if (last?.learned.startsWith("the call of")) return `${capital(last.learned)} (instruction ${last.at}).`;
    return history.length === 0 ? `No instruction on this path sets r${values[0]}.` : "";
  }
  const origin = history.findLast((step) => step.learned.startsWith("r0 is the result of"));
  if (message === "mem_access" && String(values[1]).endsWith("_or_null") && origin)
    return `It comes from the call at instruction ${origin.at}, and nothing has compared it with 0 since.`;
  return "";
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
