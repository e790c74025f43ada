import type { Listener } from "../../bpftrace/output/transcript.ts";
import type { Session } from "../../bpftrace/run/session.ts";

/** Runs of a `bench` probe before its time is taken, those between looks at the clock, and how many ms it is measured for. */
const WARM_UP = 2_000;
const ROUND = 1_000;
const MEASURED = 100;

/** `--test`: runs each `test` probe by hand; it holds unless it calls `exit` with another code than 0. */
export function testText(session: Session, json: boolean, write: Listener): number {
  let failed = 0;
  for (const probe of session.probesOf("test")) {
    const name = probe.name.replace("test:", "");
    session.exitCode = 0;
    session.runByHand(probe);
    const holds = session.exitCode === 0;
    session.exited = false;
    if (!holds) failed++;
    if (json) write("out", `{"type": "test_result", "data": {"name": ${JSON.stringify(name)}, "passed": ${holds}}}\n`);
    else write("out", `${holds ? "[  OK  ]" : "[FAILED]"} ${name}\n`);
  }
  return failed === 0 ? 0 : 1;
}

/** `--bench`: how long each `bench` probe takes, in real time. */
export function benchText(session: Session, json: boolean, write: Listener): number {
  const rows = session.probesOf("bench").map((probe) => {
    for (let run = 0; run < WARM_UP; run++) session.runByHand(probe);
    const start = performance.now();
    let [runs, ms] = [0, 0];
    while (ms < MEASURED) {
      for (let run = 0; run < ROUND; run++) session.runByHand(probe);
      runs += ROUND;
      ms = performance.now() - start;
    }
    return { name: probe.name.replace("bench:", ""), ns: Math.round((ms * 1e6) / runs) };
  });
  if (json) {
    for (const { name, ns } of rows)
      write("out", `{"type": "benchmark_result", "data": {"name": ${JSON.stringify(name)}, "average_ns": ${ns}}}\n`);
    return 0;
  }
  const head = ["BENCHMARK", "AVERAGE TIME"] as const;
  const cells = rows.map(({ name, ns }) => [name, `${ns}ns`] as const);
  const [left, right] = [0, 1].map((column) => Math.max(...[head, ...cells].map((row) => row[column]!.length))) as [
    number,
    number,
  ];
  const rule = `+-${"-".repeat(left)}-+-${"-".repeat(right)}-+\n`;
  const line = ([a, b]: readonly [string, string]) => `| ${a.padEnd(left)} | ${b.padEnd(right)} |\n`;
  write("out", `${rule}${line(head)}${rule}${cells.map(line).join("")}${rule}`);
  return 0;
}
