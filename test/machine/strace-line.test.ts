import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unquote } from "../../src/linux/replay/arguments.ts";
import { parseStraceLine, StraceError } from "../../src/linux/replay/strace-line.ts";

const parse = (text: string) => parseStraceLine(text, 1);

describe("parseStraceLine", () => {
  it("reads a complete call", () => {
    expect(parse('31 1712.000250 read(3, "\\177ELF\\2"..., 832) = 832 <0.000012>')).toEqual({
      kind: "call",
      pid: 31,
      time: { seconds: 1712, nanos: 250_000 },
      name: "read",
      args: ["3", '"\\177ELF\\2"...', "832"],
      result: { value: 832, duration: 12_000 },
    });
  });

  it.each([
    ["close(3)        = 0", 0],
    ['openat(AT_FDCWD, "/x", O_RDONLY) = -1 ENOENT (No such file or directory)', -2],
    ["mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0) = 0x7f12 <0.000003>", 0x7f12],
    ["exit_group(0)     = ?", undefined],
    ["read(0, 0x7ffd, 1024) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)", -512],
    ['openat(AT_FDCWD</tmp>, "/x", O_RDONLY) = 3</x>', 3],
    ["poll([{fd=3, events=POLLIN}], 1, 0) = 1 ([{fd=3, revents=POLLIN}])", 1],
    ["poll([{fd=3, events=POLLIN}], 1, 0) = 0 (Timeout)", 0],
    ["getpid() = 17", 17],
    ["umask(077) = 022", 0o22],
    ["umask(022) = 000", 0],
  ])("understands the result of %s", (text, value) => {
    expect(parse(`7 1.5 ${text}`)).toMatchObject({ kind: "call", result: { value } });
  });

  it("reads the two halves of an interrupted call", () => {
    expect(parse("8 1.1 wait4(-1,  <unfinished ...>")).toMatchObject({
      kind: "unfinished",
      name: "wait4",
      args: ["-1"],
    });
    expect(
      parse("8 2.1 <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 9 <1.000004>"),
    ).toMatchObject({
      kind: "resumed",
      args: ["[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]", "0", "NULL"],
      result: { value: 9, duration: 1_000_004_000 },
    });
    expect(parse("8 2.1 <... close resumed>) = 0")).toMatchObject({ kind: "resumed", args: [] });
  });

  it("reads signals, ends, lines without a process id and of a terminal", () => {
    expect(parse("8 1.1 --- SIGCHLD {si_signo=SIGCHLD, si_pid=9} ---")).toMatchObject({
      kind: "signal",
      signal: "SIGCHLD",
    });
    expect(parse("8 1.1 --- stopped by SIGTSTP ---")).toMatchObject({ kind: "signal", signal: "SIGTSTP" });
    expect(parse("8 1.1 +++ exited with 3 +++")).toMatchObject({ kind: "exit", code: 3 });
    expect(parse("8 1.1 +++ killed by SIGKILL +++")).toMatchObject({ code: 128 + 9, signal: "SIGKILL" });
    expect(parse("8 1.1 +++ killed by SIGRT_3 +++")).toMatchObject({ code: 128 + 35, signal: "SIGRT_3" });
    expect(() => parse("8 1.1 +++ killed by SIGWHAT +++")).toThrow(/none of those strace prints/);
    expect(parse("8 1.1 +++ killed by SIGSEGV (core dumped) +++")).toMatchObject({ kind: "exit", signal: "SIGSEGV" });
    expect(parse("8 1.1 +++ superseded by execve in pid 7 +++")).toMatchObject({ kind: "superseded", by: 7 });
    expect(parse("1.1 close(3) = 0")).toMatchObject({ kind: "call", pid: 0 });
    expect(parse("[pid   812] 1.1 close(3) = 0")).toMatchObject({ kind: "call", pid: 812 });
    expect(parse("   ")).toBeUndefined();
    expect(parse("strace: Process 812 attached")).toBeUndefined();
  });

  it("does not cut at commas, brackets and quotes inside of arguments", () => {
    const args = [
      '"a, \\"b\\") = 1"',
      '["ls", "-l"]',
      "{st_mode=S_IFREG|0644, st_size=9, ...}",
      "0x7ffe /* 3 vars */",
      "f(1, 2)",
    ];
    expect(parse(`1 1.0 execve(${args.join(", ")}) = 0`)).toMatchObject({ args });
  });

  it.each([
    ["", '12 1.0 read(3, "abc', /arguments of read have no end/],
    ["", '12 1.0 read(3, "abc", 3)', /result of read is missing/],
    ["", '12 1.0 read(3, "abc", 3) = ', /result of read is missing/],
    ["", '12 1.0 read(3, "abc", 3) = 3 <0.0', /result of read is missing/],
    ["", '12 1.0 read(3, "abc", 3) = -1 EWHAT (?)', /result of read is missing/],
    ["", "12 10:00:01 read(3, 0x1, 3) = 3", /process id and a time/],
    ["", "hello", /process id and a time/],
    ["", "12 1.0 --- SIGCHLD {si_signo", /signal is cut off/],
    ["", "12 1.0 +++ exited wi", /end of a process/],
    ["", "12 1.0 rea", /neither a system call/],
    ["", "12 1.0 <... read resu", /neither a system call/],
  ])("%s refuses %s", (_, text, reason) => {
    expect(() => parseStraceLine(text, 41)).toThrow(reason);
    try {
      parseStraceLine(text, 41);
    } catch (error) {
      expect(error).toBeInstanceOf(StraceError);
      expect(error).toMatchObject({ code: "EBADMSG", line: 41, text });
    }
  });
});

