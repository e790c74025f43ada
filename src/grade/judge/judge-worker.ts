/** The thread that grades: it is given bytes, and says when a test begins and what it found. */
import { parentPort } from "node:worker_threads";
import { registerViews } from "../../views/index.ts";
import { GradeError, type GradeFault } from "../error.ts";
import type { Result, TestResult } from "../result/result.ts";
import { type GradeOptions, gradeBytes } from "./grade-bytes.ts";
import type { PlannedTest } from "./judge-task.ts";

/** What the thread is asked. */
export interface JudgeJob {
  readonly bytes: Uint8Array;
  readonly options: Omit<GradeOptions, "onTest">;
}

/** What it says. */
export type JudgeMessage =
  | { readonly kind: "begin"; readonly test: PlannedTest }
  | { readonly kind: "end"; readonly result: TestResult }
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "refused"; readonly code: GradeFault; readonly message: string };

registerViews();

const say = (message: JudgeMessage): void => parentPort?.postMessage(message);

parentPort?.on("message", ({ bytes, options }: JudgeJob) => {
  const onTest: GradeOptions["onTest"] = (test, result) =>
    say(result === undefined ? { kind: "begin", test } : { kind: "end", result });
  gradeBytes(bytes, { ...options, onTest }).then(
    (result) => say({ kind: "done", result }),
    (error: unknown) => {
      const code = error instanceof GradeError ? error.code : "fault";
      say({ kind: "refused", code, message: error instanceof Error ? error.message : String(error) });
    },
  );
});
