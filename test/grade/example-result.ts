import type { Result } from "../../src/grade/result/index.ts";

/** A result with a visible test and a hidden one, passed in part. */
export const RESULT: Result = {
  version: 1,
  assignment: "a3",
  assignmentHash: "ab".repeat(32),
  student: "s042",
  submissionHash: "cd".repeat(32),
  variant: "0123456789abcdef",
  tool: "bpfbook 0.0.0",
  score: 3.5,
  maxScore: 6,
  tests: [
    {
      id: "a3/1.v1",
      title: "UDP is counted",
      points: 2,
      maxPoints: 2,
      visibility: "visible",
      status: "passed",
      message: "",
    },
    {
      ...{
        id: "a3/1.h1",
        title: "ports from 1000 to 2000",
        points: 1.5,
        maxPoints: 4,
        visibility: "hidden",
        status: "partial",
      },
      message: "expected 4711, got 0",
      hint: "Network byte order?",
      evidence: { input: "udp dport 1234", expected: "4711", got: "0" },
    },
  ],
};
