import { describe, expect, test } from "vitest";
import type { MapSpec } from "../../src/maps/spec.ts";
import { ExecutionError, ProgramError } from "../../src/vm/errors.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { bareEnvironment, rawProgram } from "./support.ts";

const counts: MapSpec = { name: "counts", type: "hash", keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 };

describe.each(Object.entries({ interpret, jit }))("%s", (_, engine) => {
  function run(text: string, { length = 16, budget = 1000 } = {}): number {
    const { host, environment } = bareEnvironment();
    const context = host.memory.allocate(64);
    const uses = text.includes("map[counts]") ? [counts] : [];
    const maps = uses.map((spec) => host.createMap(spec));
    return engine(unverified(rawProgram(text, uses)), environment, maps, { budget }).run(context, length);
  }
  function failure(text: string, options?: Parameters<typeof run>[1]): ExecutionError {
    try {
      run(text, options);
    } catch (error) {
      if (error instanceof ExecutionError) return error;
      throw error;
    }
    throw new Error("the program ran to its end");
  }

  test("r1 is the memory, r2 its length", () => {
    expect(run("*(u64 *)(r1 + 8) = 5\nr0 = *(u64 *)(r1 + 8)\nr0 += r2\nexit")).toBe(21);
  });

  describe("a wild access is an error that says where it lies", () => {
    test.each([
      [
        "r0 = *(u8 *)(r1 + 16)",
        0,
        /1 byte at 0xffff88800\w+ begins right at the end of memory \(16 bytes at 0xffff8880/,
      ],
      ["r0 = *(u64 *)(r1 + 12)", 0, /8 bytes at \w+ run 4 past the end of memory .*; the address is r1 \+ 12$/],
      ["r0 = 0\n*(u8 *)(r1 - 1) = 0", 1, /1 byte at \w+ begins 1 before memory/],
      ["*(u64 *)(r10 + 0) = 0", 0, /8 bytes at \w+ begin right at the end of the stack \(512 bytes for each call/],
      ["r0 = 64\nr0 = *(u32 *)(r0 + 0)", 1, /4 bytes at 0x40 are in no memory: a null pointer gone astray/],
      [
        "r3 = 0x123456789a ll\nr3 = *(u32 *)(r3 + 0)",
        2,
        /0x123456789a are in no memory: not a pointer that this program/,
      ],
      ["r3 = 1\nlock *(u64 *)(r1 + 16) += r3", 1, /8 bytes at \w+ begin right at the end of memory/],
      ["r1 <<= 32\nr1 >>= 32\nr0 = *(u8 *)(r1 + 0)", 2, /is in no memory/],
    ])("%s", (text, at, message) => {
      const error = failure(`${text}\nexit`);
      expect(error.code).toBe("out-of-bounds");
      expect(error.at).toBe(at);
      expect(error.message).toMatch(message);
    });

    test("the address is given", () => {
      expect(failure("r0 = *(u8 *)(r1 + 16)\nexit").address! & 0xfn).toBe(0n);
    });

    test("an access of 8 bytes at the very end of the address space does not wrap", () => {
      expect(failure("r3 = -4\nr0 = *(u64 *)(r3 + 0)\nexit").code).toBe("out-of-bounds");
      expect(failure("r3 = 0xffff8880fffffffc ll\nr0 = *(u64 *)(r3 + 0)\nexit").code).toBe("out-of-bounds");
    });
  });

  test("an endless loop ends with the budget", () => {
    const error = failure("1: goto 1b\nexit", { budget: 100 });
    expect([error.code, error.at]).toEqual(["budget", 0]);
    expect(error.message).toBe("instruction 0: the program did not end within 100 instructions");
  });

  test("the budget is exact", () => {
    const text = "r0 = 10\n1: r0 += -1\nif r0 != 0 goto 1b\nexit";
    expect(run(text, { budget: 22 })).toBe(0);
    expect(failure(text, { budget: 21 }).code).toBe("budget");
  });

  test("recursion ends at eight functions", () => {
    const error = failure("call +0\ncall -2\nexit");
    expect(error.code).toBe("call-depth");
    expect(error.message).toMatch(/calls nest deeper than 8 functions/);
  });

  test("seven nested calls are not too many, each with 512 bytes of stack", () => {
    const level = (n: number) =>
      `f${n}: *(u64 *)(r10 - 512) = ${n}\ncall f${n + 1}\nr1 = *(u64 *)(r10 - 512)\nr0 += r1\nexit`;
    const text = ["call f1\nexit", ...[1, 2, 3, 4, 5, 6].map(level), "f7: r0 = 100\nexit"].join("\n");
    expect(run(text)).toBe(121);
  });

  describe("helpers", () => {
    test("a value that a lookup found may be touched, and no more of it", () => {
      const update = `
        *(u32 *)(r10 - 4) = 1
        *(u64 *)(r10 - 16) = 41
        r1 = map[counts]
        r2 = r10
        r2 += -4
        r3 = r10
        r3 += -16
        r4 = 0
        call map_update_elem
        r1 = map[counts]
        r2 = r10
        r2 += -4
        call map_lookup_elem`;
      expect(run(`${update}\nr1 = 1\nlock *(u64 *)(r0 + 0) += r1\nr0 = *(u64 *)(r0 + 0)\nexit`)).toBe(42);
      expect(failure(`${update}\nr0 = *(u8 *)(r0 + 8)\nexit`).message).toMatch(/at the end of a value of map counts/);
    });

    test.each([
      [
        "r1 = 5\nr2 = r10\nr2 += -4\ncall map_lookup_elem",
        "bad-argument",
        /argument 1 of map_lookup_elem is not a map/,
      ],
      ["r1 = map[counts]\nr2 = 0\ncall map_lookup_elem", "out-of-bounds", /null pointer gone astray/],
      [
        "r1 = map[counts]\nr2 = r10\nr2 += -2\ncall map_lookup_elem",
        "out-of-bounds",
        /run 2 past the end of the stack .*; the address is r\d$/,
      ],
      ["r1 = r10\nr1 += -8\nr2 = 16\ncall get_current_comm", "out-of-bounds", /run 8 past the end of the stack/],
    ])("%s", (text, code, message) => {
      const error = failure(`${text}\nexit`);
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    });

    test("a helper that does not exist is found before the run", () => {
      expect(() => run("call 9999\nexit")).toThrow(/instruction 0: there is no helper 9999 to call/);
    });
  });

  test("after an error the stack is whole, and the program runs again", () => {
    const { host, environment } = bareEnvironment();
    const context = host.memory.allocate(16);
    const program = engine(
      unverified(rawProgram("call get_smp_processor_id\nr0 = *(u8 *)(r1 + 0)\nexit")),
      environment,
      [],
    );
    const before = environment.stackPointer.value;
    expect(() => program.run(context, 0)).toThrow(ExecutionError);
    expect(environment.stackPointer.value).toBe(before);
    expect(program.run(context, 1)).toBe(0);
  });
});

describe("the shape of a program is checked before it runs", () => {
  const insn = (code: number, fields: { dst?: number; src?: number; offset?: number; imm?: number } = {}) => ({
    ...{ code, dst: 0, src: 0, offset: 0, imm: 0 },
    ...fields,
  });
  const EXIT = insn(0x95);
  const MOV = insn(0xb7);

  test.each([
    ["nothing", [], "empty"],
    ["an opcode that does not exist", [insn(0xff), EXIT], "bad-opcode"],
    ["a division with offset 2", [insn(0x37, { offset: 2, imm: 1 }), EXIT], "reserved-field"],
    ["half a ld_imm64", [insn(0x18)], "bad-opcode"],
    ["a field that should be 0", [insn(0x95, { imm: 1 })], "reserved-field"],
    ["a packet load of classic BPF", [insn(0x30), EXIT], "unsupported"],
    ["register 11", [insn(0xb7, { dst: 11 }), EXIT], "bad-register"],
    ["a write to r10", [insn(0xb7, { dst: 10 }), EXIT], "bad-register"],
    ["a fetch into r10", [insn(0xdb, { dst: 1, src: 10, imm: 1 }), EXIT], "bad-register"],
    ["a jump out of the program", [insn(0x05, { offset: 5 }), EXIT], "bad-jump"],
    ["a jump before the program", [insn(0x15, { offset: -2 }), EXIT], "bad-jump"],
    ["a jump into a ld_imm64", [insn(0x05, { offset: 1 }), insn(0x18), insn(0), EXIT], "bad-jump"],
    ["a call out of the program", [insn(0x85, { src: 1, imm: 5 }), EXIT], "bad-jump"],
    ["an end that is not one", [EXIT, MOV], "falls-off"],
    ["a map that does not exist", [insn(0x18, { src: 1, imm: 3 }), insn(0), EXIT], "bad-map"],
  ])("%s", (_, insns, code) => {
    const spec = { type: "raw", name: "bad", insns, maps: [], license: "GPL" } as const;
    try {
      unverified(spec);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ProgramError);
      expect((error as ProgramError).code).toBe(code);
    }
  });
});
