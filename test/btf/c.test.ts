import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBtf } from "../../src/btf/btf.ts";
import { buildBtf } from "../../src/btf/build.ts";
import { padding } from "../../src/btf/c/padding.ts";
import { printHeader, printTypes } from "../../src/btf/c/print.ts";
import { BtfError } from "../../src/btf/error.ts";
import type { BtfTypeSpec } from "../../src/btf/type.ts";
import { anyTypes } from "./arbitrary.ts";
import { array, bits, constant, int, member, ptr, struct, tag, typedef, union } from "./types.ts";

/** The C of all types, without the lines around it. */
function inC(...types: BtfTypeSpec[]): string {
  const btf = parseBtf(buildBtf(types));
  return printTypes(
    btf,
    Array.from({ length: btf.count - 1 }, (_, index) => index + 1),
  ).trimEnd();
}

const proto = (type: number, ...params: [string, number][]): BtfTypeSpec => ({
  kind: "func_proto",
  name: "",
  type,
  params: params.map(([name, of]) => ({ name, type: of })),
});

/** The declaration of one member of this type, after `int` as type 1 and `char` as type 2. */
function declared(...types: BtfTypeSpec[]): string {
  const last = types.length + 2;
  const text = inC(int("int", 4, "signed"), int("char", 1, "char"), ...types, struct("s", 64, member("x", last, 0)));
  return /\{\n\t(.*x.*);\n/.exec(text)![1];
}

describe("declarations in C", () => {
  it.each<[string, BtfTypeSpec[]]>([
    ["int *x", [ptr(1)]],
    ["const char *x", [constant(2), ptr(3)]],
    ["char * const x", [ptr(2), constant(3)]],
    ["int **x", [ptr(1), ptr(3)]],
    ["int x[3]", [array(1, 3)]],
    ["int x[2][3]", [array(1, 3), array(3, 2)]],
    ["int *x[3]", [ptr(1), array(3, 3)]],
    ["int (*x)[3]", [array(1, 3), ptr(3)]],
    ["int (*x)(void)", [proto(1), ptr(3)]],
    ["void (*x)(int a, char)", [proto(0, ["a", 1], ["", 2]), ptr(3)]],
    ["int (*x)(char *fmt, ...)", [ptr(2), proto(1, ["fmt", 3], ["", 0]), ptr(4)]],
    ["int (*x[4])(int)", [proto(1, ["", 1]), ptr(3), array(4, 4)]],
    ["int (* (*x)(int))(void)", [proto(1), ptr(3), proto(4, ["", 1]), ptr(5)]],
    ['int __attribute__((btf_type_tag("rcu"))) *x', [tag("rcu", 1), ptr(3)]],
  ])("%s", (text, types) => expect(declared(...types)).toBe(text));
});

describe("definitions in C", () => {
  it("declare what is only pointed to, and define what is contained first", () => {
    const text = inC(
      int("int", 4, "signed"),
      struct("outer", 16, member("other", 3, 0), member("in", 4, 8)),
      ptr(5),
      struct("inner", 4, member("a", 1, 0)),
      struct("later", 8, member("back", 6, 0)),
      ptr(2),
    );
    expect(text.split("\n\n").map((part) => part.split("\n")[0])).toEqual([
      "struct inner {",
      "struct later;",
      "struct outer {",
      "struct later {",
    ]);
  });

  it("write what has no name in place", () => {
    const text = inC(
      int("int", 4),
      struct("s", 8, member("", 3, 0), member("kind", 4, 4)),
      union("", 4, member("a", 1, 0), member("b", 1, 0)),
      { kind: "enum", name: "", size: 4, signed: true, values: [{ name: "LOW", value: -1 }] },
    );
    expect(text).toBe("struct s {\n\tunion {\n\t\tint a;\n\t\tint b;\n\t};\n\tenum {\n\t\tLOW = -1,\n\t} kind;\n};");
  });

  it("give the second of a name another", () => {
    const text = inC(
      int("int", 4),
      struct("s", 4, member("a", 1, 0)),
      struct("s", 8, member("a", 1, 0), member("b", 1, 4)),
    );
    expect(text).toMatch(/struct s \{[^}]*\};\n\nstruct s___2 \{/);
  });

  it("pad and pack where C would lay out otherwise", () => {
    expect(inC(int("int", 4), struct("s", 24, member("a", 1, 0), member("b", 1, 16)))).toContain(
      "int a;\n\tlong: 64;\n\tint b;\n",
    );
    expect(inC(int("int", 4), int("char", 1), struct("s", 5, member("a", 2, 0), member("b", 1, 1)))).toContain(
      "} __attribute__((packed))",
    );
    expect(inC(int("int", 4), struct("s", 4, bits("a", 1, 0, 3), bits("b", 1, 8, 4)))).toContain(
      "int a: 3;\n\tchar: 5;\n\tint b: 4;",
    );
  });

  it("know enums of all widths", () => {
    const values = [{ name: "BIG", value: 0x1_0000_0000n }];
    expect(inC({ kind: "enum64", name: "e", size: 8, signed: false, values })).toBe(
      "enum e {\n\tBIG = 4294967296ULL,\n};",
    );
    expect(inC({ kind: "enum", name: "b", size: 1, signed: false, values: [{ name: "X", value: 1 }] })).toContain(
      "mode(byte)",
    );
  });

  it("go around typedefs and structs that need each other", () => {
    const text = inC(int("int", 4), struct("node", 8, member("next", 3, 0)), ptr(4), typedef("node_t", 2));
    expect(text).toBe("struct node;\n\ntypedef struct node node_t;\n\nstruct node {\n\tnode_t *next;\n};");
  });

  it("are an error where types contain themselves", () => {
    expect(() => inC(int("int", 4), struct("s", 4, member("a", 2, 0)))).toThrow(/unsatisfiable type cycle/);
    const twice = [int("int", 4)];
    for (let id = 1; id < 40; id++) twice.push(struct("", 4, member("a", id, 0), member("b", id, 0)));
    expect(() => inC(...twice, struct("s", 4, member("x", 40, 0)))).toThrow(/too large to write in C/);
  });

  it("are an error where a gap is larger than any text", () => {
    expect(() => inC(int("int", 4), struct("s", 0xffff_fff0, member("a", 1, 0)))).toThrow(/too large to write in C/);
  });

  it("of any types: text or an error", () => {
    fc.assert(
      fc.property(anyTypes, (types) => {
        try {
          expect(printHeader(parseBtf(buildBtf(types)))).toMatch(/^#ifndef __VMLINUX_H__/);
        } catch (error) {
          expect(error).toBeInstanceOf(BtfError);
        }
      }),
    );
  });
});

it("padding fills a gap exactly", () => {
  const WIDTH: Record<string, number> = { long: 64, int: 32, short: 16, char: 8 };
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), fc.constantFrom(1, 2, 4, 8), fc.boolean(), (from, gap, align, inBitfield) => {
      const to = Math.ceil((from + gap) / (align * 8)) * align * 8;
      let at = from;
      for (const each of padding(from, to, align, inBitfield)) {
        const [, type, width] = /^(\w+): (\d+)$/.exec(each)!;
        // A nameless bitfield lies within one of its type; one of width 0 goes to the next.
        const next = Math.ceil(at / WIDTH[type]) * WIDTH[type];
        const fits = Math.floor(at / WIDTH[type]) === Math.floor((at + Number(width) - 1) / WIDTH[type]);
        if (width === "0") at = next;
        else at = (fits ? at : next) + Number(width);
        expect(at).toBeLessThanOrEqual(Math.max(from, to));
      }
      if (from < to) expect(Math.ceil(at / (align * 8)) * align * 8).toBe(to);
    }),
  );
});
