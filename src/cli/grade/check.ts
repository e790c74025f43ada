import { Variant } from "../../grade/assignment/variant.ts";
import { assignmentOf } from "../../grade/assignments/index.ts";
import { GradeError } from "../../grade/error.ts";
import { judgeVisible } from "../../grade/judge/judge.ts";
import { rounded, scoreOf } from "../../grade/result/index.ts";
import { decodeSubmission } from "../../grade/submission/decode.ts";
import { readJson } from "../../grade/submission/json.ts";
import { testText } from "../../grade/writers/learning-systems.ts";
import { isObject } from "../../isa/argument.ts";
import { registerViews } from "../../views/index.ts";
import { readFlags } from "../flags.ts";
import { readFile } from "../input.ts";
import { print } from "../output.ts";
import { UsageError } from "../usage.ts";
import { submissionBytes } from "./files.ts";

/** `bpfbook grade check`: visible tests with their points. Exit code 1 unless all passed. */
export async function gradeCheck(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, { variants: "string", json: "boolean" });
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) throw new UsageError("grade check SUBMISSION.json [--variants FILE]");
  registerViews();
  const decoded = decodeSubmission(submissionBytes(file));
  const assignment = assignmentOf(decoded.submission.assignment);
  const params =
    flags.variants === undefined
      ? assignment.variant(Variant.practice(assignment.id))
      : paramsOf(flags.variants, assignment.id);
  const tests = await judgeVisible(assignment, decoded, params);
  const max = rounded(tests.reduce((sum, { maxPoints }) => sum + maxPoints, 0));
  if (flags.json === true)
    await print(`${JSON.stringify({ assignment: assignment.id, score: scoreOf(tests), max, tests })}\n`);
  else {
    const lines = tests.map((test) => {
      const text = testText(test).replaceAll("\n", "\n    ");
      return `${test.status === "passed" ? "✓" : "✗"} ${test.id} ${test.title}: ${test.points} of ${test.maxPoints}${text === "" ? "" : `\n    ${text}`}\n`;
    });
    await print(`${lines.join("")}${scoreOf(tests)} of ${max} visible points\n`);
  }
  return tests.every(({ status }) => status === "passed") ? 0 : 1;
}

/** The student's parameters, out of the file that `grade release` wrote beside the notebooks. */
function paramsOf(file: string, assignment: string): unknown {
  const value = readJson(readFile(file), { bytes: 1_000_000, depth: 16, where: file });
  const all = isObject(value) ? value : {};
  const instance = Object.hasOwn(all, assignment) ? all[assignment] : undefined;
  if (isObject(instance) && isObject(instance.params)) return instance.params;
  throw new GradeError("unknown-assignment", file, `it has no instance of ${assignment}`);
}
