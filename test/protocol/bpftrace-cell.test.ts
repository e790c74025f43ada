import { afterAll, beforeAll, expect, test } from "vitest";
import { KernelClient, resultText } from "./kernel-client.ts";

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(async () => {
  await kernel.stop();
});

test("a %%bpftrace cell runs on a machine of another cell, by name or the latest, and marks its faults", async () => {
  const made = await kernel.execute(
    'import { Machine, workloads } from "bpfbook";\nconst web = new Machine({ seed: 3 });\nweb.spawn(workloads.webServer());',
  );
  expect(made.reply).toMatchObject({ status: "ok" });
  const program = "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }";
  for (const line of ["%%bpftrace web --for 20ms", "%%bpftrace --for 20ms"]) {
    const shown = await kernel.execute(`${line}\n${program}`);
    expect(shown.reply).toMatchObject({ status: "ok" });
    expect(JSON.stringify(shown)).toMatch(/@\[webserver\]: \d+/);
  }
  const wrong = await kernel.execute("%%bpftrace\nBEGIN { $x }");
  expect(wrong.reply).toMatchObject({ status: "error", ename: "BpftraceError" });
  expect(JSON.stringify(wrong.reply)).toContain("stdin:2:9-11: ERROR: Undefined or undeclared variable: $x");
  const unknown = await kernel.execute(`%%bpftrace nowhere\n${program}`);
  expect(unknown.reply).toMatchObject({ status: "error" });
});

test("a %%asm cell gives the cells after it a program with its type; faults have the cell's lines", async () => {
  const made = await kernel.execute("%%asm pass xdp\nr0 = 2\nexit");
  expect(made.reply).toMatchObject({ status: "ok" });
  const verdict = await kernel.execute('import { verify } from "bpfbook";\nconst ok: boolean = verify(pass).ok;\nok');
  expect(resultText(verdict)).toBe("true");
  const wrong = await kernel.execute("%%asm wrong xdp\nr0 = 2\nexitt");
  expect(wrong.reply).toMatchObject({ status: "error", ename: "AsmError" });
  expect(wrong.reply["evalue"]).toMatch(/^3:1: expected an instruction/);
  expect((await kernel.execute("%%asm\nexit")).reply).toMatchObject({ status: "error", ename: "ArgumentError" });
});
