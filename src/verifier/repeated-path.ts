/** A loop in a recorded path: the same instructions again and again, told once. */
import { SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { ProgramSpec, SourceLine } from "../programs/spec.ts";
import { conditionInWords, wasTaken } from "./comparison-words.ts";
import type { PathStep } from "./record.ts";
import { isConditional, isMayGoto } from "./structure.ts";
import type { Verdict } from "./verdict.ts";

/** A condition that sends the path around once more. */
export interface LoopCondition {
  readonly at: number;
  readonly line?: SourceLine;
  /** What holds in every round: `r1 != 10`. */
  readonly condition: string;
  /** The registers that it compares. */
  readonly registers: readonly string[];
  /** What they held in the last rounds, oldest first; one value where it never changed. */
  readonly values: readonly string[];
}

/** A loop that the path was in when the verifier gave up. */
export interface RepeatedPath {
  /** First and last instruction of a round. */
  readonly from: number;
  readonly to: number;
  /** Rounds that were followed on this path. */
  readonly rounds: number;
  /** There were more rounds, which are not recorded. */
  readonly more: boolean;
  readonly conditions: readonly LoopCondition[];
}

/** Values that are told of each register. */
const MAX_VALUES = 3;

/** The innermost loop that the path ends in; undefined where the end was reached for the first time. */
export function repeatedPath(
  program: ProgramSpec,
  { at, path = [], pathCut = false }: Verdict,
): RepeatedPath | undefined {
  const again = at ?? path.at(-1)?.insn;
  if (again === undefined) return undefined;
  const visits = path.flatMap(({ insn }, k) => (insn === again ? [k] : []));
  // Where the rest is not recorded, the last visit of all is not either: the round before is whole.
  if (path.at(-1)?.insn !== again && !pathCut) visits.push(path.length);
  if (visits.length < 2) return undefined;
  const round = path.slice(visits.at(-2), visits.at(-1));
  const insns = round.map(({ insn }) => insn);
  const conditions = round.flatMap((step, k): LoopCondition[] => {
    const insn = program.insns[step.insn];
    if (!isConditional(insn) || isMayGoto(insn)) return [];
    const taken = wasTaken(insn, step.insn, round[k + 1]?.insn ?? again);
    if (taken === undefined) return [];
    const sources = (insn.code & SOURCE_MASK) === SOURCE.X ? [insn.src] : [];
    const registers = [insn.dst, ...sources].map((register) => `R${register}`);
    return [
      {
        at: step.insn,
        ...(program.lines?.[step.insn] ? { line: program.lines[step.insn] } : {}),
        condition: conditionInWords(insn, taken),
        registers,
        values: lastValues(path, step.insn, registers[0]),
      },
    ];
  });
  return { from: Math.min(...insns), to: Math.max(...insns), rounds: visits.length - 1, more: pathCut, conditions };
}

/** What a register held at the last visits of an instruction. */
function lastValues(path: readonly PathStep[], at: number, register: string): string[] {
  const values: string[] = [];
  let current = "?";
  for (const { insn, changed } of path) {
    current = changed.get(register) ?? current;
    if (insn === at && values.at(-1) !== current) values.push(current);
  }
  return values.slice(-MAX_VALUES);
}
