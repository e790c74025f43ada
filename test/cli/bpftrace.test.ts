import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { OPTIONS, readOptions } from "../../src/cli/bpftrace/options.ts";
import { main } from "../../src/cli/main.ts";

const folder = mkdtempSync(join(tmpdir(), "bpfbook-bpftrace-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command here; what it wrote, and its exit code. */
async function bpftrace(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += String(text);
    return true;
  });
  try {
    return { code: await main(["bpftrace", ...words]), out, err };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

describe("bpfbook bpftrace", () => {
  test("runs a program on a busy machine, the same each time", async () => {
    const words = ["-e", "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }", "--for", "20ms", "--seed", "5"];
    const first = await bpftrace(...words);
    expect(first).toEqual({
      code: 0,
      err: "Attached 1 probe\n",
      out: expect.stringMatching(/^\n\n(@\[[^\]\n]+\]: \d+\n)+$/),
    });
    expect(await bpftrace(...words)).toEqual(first);
  });

  test("the exit code is that of exit(), END runs, maps are printed", async () => {
    const { code, out } = await bpftrace("-q", "-e", 'BEGIN { @a = 5; exit(3); } END { printf("end\\n"); }');
    expect({ code, out }).toEqual({ code: 3, out: "end\n\n\n@a: 5\n" });
  });

  test("files, positional and named parameters, a file for the output", async () => {
    const file = join(folder, "say.bt");
    const into = join(folder, "out.txt");
    writeFileSync(file, 'BEGIN { printf("%d %s %s\\n", $1, str($2), getopt("name", "x")); exit(); }');
    const { code, out, err } = await bpftrace("-o", into, "-q", file, "7", "seven", "--", "--name=y");
    expect({ code, out, err }).toEqual({ code: 0, out: "", err: "" });
    expect(readFileSync(into, "utf8")).toBe("7 seven y\n\n\n");
  });

  test("json, a line an object", async () => {
    const { out } = await bpftrace("-f", "json", "-e", 'BEGIN { printf("hi\\n"); @a[1] = 2; exit(); }');
    const lines = out.split("\n").filter((line) => line !== "");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { type: "attached_probes", count: 1, data: { probes: 1 } },
      { type: "printf", data: "hi\n" },
      { type: "map", data: { "@a": { "1": 2 } } },
    ]);
  });

  test("-l lists places, -lv their arguments as bpftrace does, and structs", async () => {
    expect((await bpftrace("-l", "tracepoint:syscalls:sys_enter_open*")).out).toMatch(
      /^tracepoint:syscalls:sys_enter_open\ntracepoint:syscalls:sys_enter_open_by_handle_at\n/,
    );
    expect((await bpftrace("-l", "*:vfs_readv")).out).toBe("fentry:vfs_readv\nfexit:vfs_readv\nkprobe:vfs_readv\n");
    expect((await bpftrace("-lv", "tracepoint:syscalls:sys_enter_open")).out).toBe(
      "tracepoint:syscalls:sys_enter_open\n    int __syscall_nr\n    const char * filename\n    int flags\n    umode_t mode\n",
    );
    expect((await bpftrace("-lv", "fexit:vfs_read")).out).toBe(
      "fexit:vfs_read\n    struct file * file\n    char * buf\n    size_t count\n    loff_t * pos\n    ssize_t retval\n",
    );
    expect((await bpftrace("-lv", "struct iovec")).out).toBe(
      "struct iovec {\n\tvoid *iov_base;\n\t__kernel_size_t iov_len;\n};\n\n",
    );
    expect((await bpftrace("-l", "uprobe:/bin/bash:readl*")).out).toBe("uprobe:/usr/bin/bash:readline\n");
    expect((await bpftrace("-l", "kprobe:no_such_*")).code).toBe(1);
    expect((await bpftrace("-l", "foo:*")).err).toMatch(/^ERROR: Invalid probe type: foo\. /);
  });

  test("-d prints the tree as bpftrace does, the tree with types, and the bytecode", async () => {
    const { out } = await bpftrace("-d", "-e", 'BEGIN { @a[1] = count(); if (pid > 3) { printf("%d\\n", pid); } }');
    expect(out).toContain(
      "AST after: parser\n-------------------\nProgram\n BEGIN\n  =\n   map: @a\n    int: 1\n   call: count\n",
    );
    expect(out).toContain(
      "   map: @a :: type[count, ctx: 0]\n    int: 1 :: type[int64, ctx: 0]\n   call: count :: type[count, ctx: 0]\n",
    );
    expect(out).toContain(
      "     string: %d\\n :: type[string[4], ctx: 0]\n     builtin: pid :: type[unsigned int32, ctx: 0]\n",
    );
    expect(out).toMatch(/\nBytecode\n-+\nBEGIN \(raw_tracepoint, \d+ instructions\)\n {3}0: \(bf\) r6 = r1\n/);
  });

  test("Ctrl-C ends the program as bpftrace ends, SIGUSR1 runs what waits for it", async () => {
    const before = process.listenerCount("SIGINT");
    const program = 'interval:ms:1 { @n++; } self:signal:SIGUSR1 { printf("here\\n"); } END { printf("end\\n"); }';
    const running = bpftrace("-q", "-e", program, "--for", "1h");
    // The command listens from when its program is loaded.
    while (process.listenerCount("SIGINT") === before) await new Promise((next) => setImmediate(next));
    process.emit("SIGUSR1");
    process.emit("SIGINT");
    const { code, out } = await running;
    expect(code).toBe(0);
    expect(out).toMatch(/^here\nend\n\n\n(?:@n: \d+\n)?$/);
    expect(process.listenerCount("SIGINT")).toBe(before);
  });

  test("-p narrows probes of programs to one process, and the program ends with it", async () => {
    const program = "uprobe:/usr/bin/bash:readline { @ = count(); } BEGIN { @begun = 1; }";
    const { code, out } = await bpftrace("-p", "4194000", "-q", "-e", program, "--for", "100ms");
    expect({ code, out }).toEqual({ code: 0, out: "\n\n@begun: 1\n" });
    expect((await bpftrace("-p", "many", "-e", "BEGIN {}")).err).toMatch(/^ERROR: .*pid/);
  });

  test("-v tells what the verifier says, --dry-run runs nothing", async () => {
    const { code, out } = await bpftrace("-v", "--dry-run", "-e", 'BEGIN { printf("no\\n"); }');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^\nProgram ID: \d+\nBEGIN\n\nThe verifier log: \nverification time \d+ usec\nstack depth \d+\nprocessed \d+ insns /,
    );
    expect(out).not.toContain("no\n");
  });

  test("-c ends with the workload's first process, which is cpid", async () => {
    const program = "BEGIN { @c = cpid; } tracepoint:sched:sched_process_exit /pid == cpid/ { @ended = count(); }";
    const { code, out } = await bpftrace("-c", "logRotation", "-q", "-e", program, "--for", "200ms");
    expect(code).toBe(0);
    expect(out).toMatch(/@c: \d+\n/);
  });

  test("--test and --bench run probes by hand", async () => {
    const tests = await bpftrace("--test", "-q", "-e", "test:good { exit(0); } test:bad { exit(1); }");
    expect(tests).toMatchObject({ code: 1, out: "[  OK  ] good\n[FAILED] bad\n" });
    const bench = await bpftrace("--bench", "-q", "-e", "bench:count { @ = count(); }");
    expect(bench.out).toMatch(
      /^\+-+\+-+\+\n\| BENCHMARK \| AVERAGE TIME \|\n\+-+\+-+\+\n\| count +\| \d+ns +\|\n\+-+\+-+\+\n$/,
    );
  });

  test("--fmt prints the program, --info what the machine has", async () => {
    expect((await bpftrace("--fmt", "-e", "BEGIN{@a=1}")).out).toBe("BEGIN {\n  @a = 1;\n}\n");
    expect((await bpftrace("--info")).out).toContain("\n  probe_read_kernel: yes\n");
  });

  test.each([
    [["-Z"], "bpftrace: invalid option -- 'Z'\n"],
    [["-e"], "bpftrace: option requires an argument -- 'e'\n"],
    [["--nothing"], "bpftrace: unrecognized option '--nothing'\n"],
    [["-f", "foo", "-e", "BEGIN{}"], "ERROR: Invalid output format \"foo\"\nValid formats: 'text', 'json'\n"],
    [["/nonexistent.bt"], "ERROR: failed to open file '/nonexistent.bt': No such file or directory\n"],
    [["-e", "BEGIN { $x }"], "stdin:1:9-11: ERROR: Undefined or undeclared variable: $x\nBEGIN { $x }\n        ~~\n"],
    [["-e", "BEGIN {}", "--for", "soon"], /^ERROR: --for soon: /],
    [["-e", "BEGIN {}", "--workload", "mixd"], /^ERROR: --workload mixd: .*did you mean mixed\?/],
    [["-k", "-e", "BEGIN {}"], /^bpftrace: -k has no meaning on this machine: /],
  ])("%j is refused", async (words, message) => {
    const { code, err } = await bpftrace(...words);
    expect(code).toBe(1);
    if (typeof message === "string") expect(err).toBe(message);
    else expect(err).toMatch(message);
  });

  test("without words it says how it is used, with every option", async () => {
    const { code, err } = await bpftrace();
    expect(code).toBe(1);
    for (const row of Object.values(OPTIONS)) if (!("refused" in row)) expect(err).toContain(row.doc);
  });

  test("letters share a dash, values may follow their letter", () => {
    expect(readOptions(["-lv", "kprobe:x", "-ea", "-fjson", "--seed=3"])).toEqual({
      values: { list: "", verbose: "", program: "a", format: "json", seed: "3" },
      words: ["kprobe:x"],
      named: {},
    });
  });
});
