/**
 * Submissions per second and core, memory of a grader's process, and what a notebook in the sandbox costs. Prints, fails nothing.
 *
 *     node bench/grade.ts [COUNT]
 */
import { readFileSync } from "node:fs";
import { Variant } from "../src/grade/assignment/index.ts";
import { assignmentOf } from "../src/grade/assignments/index.ts";
import { Grader } from "../src/grade/plan/index.ts";
import { runNotebook } from "../src/grade/sandbox/run-notebook.ts";
import { encodeSubmission } from "../src/grade/submission/index.ts";
import { handsOver } from "../test/grade/run-source.ts";

const COUNT = Number(process.argv[2] ?? 40);
const TICKS = 100; // of Linux' clock a second

/** Seconds of processor time and MiB of the processes below this one. */
function children(): { cpu: number; memory: number } {
  const own = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  const of = own.map((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const memory = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    return { cpu: (Number(stat[11]) + Number(stat[12])) / TICKS, memory };
  });
  return { cpu: of.reduce((sum, { cpu }) => sum + cpu, 0), memory: Math.max(0, ...of.map(({ memory }) => memory)) };
}

for (const id of ["a1", "a3"] as const) {
  const assignment = assignmentOf(id);
  const submission = await handsOver(assignment, Variant.practice(id));
  const bytes = Buffer.from(encodeSubmission(submission)).toString("base64");
  using grader = new Grader();
  await grader.grade({ bytes, tool: "bench" });
  const start = children();
  for (let at = 0; at < COUNT; at++) await grader.grade({ bytes, tool: "bench" });
  const end = children();
  const each = (end.cpu - start.cpu) / COUNT;
  console.log(
    `${id}: ${(1 / each).toFixed(1)} submissions/s and core (${(each * 1000).toFixed(0)} ms each), ` +
      `start ${start.cpu.toFixed(2)} s, at most ${end.memory.toFixed(0)} MiB`,
  );
}

const cell = (source: string): object => ({ cell_type: "code", source });
const cells = [cell('import { submit } from "bpfbook";'), cell('submit("a1/1", 1)')];
const notebook = new TextEncoder().encode(JSON.stringify({ nbformat: 4, cells }));
const times: number[] = [];
for (let at = 0; at < 5; at++) {
  const start = performance.now();
  await runNotebook(notebook, { assignment: "a1", student: "s" });
  times.push(performance.now() - start);
}
console.log(`sandbox: a notebook of two cells, median ${times.sort((a, b) => a - b)[2]!.toFixed(0)} ms on the wall`);
