/** From a submission and a variant to a result. */
export { BoundedJudge, type JudgeLimits } from "./bounded.ts";
export { errorResult, type GradeOptions, gradeBytes, variantOf } from "./grade-bytes.ts";
export { type JudgeOptions, judge, judgeVisible, resultHead, testsOf } from "./judge.ts";
export { answerOf, judgeTest, type PlannedTest, plannedTests } from "./judge-task.ts";
