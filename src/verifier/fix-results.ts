/** Results that a program, or a function that a helper calls, may return: the simplest first, and what they mean. */
import { helperById } from "../helpers/table.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Candidate } from "./fix-candidates.ts";
import { leavingResult, move } from "./fix-instructions.ts";
import { CALL_CODE } from "./structure.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** Guesses; each is one number. */
export function resultsFor(program: ProgramSpec, verdict: Verdict, history: readonly HistoryStep[]): Candidate[] {
  const { at, message, values = [] } = verdict;
  if (at === undefined) return [];
  const isRange = message !== "return_unknown";
  const [least, most] = isRange ? values.slice(-2).map(Number) : [0, 0];
  const usual = leavingResult(program, at).value;
  const numbers = [...new Set([0, 1, -1, usual, least])].filter((value) => value >= least && value <= most);
  return numbers.slice(0, 2).map((value) => {
    const meaning = meaningOf(program, message === "callback_return", value, history);
    return {
      title: `Return ${value}${meaning === undefined ? "" : `, ${meaning}`}`,
      edits: [{ at, added: [move(0, value)] }],
      about: { kind: "return", value },
    };
  });
}

/** What Linux makes of a result. */
function meaningOf(
  { type, insns, expectedAttachType }: ProgramSpec,
  isCallback: boolean,
  value: number,
  history: readonly HistoryStep[],
): string | undefined {
  if (isCallback) {
    const call = history.find(({ at }) => insns[at].code === CALL_CODE);
    const helper = call === undefined ? undefined : helperById(insns[call.at].imm)?.name;
    if (helper !== undefined && !/^(loop|for_each_map_elem|user_ringbuf_drain)$/.test(helper)) return undefined;
    return value === 0 ? "to go on" : value === 1 ? "to stop" : undefined;
  }
  if (type === "lsm" && !/cgroup/.test(expectedAttachType ?? ""))
    return value === 0 ? "which permits it" : value === -1 ? "-EPERM, which refuses it" : undefined;
  if (type.startsWith("cgroup_"))
    return value === 0 ? "which refuses it" : value === 1 ? "which lets it through" : undefined;
  return undefined;
}
