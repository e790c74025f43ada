/** Where the path that is refused parted from one that is fine: the comparison that decides, and both of its sides. */
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec, SourceLine } from "../programs/spec.ts";
import { closeBranch, divertBranch } from "./close-branch.ts";
import { conditionInWords, wasTaken } from "./comparison-words.ts";
import { type Exploration, ExplorationCursor, stepBefore } from "./exploration.ts";
import { unusedRegisters } from "./fix-instructions.ts";
import { stateAtEnd } from "./path-state.ts";
import type { PathStep } from "./record.ts";
import { isConditional, isMayGoto } from "./structure.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** One side of a branch. */
export interface BranchSide {
  /** What holds on it: `r0 != 0`. */
  readonly condition: string;
  /** The instruction that it begins with, and its line. */
  readonly to: number;
  readonly line?: SourceLine;
  /** What the register holds: `map_value(...)`. */
  readonly value?: string;
}

/** A branch that decides between refused and accepted. Found by verifying the program without one side. */
export interface BranchContrast {
  /** The conditional jump. */
  readonly at: number;
  readonly line?: SourceLine;
  /**
   * Where both sides come to the instruction that is refused: the register at fault (if there is one), with what it holds
   * there. Else the register that is compared, with what it holds right behind the comparison.
   */
  readonly register?: string;
  readonly refused: BranchSide;
  readonly fine: BranchSide;
  /** `same`: the side that is fine comes to the same instruction, and it is safe there. `elsewhere`: it does not come there. */
  readonly ends: "same" | "elsewhere";
}

/** Branches that are tried, the last of the path first: each costs a verification. */
const MAX_TRIED = 8;

/** One decision of the path. */
interface Decision {
  readonly at: number;
  readonly insn: Instruction;
  readonly taken: boolean;
  /** What was known behind it. */
  readonly changed: PathStep["changed"];
}

/**
 * Tries the decisions of the path from its end: without its side the program is accepted. One whose other side comes to the
 * same instruction safely tells most; else the last one that is about the registers of the history.
 */
export function contrastBranches(
  program: ProgramSpec,
  verdict: Verdict,
  history: readonly HistoryStep[],
  verdictOn: (changed: ProgramSpec) => Verdict,
): BranchContrast | undefined {
  const { at, message, path = [] } = verdict;
  if (at === undefined || path.length === 0) return undefined;
  const state = stateAtEnd(verdict);
  const involved = new Set(history.map((step) => Number(/^R(\d)$/.exec(step.register)?.[1] ?? -1)));
  const isHeld = /^held_|^reference_leak$/.test(message ?? "");
  const [spare] = unusedRegisters(program, [9, 8, 7, 6, 5, 4, 3, 2]);
  let second: BranchContrast | undefined;
  for (const decision of decisions(program, path, at)) {
    const { insn, taken, changed } = decision;
    const related = involved.has(insn.dst) || (insn.code & 8 ? involved.has(insn.src) : false);
    // What is held would be held by whoever leaves, too.
    const { closed, moved } =
      isHeld && spare !== undefined
        ? divertBranch(program, decision.at, taken, spare)
        : closeBranch(program, decision.at, taken);
    const other = verdictOn(closed);
    if (!other.ok) continue;
    const same = other.facts[moved(at)]?.seen === true;
    if (!same && (second !== undefined || !related)) continue;
    const [target, next] = [decision.at + 1 + insn.offset, decision.at + 1];
    const [to, away] = taken ? [target, next] : [next, target];
    // That a pointer was asked for decides nothing where the access is wrong behind the question.
    if (
      !same &&
      /^[a-z]\w*\(/.test(changed.get(`R${insn.dst}`) ?? "") &&
      !/^scalar/.test(changed.get(`R${insn.dst}`) ?? "")
    )
      continue;
    // What is held lies in no register that both sides have.
    const register = isHeld ? undefined : same ? history.at(-1)?.register : `R${insn.dst}`;
    const here = register === undefined ? undefined : same ? state.get(register) : changed.get(register);
    const there = register && valueIn(other.exploration, moved(same ? at : away), moved(decision.at), register);
    const contrast: BranchContrast = {
      at: decision.at,
      ...lineAt(program, decision.at),
      ...(register === undefined ? {} : { register }),
      refused: {
        condition: conditionInWords(insn, taken),
        to,
        ...lineAt(program, to),
        ...held(here),
      },
      fine: {
        condition: conditionInWords(insn, !taken),
        to: away,
        ...lineAt(program, away),
        ...held(there),
      },
      ends: same ? "same" : "elsewhere",
    };
    if (same) return contrast;
    second = contrast;
  }
  return second;
}

const held = (value: string | undefined): { value?: string } => (value === undefined ? {} : { value });

const lineAt = ({ lines }: ProgramSpec, at: number): { line?: SourceLine } => (lines?.[at] ? { line: lines[at] } : {});

/** The decisions of a path, the last first, each jump once. */
function decisions(program: ProgramSpec, path: readonly PathStep[], end: number): Decision[] {
  const found = new Map<number, Decision>();
  for (let k = path.length - 1; k >= 0 && found.size < MAX_TRIED; k--) {
    const at = path[k].insn;
    const insn = program.insns[at];
    if (found.has(at) || !isConditional(insn) || isMayGoto(insn)) continue;
    const taken = wasTaken(insn, at, path[k + 1]?.insn ?? end);
    if (taken !== undefined) found.set(at, { at, insn, taken, changed: path[k].changed });
  }
  return [...found.values()];
}

/** What a register holds when an instruction is reached: right behind the jump if the two follow each other, else first. */
function valueIn(
  exploration: Exploration | undefined,
  insn: number,
  jump: number,
  register: string,
): string | undefined {
  if (exploration === undefined) return undefined;
  const { steps } = exploration;
  const behind = steps.findIndex((step, k) => step.insn === insn && steps[stepBefore(exploration, k)]?.insn === jump);
  const step = behind >= 0 ? behind : steps.findIndex((each) => each.insn === insn);
  return step < 0 ? undefined : new ExplorationCursor(exploration).goTo(step).frames().at(-1)?.[register];
}
