import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { answerLine } from "../../src/cli/batch/command.ts";
import { main } from "../../src/cli/main.ts";
import { ROOT } from "../support/programs.ts";

const folder = mkdtempSync(join(tmpdir(), "bpfbook-asm-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in a process of its own; files are those of the test's folder. */
function bpfbook(words: string, input: string | Uint8Array = ""): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, "bin", "bpfbook.js"), ...words.split(" ")], { cwd: folder });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("close", (code) => resolve({ code, out, err }));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

const file = (name: string, contents: string | Uint8Array): void => writeFileSync(join(folder, name), contents);

file("pass.s", "r0 = 2   // XDP_PASS\nexit\n");
file("count.s", ".map counts, array, key 4, value 8, entries 1\nlddw %r1, map[counts]\nmov %r0, 2\nexit\n");
file("wrong.s", "r0 = r11\ngoto pas\npass: exit\n");
file("loop.s", "r0 = 0\nagain:\nr0 += 1\nif r0 < 9 goto again\nexit\n");
file("loop.hex", "# a loop\nb700000000000000\n0700000001000000\na500feff09000000 // back\n9500000000000000\n");
file("object.o", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]));
const OBJECT = join(ROOT, "test", "fixtures", "elf", "everything.bpf.o");
file("two.o", readFileSync(OBJECT));
file("empty", "");
file("odd.hex", "b7000\n");
file("typo.hex", "b700000000000000\n95000000000000g0\n");
file("cut.bin", new Uint8Array([0xb7, 0, 0, 0, 1, 0, 0, 0, 0x95, 0]));

