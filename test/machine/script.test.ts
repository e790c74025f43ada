import { constants } from "node:os";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ERRNO } from "../../src/linux/errno.ts";
import { register } from "../../src/linux/replay/arguments.ts";
import { linesOf } from "../../src/linux/replay/lines.ts";
import { readScript } from "../../src/linux/replay/script.ts";
import { UserStrings } from "../../src/linux/strings.ts";
import { LinearMemory } from "../../src/memory/memory.ts";

describe("readScript", () => {
  it("puts calls, processes, parents and ends together", async () => {
    const script = await readScript(`10 5.000000 execve("/bin/sh", ["sh"], 0x1 /* 1 var */) = 0
10 5.000100 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
11 5.000150 close(0) = 0 <0.000005>
10 5.000200 <... clone resumed>, child_tidptr=0x1) = 11
10 5.000300 clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x2}, 88) = 12
12 5.000400 read(3,  <unfinished ...>
11 5.000500 +++ exited with 2 +++
10 5.000600 --- SIGCHLD {si_signo=SIGCHLD} ---
`);
    expect(script).toMatchObject({ lines: 8, signals: 1, length: 600_000, error: undefined });
    const [shell, child, thread] = script.processes;
    expect(shell).toMatchObject({ pid: 10, parent: undefined, start: 0, exit: undefined });
    expect(shell!.calls.map(({ name, start, end, value }) => [name, start, end, value])).toEqual([
      ["execve", 0, undefined, 0],
      ["clone", 100_000, 200_000, 11],
      ["clone3", 300_000, undefined, 12],
    ]);
    expect(shell!.calls[1]!.args).toEqual(["child_stack=NULL", "flags=SIGCHLD", "child_tidptr=0x1"]);
    expect(child).toMatchObject({
      pid: 11,
      parent: 10,
      thread: false,
      start: 150_000,
      exit: { time: 500_000, code: 2 },
    });
    expect(child!.calls[0]).toMatchObject({ start: 150_000, end: 155_000 });
    expect(thread).toMatchObject({ pid: 12, parent: 10, thread: true });
    expect(thread!.calls[0]).toMatchObject({ end: Number.POSITIVE_INFINITY, value: undefined });
  });

  it("keeps what came before a bad line", async () => {
    const script = await readScript("10 5.0 close(3) = 0\n10 5.1 clo\n");
    expect(script.error).toMatchObject({ line: 2, text: "10 5.1 clo" });
    expect(script.processes[0]!.calls).toHaveLength(1);
    expect(script.lines).toBe(1);
  });

  it("lets an error of the source itself through", async () => {
    async function* broken() {
      yield "10 5.0 close(3) = 0\n";
      throw new RangeError("the disk is gone");
    }
    await expect(readScript(broken())).rejects.toThrow("the disk is gone");
  });
});

describe("readScript and times", () => {
  const second = (time: string) => readScript(`10 100.000000 close(3) = 0\n10 ${time} close(4) = 0\n`);

  it.each([
    ["9999999999.0", /more than a day after/],
    [`1${"0".repeat(400)}.0`, /more than a day after/],
    ["99.900000", /earlier than the first line/],
  ])("refuses %s after 100.0", async (time, reason) => {
    const { error, length, processes } = await second(time);
    expect(error).toMatchObject({ line: 2 });
    expect(error!.reason).toMatch(reason);
    expect(length).toBe(0);
    expect(processes[0]!.calls).toHaveLength(1);
  });

  it("refuses a call that lasts for ever, and a first line at no time", async () => {
    const { error } = await readScript("10 1.0 close(3) = 0\n10 1.1 close(4) = 0 <9999999999.0>\n");
    expect(error).toMatchObject({ line: 2, reason: expect.stringMatching(/lasts more than a day/) });
    expect((await readScript(`10 ${"9".repeat(400)}.0 close(3) = 0\n`)).error).toMatchObject({ line: 1 });
    expect((await readScript("99999999 1.0 close(3) = 0\n")).error!.reason).toMatch(/process id is above/);
  });

  it("takes a line a little before the first one for as early, and a day for a long log", async () => {
    expect((await second("99.995000")).processes[0]!.calls.map(({ start }) => start)).toEqual([0, 0]);
    expect(await second("86500.0")).toMatchObject({ error: undefined, length: 86_400e9 });
  });

  it("ends with the end of its last call", async () => {
    expect(await readScript("10 1.0 poll([], 0, 20000) = 0 (Timeout) <20.000000>\n")).toMatchObject({ length: 20e9 });
  });
});

