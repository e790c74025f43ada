/** What grading found, as data. */
export * from "./result.ts";
export { checkResult, readResult, resultLine } from "./validate.ts";
