import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteTable, byteTableText } from "../../src/asm/byte-table.ts";
import { functionFlows } from "../../src/asm/flow/control-flow.ts";
import { flowDot } from "../../src/asm/flow/dot.ts";
import { flowText } from "../../src/asm/flow/flow-text.ts";
import { objdumpListing } from "../../src/asm/objdump.ts";
import { formatXlated, xlatedListing } from "../../src/asm/xlated.ts";
import { decode, fromHex } from "../../src/isa/encode.ts";
import { program, slots } from "../isa/arbitrary.ts";
import { asm } from "./names.ts";

const insnsOf = (text: string) => asm(text).insns;
const textOf = (insns: ReturnType<typeof insnsOf>) => (slot: number) =>
  insns[slot].code === 0 ? undefined : formatXlated(insns, slot);

describe("bpftool's form", () => {
  test("maps by id, subprograms by name, constants of 64 bits", () => {
    const insns = insnsOf("r1 = map[sizes]\nr2 = map[sizes][0]+8\nr3 = 7 ll\ncall f\nr2 = func[f]\nexit\nf: exit");
    const names = { mapId: (map: number) => map + 30, subprogName: (slot: number) => `f_${slot}` };
    expect(xlatedListing(insns, names)).toBe(`   0: (18) r1 = map[id:30]
   2: (18) r2 = map[id:30][0]+8
   4: (18) r3 = 0x7
   6: (85) call pc+3#f_10
   7: (18) r2 = subprog[+2]
   9: (95) exit
  10: (95) exit
`);
  });

  test("bytes under each instruction, source lines above", () => {
    const sourceOf = (slot: number) => (slot === 0 ? "return 1;" : undefined);
    expect(xlatedListing(insnsOf("r0 = 1 ll\nexit"), { opcodes: true, sourceOf })).toBe(`; return 1;
   0: (18) r0 = 0x1
       18 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00
   2: (95) exit
       95 00 00 00 00 00 00 00
`);
  });
});