describe("a log that is cut off", () => {
  const log = '5 1.000000 close(4) = 0\n5 1.000100 read(3, "", 20000) = 10240 <0.000077>\n';

  it("does not count its last line, wherever the cut is", async () => {
    const start = log.indexOf("\n") + 2;
    for (let cut = start; cut < log.length; cut++) {
      const { error, processes } = await readScript(log.slice(0, cut));
      expect(error, log.slice(0, cut)).toMatchObject({ line: 2 });
      expect(processes[0]!.calls.map(({ name }) => name)).toEqual(["close"]);
    }
    for (const value of ["1", "10", "102", "10240"]) {
      const { error } = await readScript(`${log.slice(0, log.indexOf("= 10240"))}= ${value}`);
      expect(error!.message).toMatch(/line 2: the log is cut off in this line, it has no end of line/);
    }
    expect((await readScript(log)).error).toBeUndefined();
  });

  it("may have blanks after its last line", async () => {
    expect(await readScript(`${log}  `)).toMatchObject({ error: undefined, lines: 3 });
  });
});

describe("process ids", () => {
  it("of processes that have ended belong to new processes", async () => {
    const script = await readScript(`10 1.0 fork() = 11
11 1.1 close(0) = 0
11 1.2 +++ exited with 3 +++
10 1.3 vfork( <unfinished ...>
11 1.4 close(1) = 0
11 1.5 +++ killed by SIGKILL +++
10 1.6 <... vfork resumed>) = 11
12 1.7 close(5) = 0
12 1.8 +++ exited with 0 +++
10 1.9 clone(child_stack=0x1, flags=CLONE_VM|CLONE_THREAD) = 12
12 2.0 close(2) = 0
`);
    expect(script.error).toBeUndefined();
    const rows = script.processes.map(({ pid, parent, thread, calls, exit }) => [
      ...[pid, parent, thread, exit?.code],
      calls.map(({ args }) => args[0] ?? ""),
    ]);
    expect(rows.slice(1)).toEqual([
      [11, 10, false, 3, ["0"]],
      [11, 10, false, 128 + 9, ["1"]],
      [12, undefined, false, 0, ["5"]],
      [12, 10, true, undefined, ["2"]],
    ]);
  });

  it("of a leader go to the thread that calls execve", async () => {
    const { processes, error } = await readScript(`7 1.0 clone(flags=CLONE_THREAD) = 8
7 1.1 futex(0x1, FUTEX_WAIT, 2, NULL <unfinished ...>
8 1.2 execve("/bin/true", ["true"], 0x1 <unfinished ...>
7 1.3 <... futex resumed>) = ?
7 1.4 +++ superseded by execve in pid 8 +++
7 1.5 <... execve resumed>) = 0
7 1.6 exit_group(0) = ?
`);
    expect(error).toBeUndefined();
    expect(processes.map(({ pid, calls }) => [pid, calls.map(({ name }) => name)])).toEqual([
      [7, ["clone", "futex"]],
      [8, []],
      [7, ["execve", "exit_group"]],
    ]);
    expect(processes[2]!.calls[0]).toMatchObject({ start: 200_000_000, end: 500_000_000, value: 0 });
    expect(processes[2]!.calls[0]!.args[0]).toBe('"/bin/true"');
  });
});

