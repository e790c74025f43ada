import { expect, it } from "vitest";
import { asm, DISPLAY, Machine, workloads } from "../../src/index.ts";

const READ = "tracepoint:syscalls:sys_exit_read";
const nothing = () => asm({ type: "tracepoint", name: "nothing" })`
  r0 = 0
  exit
`;
const shown = async (value: { [DISPLAY](): unknown }) => (await value[DISPLAY]()) as Record<string, string>;

it("a link says which program is attached where, and when it no longer is", async () => {
  const m = new Machine();
  const link = m.attach(m.load(nothing()), READ);
  expect(await shown(link)).toEqual({ "text/plain": `nothing attached to ${READ} (link 1)` });
  link.detach();
  expect(link.attached).toBe(false);
  expect(await shown(link)).toEqual({ "text/plain": `nothing detached from ${READ} (link 1)` });
});

it("a task says its name and pid", async () => {
  const m = new Machine();
  expect(await shown(m.spawn(workloads.webServer()))).toEqual({ "text/plain": "webserver, pid 1000" });
});

it("a workload says how it would be written, with the options that were not given", async () => {
  expect((await shown(workloads.webServer({ rate: 50 })))["text/plain"]).toBe(
    "workloads.webServer({ port: 80, workers: 4, rate: 50, files: 400, size: 12000 })",
  );
  expect((await shown(workloads.mixed()))["text/plain"]).toMatch(/^workloads\.mixed\(\{ .*rate: 300,/);
});

it("every state of a task has a name, and tasks stand by pid", async () => {
  const m = new Machine({ seed: 3 });
  m.spawn(workloads.mixed({ workers: 2 }));
  for (let i = 0; i < 20; i++) {
    await m.run("37ms");
    const text = (await shown(m))["text/plain"].split("\n\n").find((part: string) => /^\d+ tasks/.test(part))!;
    const rows = text
      .split("\n")
      .slice(2)
      .filter((row) => /^\s*\d/.test(row));
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) expect(row).toMatch(/ (runnable|sleeping|waiting for a device|idle|zombie)$/);
    const pids = rows.map((row) => Number.parseInt(row, 10));
    expect(pids).toEqual([...pids].sort((a, b) => a - b));
  }
});
