import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { SHIPPED, sumOf } from "../../scripts/objects/sources.ts";
import { DISPLAY, Machine } from "../../src/index.ts";
import { c } from "../../src/loader/c.ts";
import { compile } from "../../src/loader/clang/compile.ts";
import { ClangError } from "../../src/loader/clang/error.ts";
import { bytesOf, FOLDER, frame } from "./object/fixtures.ts";

const missing = spawnSync("clang", ["--version"]).error === undefined ? "" : " (skipped: clang is missing)";
const folder = mkdtempSync(join(tmpdir(), "bpfbook-clang-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.each(SHIPPED)("the objects that ship are made from the sources beside them, with today's flags: %s", (shipped) => {
  const sources = JSON.parse(readFileSync(new URL("sources.json", shipped), "utf8")) as Record<string, string>;
  const now = readdirSync(shipped).filter((name) => name.endsWith(".bpf.c"));
  // Otherwise: node scripts/objects/build.ts
  expect(Object.fromEntries(now.map((name) => [name, sumOf(new URL(name, shipped))]))).toEqual(sources);
  for (const name of now) expect(existsSync(new URL(name.replace(/c$/, "o"), shipped))).toBe(true);
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

  it.each([
    ["named in angle brackets", "#include <own2.h>\n", []],
    ["named by a flag", "", ["-include", "own2.h"]],
    ["named by a macro", "#define FILE <own2.h>\n#include FILE\n", []],
  ])("notices a header that changed, %s", async (_, line, flags) => {
    const header = join(folder, "own2.h");
    writeFileSync(join(folder, "other.bpf.c"), `${line}int answer = ANSWER;\n`);
    for (const answer of [41, 42]) {
      writeFileSync(header, `#define ANSWER ${answer}\n`);
      const cflags = flags.map((flag) => flag.replace("own2.h", header));
      const { bytes, name } = await compile(join(folder, "other.bpf.c"), "6.18", { cflags });
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

it("without clang there is one sentence, and the objects of the lessons open, load and run", () => {
  const file = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { readdirSync, readFileSync } from "node:fs";
    const { Machine } = await import(${file("../../src/index.ts")});
    await new Machine().compile({ language: "c", text: "int a;" }).catch((error) => console.log(error.code, error.message));
    for (const folder of [${["", "c/"].map((name) => file(`../../notebooks/lessons/data/${name}`)).join()}])
      for (const name of readdirSync(new URL(folder)).filter((each) => each.endsWith(".bpf.o"))) {
        const object = new Machine().open(new Uint8Array(readFileSync(new URL(name, folder))));
        let said = "loads";
        try { object.load().attach(); } catch (error) { said = error.name; }
        console.log(name, said);
      }
  `;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    env: { ...process.env, PATH: folder },
  });
  const [sentence, ...objects] = stdout.trimEnd().split("\n");
  expect(sentence).toMatch(/^ENOENT clang 14 or newer is needed to compile C, and none was found: install .*$/);
  // Some are there to be refused by the verifier; nothing else is wrong with any.
  const said = Object.fromEntries(objects.map((line) => line.split(" ")));
  expect(said).toMatchObject({ "execsnoop.bpf.o": "loads", "xdp_counter.bpf.o": "loads", "reads.bpf.o": "loads" });
  expect(new Set(Object.values(said))).toEqual(new Set(["loads", "VerifierError"]));
});
