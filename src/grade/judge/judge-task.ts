import { CheckStopped } from "../../course/examiner.ts";
import type { Task } from "../assignment/assignment.ts";
import { Inspector } from "../assignment/inspector.ts";
import type { Variant } from "../assignment/variant.ts";
import { GradeError } from "../error.ts";
import { rounded, type TestResult, type Visibility } from "../result/result.ts";
import { decodeProgram } from "../submission/decode.ts";
import { decodeValue } from "../submission/encode.ts";
import { type Artefact, fromBase64 } from "../submission/index.ts";

/** A test of a task before it is done: what a result says of it in any case. */
export interface PlannedTest {
  readonly task: string;
  readonly id: string;
  readonly title: string;
  readonly maxPoints: number;
  readonly visibility: Visibility;
  /** Its place among the task's visible or hidden checks. */
  readonly index: number;
}

/** The tests of a task with their points, which are shared out by weight in hundredths so that they add up. */
export function plannedTests(task: Task): readonly PlannedTest[] {
  const checks = [
    ...task.visible.map(({ title, weight = 1 }, index) => ({ title, weight, index, visibility: "visible" as const })),
    ...task.hidden.map(({ title, weight = 1 }, index) => ({ title, weight, index, visibility: "hidden" as const })),
  ];
  const total = checks.reduce((sum, { weight }) => sum + weight, 0);
  let [before, given] = [0, 0];
  return checks.map(({ title, weight, index, visibility }) => {
    before += weight;
    const upTo = rounded((task.points * before) / total);
    const maxPoints = rounded(upTo - given);
    given = upTo;
    return { task: task.id, id: `${task.id}.${visibility[0]}${index + 1}`, title, maxPoints, visibility, index };
  });
}

/**
 * The answer of an artefact as checks get it: `Program`, bytes of an object, text, or value. Throws `GradeError` for an artefact of
 * another kind than the task asks for.
 */
export function answerOf(task: Task, artefact: Artefact): unknown {
  const { kind } = task.submit;
  if (artefact.kind !== kind)
    throw new GradeError("not-an-artefact", task.id, `it is of kind ${artefact.kind}; ${kind} is asked for`);
  switch (artefact.kind) {
    case "program":
      return decodeProgram(artefact, task.id);
    case "object":
      return fromBase64(artefact.bytes);
    case "bpftrace":
      return artefact.text;
    case "value":
      return decodeValue(artefact.value);
  }
}

/** What a test that could not be done says. */
export const notDone = (test: PlannedTest, message: string): TestResult => {
  const { id, title, maxPoints, visibility } = test;
  return { id, title, points: 0, maxPoints, visibility, status: "error", message };
};

/** What a check is given. */
export interface JudgeInput {
  readonly artefact: Artefact | undefined;
  /** Why there is none, where something else was handed over. */
  readonly fault?: GradeError | undefined;
  readonly params: unknown;
  /** Hidden checks are not done without it. */
  readonly v?: Variant | undefined;
}

/** Does one test. Whatever goes wrong in it is that test's result. */
export async function judgeTest(task: Task, test: PlannedTest, input: JudgeInput): Promise<TestResult> {
  const { artefact, fault, params, v } = input;
  if (fault !== undefined) return notDone(test, fault.message);
  if (artefact === undefined)
    return notDone(test, `nothing was handed over: submit("${task.id}", ${task.submit.name})`);
  const it = new Inspector();
  try {
    const answer = answerOf(task, artefact);
    if (test.visibility === "visible") await task.visible[test.index]!.run({ answer, params, it });
    else if (v === undefined) return notDone(test, "hidden tests are done by the grader");
    else await task.hidden[test.index]!.run({ answer, params, it, v });
  } catch (error) {
    if (error instanceof GradeError) return notDone(test, error.message);
    if (!(error instanceof CheckStopped)) {
      it.that("the answer can be run", false, (error instanceof Error ? error.message : String(error)).split("\n")[0]!);
    }
  }
  const { partial = false } = task[test.visibility][test.index]!;
  return resultOf(task, test, it, partial);
}

function resultOf(task: Task, test: PlannedTest, it: Inspector, partial: boolean): TestResult {
  const { id, title, maxPoints, visibility } = test;
  const passed = it.tests.filter((one) => one.passed).length;
  const all = passed === it.tests.length && passed > 0;
  const part = partial && !all ? rounded((maxPoints * passed) / Math.max(1, it.tests.length)) : 0;
  const failed = it.tests.find((one) => !one.passed);
  const hint = it.mistake === undefined ? undefined : task.mistakes[it.mistake];
  return {
    ...{ id, title, maxPoints, visibility },
    points: all ? maxPoints : part,
    status: all ? "passed" : part > 0 ? "partial" : "failed",
    message: all ? "" : failed === undefined ? "nothing was tested" : `${failed.what}: ${failed.detail ?? "no"}`,
    ...(hint === undefined || all ? {} : { hint }),
    ...(all || it.evidence === undefined || Object.keys(it.evidence).length === 0 ? {} : { evidence: it.evidence }),
  };
}
