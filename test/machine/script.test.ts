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
    const script = await readScript("10 5.0 close(3) = 0\n10 5.1 clo");
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
          expect(got).toEqual(lines);
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
