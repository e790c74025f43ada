/** Programs whose source lines are given beside them, and what Linux says of lines that do not fit the code. */
import type { LineInfo } from "../../src/btf/ext.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { SMALL_KERNEL, typedProgram } from "./typed-programs.ts";

export interface SourceLineCase {
  readonly name: string;
  readonly program: ProgramSpec;
  readonly error?: string;
}

const at = (insn: number, line: number, text = `line ${line};`, file = "/src/deep/prog.c"): LineInfo => ({
  insn,
  file,
  text,
  line,
  column: 2,
});

const two = typedProgram(
  {
    name: "two functions",
    text: `r6 = *(u32 *)(r1 + 0)
           if r6 > 5 goto +1
           r6 = 5
           r1 = r6
           call double
           r2 = 1 ll
           exit
         double:
           r0 = r1
           r0 += r1
           exit`,
    functions: ["double"],
    signatures: ["int -> int"],
  },
  SMALL_KERNEL,
);

const lined = (name: string, lineInfo: readonly LineInfo[], error?: string): SourceLineCase => ({
  name,
  program: { ...two, lineInfo },
  ...(error === undefined ? {} : { error }),
});

export const SOURCE_LINE_CASES: readonly SourceLineCase[] = [
  lined("one line a function", [at(0, 1), at(8, 9)]),
  lined("spaces before the text, a file without a folder", [at(0, 1, " \t\v x = 1;", "a.c"), at(4, 2), at(8, 9)]),
  lined("the same line in two files", [at(0, 3), at(1, 3, "other", "b.h"), at(4, 3), at(8, 3)]),
  lined("another column of the same line is not printed again", [at(0, 3), at(2, 3), at(3, 4), at(8, 9)]),
  lined("a line longer than Linux prints", [at(0, 1, "x".repeat(1500)), at(8, 9, "", "")]),
  lined(
    "out of order",
    [at(0, 1), at(3, 2), at(2, 3), at(8, 9)],
    "Invalid line_info[2].insn_off:2 (prev_offset:3 prog->len:11)",
  ),
  lined(
    "behind the end",
    [at(0, 1), at(8, 2), at(11, 3)],
    "Invalid line_info[2].insn_off:11 (prev_offset:8 prog->len:11)",
  ),
  lined(
    "in the middle of an instruction",
    [at(0, 1), at(6, 2), at(8, 9)],
    "Invalid insn code at line_info[1].insn_off",
  ),
  lined("the first instruction without a line", [at(1, 1), at(8, 9)], "missing bpf_line_info for func#0"),
  lined("a function without lines", [at(0, 1), at(9, 9)], "missing bpf_line_info for func#1"),
  lined("the last function without lines", [at(0, 1)], "missing bpf_line_info for 1 funcs starting from func#1"),
];
