import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ElfError } from "../../src/elf/error.ts";
import { linkProgram } from "../../src/elf/link.ts";
import { openObject } from "../../src/elf/open.ts";
import { encode, fromHex } from "../../src/isa/encode.ts";
import { relocations, type WrittenSection, type WrittenSymbol, writeElf } from "./write.ts";

const real = readFileSync(new URL("../fixtures/elf/everything.bpf.o", import.meta.url));

function errorOf(bytes: Uint8Array): ElfError {
  try {
    openObject(bytes);
  } catch (error) {
    if (error instanceof ElfError) return error;
    throw error;
  }
  throw new Error("it can be read");
}

const ret0 = fromHex("b700000000000000 9500000000000000");
const text = (bytes = ret0, name = "xdp"): WrittenSection => ({ name, flags: 6, bytes });
const func = (more: Partial<WrittenSymbol> = {}): WrittenSymbol => ({
  name: "main",
  type: 2,
  binding: 1,
  section: 1,
  value: 0,
  size: ret0.length,
  ...more,
});
const patch = (at: number, value: number, bytes = writeElf([text()], [func()])) => {
  bytes[at] = value;
  return bytes;
};
const loads = encode([
  { code: 0x18, dst: 1, src: 0, offset: 0, imm: 0 },
  { code: 0, dst: 0, src: 0, offset: 0, imm: 0 },
  { code: 0x95, dst: 0, src: 0, offset: 0, imm: 0 },
]);
const related = (type: number, offset: number, target: Partial<WrittenSymbol>) =>
  writeElf(
    [text(loads), { name: ".relxdp", type: 9, info: 1, link: 3, bytes: relocations({ offset, type, symbol: 2 }) }],
    [func({ size: 24 }), { name: "thing", type: 1, binding: 1, section: 0, value: 0, size: 0, ...target }],
  );

describe("objects made by hand", () => {
  it("needs no BTF, license or names", () => {
    const object = openObject(writeElf([text()], [func()]));
    expect(object).toMatchObject({ license: "", version: undefined, maps: [], data: [], externs: [], btf: undefined });
    expect(object.programs).toMatchObject([{ name: "main", section: "xdp", insns: [{ code: 0xb7 }, { code: 0x95 }] }]);
  });

  it("reads maps from before BTF, and what refers to them", () => {
    const definition = (...words: number[]) => [...new Uint8Array(new Uint32Array(words).buffer)];
    const bytes = Uint8Array.from([...definition(1, 4, 8, 16, 0), ...definition(2, 4, 4, 1, 0x400)]);
    const object = openObject(
      writeElf(
        [
          text(loads),
          { name: "maps", bytes },
          { name: ".relxdp", type: 9, info: 1, link: 4, bytes: relocations({ offset: 0, type: 1, symbol: 3 }) },
        ],
        [
          func({ size: 24 }),
          { name: "one", type: 1, binding: 1, section: 2, value: 0, size: 20 },
          { name: "two", type: 1, binding: 1, section: 2, value: 20, size: 20 },
        ],
      ),
    );
    expect(object.maps).toMatchObject([
      { name: "one", type: 1, keySize: 4, valueSize: 8, maxEntries: 16, declared: "legacy" },
      { name: "two", type: 2, valueSize: 4, mapFlags: 0x400 },
    ]);
    expect(object.programs[0].relocations).toEqual([{ kind: "map", insn: 0, map: "two" }]);
  });

  it("takes functions that an old compiler gave no type", () => {
    const object = openObject(writeElf([text()], [func({ type: 0, size: 0 })]));
    expect(object.programs).toMatchObject([{ name: "main", insns: { length: 2 } }]);
  });
});

describe("files that are no object for BPF", () => {
  it.each([
    ["nothing", new Uint8Array(0), /no ELF file/],
    ["text", new TextEncoder().encode("#include <linux/bpf.h>"), /no ELF file/],
    ["a cut-off header", writeElf([]).subarray(0, 40), /ends after 40 bytes/],
    ["32 bits", patch(4, 1), /32-bit/],
    ["big-endian", patch(5, 2), /big-endian/],
    ["a program for x86", patch(18, 62), /machine 62/],
    ["a linked program", patch(16, 2), /not relocatable/],
    ["section headers behind the end", patch(46, 1), /behind the end of the file/],
    ["more sections than there are", patch(60, 200), /200 section headers do not fit/],
    ["names in no section", patch(62, 99), /names of sections in section 99/],
    ["a cut-off file", real.subarray(0, real.length - 100), /do not fit|behind the end/],
    ["half an instruction", writeElf([text(ret0.subarray(0, 12))], [func()]), /no whole number of instructions/],
    ["a function behind the end", writeElf([text()], [func({ size: 24 })]), /crosses section boundary/],
    ["functions that overlap", writeElf([text()], [func(), func({ name: "two", value: 8, size: 8 })]), /overlap/],
    ["a static program", writeElf([text()], [func({ binding: 0 })]), /program 'main' is static and not supported/],
    [
      "two functions of one name",
      writeElf([text(), text(ret0, "tc")], [func(), func({ section: 2 })]),
      /defined twice/,
    ],
    ["an unknown relocation", related(9, 0, {}), /relocation type 9 is none of BPF/],
    ["a relocation within an instruction", related(1, 4, { section: 1 }), /relocation within an instruction/],
    [
      "a relocation of another instruction",
      related(1, 16, { section: 1 }),
      /invalid relo against 'thing' for insns\[2\]/,
    ],
    ["an extern without BTF", related(1, 0, { type: 0 }), /failed to find BTF for extern 'thing'/],
    ["a relocation to a section without meaning", related(1, 0, { section: 4 }), /bad map relo against 'thing'/],
    ["a common symbol", related(1, 0, { section: 0xfff2 }), /special section 0xfff2; forgot to initialize/],
    ["maps without BTF", writeElf([text(), { name: ".maps", bytes: ret0 }], [func()]), /DATASEC '.maps' not found/],
    ["broken BTF", writeElf([text(), { name: ".BTF", bytes: ret0 }], [func()]), /btf_header not found|Invalid magic/],
    ["a version of two bytes", writeElf([{ name: "version", bytes: ret0.subarray(0, 2) }]), /invalid kver section/],
  ])("%s", (_, bytes, message) => {
    const error = errorOf(bytes);
    expect(error.message).toMatch(message);
    expect(error.section).not.toBe("");
    expect(error.offset).toBeGreaterThanOrEqual(0);
  });

  it("mutated: an error with section and offset, or an object whose programs link", () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(edits, fc.boolean(), fc.nat(), (list, nearEnd, cut) => {
        const bytes = new Uint8Array(real);
        // Half of the time where the headers are: elsewhere is mostly text.
        const from = nearEnd ? bytes.length - 64 * 30 : 0;
        for (const [at, value] of list) bytes[from + (at % (bytes.length - from))] = value;
        try {
          const object = openObject(cut % 8 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes);
          for (const { name } of object.programs) linkProgram(object, name);
        } catch (error) {
          expect(error).toBeInstanceOf(ElfError);
        }
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 50_000 : 1000 },
    );
  });
});
