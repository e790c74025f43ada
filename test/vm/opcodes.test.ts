import { describe, expect, test } from "vitest";
import { implementedKfunc } from "../../src/helpers/kfunc/table.ts";
import { helperById } from "../../src/helpers/table.ts";
import { OPCODES, opcodeOf, slotsOf } from "../../src/isa/opcodes.ts";
import { prepareTestRun } from "../../src/programs/test-run.ts";
import { Environment } from "../../src/vm/environment.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { unverified } from "../../src/vm/unverified.ts";
import {
  CASE_LENGTH,
  CASE_MAPS,
  CASE_MEMORY,
  CASE_PACKET,
  KINDS,
  loadsPacket,
  NUMBERS,
  OPCODE_TABLES,
  type OpcodeCase,
  packetProgram,
  parseCases,
  wholeProgram,
  withIds,
} from "./opcode-cases.ts";
import { assembleText, BareHost, rawProgram } from "./support.ts";

const CASES = [...OPCODE_TABLES.values()].flat();
const CASE_MAP_NAMES = CASE_MAPS.map(({ name }) => name);
const NAMES = OPCODES.map(({ name }) => name);

/** BTF ids of the functions that cases name: any numbers will do here. */
const KFUNC_NAMES = ["", "bpf_strlen", "bpf_strnlen", "bpf_strchr"];
const idOf = (name: string): number => KFUNC_NAMES.indexOf(name);

/** The rows of the instructions that a case's own code and functions hold. */
function rowsOf({ code, functions }: OpcodeCase): string[] {
  const insns = assembleText(withIds([code, "r0 = 0", "exit", functions].join("\n"), idOf), CASE_MAP_NAMES);
  const names: string[] = [];
  for (let at = 0; at < insns.length; at += slotsOf(insns[at]!)) names.push(opcodeOf(insns[at]!)!.name);
  return names;
}

describe("the tables cover the instruction set", () => {
  test("every row has an ordinary case, an edge, a wrap-around and one of signs", () => {
    const missing = NAMES.flatMap((name) => {
      const kinds = new Set(CASES.filter(({ row }) => row === name).map(({ kind }) => kind));
      return KINDS.filter((kind) => !kinds.has(kind)).map((kind) => `${name}: ${kind}`);
    });
    expect(missing).toEqual([]);
  });

  test("every heading is a row, and each case holds an instruction of it", () => {
    const astray = CASES.filter((each) => !rowsOf(each).includes(each.row));
    expect(astray.map(({ row, text }) => `[${row}] ${text}`)).toEqual([]);
  });

  test.each([
    ["r1 = 5 | r1 += 1 | r1 = 6", /expected kind \| before \| code \| after/],
    ["often | r1 = 5 | r1 += 1 | r1 = 6", /one of ordinary, edge, wrap, sign/],
    ["edge | x = 5 | r1 += 1 | r1 = 6", /cannot read "x = 5"/],
  ])("a line that cannot be read says where: %s", (line, message) => {
    expect(() => parseCases("some.txt", `# comment\n${line}`)).toThrow(message);
    expect(() => parseCases("some.txt", `# comment\n${line}`)).toThrow(/^some\.txt:2:/);
  });
});

/**
 * Each branch the other way round: there what follows the branch is also reached from elsewhere, so that the JIT leaves on
 * the opposite condition. What was skipped is now done, so r0 is the other one.
 */
const OPPOSITES: OpcodeCase[] = CASES.filter(({ code }) => /^if .* goto \+1\nr0 = 1$/.test(code)).map((each) => ({
  ...each,
  code: `${each.code.replace(/goto \+1\nr0 = 1$/, "goto 1f")}\n2: goto 3f\n1: r0 = 1\ngoto 2b\n3: r2 = 0`,
  after: { ...each.after, registers: each.after.registers.map(([r, value]) => [r, value === 0n ? 1n : 0n]) },
}));

describe.each(Object.entries({ interpret, jit }))("%s", (_, engine) => {
  const host = new BareHost();
  const environment = new Environment(host, {
    helpers: helperById,
    kfuncs: (id) => implementedKfunc(KFUNC_NAMES[id]!),
    symbols: (id) => 0xffff_ffff_8100_0000n + BigInt(16 * id),
  });
  const context = host.memory.allocate(CASE_LENGTH);
  const maps = CASE_MAPS.map((spec) => host.createMap(spec));
  const bytes = () => host.memory.u8.subarray(context, context + CASE_LENGTH);

  function reset({ before }: OpcodeCase): void {
    bytes().fill(0);
    for (const [at, values] of before.memory) bytes().set(values, CASE_MEMORY + at);
    for (const { elements } of maps) {
      if (elements === undefined) continue;
      NUMBERS.forEach((value, i) => {
        host.memory.view.setBigUint64(elements.base + 8 * i, value, true);
      });
    }
  }

  describe.each([...OPCODE_TABLES, ["branches the other way round", OPPOSITES] as const])("%s", (_table, cases) => {
    test.each(cases.map((each) => [each.row, each.text, each] as const))("%s: %s", (_row, _text, each) => {
      if (loadsPacket(each)) {
        const xlated = unverified({ ...rawProgram(packetProgram(each)), type: "socket_filter" });
        const packet = prepareTestRun(host.memory, "socket_filter", { data: CASE_PACKET });
        const returned = engine(xlated, environment, []).run(packet.context, 4096);
        packet.free();
        expect([[0, BigInt(returned)]]).toEqual(each.after.registers);
        return;
      }
      reset(each);
      engine(unverified(rawProgram(withIds(wholeProgram(each), idOf), CASE_MAPS)), environment, maps).run(
        context,
        CASE_LENGTH,
      );
      for (const [register, value] of each.after.registers) {
        const actual = host.memory.view.getBigUint64(context + 8 * register, true);
        expect(`r${register} = 0x${actual.toString(16)}`).toBe(
          `r${register} = 0x${BigInt.asUintN(64, value === "mem" ? 0n : value).toString(16)}`,
        );
      }
      for (const [at, values] of each.after.memory) {
        expect([...bytes().slice(CASE_MEMORY + at, CASE_MEMORY + at + values.length)]).toEqual(values);
      }
    });
  });
});
