/**
 * What the kernel of a course's grading adds to its parent process: `%%grade a3/2` is answered there. The bytes that cells handed over
 * go to a grader process, and its points become the cell's result, which nbgrader reads. The process of the cells is confined and
 * cannot read the secret. Loaded by the kernelspec that `bpfbook grade kernel` writes, and by nothing else.
 */
import { readFileSync, realpathSync } from "node:fs";
import { parseArgs } from "node:util";
import type { ParentCell, StartExtension } from "../../../kernel/session/extension.ts";
import { taskOf } from "../assignments/index.ts";
import { GradeError } from "../error.ts";
import { Grader } from "../plan/grader.ts";
import { forStudent, type Result, scoreOf, type TestResult } from "../result/result.ts";
import { confinement, type Held } from "../sandbox/confinement.ts";
import { LIMITS } from "../submission/artefact.ts";
import { checkArtefact } from "../submission/decode.ts";
import { encodeSubmission } from "../submission/encode.ts";
import { readJson } from "../submission/json.ts";
import { pythonFloat } from "./checksum.ts";

/** A whole notebook runs in one process: seconds of processor time, MiB. */
const BOUNDS = { cpu: 600, memory: 1024, processes: 96, file: 64, files: 256 };

export const extension: StartExtension = ({ args }) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      secret: { type: "string" },
      student: { type: "string", default: "class" },
      tool: { type: "string", default: "bpfbook" },
    },
  });
  const secret = values.secret === undefined ? undefined : realpathSync(values.secret);
  if (secret !== undefined) readFileSync(secret); // a kernel that could not grade does not start
  const grader = new Grader();
  const { launch, held } = confinement({ bounds: BOUNDS, hidden: secret === undefined ? [] : [secret] });
  return {
    lenientTypes: true,
    launch,
    cells: {
      grade: async (cell) => {
        const { task, assignment } = taskOf(cell.args.trim());
        const bytes = submissionOf(task.id, assignment.id, values.student, cell);
        const request = { bytes: Buffer.from(bytes).toString("base64"), tool: values.tool };
        const result = await grader.grade(secret === undefined ? request : { ...request, secret });
        const tests = testsOf(result, task.id);
        cell.print(`${feedback(tests)}${weaknesses(held)}`);
        return { "text/plain": pythonFloat(scoreOf(tests)) };
      },
    },
    dispose: () => grader[Symbol.dispose](),
  };
};

/** The answer that was handed over, as a submission of one task. Whoever sent it is not trusted. */
function submissionOf(task: string, assignment: string, student: string, { handed }: ParentCell): Uint8Array {
  const data = handed.get(task);
  if (data === undefined) {
    const mend = `Call submit("${task}", ...) in the cell above`;
    throw new GradeError("not-a-submission", task, "nothing was handed over", mend);
  }
  const artefact = checkArtefact(readJson(data, { bytes: LIMITS.submission, depth: LIMITS.depth, where: task }), task);
  return encodeSubmission({ version: 1, assignment, student, answers: { [task]: artefact } });
}

function testsOf(result: Result, task: string): readonly TestResult[] {
  if (result.error !== undefined) throw new GradeError("not-a-submission", task, result.error);
  return forStudent(result).tests.filter(({ id }) => id.startsWith(`${task}.`));
}

function feedback(tests: readonly TestResult[]): string {
  const line = ({ status, title, points, maxPoints, message, hint, evidence }: TestResult): string => {
    const more = status === "passed" ? [] : [message, hint, evidence?.verifier, evidence?.input];
    const shown = more.filter((text) => text !== undefined && text !== "").flatMap((text) => text!.split("\n"));
    return [
      `${status === "passed" ? "✓" : "✗"} ${title} (${points} of ${maxPoints})`,
      ...shown.map((text) => `    ${text}`),
    ].join("\n");
  };
  return tests.map((test) => `${line(test)}\n`).join("");
}

/** What this machine could not keep the notebook from, for whoever reads the feedback. */
function weaknesses(held: readonly Held[]): string {
  const weak = held.filter(({ weaker }) => weaker !== undefined);
  return weak.map(({ what, weaker }) => `note: ${what}: ${weaker}\n`).join("");
}