/** Text as strace would print it: quoted, with its escapes. */
function quote(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  const shown = bytes.map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    if (byte === 10) return "\\n";
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${shown.join("")}"`;
}

describe("any line that strace could print", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 20 }).map(quote);
  const number = fc.integer({ min: -5, max: 1 << 30 }).map(String);
  const flat = fc.oneof(text, number, fc.constantFrom("NULL", "O_RDONLY|O_CLOEXEC", "0x7ffd1000", "AT_FDCWD"));
  const { argument } = fc.letrec<{ argument: string }>((tie) => ({
    argument: fc.oneof(
      { depthSize: "small" },
      flat,
      fc.array(tie("argument"), { maxLength: 3 }).map((parts) => `[${parts.join(", ")}]`),
      fc
        .array(tie("argument"), { maxLength: 3 })
        .map((parts) => `{${parts.map((part, i) => `f${i}=${part}`).join(", ")}}`),
      flat.map((part) => `makedev(${part}, 0x3) /* a, comment) */`),
    ),
  }));

  it("comes back as its parts", () => {
    fc.assert(
      fc.property(
        fc.array(argument, { maxLength: 5 }),
        fc.nat(99_999),
        fc.nat(2 ** 31),
        fc.nat(999_999),
        fc.integer({ min: -133, max: 1 << 30 }),
        fc.option(fc.nat(5_000_000), { nil: undefined }),
        (args, pid, seconds, micros, value, duration) => {
          const shown = value < 0 ? "-1 EPERM (Operation not permitted)" : String(value);
          const tail = duration === undefined ? "" : ` <${(duration / 1e6).toFixed(6)}>`;
          const line = `${pid} ${seconds}.${String(micros).padStart(6, "0")} ioctl(${args.join(", ")}) = ${shown}${tail}`;
          const parsed = parse(line);
          expect(parsed).toMatchObject({
            pid,
            time: { seconds, nanos: micros * 1000 },
            args,
            result: { value: value < 0 ? -1 : value },
          });
          if (parsed?.kind === "call" && duration !== undefined) expect(parsed.result.duration).toBe(duration * 1000);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("is refused or ignored when cut off, and never crashes", () => {
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 4 }), fc.nat(1000), (args, cut) => {
        const line = `12 1.000001 write(${args.join(", ")}) = 832 <0.000012>`;
        const part = line.slice(0, Math.min(cut, line.length - 1));
        if (part.trim() === "") return;
        try {
          // Only without the duration, or with its closing bracket gone, could it look complete.
          const parsed = parse(part);
          expect(part.trimEnd().endsWith("= 832") || /= 83?2?$/.test(part.trimEnd())).toBe(true);
          expect(parsed).toMatchObject({ kind: "call", name: "write" });
        } catch (error) {
          if (!(error instanceof StraceError)) throw error;
          expect(error.text).toBe(part);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("may be anything at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (garbage) => {
        try {
          parse(`1 1.0 ${garbage}`);
        } catch (error) {
          expect(error).toBeInstanceOf(StraceError);
        }
      }),
    );
  });
});

describe("unquote", () => {
  it("gives back the text that was printed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (text) => {
        // A digit after a short octal escape would be ambiguous; strace then prints three digits, as quote does.
        expect(unquote(quote(text))).toBe(text);
      }),
    );
    expect(unquote('"a\\x41b"...')).toBe("aAb");
    expect(unquote("0x7ff")).toBeUndefined();
  });
});
