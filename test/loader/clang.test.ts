import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DISPLAY, Machine } from "../../src/index.ts";
import { c } from "../../src/loader/c.ts";
import { compile } from "../../src/loader/clang/compile.ts";
import { ClangError } from "../../src/loader/clang/error.ts";
import { bytesOf, FOLDER, frame } from "./object/fixtures.ts";

const missing = spawnSync("clang", ["--version"]).error === undefined ? "" : " (skipped: clang is missing)";
const folder = mkdtempSync(join(tmpdir(), "bpfbook-clang-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SHIPPED = [
  FOLDER,
  new URL("../../notebooks/lessons/data/c/", import.meta.url),
  new URL("../course/wrong/objects/", import.meta.url),
];

it.each(SHIPPED)("the objects that ship are made from the sources beside them: %s", (shipped) => {
  const sources = JSON.parse(readFileSync(new URL("sources.json", shipped), "utf8")) as Record<string, string>;
  const now = readdirSync(shipped).filter((name) => name.endsWith(".bpf.c"));
  const sum = (name: string) =>
    createHash("sha256")
      .update(readFileSync(new URL(name, shipped)))
      .digest("hex");
  // Otherwise: node scripts/objects/build.ts
  expect(Object.fromEntries(now.map((name) => [name, sum(name)]))).toEqual(sources);
});

it("c reads raw text, with values", () => {
  expect(c`bpf_printk("a\n${1n}");`).toEqual({ language: "c", text: String.raw`bpf_printk("a\n1");` });
  expect(() => c("int a;" as never)).toThrow(/backticks/);
});

describe.skipIf(missing !== "")(`clang${missing}`, () => {
  const pass = c`
    #include "vmlinux.h"
    #include <bpf/bpf_helpers.h>
    SEC("xdp") int verdict(struct xdp_md *ctx) { return VERDICT; }
    char LICENSE[] SEC("license") = "GPL";
  `;

  it("compiles text, with flags, and opens it", async () => {
    const m = new Machine();
    const object = await m.compile(pass, { cflags: ["-DVERDICT=XDP_TX"], name: "pass" });
    expect(object.load().progs.verdict!.run(frame()).verdict).toBe("XDP_TX");
    expect(object.progs.verdict!.loaded.spec.lineInfo?.[0]).toMatchObject({ line: 4, file: "./pass.bpf.c" });
  });

  it("shows faults at their line, with the C", async () => {
    const error = await new Machine().compile(pass).catch((cause: unknown) => cause as ClangError);
    expect(error).toBeInstanceOf(ClangError);
    const { diagnostics, message } = error as ClangError;
    expect(diagnostics[0]).toMatchObject({ file: "program.bpf.c", line: 4, severity: "error" });
    expect(message).toContain("return VERDICT;");
    expect(message).not.toContain(tmpdir());
  });

  it("gives the same bytes again, and notices a header that changed", async () => {
    const first = await compile(pass, "6.18", { cflags: ["-DVERDICT=1"] });
    expect(await compile(pass, "6.18", { cflags: ["-DVERDICT=1"] })).toEqual(first);
    writeFileSync(join(folder, "own.bpf.c"), '#include "own.h"\nint answer = ANSWER;\n');
    for (const answer of [41, 42]) {
      writeFileSync(join(folder, "own.h"), `#define ANSWER ${answer}\n`);
      const { bytes, name } = await compile(join(folder, "own.bpf.c"), "6.18");
      expect(new Machine().open(bytes, { name }).data.answer).toBe(answer);
    }
  });

  it("defines u8 to u64 where the text does not, and says so; compiles what ships to the same instructions", async () => {
    const { bytes, warnings } = await compile(new URL("xdp_counter.bpf.c", FOLDER).pathname, "6.18");
    expect(warnings).toMatch(/^$|a prelude does/);
    const m = new Machine();
    const insns = (object: Uint8Array) => m.open(object).file.programs[0]!.insns.length;
    expect(Math.abs(insns(bytes) - insns(bytesOf("xdp_counter")))).toBeLessThan(6);
  });

  it.each([1, 2])("shows warnings with the object, also the time after (%d)", async () => {
    const object = await new Machine().compile(c`
      #include <linux/bpf.h>
      #include <bpf/bpf_helpers.h>
      SEC("xdp") int odd(struct xdp_md *ctx) { int unused = 1; u32 verdict = XDP_DROP; return verdict; }
    `);
    expect(object.warnings).toMatch(
      /uses u8 to u64 without defining them: a prelude does\n.*warning: unused variable/s,
    );
    const bundle = await object[DISPLAY]();
    expect(bundle["text/plain"]).toMatch(/^object program: open, 1 program, 0 maps\n\n.*unused variable/s);
    expect(bundle["text/html"]).toContain("unused variable");
  });

  it("says that there is no such file, and what a source is", async () => {
    await expect(compile(join(folder, "no.c"), "6.18")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(compile("int a;\nint b;", "6.18")).rejects.toThrow(/C as c/);
  });
});

it("without clang there is one sentence", () => {
  const script = `
    const { compile } = await import(${JSON.stringify(new URL("../../src/loader/clang/compile.ts", import.meta.url).href)});
    await compile({ language: "c", text: "int a;" }, "6.18").catch((error) => console.log(error.code, error.message));
  `;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    env: { ...process.env, PATH: folder },
  });
  expect(stdout).toMatch(/^ENOENT clang 14 or newer is needed to compile C, and none was found: install .*\n$/);
});
