import { describe, expect, it } from "vitest";
import { type Btf, parseBtf } from "../../src/btf/btf.ts";
import { buildBtf } from "../../src/btf/build.ts";
import { CoreError } from "../../src/btf/core/error.ts";
import { essentialName } from "../../src/btf/core/names.ts";
import { POISON } from "../../src/btf/core/patch.ts";
import { relocateCore } from "../../src/btf/core/relocate.ts";
import type { CoreKind } from "../../src/btf/ext.ts";
import type { BtfTypeSpec } from "../../src/btf/type.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import { array, bits, constant, int, member, ptr, struct, typedef, union } from "./types.ts";

const insn = (code: number, offset: number, imm: number): Instruction => ({ code, dst: 1, src: 0, offset, imm });
const LDX_DW = 0x79;
const LDX_W = 0x61;
const MOV = 0xb7;

const btfOf = (...types: BtfTypeSpec[]) => parseBtf(buildBtf(types));

/** What the question becomes; the instruction is a move of what the compiler answers for its own types. */
function ask(local: Btf, target: Btf, kind: CoreKind, name: string, access: string, compiled: number) {
  const relocation = { insn: 0, type: local.byName(name)!.id, access, kind };
  const [row] = relocateCore([insn(MOV, 0, compiled)], [relocation], local, target).report;
  return row.poisoned ? "poisoned" : row.to;
}

const enumOf = (name: string, ...values: [string, number][]): BtfTypeSpec => ({
  kind: "enum",
  name,
  size: 4,
  signed: false,
  values: values.map(([each, value]) => ({ name: each, value })),
});

const local = btfOf(
  int("int", 4, "signed"),
  int("unsigned long", 8),
  ptr(5),
  array(1, 4),
  struct(
    "task",
    48,
    member("pid", 1, 0),
    member("state", 2, 8),
    member("parent", 3, 16),
    member("slots", 4, 24),
    bits("on", 1, 320, 1),
  ),
  enumOf("kind", ["FIRST", 0], ["LAST", 5]),
  typedef("pid_t", 1),
  struct("task___v2", 4, member("cpu", 1, 0)),
);

/** A later Linux: everything has moved, the pid lies in an anonymous union, the state is narrower. */
const later = btfOf(
  int("int", 4, "signed"),
  int("unsigned int", 4),
  ptr(8),
  array(1, 2),
  enumOf("kind", ["ZEROTH", 0], ["FIRST", 1], ["LAST", 9]),
  union("", 8, member("pid", 1, 0), member("cookie", 2, 0)),
  constant(3),
  struct(
    "task",
    64,
    member("cpu", 1, 0),
    member("", 6, 8),
    member("parent", 7, 16),
    member("state", 2, 32),
    member("slots", 4, 40),
    bits("on", 2, 8 * 56 + 9, 3),
  ),
);

describe("questions, answered by another Linux", () => {
  it.each<[CoreKind, string, string, number, unknown]>([
    ["byte_off", "task", "0:0", 0, 8n],
    ["byte_off", "task", "0:2", 16, 16n],
    ["byte_off", "task", "0:3:1", 28, 44n],
    ["byte_off", "task", "0:4", 40, 56n],
    ["byte_off", "task", "1:0", 48, 72n],
    ["byte_sz", "task", "0:1", 8, 4n],
    ["byte_sz", "task", "0:3", 16, 8n],
    ["field_exists", "task", "0:0", 1, 1n],
    ["field_exists", "task", "0:3:3", 1, 0n],
    ["byte_off", "task", "0:3:3", 36, "poisoned"],
    ["signed", "task", "0:0", 1, 1n],
    ["signed", "task", "0:1", 0, 0n],
    ["lshift_u64", "task", "0:4", 63, 52n],
    ["rshift_u64", "task", "0:4", 63, 61n],
    ["byte_off", "task___v2", "0:0", 0, 0n],
    ["type_exists", "task", "0", 1, 1n],
    ["type_exists", "pid_t", "0", 1, 0n],
    ["type_size", "task", "0", 48, 64n],
    ["type_size", "pid_t", "0", 4, 0n],
    ["enumval_exists", "kind", "1", 1, 1n],
    ["enumval_value", "kind", "0", 0, 1n],
    ["enumval_value", "kind", "1", 5, 9n],
    ["local_type_id", "task", "0", 5, 5n],
    ["target_type_id", "task", "0", 5, 8n],
    ["type_matches", "kind", "0", 1, 1n],
    ["type_matches", "task", "0", 1, 0n],
  ])("%s of %s %s: %i becomes %s", (kind, name, access, compiled, expected) => {
    expect(ask(local, later, kind, name, access, compiled)).toBe(expected);
  });

  it("says what it was and what it became", () => {
    const relocation = { insn: 0, type: 5, access: "0:3:1", kind: "byte_off" } as const;
    const { report, insns } = relocateCore([insn(LDX_W, 28, 0)], [relocation], local, later);
    expect(report).toEqual([
      {
        insn: 0,
        kind: "byte_off",
        local: "<byte_off> [5] struct task.slots[1] (0:3:1 @ offset 28)",
        target: "<byte_off> [8] struct task.slots[1] (0:4:1 @ offset 44)",
        from: 28n,
        to: 44n,
        poisoned: false,
        before: [insn(LDX_W, 28, 0)],
        after: [insn(LDX_W, 44, 0)],
      },
    ]);
    expect(insns).toEqual([insn(LDX_W, 44, 0)]);
  });

  it("makes a load as wide as the member", () => {
    const relocation = { insn: 0, type: 5, access: "0:1", kind: "byte_off" } as const;
    expect(relocateCore([insn(LDX_DW, 8, 0)], [relocation], local, later).insns).toEqual([insn(LDX_W, 32, 0)]);
  });

  it("poisons a load whose width cannot follow", () => {
    const narrow = btfOf(int("short", 2, "signed"), struct("task", 4, member("pid", 1, 0)));
    const relocation = { insn: 0, type: 5, access: "0:0", kind: "byte_off" } as const;
    const { insns, report } = relocateCore([insn(LDX_W, 0, 0)], [relocation], local, narrow);
    expect(insns).toEqual([{ code: 0x85, dst: 0, src: 0, offset: 0, imm: POISON }]);
    expect(report[0]).toMatchObject({ poisoned: true, to: undefined });
  });

  it("poisons both slots of a wide load", () => {
    const relocation = { insn: 0, type: 6, access: "1", kind: "enumval_value" } as const;
    const wide = [insn(0x18, 0, 5), { code: 0, dst: 0, src: 0, offset: 0, imm: 0 }];
    const { insns } = relocateCore(wide, [relocation], local, btfOf(int("int", 4)));
    expect(insns.map(({ code, imm }) => [code, imm])).toEqual([
      [0x85, 195896080],
      [0x85, 195896080],
    ]);
  });
});