/** LLVM's own listing of a text as inline assembly; undefined where there is no clang for BPF. */
function llvmListing(text: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "bpfbook-"));
  try {
    const [source, object] = [join(folder, "a.c"), join(folder, "a.o")];
    const body = text.split("\n").map((line) => JSON.stringify(`${line}\n`));
    writeFileSync(source, `__attribute__((naked)) void f(void) { asm volatile(${body.join(" ")}); }`);
    execFileSync("clang", ["-target", "bpf", "-mcpu=v3", "-c", source, "-o", object], { stdio: "pipe" });
    return execFileSync("llvm-objdump", ["-d", object], { encoding: "utf8" });
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const LISTED = `r0 = 1
w1 = 7
r1 += r2
w3 s>>= 5
r2 = *(u32 *)(r1 + 8)
*(u64 *)(r10 - 8) = r2
lock *(u64 *)(r1 + 0) += r2
if r1 s> 5 goto +2
if w1 == w2 goto -3
goto +0
r1 = be16 r1
call 5
exit`;

describe("llvm-objdump's form", () => {
  const theirs = llvmListing(LISTED);

  test.skipIf(theirs === undefined)("is line by line what llvm-objdump prints", () => {
    const lines = (listing: string) => listing.split("\n").flatMap((line) => /^ +\d+:\t.*/.exec(line)?.[0] ?? []);
    // Names of blocks are the tools' own, and newer versions print operands in hexadecimal.
    const plain = (line: string) =>
      line.replace(/ <.*>$/, "").replaceAll(/\b0x[0-9a-f]+/g, (hex) => String(Number(hex)));
    expect(lines(objdumpListing(insnsOf(LISTED))).map(plain)).toEqual(lines(theirs!).map(plain).slice(0, 13));
  });

  test("names blocks by their byte address, and is read again", () => {
    const insns = insnsOf("a: r1 = 5 ll\nif r1 > r2 goto b\ncall f\nb: goto a\nf: exit");
    const listing = objdumpListing(insns, { name: "drop" });
    expect(listing).toBe(`0000000000000000 <drop>:
       0:	18 01 00 00 05 00 00 00 00 00 00 00 00 00 00 00	r1 = 0x5 ll
       2:	2d 21 01 00 00 00 00 00	if r1 > r2 goto +1 <L4>
       3:	85 10 00 00 01 00 00 00	call pc+1 <func_5>

0000000000000020 <L4>:
       4:	05 00 fb ff 00 00 00 00	goto -5 <drop>

0000000000000028 <func_5>:
       5:	95 00 00 00 00 00 00 00	exit
`);
    expect(asm(listing.replaceAll(/\t.*\t/g, "\t")).insns).toEqual(insns);
  });
});

test("the table of bytes names each field, and says what is no instruction", () => {
  const insns = [...insnsOf("r1 = 7 ll\n*(u8 *)(r10 - 8) = 1"), ...decode(fromHex("b72b000000000000ff00000000000000"))];
  expect(byteTableText(byteTable(insns))).toBe(
    `slot  bytes                    class  op/mode  src/size  dst  src  offset  imm  instruction
   0  18 01 00 00 07 00 00 00  LD     IMM      DW          1    0       0    7  r1 = 0x7 ll
   1  00 00 00 00 00 00 00 00                              0    0       0    0
   2  72 0a f8 ff 01 00 00 00  ST     MEM      B          10    0      -8    1  *(u8 *)(r10 - 8) = 1
   3  b7 2b 00 00 00 00 00 00  ALU64  MOV      K          11    2       0    0  src is 2, but must be 0
   4  ff 00 00 00 00 00 00 00  ALU64  0xf0     X           0    0       0    0  no instruction has the code 0xff
`,
  );
});

describe("graphs", () => {
  const insns = insnsOf(
    "r0 = 0\na: r0 += 1\nif r0 < 9 goto a\nif r0 == r1 goto b\nexit\nb: r0 <<= 1\nexit\nr0 = 5\ngoto b",
  );

  test("as text, with arrows that join and cross", () => {
    expect(
      flowText(functionFlows(insns), (slot) => textOf(insns)(slot)?.slice(5)),
    ).toBe(`main: slots 0 to 8, 6 blocks, 1 loop
     ┌ block 0
     │   0: r0 = 0
     └ next 1
  ╭─▶┌ block 1 (head of a loop)
  │  │   1: r0 += 1
  │  │   2: if r0 < 0x9 goto pc-2
  ╰──└ next 2, branch 1 (back)
     ┌ block 2
     │   3: if r0 == r1 goto pc+1
  ╭──└ next 3, branch 4
  │  ┌ block 3
  │  │   4: exit
  │  └ exit
╭─┴─▶┌ block 4
│    │   5: r0 <<= 1
│    │   6: exit
│    └ exit
│    ┌ block 5 (nothing reaches it)
│    │   7: r0 = 5
│    │   8: goto pc-4
╰────└ jump 4
`);
  });

  test("as DOT, with what means something in a label escaped", () => {
    const dot = flowDot(functionFlows(insns), textOf(insns));
    expect(dot).toContain(
      'fn_0_bb_6 [shape=record,style=filled,label="{   5: (67) r0 \\<\\<= 1\\l\\\n |    6: (95) exit\\l\\\n}"];',
    );
    expect(dot.match(/fn_0_bb_\d+:s -> fn_0_bb_\d+:n/g)).toHaveLength(1 + 1 + 2 + 2 + 1 + 1 + 1 + 1);
  });
});

test("any slots can be listed and drawn", () => {
  fc.assert(
    fc.property(fc.oneof(program, slots), (insns) => {
      const flows = functionFlows(insns);
      const drawings = [
        xlatedListing(insns, { opcodes: true }),
        objdumpListing(insns),
        byteTableText(byteTable(insns)),
        flowText(flows, textOf(insns)),
        flowDot(flows, textOf(insns)),
      ];
      for (const text of drawings) expect(text).not.toMatch(/undefined|NaN|\[object/);
    }),
    { numRuns: 200 },
  );
});
