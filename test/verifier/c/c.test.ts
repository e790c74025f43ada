import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encode, toHex } from "../../../src/isa/encode.ts";
import { programSpecs } from "../../../src/loader/object/program-specs.ts";
import { explain } from "../../../src/verifier/explain.ts";
import { verify } from "../../../src/verifier/verify.ts";
import { C_PROGRAMS, CLANG_FLAGS, OBJECTS, SOURCES, specOf } from "./programs.ts";

describe("programs in C: the verdict is what their first line says", () => {
  // One of them is followed for a million instructions.
  test.each(C_PROGRAMS)("$name", { timeout: 120_000 }, (program) => {
    const verdict = verify(specOf(program));
    const { refused } = program;
    expect([verdict.error, verdict.errno, verdict.message]).toEqual([refused?.error, refused?.errno, refused?.message]);
    expect(program.why.length).toBeGreaterThan(40);
  });
});

describe("explanations of programs in C", () => {
  const explained = (name: string) => explain(specOf(C_PROGRAMS.find((each) => each.name === name)!))!;

  test("a NULL check in C, with the name of the variable", () => {
    const { line, fixes, history } = explained("map-value-or-null");
    expect(line).toMatchObject({ text: expect.stringContaining("*count += 1;") });
    expect(history[0].line?.text).toContain("__u64 *count = bpf_map_lookup_elem(&counts, &key);");
    expect(fixes[0].diff).toBe("+ if (!count)\n+     return 0;\n  *count += 1;");
  });

  test("a bound in C, with the name of the index", () => {
    const { fixes, cause } = explained("index-too-great");
    expect(cause).toContain("bytes 0 to 15");
    expect(fixes.map(({ diff }) => diff)).toContain(
      "+ if (index > 15)\n+     return 0;\n  return buffer->bytes[index];",
    );
  });

  test.each([
    ["packet-pointer-after-change", "bpf_xdp_adjust_head may move the packet"],
    ["use-after-submit", "bpf_ringbuf_submit ends what r6 pointed to"],
    ["socket-after-release", "bpf_sk_release ends what r7 pointed to"],
  ])("%s: the call that took the pointer away is named", (name, call) => {
    const { cause, history } = explained(name);
    expect(cause).toContain(call);
    expect(history.at(-1)).toMatchObject({ lost: true, learned: expect.stringContaining(call) });
    expect(history.length).toBeGreaterThan(1);
  });

  test("the comparison that told how long a packet is", () => {
    expect(explained("packet-check-too-short").history.map(({ learned }) => learned)).toContainEqual(
      expect.stringMatching(/the packet's end: \d+ bytes are there$/),
    );
  });

  test("a license in C", () => {
    expect(explained("gpl-only").fixes[0].diff).toContain('SEC("license") = "GPL";');
  });

  test.each(C_PROGRAMS.filter(({ refused }) => refused && refused.errno !== "E2BIG"))(
    "$name: a cause without gaps, at a line of the source",
    (program) => {
      const explanation = explain(specOf(program))!;
      expect(`${explanation.cause} ${explanation.mend}`).not.toMatch(/\{|undefined|NaN/);
      if (explanation.line) expect(program.source).toContain(explanation.line.text.trim());
    },
  );
});

const folder = mkdtempSync(join(tmpdir(), "bpfbook-verifier-c-"));
afterAll(() => rmSync(folder, { recursive: true }));
const noClang = spawnSync("clang", ["--version"]).error !== undefined;

// BPFBOOK_UPDATE=1 compiles them anew into test/fixtures/verifier.
describe.skipIf(noClang)(`the objects are those of the sources${noClang ? " (skipped: clang is missing)" : ""}`, () => {
  test.each(C_PROGRAMS)("$name", (program) => {
    const update = process.env.BPFBOOK_UPDATE !== undefined;
    const out = join(update ? OBJECTS : folder, `${program.name}.bpf.o`);
    execFileSync("clang", [...CLANG_FLAGS, "-w", "-c", `${program.name}.bpf.c`, "-o", out], { cwd: SOURCES });
    const [fresh] = programSpecs(readFileSync(out), { name: program.name });
    const stored = specOf(program);
    expect(fresh.spec.lines?.map((line) => line?.text)).toEqual(stored.lines?.map((line) => line?.text));
    expect(toHex(encode(fresh.spec.insns))).toBe(toHex(encode(stored.insns)));
  });
});