describe("asm", () => {
  test("prints bytes in hex, an instruction a line, which disasm reads", async () => {
    const { code, out, err } = await bpfbook("asm pass.s");
    expect({ code, out, err }).toEqual({ code: 0, out: "b700000002000000\n9500000000000000\n", err: "" });
    expect((await bpfbook("disasm -", out)).out).toBe("    r0 = 2\n    exit\n");
  });

  test("writes bytes to a file", async () => {
    expect(await bpfbook("asm - --out pass.bin", "mov r0, 2\nexit")).toEqual({ code: 0, out: "", err: "" });
    expect([...readFileSync(join(folder, "pass.bin"))]).toEqual([0xb7, 0, 0, 0, 2, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("says as JSON what batch takes", async () => {
    const { code, out } = await bpfbook("asm count.s --json");
    expect(code).toBe(0);
    const { insns, maps, form, lines } = JSON.parse(out);
    expect({ maps, form, lines }).toEqual({
      maps: [{ name: "counts", type: "array", key: 4, value: 8, max: 1 }],
      form: "mnemonic",
      lines: [2, 2, 3, 4],
    });
    const request = { id: "1", op: "verify", type: "xdp", insns, maps };
    expect(JSON.parse(answerLine(JSON.stringify(request)))).toMatchObject({ ok: true });
  });

  test("shows all errors of a text, one line first", async () => {
    const { code, out, err } = await bpfbook("asm wrong.s");
    expect([code, out]).toEqual([1, ""]);
    expect(
      err,
    ).toBe(`bpfbook asm: wrong.s:1:6: there is no register r11: r0 to r10 (and their lower halves w0 to w10) exist
r0 = r11
     ^~~
wrong.s:2:6: there is no label \`pas\`; did you mean \`pass\`?
goto pas
     ^~~
`);
    const json = JSON.parse((await bpfbook("asm wrong.s --json")).out);
    expect(json.ok).toBe(false);
    expect(json.diagnostics.map(({ line, column }: { line: number; column: number }) => [line, column])).toEqual([
      [1, 6],
      [2, 6],
    ]);
  });

  test("of a text with very many errors shows the first ones", async () => {
    const { code, err } = await bpfbook("asm -", "adx r1, 1\n".repeat(100_000));
    expect(code).toBe(1);
    expect(err.split("\n")).toHaveLength(20 * 3 + 2);
    expect(err).toMatch(/\(and 99980 more errors\)\n$/);
  });
});

describe("disasm", () => {
  test.each([
    ["", "    r0 = 0\nL1:\n    r0 += 1\n    if r0 < 9 goto L1\n    exit\n"],
    [" --form mnemonic", "    mov %r0, 0\nL1:\n    add %r0, 1\n    jlt %r0, 9, L1\n    exit\n"],
    [" --form log", "0: (b7) r0 = 0\n1: (07) r0 += 1\n2: (a5) if r0 < 0x9 goto pc-2\n3: (95) exit\n"],
    [" --form xlated", "   0: (b7) r0 = 0\n   1: (07) r0 += 1\n   2: (a5) if r0 < 0x9 goto pc-2\n   3: (95) exit\n"],
  ])("lists hexadecimal digits%s", async (flags, listing) => {
    expect(await bpfbook(`disasm loop.hex${flags}`)).toEqual({ code: 0, out: listing, err: "" });
  });

  test("draws the control flow", async () => {
    const [text, dot, svg] = await Promise.all(
      ["text", "dot", "svg"].map(async (kind) => (await bpfbook(`disasm loop.hex --cfg ${kind}`)).out),
    );
    expect(text).toMatch(/^main: slots 0 to 3, 3 blocks, 1 loop\n/);
    // The same from assembler text.
    expect((await bpfbook("disasm loop.s --cfg text")).out).toBe(text);
    expect(dot).toMatch(/^digraph "DOT graph for eBPF program" \{\n/);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>\n$/);
  });

  test("prints one JSON object a slot, or a function of the graph", async () => {
    const rows = (await bpfbook("disasm loop.hex --json")).out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(4);
    expect(rows[2]).toMatchObject({ index: 2, class: "JMP", operation: "JLT", offset: -2, text: "if r0 < 9 goto -2" });
    const [main] = (await bpfbook("disasm loop.hex --cfg dot --json")).out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(main.loops).toEqual([{ header: 1, latches: [1], depth: 1 }]);
  });

  test("lists the functions of an object file by section, with what they refer to", async () => {
    const { out } = await bpfbook("disasm two.o --form objdump");
    expect(out.match(/^Disassembly of section .*$/gm)).toEqual([
      "Disassembly of section .text:",
      "Disassembly of section xdp:",
      "Disassembly of section tp/syscalls/sys_enter_execve:",
    ]);
    expect(out).toMatch(/^0000000000000048 <next>:\n {7}9:\t18 02 .*\tr2 = 0x8 ll {2}\/\/ \.data\+8\n/m);
    expect(out).toMatch(/\tr1 = 0x0 ll {2}\/\/ map events\n/);
    const rows = (await bpfbook("disasm two.o --json")).out.trimEnd().split("\n");
    expect(JSON.parse(rows[0]!)).toMatchObject({ section: ".text", function: "scale", index: 0, text: "r1 <<= 32" });
  });

  test("lists one program of an object file with the functions that it calls, as text that asm reads", async () => {
    const { out } = await bpfbook("disasm two.o --program count_all");
    expect(out.split("\n").slice(0, 5)).toEqual([
      "// section xdp, function count_all",
      "    call kfunc[0]  // kfunc bpf_rcu_read_lock",
      "    call bpf_ktime_get_ns",
      "    r1 = r0",
      "    call func_5",
    ]);
    expect((await bpfbook("asm -", out)).out.split("\n")).toHaveLength(15);
  });

  test("ends quietly where the reader leaves early", async () => {
    const child = spawn(process.execPath, [join(ROOT, "bin", "bpfbook.js"), "disasm", "-"]);
    let err = "";
    child.stderr.on("data", (chunk) => (err += chunk));
    child.stdin.end(Buffer.from("b700000000000000".repeat(100_000), "hex"));
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(err).toBe("");
  });
});

test.each([
  ["asm", 2, "bpfbook asm: a file with assembler text is expected, or - for stdin"],
  ["asm @pass.s @more.s", 2, "bpfbook asm: one file is expected, got also 'more.s'"],
  ["asm @nowhere.s", 2, "bpfbook asm: nowhere.s: there is no such file"],
  ["asm @", 2, "bpfbook asm: : it is a folder"],
  ["asm @pass.s --jsn", 2, "bpfbook asm: unknown option --jsn, did you mean --json?"],
  ["asm @pass.s --out @nowhere/x", 2, "bpfbook asm: nowhere/x: there is no such folder"],
  ["asm @empty", 1, "bpfbook asm: empty: there are no instructions in it"],
  ["asm @object.o", 1, "bpfbook asm: object.o: this is an object file, no text"],
  ["asm @loop.hex", 1, "bpfbook asm: loop.hex: these are hexadecimal digits, no assembler text: disasm lists them"],
  ["asm @cut.bin", 1, "bpfbook asm: cut.bin: this is no text in UTF-8"],
  ["disasm", 2, "bpfbook disasm: a file with instructions is expected, or - for stdin"],
  ["disasm @nowhere", 2, "bpfbook disasm: nowhere: there is no such file"],
  [
    "disasm loop.hex --form xlate",
    2,
    "bpfbook disasm: --form xlate: there is no such form, did you mean xlated? It is one of llvm, mnemonic, log, xlated, objdump, table.",
  ],
  ["disasm @loop.hex --cfg png", 2, "bpfbook disasm: --cfg png: there is no such cfg. It is one of text, dot, svg."],
  ["disasm @loop.hex --cfg dot --form log", 2, "bpfbook disasm: --form and --cfg exclude each other"],
  ["disasm @loop.hex --opcodes", 2, "bpfbook disasm: --opcodes needs --form xlated"],
  ["disasm @empty", 1, "bpfbook disasm: empty: there are no instructions in it"],
  [
    "disasm @object.o",
    1,
    "bpfbook disasm: object.o: ELF header at offset 8: the file ends after 8 bytes, within the header of 64",
  ],
  ["disasm @loop.hex --program main", 1, "bpfbook disasm: loop.hex: --program chooses from an object file"],
  [
    "disasm @two.o --program nope",
    2,
    "bpfbook disasm: --program nope: there is no such program. There is count_all, trace_execve",
  ],
  [
    "disasm @two.o --cfg svg",
    1,
    "bpfbook disasm: two.o: --cfg svg draws one program: choose it with --program (scale, next, each, count_all, trace_execve)",
  ],
  [
    "disasm @pass.s",
    1,
    'bpfbook disasm: pass.s: this is text, but "r" (1:1) is no hexadecimal digit; asm takes assembler text',
  ],
  [
    "disasm @typo.hex",
    1,
    'bpfbook disasm: typo.hex: this is text, but "g" (2:15) is no hexadecimal digit; asm takes assembler text',
  ],
  ["disasm @odd.hex", 1, "bpfbook disasm: odd.hex: 5 hexadecimal digits are no whole number of bytes"],
  ["disasm @cut.bin", 1, "bpfbook disasm: cut.bin: 10 bytes are no whole number of 8-byte instructions: 2 left over"],
])("bpfbook %s: exit code %d, one line", async (words, code, line) => {
  // In this process: starting one takes a second, and the others above show that it does the same.
  const [out, err] = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockReturnValue(true));
  const ended = await main(words.split(" ").map((word) => word.replace(/^@/, `${folder}/`)));
  const written = err.mock.calls.map(([text]) => String(text)).join("");
  expect(out).not.toHaveBeenCalled();
  vi.restoreAllMocks();
  expect([ended, written.replaceAll(`${folder}/`, "")]).toEqual([code, `${line}\n`]);
});
