import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { decode, encode, fromHex, toHex } from "../../src/isa/encode.ts";
import type { Operand } from "../../src/isa/opcode-row.ts";
import { OPCODES } from "../../src/isa/opcodes.ts";
import { asm } from "./names.ts";

const run = (args: readonly string[], input: string) =>
  spawnSync("llvm-mc", ["-triple=bpfel", "-mcpu=v3", ...args], { input, encoding: "utf8" });
const missing = run(["--version"], "").error !== undefined;

const SAMPLE: Partial<Record<Operand, string>> = {
  rd: "r3",
  rs: "r4",
  wd: "w3",
  ws: "w4",
  imm: "-7",
  imm32: "-7",
  if64: "-7",
  if32: "-7",
  imm64: "0x1122334455667788",
  disp: "- 16",
  index: "",
  near: "+5",
  helper: "6",
};

/** What LLVM and we both write: no maps, no targets by imm (LLVM takes a bare `call +6` for helper 6). */
const texts = OPCODES.flatMap(({ text }) => text)
  .filter((text) => Array.from(text.matchAll(/\{(\w+)\}/g)).every(([, operand]) => (operand as Operand) in SAMPLE))
  .map((text) => text.replaceAll(/\{(\w+)\}/g, (_, operand: Operand) => SAMPLE[operand] as string));

const hexOf = (text: string) => toHex(encode(asm(text).insns));

/** LLVM's encodings of those texts that its version knows. */
function encodings(): Map<string, string> {
  const { stdout, stderr } = run(["-show-encoding"], `${texts.join("\n")}\n`);
  const refused = new Set(Array.from(stderr.matchAll(/<stdin>:(\d+):\d+: error/g), ([, line]) => Number(line) - 1));
  const accepted = texts.filter((_, line) => !refused.has(line));
  const found = Array.from(stdout.matchAll(/encoding: \[(.*)\]/g), ([, bytes]) => bytes.replaceAll(/0x|,/g, ""));
  expect(found).toHaveLength(accepted.length);
  return new Map(accepted.map((text, index) => [text, found[index]]));
}

test("a listing of llvm-objdump is read as it is", () => {
  const listing = `
0000000000000000 <sum>:
       0:\tr0 = 0
       1:\tif r1 s> r0 goto +2 <LBB0_2>
       2:\tgoto +3 <sum+0x30>

0000000000000018 <LBB0_2>:
       3:\tr2 = 5 ll
       5:\tr0 += r2
       6:\texit`;
  const { insns, labels } = asm(listing);
  expect(insns).toEqual(asm("r0 = 0\nif r1 s> r0 goto +2\ngoto +3\nr2 = 5 ll\nr0 += r2\nexit").insns);
  expect([...labels]).toEqual([
    ["sum", 0],
    ["LBB0_2", 3],
  ]);
});

describe.skipIf(missing)(`beside LLVM${missing ? " (skipped: no llvm-mc)" : ""}`, () => {
  test("what both assemble has the same bytes", () => {
    const theirs = encodings();
    expect(theirs.size).toBeGreaterThan(100);
    expect(Object.fromEntries([...theirs.keys()].map((text) => [text, hexOf(text)]))).toEqual(
      Object.fromEntries(theirs),
    );
  });

  test("what LLVM prints assembles to the bytes that it was given", () => {
    const given = [...encodings().values()];
    const { stdout, stderr } = run(
      ["-disassemble"],
      `${given.map((hex) => hex.replaceAll(/../g, "0x$& ")).join("\n")}\n`,
    );
    // Older versions assemble some instructions that they cannot print.
    const refused = new Set(Array.from(stderr.matchAll(/<stdin>:(\d+):\d+: warning/g), ([, line]) => Number(line) - 1));
    const printed = given.filter((_, line) => !refused.has(line));
    expect(printed.length).toBeGreaterThan(100);
    const listing = stdout.replace(/^\s*\.text$/m, "");
    expect(asm(listing).insns).toEqual(decode(fromHex(printed.join(""))));
  });
});
