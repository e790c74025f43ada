/** Changes that make a refused program acceptable. Each is verified before it is shown. */
import { formatInstruction } from "../asm/format-instruction.ts";
import { helperName } from "../helpers/names.ts";
import { ALU, accessBytes, CLASS, CLASS_MASK, JMP, SOURCE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { insertBefore } from "./insert.ts";
import { EXIT_CODE } from "./structure.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

export interface Fix {
  readonly title: string;
  /** Lines of the listing; `+` in front of new ones, a space in front of others. */
  readonly diff?: string;
}

interface Candidate {
  readonly title: string;
  readonly at: number;
  readonly added: readonly Instruction[];
}

const MAX_FIXES = 3;

const move = (dst: number, imm: number): Instruction => ({
  code: CLASS.ALU64 | ALU.MOV,
  dst,
  src: 0,
  offset: 0,
  imm,
});
const EXIT: Instruction = { code: EXIT_CODE, dst: 0, src: 0, offset: 0, imm: 0 };
const jump = (op: number, dst: number, imm: number, offset: number): Instruction => ({
  code: CLASS.JMP | op,
  dst,
  src: 0,
  offset,
  imm,
});

/** Up to three insertions that `accepts` finds good. */
export function findFixes(
  program: ProgramSpec,
  verdict: Verdict,
  history: readonly HistoryStep[],
  accepts: (changed: ProgramSpec) => boolean,
): Fix[] {
  const fixes: Fix[] = [];
  for (const { title, at, added } of candidates(program, verdict, history)) {
    if (fixes.length === MAX_FIXES) break;
    if (accepts(insertBefore(program, at, added))) fixes.push({ title, diff: diffOf(program, at, added) });
  }
  return fixes;
}

function candidates(program: ProgramSpec, verdict: Verdict, history: readonly HistoryStep[]): Candidate[] {
  const { at, message, values = [] } = verdict;
  if (at === undefined) return [];
  const register = Number(values[0]);
  const leave = [move(0, 0), EXIT];
  switch (message) {
    case "mem_access":
      if (!String(values[1]).endsWith("_or_null")) return [];
      return [
        { title: "Leave the program if it is NULL", at, added: [jump(JMP.JNE, register, 0, 2), ...leave] },
        { title: "Skip the access if it is NULL", at, added: [jump(JMP.JEQ, register, 0, 1)] },
      ];
    case "nullable_arithmetic":
      return [{ title: "Leave the program if it is NULL", at, added: [jump(JMP.JNE, register, 0, 2), ...leave] }];
    case "not_readable":
      return [{ title: `Set r${register} first`, at, added: [move(register, 0)] }];
    case "div_by_zero":
    case "invalid_shift":
      return [];
    case "offset_unbounded":
    case "max_unbounded":
    case "max_outside":
    case "min_negative":
      return boundIndex(program, at, history);
    default:
      return [];
  }
}

/** Masks, or leaves on, an index that is added to a pointer without a good bound. */
function boundIndex(program: ProgramSpec, at: number, history: readonly HistoryStep[]): Candidate[] {
  const addition = [at, ...history.map((step) => step.at).reverse()].find(
    (index) => program.insns[index].code === (CLASS.ALU64 | ALU.ADD | SOURCE.X),
  );
  if (addition === undefined) return [];
  const index = program.insns[addition].src;
  const access = program.insns[at];
  const isAccess = (access.code & CLASS_MASK) === CLASS.LDX || (access.code & CLASS_MASK) === CLASS.STX;
  const reach = isAccess ? access.offset + accessBytes(access.code) : 1;
  // The log names the map that the pointer points into.
  const name = history.map(({ value }) => /^map_value\(.*?map=([^,)]+)/.exec(value)?.[1]).findLast((found) => found);
  const maps = program.maps.filter((map) => map.name === name);
  const sizes = [...new Set(maps.map((map) => map.valueSize - reach))].filter((last) => last >= 0);
  return sizes
    .sort((a, b) => b - a)
    .flatMap((last) => {
      const mask = 2 ** Math.floor(Math.log2(last + 1)) - 1;
      const and: Instruction = { code: CLASS.ALU64 | ALU.AND, dst: index, src: 0, offset: 0, imm: mask };
      return [
        {
          title: `Leave the program if r${index} is above ${last}`,
          at: addition,
          added: [jump(JMP.JLE, index, last, 2), move(0, 0), EXIT],
        },
        { title: `Keep r${index} from 0 to ${mask}`, at: addition, added: [and] },
      ];
    });
}

/** The new lines between the line before and the line that they precede. */
function diffOf(program: ProgramSpec, at: number, added: readonly Instruction[]): string {
  const text = (insns: readonly Instruction[], index: number): string =>
    formatInstruction(insns, index, { helperName }).replace(/^\([0-9a-f]{2}\) /, "");
  const source = (index: number): string => program.lines?.[index]?.text.trim() || text(program.insns, index);
  return [
    ...(at > 0 ? [`  ${source(at - 1)}`] : []),
    ...added.map((_, index) => `+ ${text(added, index)}`),
    `  ${source(at)}`,
  ].join("\n");
}