describe("calls without a name", () => {
  it("are skipped and counted", async () => {
    const script = await readScript(`7 1.0 syscall_0x1d5(0x1, 0x2, 0, 0, 0, 0) = -1 ENOSYS (Function not implemented)
7 1.1 ???( <unfinished ...>
7 1.2 <... ??? resumed>) = ?
7 1.3 ???() = ?
7 1.4 umask(022) = 022
`);
    expect(script).toMatchObject({ error: undefined, skipped: 3 });
    expect(script.processes.flatMap(({ calls }) => calls.map(({ name, value }) => [name, value]))).toEqual([
      ["umask", 0o22],
    ]);
  });
});

describe("linesOf", () => {
  it("gives the same lines, wherever the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, "."))),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
        async (lines, sizes) => {
          const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
          async function* pieces() {
            for (let at = 0, i = 0; at < bytes.length; i++) {
              const size = sizes[i % sizes.length]!;
              yield bytes.slice(at, at + size);
              at += size;
            }
          }
          const got: string[] = [];
          for await (const line of linesOf(pieces())) got.push(line);
          expect(got).toEqual(lines.map((line) => `${line}\n`));
        },
      ),
    );
  });
});

describe("register", () => {
  const strings = new UserStrings(new LinearMemory());

  it.each([
    ["3", 3],
    ["-1", 0xffff_ffff],
    ["0x7f12", 0x7f12],
    ["0644", 0o644],
    ["NULL", 0],
    ["AT_FDCWD", 0xffff_ff9c],
    ["AT_FDCWD</home>", 0xffff_ff9c],
    ["3</etc/passwd>", 3],
    ["O_WRONLY|O_CREAT|O_APPEND|O_CLOEXEC", 0o2002101],
    ["0x5581 /* 9 vars */", 0x5581],
    ["SOME_FLAG|OTHER", 0],
    ["{st_size=1, ...}", 0x7ffd_5c3a_1000],
    ["[1, 2]", 0x7ffd_5c3a_1000],
  ])("of %s is %d", (text, value) => expect(register(text, strings)).toBe(value));

  it("of a huge string points to its beginning", () => {
    const text = `"${"é<".repeat(1_000_000)}"...`;
    const kept = strings.read(register(text, strings));
    expect(kept).toBe("é<".repeat(1365));
    expect(strings.read(register(`"${"\\303\\251".repeat(100_000)}"`, strings))).toBe("é".repeat(2048));
    expect(register(`{${"<".repeat(1_000_000)}`, strings)).toBe(0x7ffd_5c3a_1000);
    expect(register("<".repeat(1_000_000), strings)).toBe(0);
  });

  it("of more strings than a machine keeps points nowhere", () => {
    const few = new UserStrings(new LinearMemory());
    const addresses = Array.from({ length: 34 }, (_, i) => few.address(String(i).padEnd(2 ** 20)));
    expect(few.read(addresses[3]!)).toHaveLength(2 ** 20);
    expect(few.read(addresses[33]!)).toBe("");
  });

  it("of a string points to its bytes", () => {
    const address = register('"/tmp/a b"', strings);
    expect(strings.read(address)).toBe("/tmp/a b");
    expect(register('"/tmp/a b"', strings)).toBe(address);
    expect(Math.floor(address / 2 ** 32)).toBe(0x7f00);
    expect(strings.read(1)).toBe("");
  });
});

describe("error numbers", () => {
  it("are those of this system where it is Linux", () => {
    const { errno } = constants as { errno: Record<string, number> };
    const shared = Object.keys(errno).filter((name) => name in ERRNO);
    expect(shared.length).toBeGreaterThan(60);
    if (process.platform === "linux") for (const name of shared) expect(ERRNO[name], name).toBe(errno[name]);
    expect(ERRNO.ERESTARTSYS).toBe(512);
  });
});
