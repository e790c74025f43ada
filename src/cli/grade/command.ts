import { suggest } from "../../asm/suggest.ts";
import { GradeError } from "../../grade/error.ts";
import { print } from "../output.ts";
import { UsageError } from "../usage.ts";

/** One verb of `bpfbook grade`. */
export interface GradeVerb {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** All verbs; each is imported when it runs. */
export const GRADE_VERBS: readonly GradeVerb[] = [
  {
    name: "adjust",
    usage:
      "bpfbook grade adjust RESULTS.jsonl --out FINAL.jsonl [--overrides FILE] [--late POLICY.json --times FILE.csv] [--roster FILE]",
    summary: "results as they count: decisions by hand, late days, who handed nothing in; the results themselves stay",
    run: async (args) => (await import("./adjust.ts")).gradeAdjust(args),
  },
  {
    name: "check",
    usage: "bpfbook grade check SUBMISSION.json [--variants FILE] [--json]",
    summary: "the visible tests of a submission and their points, as the student sees them",
    run: async (args) => (await import("./check.ts")).gradeCheck(args),
  },
  {
    name: "course",
    usage: "bpfbook grade course --out DIR --secret FILE [--assignment a1]...",
    summary: "an nbgrader course: its configuration, sources for generate_assignment, and what that makes of them",
    run: async (args) => (await import("./course.ts")).gradeCourse(args),
  },
  {
    name: "diff",
    usage: "bpfbook grade diff BEFORE.jsonl AFTER.jsonl",
    summary: "what differs between two files of results, by student and test; 1 where something does",
    run: async (args) => (await import("./regrade.ts")).gradeDiff(args),
  },
  {
    name: "kernel",
    usage: "bpfbook grade kernel --secret FILE [--user | --sys-prefix | --prefix DIR]",
    summary: "install the kernel that an nbgrader course is graded with, and say what it keeps students' code from",
    run: async (args) => (await import("./kernel.ts")).gradeKernel(args),
  },
  {
    name: "merge",
    usage: "bpfbook grade merge PLAN.json --results DIR --out RESULTS.jsonl",
    summary: "join the results of all shards; 1 where some are missing",
    run: async (args) => (await import("./plan.ts")).gradeMerge(args),
  },
  {
    name: "override",
    usage:
      "bpfbook grade override FILE --student NAME --assignment a3|--test a3/1.h1 --points N|--take-back --reason TEXT [--by NAME]",
    summary: "write a decision by hand down, with its reason, for adjust and regrade",
    run: async (args) => (await import("./adjust.ts")).gradeOverride(args),
  },
  {
    name: "plan",
    usage: "bpfbook grade plan DIR|FILE... --out PLAN.json [--size 100]",
    summary: "what is to be graded, submissions and notebooks, in shards for any number of machines",
    run: async (args) => (await import("./plan.ts")).gradePlan(args),
  },
  {
    name: "regrade",
    usage:
      "bpfbook grade regrade SUBMISSION|NOTEBOOK|DIR... --before OLD.jsonl --out NEW.jsonl [--secret FILE] [--overrides FILE] [--jobs N] [--seconds N]",
    summary: "grade again after a test was mended, and tell who wins and loses points; decisions by hand hold",
    run: async (args) => (await import("./regrade.ts")).gradeRegrade(args),
  },
  {
    name: "release",
    usage:
      "bpfbook grade release --out DIR [--secret FILE] [--student NAME]... [--roster FILE] [--assignment a1]... [--solutions]",
    summary: "notebooks for students, each with an instance of its own; without a secret those to practise with",
    run: async (args) => (await import("./release.ts")).gradeRelease(args),
  },
  {
    name: "report",
    usage:
      "bpfbook grade report RESULTS.jsonl --format NAME --out FILE|DIR [--assignment a3] [--columns LIST] [--roster FILE]",
    summary: "results for csv, github-classroom, gradescope, html, junit, prairielearn, vocareum",
    run: async (args) => (await import("./report.ts")).gradeReport(args),
  },
  {
    name: "run",
    usage:
      "bpfbook grade run SUBMISSION.json|NOTEBOOK.ipynb|DIR... --out RESULTS.jsonl [--secret FILE] [--jobs N] [--seconds N]",
    summary:
      "grade on this machine, a process a core: a result a line, the same everywhere; goes on where it was stopped",
    run: async (args) => (await import("./run.ts")).gradeRun(args),
  },
  {
    name: "serve",
    usage:
      "bpfbook grade serve --redis URL [--token-file FILE] [--host 127.0.0.1] [--port 8917] [--per-minute 10] [--most 100000]",
    summary: "take submissions over HTTP into a queue in Redis, and show how it stands",
    run: async (args) => (await import("./serve.ts")).gradeServe(args),
  },
  {
    name: "shard",
    usage: "bpfbook grade shard PLAN.json --out DIR [--index N|all] [--secret FILE] [--jobs N]",
    summary: "grade one shard, or all, with a pool of processes; goes on where it was stopped; 42 for bad input",
    run: async (args) => (await import("./plan.ts")).gradeShards(args),
  },
  {
    name: "similarity",
    usage: "bpfbook grade similarity SUBMISSION|NOTEBOOK|DIR... --out PAGE.html [--assignment a3]... [--threshold 0.8]",
    summary: "programs that are alike, side by side, for the teacher to look at; it proves nothing",
    run: async (args) => (await import("./similarity.ts")).gradeSimilarity(args),
  },
  {
    name: "submit",
    usage:
      "bpfbook grade submit FILE|DIR... --redis URL | --server URL [--token-file FILE] [--priority live|normal|bulk] [--out RESULTS.jsonl]",
    summary: "hand submissions in at a queue or its server; with --out wait for the results",
    run: async (args) => (await import("./submit.ts")).gradeSubmit(args),
  },
  {
    name: "summary",
    usage: "bpfbook grade summary RESULTS.jsonl... [--out PAGE.html]",
    summary: "a class's results: scores, which tests and which of the verifier's messages fail most",
    run: async (args) => (await import("./summary.ts")).gradeSummary(args),
  },
  {
    name: "worker",
    usage: "bpfbook grade worker --redis URL [--secret FILE] [--jobs N] [--seconds 600] [--lock 30]",
    summary: "grade what is in a queue; SIGTERM ends it after what it has in hand",
    run: async (args) => (await import("./worker.ts")).gradeWorker(args),
  },
];

/** `bpfbook grade VERB ...`. Exit code 0; 1 where something could not be graded; 2 for wrong words. */
export async function gradeCommand([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h") {
    await print(GRADE_VERBS.map(({ usage, summary }) => `${usage}\n    ${summary}\n`).join(""));
    return name === undefined ? 2 : 0;
  }
  const verb = GRADE_VERBS.find((one) => one.name === name);
  if (verb === undefined) {
    const names = GRADE_VERBS.map((one) => one.name);
    const near = suggest(name, names);
    throw new UsageError(`there is no verb ${name}${near ? `, did you mean ${near}?` : `: ${names.join(", ")}`}`);
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    await print(`usage: ${verb.usage}\n\n${verb.summary}\n`);
    return 0;
  }
  try {
    return await verb.run(rest);
  } catch (error) {
    if (error instanceof GradeError) throw new UsageError(error.message);
    throw error;
  }
}
