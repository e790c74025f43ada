import { describe, expect, test } from "vitest";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { type Case, readCases } from "./cases.ts";
import { bareEnvironment, rawProgram } from "./support.ts";

const TABLES = ["alu64.txt", "alu32.txt", "byte-order.txt", "branches.txt", "memory.txt"];

/** r0..r9 are dumped to the first 80 bytes; the case's own 32 bytes of memory lie at 128. */
const MEMORY = 128;
const LENGTH = MEMORY + 32;

/** The code of a case between code that sets the registers and code that dumps them: the same for every engine. */
function wrap({ before, code }: Case): string {
  const set = before.registers
    .filter(([register]) => register !== 1)
    .concat(before.registers.filter(([register]) => register === 1))
    .map(([r, value]) => (value === "mem" ? `r${r} = *(u64 *)(r10 - 104)` : `r${r} = ${value} ll`));
  const save = Array.from({ length: 10 }, (_, r) => `*(u64 *)(r10 - ${24 + 8 * r}) = r${r}`);
  const dump = save.flatMap((_, r) => [`r0 = *(u64 *)(r10 - ${24 + 8 * r})`, `*(u64 *)(r1 + ${8 * r}) = r0`]);
  return [
    "*(u64 *)(r10 - 112) = r1",
    `r1 += ${MEMORY}`,
    "*(u64 *)(r10 - 104) = r1",
    ...[0, 1, 2].map((r) => `r${r} = 0`),
    ...set,
    code,
    ...save,
    "r1 = *(u64 *)(r10 - 112)",
    ...dump,
    "exit",
  ].join("\n");
}

const ENGINES = { interpret, jit } as const;

/**
 * Each case of a branch the other way round: there what follows the branch is also reached from elsewhere, so that the JIT
 * leaves on the opposite condition. What was skipped is now done, so r0 is the other one.
 */
const opposites: Case[] = readCases("branches.txt")
  .filter(({ code }) => /goto \+1\nr0 = 1$/.test(code) && code.startsWith("if"))
  .map((each) => ({
    ...each,
    code: `${each.code.replace(/goto \+1\nr0 = 1$/, "goto 1f")}\n2: goto 3f\n1: r0 = 1\ngoto 2b\n3: r2 = 0`,
    after: { ...each.after, registers: each.after.registers.map(([r, value]) => [r, value === 0n ? 1n : 0n]) },
  }));

const tables: (readonly [string, readonly Case[]])[] = [
  ...TABLES.map((table) => [table, readCases(table)] as const),
  ["branches.txt, the other way round", opposites],
];

describe.each(Object.entries(ENGINES))("%s", (_, engine) => {
  const { host, environment } = bareEnvironment();
  const context = host.memory.allocate(LENGTH);
  const bytes = () => host.memory.u8.subarray(context, context + LENGTH);

  describe.each(tables)("%s", (_table, cases) => {
    test.each(cases.map((each) => [each.text, each] as const))("%s", (_text, each) => {
      bytes().fill(0);
      for (const [at, values] of each.before.memory) bytes().set(values, MEMORY + at);
      engine(unverified(rawProgram(wrap(each))), environment, []).run(context, LENGTH);
      for (const [register, value] of each.after.registers) {
        const actual = host.memory.view.getBigUint64(context + 8 * register, true);
        expect(`r${register} = 0x${actual.toString(16)}`).toBe(
          `r${register} = 0x${BigInt.asUintN(64, value === "mem" ? 0n : value).toString(16)}`,
        );
      }
      for (const [at, values] of each.after.memory) {
        expect([...bytes().slice(MEMORY + at, MEMORY + at + values.length)]).toEqual(values);
      }
    });
  });
});
