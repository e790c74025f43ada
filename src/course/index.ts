/**
 * The course's own functions: exercises that check themselves, hints, progress.
 *
 * @module
 */
export { CheckResult, check, Hint, hint } from "./check.ts";
export { type LessonProgress, progress } from "./progress.ts";
