/** Lines of source in the log: which record an instruction belongs to, and what must hold of the records. */
import type { LineInfo } from "../btf/ext.ts";
import type { Environment } from "./environment.ts";
import { reject } from "./rejection.ts";

/** The most that Linux prints of one line. */
const LONGEST = 1023;

/** The records name instructions in order, and every function begins with one. */
export function checkLineRecords(env: Environment): void {
  const { insns, subprograms } = env;
  const { lineInfo = [] } = env.spec;
  if (lineInfo.length === 0) return;
  let next = 0;
  lineInfo.forEach(({ insn }, index) => {
    const before = lineInfo[index - 1]?.insn ?? 0;
    if ((index > 0 && insn <= before) || insn >= insns.length)
      reject("line_info_order", index, insn, before, insns.length);
    if (insns[insn].code === 0) reject("line_info_code", index);
    if (next === subprograms.length) return;
    if (insn === subprograms[next].start) next++;
    else if (subprograms[next].start < insn) reject("line_info_missing", next);
  });
  if (next < subprograms.length) reject("line_info_missing_last", subprograms.length - next, next);
}

/** The record of an instruction: the last one that does not begin behind it. */
export function lineOf(lines: readonly LineInfo[], index: number): LineInfo | undefined {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle].insn <= index) low = middle;
    else high = middle - 1;
  }
  return lines[low];
}

/** `; r0 = 1; @ prog.c:12` before an instruction of another line than the one before; returns the line that is current then. */
export function printSourceLine({ log, spec, index }: Environment, last: LineInfo | undefined): LineInfo | undefined {
  const line = spec.lineInfo && lineOf(spec.lineInfo, index);
  if (line === undefined || line === last || (line.file === last?.file && line.line === last.line)) return last;
  const text = line.text.replace(/^[ \t\n\v\f\r]+/, "").slice(0, LONGEST);
  log.write(`; ${text} @ ${line.file.slice(line.file.lastIndexOf("/") + 1)}:${line.line}\n`);
  return line;
}
