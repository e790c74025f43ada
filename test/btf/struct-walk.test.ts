import { describe, expect, it } from "vitest";
import { parseBtf } from "../../src/btf/btf.ts";
import { buildBtf } from "../../src/btf/build.ts";
import { pathAt, pathOf } from "../../src/btf/member-path.ts";
import { structAccess, structWalk } from "../../src/btf/struct-walk.ts";
import { array, bits, constant, int, member, ptr, struct, tag, union } from "./types.ts";

const ids = { int: 1, ptr: 2, inner: 3, task: 4, comm: 5, char: 6, flex: 7, tagged: 8, anon: 10, rcu: 11, void: 12 };
const btf = parseBtf(
  buildBtf([
    int("int", 4, "signed"),
    ptr(4),
    struct("inner", 16, member("weight", 1, 0), member("next", 2, 8)),
    struct(
      "task",
      96,
      member("se", 3, 0),
      member("comm", 5, 16),
      bits("on", 1, 33 * 8, 1),
      bits("off", 1, 33 * 8 + 1, 7),
      member("real", 11, 40),
      member("", 10, 48),
      member("any", 12, 56),
      member("grid", 13, 64),
      member("pair", 16, 80),
    ),
    array(6, 16),
    int("char", 1, "char"),
    struct("flex", 8, member("count", 1, 0), member("items", 14, 8)),
    tag("rcu", 9),
    constant(4),
    union("", 8, member("exit_code", 1, 0), member("exit_task", 2, 0)),
    ptr(8),
    ptr(0),
    array(15, 2),
    array(3, 0),
    array(1, 2),
    struct("wrap", 16, member("a", 2, 0), member("u", 17, 8)),
    union("pointers", 8, member("b", 2, 0), member("c", 12, 0)),
  ]),
);

describe("what Linux's verifier finds in an object", () => {
  it.each([
    ["a number", 0, 4, { kind: "scalar", throughUnion: false }],
    ["part of a number", 2, 1, { kind: "scalar", throughUnion: false }],
    [
      "an untagged pointer",
      8,
      8,
      { kind: "pointer", id: ids.task, member: "next", tag: undefined, throughUnion: false },
    ],
    ["a tagged pointer", 40, 8, { kind: "pointer", id: ids.task, member: "real", tag: "rcu", throughUnion: false }],
    ["a union, by its first member", 48, 8, { kind: "scalar", throughUnion: true }],
    [
      "the pointer of a union",
      88,
      8,
      { kind: "pointer", id: ids.task, member: "b", tag: undefined, throughUnion: true },
    ],
    ["a void pointer", 56, 8, { kind: "memory", throughUnion: false }],
    ["several elements of an array of numbers", 18, 8, { kind: "scalar", throughUnion: false }],
    ["a bitfield's byte", 33, 1, { kind: "scalar", throughUnion: false }],
    ["an array of arrays", 76, 4, { kind: "scalar", throughUnion: false }],
  ])("%s", (_, offset, size, expected) => {
    expect(structAccess(btf, ids.task, offset, size)).toEqual(expected);
  });

  it.each([
    [96, 4, "EACCES", "access beyond struct task at off 96 size 4"],
    [8, 4, "EACCES", "cannot access ptr member next with moff 8 in struct inner with off 8 size 4"],
    [30, 4, "EACCES", "access beyond the end of member comm (mend:32) in struct task with off 30 size 4"],
    [34, 2, "EINVAL", "struct task doesn't have field at offset 34"],
    [4, 4, "EINVAL", "struct inner doesn't have field at offset 4"],
  ])("refuses offset %i, size %i", (offset, size, errno, message) => {
    expect(structAccess(btf, ids.task, offset, size)).toMatchObject({ kind: "error", errno, message });
  });

  it("tells a struct from its first member", () => {
    expect(structWalk(btf, ids.task, 0, 4)).toEqual({ kind: "struct", id: ids.inner, throughUnion: false });
  });

  it("goes behind the end of a struct with a flexible array", () => {
    expect(structAccess(btf, ids.flex, 8 + 16 * 5 + 8, 8)).toMatchObject({ kind: "pointer", id: ids.task });
    expect(structAccess(btf, ids.flex, 6, 4)).toMatchObject({ kind: "error" });
  });

  it("wants a struct", () => {
    expect(structWalk(btf, ids.int, 0, 4)).toMatchObject({ errno: "EINVAL", message: "Type 'int' is not a struct" });
  });
});

describe("the members at an offset", () => {
  it.each([
    [0, 16, "se"],
    [0, 4, "se.weight"],
    [8, 8, "se.next"],
    [19, 1, "comm[3]"],
    [16, 16, "comm"],
    [33, 1, "on"],
    [48, 4, "exit_code"],
    [48, 8, "exit_task"],
    [80, 8, "pair.a"],
    [80, 16, "pair"],
    [76, 4, "grid[1][1]"],
  ])("%i, %i bytes: %s", (offset, size, text) => {
    expect(pathAt(btf, ids.task, offset, size)?.text).toBe(text);
  });

  it("are none in a hole, across members or behind the end", () => {
    for (const [offset, size] of [
      [4, 4],
      [12, 8],
      [96, 1],
    ])
      expect(pathAt(btf, ids.task, offset, size)).toBeUndefined();
  });

  it("reach into a flexible array", () => {
    expect(pathAt(btf, ids.flex, 8 + 32, 4)?.text).toBe("items[2].weight");
  });
});

describe("a member by its C expression", () => {
  it.each([
    ["se.next", 64, 0],
    ["comm[3]", 19 * 8, 0],
    ["exit_task", 48 * 8, 0],
    ["off", 33 * 8 + 1, 7],
    ["grid[1][1]", 76 * 8, 0],
  ])("%s", (text, bitOffset, bitSize) => {
    expect(pathOf(btf, ids.task, text)).toMatchObject({ text, bitOffset, bitSize });
  });

  it("is none where there is no such member", () => {
    for (const text of ["none", "se.none", "se[0]", "comm.x"]) expect(pathOf(btf, ids.task, text)).toBeUndefined();
  });
});
