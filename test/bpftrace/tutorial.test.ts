import { describe, expect, test } from "vitest";
import { listProbes } from "../../src/bpftrace/probes/list.ts";
import { machineSource } from "../../src/bpftrace/run/machine-source.ts";
import { Machine, workloads } from "../../src/index.ts";

/** One machine goes on from lesson to lesson. */
const machine = new Machine({ cpus: 2, seed: 7 });
machine.spawn(workloads.mixed());

async function run(program: string, span = "100ms"): Promise<string> {
  const { text } = await machine.bpftrace({ for: span, release: "0.17" })(program);
  return text.replace(/^Attaching \d+ probes?\.\.\.\n/, "");
}

/** The sum of the counts of a histogram's rows. */
const samples = (text: string): number =>
  [...text.matchAll(/^[[(].* (\d+) \|/gm)].reduce((sum, [, count]) => sum + Number(count), 0);

describe("the twelve lessons of bpftrace's one-liner tutorial", () => {
  test("1: listing probes", () => {
    const found = listProbes(machineSource(machine.linux), "tracepoint:syscalls:sys_enter_*");
    expect(found).toContain("tracepoint:syscalls:sys_enter_openat");
    expect(found.length).toBeGreaterThan(300);
  });

  test("2: hello world", async () => {
    expect(await run('BEGIN { printf("hello world\\n"); }', "1ms")).toBe("hello world\n\n\n");
  });

  test("3: file opens", async () => {
    const text = await run('tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args->filename)); }');
    expect(text).toMatch(/^(\S+ \S+\n)+\n\n$/);
  });

  test("4: system calls by process, in the order of their counts", async () => {
    const text = await run("tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }");
    const counts = [...text.matchAll(/^@\[[^\]]+\]: (\d+)$/gm)].map(([, count]) => Number(count));
    expect(counts.length).toBeGreaterThan(2);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });

  test("5: the sizes of read() of one process as a histogram", async () => {
    const { pid } = machine.linux.tasks().findLast(({ comm }) => comm === "webserver")!;
    const text = await run(
      `tracepoint:syscalls:sys_exit_read /pid == ${pid}/ { @bytes = hist(args->ret); @n = count(); }`,
    );
    expect(text).toMatch(/^\n\n@bytes: \n[[(]/);
    expect(samples(text)).toBe(Number(/@n: (\d+)/.exec(text)![1]));
  });

  test("6: bytes that vfs_read returns, in equal steps", async () => {
    const text = await run("kretprobe:vfs_read { @bytes = lhist(retval, 0, 2000, 200); @n = count(); }");
    expect(text).toMatch(/^\n\n@bytes: \n[[(]/);
    expect(text).toMatch(/^(?:\[0, 200\)|\(\.\.\., 0\)) /m);
    expect(samples(text)).toBe(Number(/@n: (\d+)/.exec(text)![1]));
  });

  test("7: the time of vfs_read by process", async () => {
    const text = await run(
      "kprobe:vfs_read { @start[tid] = nsecs; } kretprobe:vfs_read /@start[tid]/ { @ns[comm] = hist(nsecs - @start[tid]); delete(@start[tid]); }",
    );
    expect(text).toMatch(/^@ns\[webserver\]: \n\[/m);
  });

  test("8: scheduler events that come in a while", async () => {
    const text = await run("tracepoint:sched:sched* { @[probe] = count(); } interval:ms:50 { exit(); }", "1s");
    expect(text).toMatch(/^@\[tracepoint:sched:sched_switch\]: \d+$/m);
    expect(text).toMatch(/^@\[tracepoint:sched:sched_wakeup\]: \d+$/m);
  });

  test("9: stacks of Linux where the CPU is", async () => {
    const text = await run("profile:hz:99 { @[kstack] = count(); }", "500ms");
    expect(text).toMatch(/^@\[\n(?: {4}\w+\+\d+\n)+\]: \d+$/m);
  });

  test("10: stacks that lead to a task leaving the CPU", async () => {
    const text = await run("tracepoint:sched:sched_switch { @[kstack] = count(); }");
    expect(text).toMatch(/^ {4}__schedule\+\d+\n {4}schedule\+\d+$/m);
  });

  test("11: sizes of block I/O", async () => {
    const text = await run("tracepoint:block:block_rq_issue { @ = hist(args.bytes); @n = count(); }", "500ms");
    expect(samples(text)).toBe(Number(/@n: (\d+)/.exec(text)![1]));
  });

  test("12: names from Linux's structures", async () => {
    const text = await run(
      'kprobe:vfs_open { printf("open path: %s\\n", str(((struct path *)arg0)->dentry->d_name.name)); }',
    );
    expect(text).toMatch(/^(open path: [\w.-]+\n)+\n\n$/);
  });
});
