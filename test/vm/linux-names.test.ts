import { describe, expect, test } from "vitest";
import type { HelperRow } from "../../src/helpers/row.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import { Environment } from "../../src/vm/environment.ts";
import type { ProgramError } from "../../src/vm/errors.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { assembleText, BareHost, trusted } from "./support.ts";

/** A kfunc of two numbers that gives ten times the first. */
const SUM: HelperRow = {
  ...{ id: 77, name: "bpf_demo_sum", gplOnly: false, args: ["anything", "anything"], returns: "integer" },
  ...{ passing: "i32", doc: "", implement: () => (first) => (first ?? 0) * 10 },
};

const host = new BareHost();
const environment = new Environment(host, {
  helpers: () => undefined,
  kfuncs: (id, module) => (id === 77 && module === 0 ? SUM : undefined),
  symbols: (id, module) => (id === 5 && module === 0 ? host.memory.address(0x20000) : undefined),
});

const kfunc = (id: number): Instruction => ({ code: 0x85, dst: 0, src: 2, offset: 0, imm: id });
const symbol = (id: number): Instruction[] => [
  { code: 0x18, dst: 1, src: 3, offset: 0, imm: id },
  { code: 0, dst: 0, src: 0, offset: 0, imm: 0 },
];
const specOf = (insns: Instruction[]) => ({ type: "raw", name: "names", insns, maps: [], license: "GPL" }) as const;

describe.each(Object.entries({ jit, interpret }))("what a program names by BTF id: %s", (_, engine) => {
  test("a kfunc is called with its arguments, verified or not", () => {
    const insns = [...assembleText("r1 = 4\nr2 = 2"), kfunc(77), ...assembleText("exit")];
    for (const prepare of [trusted, unverified]) {
      expect(engine(prepare(specOf(insns)), environment, []).run(0x20000, 8)).toBe(40);
    }
  });

  test("a variable of Linux has its address", () => {
    host.memory.u32[0x20000 >> 2] = 4711;
    const insns = [...symbol(5), ...assembleText("r0 = *(u32 *)(r1 + 0)\nexit")];
    expect(engine(trusted(specOf(insns)), environment, []).run(0, 0)).toBe(4711);
  });

  test.each([
    ["a kfunc", [kfunc(78)], "unknown-kfunc"],
    ["a variable", symbol(6), "unknown-symbol"],
  ])("%s that is not there is refused before the run", (_name, insns, code) => {
    const spec = specOf([...insns, ...assembleText("r0 = 0\nexit")]);
    let failure: unknown;
    try {
      engine(unverified(spec), environment, []);
    } catch (error) {
      failure = error;
    }
    expect((failure as ProgramError).code).toBe(code);
  });
});
