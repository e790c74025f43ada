import { expect, it } from "vitest";
import { DISPLAY, Machine, workloads } from "../../src/index.ts";
import { renderSummary } from "../../src/views/summary.ts";

it("says in a line what passed, and what each hook saw", () => {
  const summary = { ns: 10e9, syscalls: 224_044, switches: 1, events: { "profile:hz:99": 1980 } };
  expect(renderSummary(summary)["text/plain"]).toBe(
    "10 s of virtual time: 224,044 system calls, 1 context switch\n  1,980 × profile:hz:99",
  );
});

it("says of a replay also what the log held", () => {
  const summary = { ns: 913_345_000, syscalls: 2113, switches: 1976, events: {}, lines: 2850, processes: 16 };
  expect(renderSummary(summary)["text/plain"]).toBe(
    "2,850 lines of 16 processes in 913.345 ms of virtual time: 2,113 system calls, 1,976 context switches",
  );
  expect(renderSummary({ ...summary, skipped: 2 })["text/plain"]).toMatch(/\n {2}2 calls without a name left out$/);
});

it("is how a run shows itself, while the numbers stay plain", async () => {
  const m = new Machine();
  m.spawn(workloads.webServer());
  const summary = await m.run("20ms");
  expect(Object.keys(summary)).toEqual(["ns", "events", "syscalls", "switches"]);
  expect(await summary[DISPLAY]()).toEqual(renderSummary(summary));
});
