import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CaseError, parseCase } from "../../src/cli/conformance/case.ts";
import { executeConformance } from "../../src/cli/conformance/execute.ts";
import { reportCase, reportLine } from "../../src/cli/conformance/report.ts";
import { encode, toHex } from "../../src/isa/encode.ts";
import { findProgram, ROOT } from "../support/programs.ts";

const clang = findProgram("clang");
const FOLDER = join(ROOT, "test", "vm", "conformance");
const FILES = readdirSync(FOLDER).map((name) => join(FOLDER, name));

/** Runs the real command, as bpf_conformance's runner does. */
function bpfbook(args: readonly string[], input = ""): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, "bin", "bpfbook.js"), ...args]);
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("close", (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}

describe("our own cases", () => {
  test.each(["jit", "interp"] as const)("all hold on %s", (engine) => {
    expect(FILES.length).toBeGreaterThan(25);
    expect(FILES.map((file) => reportCase(file, engine)).filter(({ ok }) => !ok)).toEqual([]);
  });

  test.each(["error-out-of-bounds", "error-endless", "error-no-exit"])(
    "%s fails with the words that it expects",
    (name) => {
      const read = parseCase(readFileSync(join(FOLDER, `${name}.data`), "utf8"));
      for (const engine of ["jit", "interp"] as const) {
        const outcome = executeConformance(read, engine);
        const message = "error" in outcome ? outcome.error.replace(/ at 0x\w+/, "") : "";
        expect(message).toContain(read.error!);
      }
    },
  );
});

describe("the format", () => {
  test("sections, comments, numbers of both kinds, memory over several lines", () => {
    const read = parseCase(
      "# a comment\n-- asm\nmov %r0, %r2 # length\nexit\n-- c\nreturn 2;\n-- mem\n01 0x02\nff # three\n-- no register offset\ncall\n-- result\n-1\n",
    );
    expect(read).toMatchObject({ helpers: "test", maps: [], result: 2n ** 64n - 1n });
    expect([...read.memory]).toEqual([1, 2, 255]);
    expect(toHex(encode(read.insns))).toBe("bf200000000000009500000000000000");
  });

  test("lines of C may begin with two dashes; constants that are too large are cut, as the suite's assembler does", () => {
    const { insns } = parseCase("-- c\n--i;\n-- asm\nmov32 r0, 0x876543210\nlddw r1, 0x876543210\nexit\n-- result\n1");
    expect(toHex(encode(insns))).toBe("b4000000103254761801000010325476000000000800000095000000" + "00000000");
  });

  test("raw instructions, hexadecimal or decimal, stand before assembly", () => {
    const { insns } = parseCase("-- asm\nexit\n-- raw\n0x00000001000000b7 149\n-- result\n1");
    expect(toHex(encode(insns))).toBe("b7000000010000009500000000000000");
  });

  test.each([
    ["-- asm\nexit\n", 0, /-- result is missing/],
    ["-- result\n1", 0, /no instructions/],
    ["-- asm\nexit\n-- result\nnine", 4, /"nine" is no number/],
    ["-- asm\n\nmov %r0, %r11\nexit\n-- result\n1", 3, /r11/],
    ["-- mem\n1x\n-- asm\nexit\n-- result\n1", 2, /"1x" is no byte/],
    ["-- map\nm 2 4\n-- asm\nexit\n-- result\n1", 2, /expected a map/],
    ["-- pyelf\n", 1, /unknown section/],
  ])("%j is no case", (text, line, message) => {
    expect(() => parseCase(text)).toThrow(CaseError);
    expect(() => parseCase(text)).toThrow(message);
    try {
      parseCase(text);
    } catch (error) {
      expect((error as CaseError).line).toBe(line);
    }
  });

  test("any text is a case or a CaseError, and any instructions run or give an error", () => {
    const lines = fc.constantFrom(
      "-- asm",
      "-- raw",
      "-- mem",
      "-- result",
      "-- error",
      "exit",
      "0x95",
      "ff",
      "mov %r0, 1",
      "{",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(lines, fc.string()), { maxLength: 12 }), (text) => {
        try {
          executeConformance(parseCase(text.join("\n")), "interp");
        } catch (error) {
          expect(error).toBeInstanceOf(CaseError);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("reports", () => {
  test("say what was wrong", () => {
    expect(reportCase("/nowhere/x.data", "jit")).toEqual({
      ...{ file: "/nowhere/x.data", engine: "jit", ok: false },
      error: "cannot read it: ENOENT",
    });
    const wrong = { file: "x.data", engine: "jit", ok: false, result: "0x2", expected: "0x3" } as const;
    expect(reportLine(wrong)).toBe("FAIL jit    x.data: r0 = 0x2, expected 0x3");
  });

  test("run --conformance prints a line a case and engine, as JSON too", async () => {
    const files = FILES.filter((file) => /lddw|error-endless/.test(file));
    const { code, out } = await bpfbook(["run", "--conformance", ...files, "--json"]);
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ file, engine, ok }) => [file, engine, ok])).toEqual(
      files.flatMap((file) => ["jit", "interp"].map((engine) => [file, engine, true])),
    );
    const people = await bpfbook(["run", "--conformance", ...files, "--engine", "jit"]);
    expect(people.out).toMatch(/^ok {3}jit .*\nok {3}jit .*\n2 of 2 passed\n$/);
  });
});

describe("the plug-in", () => {
  const SEVEN = "b7 00 00 00  07 00 00 00  95 00 00 00 00 00 00 00  \n";
  const LENGTH = "bf 20 00 00 00 00 00 00 95 00 00 00 00 00 00 00";

  test("prints r0 in hexadecimal", async () => {
    expect(await bpfbook(["conformance"], SEVEN)).toEqual({ code: 0, out: "7\n", err: "" });
    expect(await bpfbook(["conformance", "01  02  03 ", "--interpret"], LENGTH)).toEqual({
      code: 0,
      out: "3\n",
      err: "",
    });
    expect(await bpfbook(["conformance", "--program", LENGTH, "01", "--jit", ""])).toEqual({
      code: 0,
      out: "1\n",
      err: "",
    });
  });

  test("an error goes to stderr, in one line, and the exit code is not 0", async () => {
    const { code, out, err } = await bpfbook(["conformance", "ff"], "79 10 00 00 00 00 00 00 95 00 00 00 00 00 00 00");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^instruction 0: 8 bytes at \w+ run 7 past the end of memory .*\n$/);
    expect((await bpfbook(["conformance"], "95 0")).err).toMatch(/^3 hexadecimal digits/);
    expect((await bpfbook(["conformance", "zz"], SEVEN)).err).toMatch(/is no hexadecimal digit\n$/);
    expect((await bpfbook(["conformance", "--jitt"], SEVEN)).err).toMatch(/did you mean --jit\?/);
  });

  test.skipIf(clang === undefined)("takes an object file's first program", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bpfbook-elf-"));
    try {
      const source = join(folder, "p.c");
      const text =
        '__attribute__((section("xdp"))) unsigned long p(unsigned char *m, unsigned long n) { return m[1] * n; }';
      writeFileSync(source, text);
      execFileSync(clang!, ["-O2", "-target", "bpf", "-c", source, "-o", join(folder, "p.o")]);
      const hex = toHex(Uint8Array.from(readFileSync(join(folder, "p.o"))));
      expect(await bpfbook(["conformance", "05 06 07", "--elf"], hex)).toEqual({ code: 0, out: "12\n", err: "" });
      expect((await bpfbook(["conformance", "--elf"], "00 01")).err).toMatch(
        /^ELF header at offset 0: this is no ELF file\n$/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
