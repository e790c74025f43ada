import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { objdumpListing } from "../../src/asm/objdump.ts";
import { xlatedListing } from "../../src/asm/xlated.ts";
import { opcodeOf } from "../../src/isa/opcodes.ts";
import { program } from "../isa/arbitrary.ts";
import { asm } from "./names.ts";

const insnsOf = (text: string) => asm(text).insns;

/** What is wrong with a text, as a message without the underline. */
function faultOf(text: string): string {
  try {
    asm(text);
  } catch (error) {
    return (error as Error).message.split("\n")[0]!;
  }
  throw new Error(`${text} assembles`);
}

describe("listings that are pasted back", () => {
  const PROGRAM = "r0 = 2\nif r1 != 0 goto +1\nexit\nr0 = 7 ll\nexit";

  test("the verifier's log", () => {
    const log = `0: R1=ctx() R10=fp0
; return 2; @ x.c:5
0: (b7) r0 = 2                        ; R0_w=2
1: (55) if r1 != 0x0 goto pc+1        ; R1=0
2: (95) exit

from 1 to 3: R0=2 R1=1 R10=fp0
3: (18) r0 = 0x7                      ; R0_w=7
5: (95) exit
processed 5 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;
    expect(insnsOf(log)).toEqual(insnsOf(PROGRAM));
  });

  test("bpftool's xlated", () => {
    expect(insnsOf(`int pass(void * ctx):\n; int x = 2;\n${xlatedListing(insnsOf(PROGRAM))}`)).toEqual(
      insnsOf(PROGRAM),
    );
    expect(insnsOf(xlatedListing(insnsOf(PROGRAM), { opcodes: true }))).toEqual(insnsOf(PROGRAM));
  });

  test("llvm-objdump's, with bytes or without", () => {
    const listing = `
pass.o:	file format elf64-bpf

Disassembly of section xdp:

0000000000000000 <pass>:
       0:	b7 00 00 00 02 00 00 00	r0 = 0x2
       1:	55 01 01 00 00 00 00 00	if r1 != 0x0 goto +0x1 <LBB0_2>
       2:	95 00 00 00 00 00 00 00	exit

0000000000000018 <LBB0_2>:
       3:	18 00 00 00 07 00 00 00 00 00 00 00 00 00 00 00	r0 = 0x7 ll
       5:	95 00 00 00 00 00 00 00	exit
`;
    expect(insnsOf(listing)).toEqual(insnsOf(PROGRAM));
    expect(insnsOf(listing.replace(/\t(?:[0-9a-f]{2} )+[0-9a-f]{2}/g, ""))).toEqual(insnsOf(PROGRAM));
  });

  test("our own objdump listing", () => {
    expect(insnsOf(objdumpListing(insnsOf(PROGRAM), { name: "pass" }))).toEqual(insnsOf(PROGRAM));
  });

  test("any program's xlated form", () => {
    // Maps have ids there, and functions of Linux names: what they were is not in the text.
    const told = (insns: ReturnType<typeof insnsOf>): boolean =>
      insns.every((insn) => !/map|btf|kfunc|callx|ld_func|call_helper/.test(opcodeOf(insn)?.name ?? ""));
    fc.assert(
      fc.property(program, (insns) => {
        fc.pre(told(insns));
        expect(insnsOf(xlatedListing(insns))).toEqual(insns);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT === undefined ? 150 : 5000 },
    );
  });

  test("columns of errors are those of what was pasted", () => {
    expect(faultOf("0: (b7) r0 = 2\n1: (b7) r0 = r11\n2: (95) exit")).toMatch(/^2:14: there is no register r11/);
  });

  test("a log that leaves instructions out, or jumps, is no listing", () => {
    expect(faultOf("0: (b7) r0 = 2\n5: (95) exit")).toMatch(
      /^2:1: instruction 5 stands where 1 should: .*llvm-objdump/,
    );
  });

  test("what a listing does not tell", () => {
    expect(
      faultOf(
        "       0:\t18 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00\tr1 = 0x0 ll\n\t\t0000000000000000:  R_BPF_64_64\tcounts",
      ),
    ).toMatch(/relocations.*map\[name\]/);
    expect(faultOf("b7 00 00 00 02 00 00 00")).toMatch(/these are bytes/);
  });
});

describe("what people write who come from other languages", () => {
  test.each([
    ["r0 == 4", "`if r0 == 4 goto label`"],
    ["r0++", "`r0 += 1`"],
    ["r3--", "`r3 -= 1`"],
    ["if r1 = 3 goto +1", "`if r1 == 3 goto label`"],
    ["if r1 == 3", "`if r1 == 3 goto label`"],
    ["if r1 == 3 +1", "`if r1 == 3 goto label`"],
    ["if r1 > r2 then goto +1", "`if r1 > r2 goto label`"],
    ["if (r1 == 3) goto +1", "without parentheses"],
    ["if !r1 goto +1", "`if r1 == 0 goto label`"],
    ["if r1 goto +1", "`if r1 != 0 goto label`"],
    ["r0 := 3", "`r0 = 3`"],
    ["r0 = r1 + r2", "`r0 = r1`, then `r0 += r2`"],
    ["r0 = r0 << 3", "`r0 <<= 3`"],
    ["add r0, r1, r2", "two operands"],
    ["mov r0 1", "a comma"],
    ["mov r0 = 1", "`mov r0, 1`"],
    ["r0 = *(r1 + 4)", "`r0 = *(u32 *)(r1 + 0)`"],
    ["r0 = [r1 + 4]", "`ldxw r0, [r1+0]`"],
    ["return 2", "`exit`"],
    ["jmp +1", "`goto label`"],
    ["while r1 > 0", "jumps only"],
    ["int x = 5", "not declared"],
  ])("%s", (text, advice) => {
    expect(faultOf(text)).toContain(advice);
  });
});
