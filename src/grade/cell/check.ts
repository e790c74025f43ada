import { type CheckResult, check as checkExercise, Hint, hint as hintOf } from "../../course/check.ts";
import type { ExerciseTest } from "../../course/examiner.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import type { Task } from "../assignment/assignment.ts";
import { taskOf } from "../assignments/index.ts";
import { GradeError } from "../error.ts";
import { judgeTest, plannedTests } from "../judge/judge-task.ts";
import { rounded, scoreOf, type TestResult } from "../result/result.ts";
import type { Artefact } from "../submission/artefact.ts";
import { checkArtefact } from "../submission/decode.ts";
import { encodeArtefact } from "../submission/encode.ts";
import { instanceOf } from "./handed.ts";

/** What the visible tests of a task found; shows itself as a list with the points of that part. */
export class TaskCheck implements Displayable {
  readonly exercise: string;
  readonly title: string;
  readonly results: readonly TestResult[];
  readonly hints: number;
  /** Points of visible tests that passed. */
  readonly score: number;
  /** Points of all visible tests. */
  readonly maxScore: number;
  /** Points of the tests that only the grader does. */
  readonly hidden: number;

  constructor(task: Task, results: readonly TestResult[]) {
    this.exercise = task.id;
    this.results = results;
    this.hints = task.hints.length;
    this.score = scoreOf(results);
    this.maxScore = rounded(results.reduce((sum, { maxPoints }) => sum + maxPoints, 0));
    this.hidden = rounded(task.points - this.maxScore);
    this.title = `${task.title} (${this.score} of ${this.maxScore} visible points; hidden tests have ${this.hidden})`;
  }

  /** All visible tests passed. */
  get passed(): boolean {
    return this.results.every(({ status }) => status === "passed");
  }

  get tests(): readonly ExerciseTest[] {
    return this.results.map(({ title, status, message }) => ({
      what: title,
      passed: status === "passed",
      ...(message === "" ? {} : { detail: message }),
    }));
  }

  /** What the first recognised mistake is about. */
  get advice(): string | undefined {
    return this.results.find(({ hint }) => hint !== undefined)?.hint;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("check", this);
  }
}

const isTask = (id: unknown): id is string => typeof id === "string" && id.includes("/");

async function checkTask(id: string, answer: unknown): Promise<TaskCheck> {
  const { assignment, task } = taskOf(id);
  const { params } = instanceOf(assignment.id);
  let artefact: Artefact | undefined;
  let fault: GradeError | undefined;
  try {
    if (answer !== undefined) artefact = checkArtefact(encodeArtefact(answer, task.submit.kind), id);
  } catch (error) {
    if (!(error instanceof GradeError)) throw error;
    fault = error;
  }
  const results: TestResult[] = [];
  for (const test of plannedTests(task)) {
    if (test.visibility === "visible") results.push(await judgeTest(task, test, { artefact, fault, params }));
  }
  return new TaskCheck(task, results);
}

/**
 * Looks at an answer. Of an exercise of a lesson (`"03-1"`): what passed, where it failed, and a hint if it is a likely mistake. Of a
 * task of an assignment (`"a3/1"`): the same for its visible tests, with their points; hidden tests are the grader's. Throws
 * `ArgumentError` or `GradeError` for what is neither.
 *
 * @example await check("a3/1", counter); // ✓ a3/1 How many packets? (1 of 1 visible points; hidden tests have 3)
 */
export function check(id: `${string}/${string}`, answer: unknown): Promise<TaskCheck>;
export function check(id: string, answer: unknown): Promise<CheckResult>;
export function check(id: string, answer: unknown): Promise<TaskCheck | CheckResult> {
  return isTask(id) ? checkTask(id, answer) : checkExercise(id, answer);
}

const given = new Map<string, number>();

/**
 * The next hint of an exercise or a task; after the last one the first again. Throws `ArgumentError` or `GradeError`.
 *
 * @example hint("a3/1"); // Hint 1 of 2: ...
 */
export function hint(id: string): Hint {
  if (!isTask(id)) return hintOf(id);
  const { hints } = taskOf(id).task;
  const step = given.get(id) ?? 0;
  given.set(id, (step + 1) % hints.length);
  return new Hint(id, hints[step]!, step + 1, hints.length);
}
