/**
 * The course's own functions: exercises that check themselves, hints, progress, the machines of investigations, and pages of the syllabus.
 *
 * @module
 */
export { CheckResult, check, Hint, hint } from "./check.ts";
export { explain, Page } from "./explain/explain.ts";
export { investigation } from "./investigations/investigation.ts";
export { type LessonProgress, progress } from "./progress.ts";