describe("what Linux has twice", () => {
  it("is one answer where they agree, through flavours and modules", () => {
    const base = btfOf(int("int", 4, "signed"), struct("task", 8, member("pid", 1, 4)));
    const module = parseBtf(buildBtf([struct("task___copy", 16, member("x", 1, 0), member("pid", 1, 4))], base), base);
    expect(ask(local, module, "byte_off", "task", "0:0", 0)).toBe(4n);
  });

  it("is an error where they do not", () => {
    const target = btfOf(int("int", 4), struct("task", 8, member("pid", 1, 4)), struct("task", 8, member("pid", 1, 0)));
    expect(() => ask(local, target, "byte_off", "task", "0:0", 0)).toThrow("field offset ambiguity: 0 != 32");
    const sizes = btfOf(int("int", 4), struct("task", 8), struct("task", 4));
    expect(() => ask(local, sizes, "type_size", "task", "0", 48)).toThrow(/decision ambiguity: success 4 != success 8/);
  });
});

describe("relocations that no compiler writes", () => {
  it.each<[string, CoreKind, number, string, Instruction, RegExp]>([
    ["a member that is not", "byte_off", 5, "0:9", insn(MOV, 0, 0), /parsing \[5\] task \+ 0:9 failed/],
    ["no number", "byte_off", 5, "0:x", insn(MOV, 0, 0), /failed: -22/],
    ["nothing", "byte_off", 5, "", insn(MOV, 0, 0), /failed: -22/],
    ["an element behind the end", "byte_off", 5, "0:3:4", insn(MOV, 0, 40), /failed: -22/],
    ["a member of a number", "byte_off", 5, "0:0:0", insn(MOV, 0, 0), /captures type \[1\] of unexpected kind int/],
    ["a whole type with a member", "type_size", 5, "0:0", insn(MOV, 0, 48), /failed: -22/],
    ["a value that is not", "enumval_value", 6, "2", insn(MOV, 0, 0), /failed: -22/],
    [
      "another value than compiled",
      "byte_sz",
      5,
      "0:0",
      insn(MOV, 0, 8),
      /unexpected insn #0 \(ALU\/ALU64\) value: got 8, exp 4 -> 4/,
    ],
    [
      "another offset than compiled",
      "byte_off",
      5,
      "0:0",
      insn(LDX_W, 4, 0),
      /\(LDX\/ST\/STX\) value: got 4, exp 0 -> 8/,
    ],
    ["a jump", "byte_off", 5, "0:0", insn(0x05, 0, 0), /unrecognized insn #0, code:0x5/],
    ["half a wide load", "byte_off", 5, "0:0", insn(0x18, 0, 0), /\(LDIMM64\) has unexpected form/],
    ["a type without a name", "byte_off", 3, "0", insn(MOV, 0, 0), /doesn't support anonymous types/],
  ])("%s", (_, kind, type, access, own, message) => {
    try {
      relocateCore([own], [{ insn: 0, type, access, kind }], local, later);
    } catch (error) {
      expect(error).toBeInstanceOf(CoreError);
      expect((error as CoreError).message).toMatch(message);
      return;
    }
    throw new Error("it was relocated");
  });

  it("ends where types hold each other without end", () => {
    const types = [int("int", 4)];
    for (let id = 1; id < 60; id++)
      types.push(struct(`s`, 4, member("a", id, 0), member("a", id, 0), member("", id, 0)));
    const deep = btfOf(...types);
    const asked = (kind: CoreKind, access: string) =>
      relocateCore([insn(MOV, 0, 1)], [{ insn: 0, type: 60, access, kind }], deep, deep);
    expect(() => asked("type_matches", "0")).toThrow(CoreError);
    expect(asked("field_exists", "0:0").report[0].to).toBe(1n);
  });
});

it("finds the flavour behind the last ___ between letters", () => {
  expect(["a___b", "a___b___c", "___a", "a___", "a____b", "__a___b", "abc"].map(essentialName)).toEqual([
    "a",
    "a___b",
    "___a",
    "a___",
    "a____b",
    "__a",
    "abc",
  ]);
});
