import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BtfError } from "../../../src/btf/error.ts";
import { ElfError } from "../../../src/elf/error.ts";
import { AttachError } from "../../../src/loader/attach.ts";
import { ObjectError } from "../../../src/loader/object/error.ts";
import { Machine } from "../../../src/machine.ts";
import { MapError } from "../../../src/maps/error.ts";
import { VerifierError } from "../../../src/verifier/verification.ts";
import { bytesOf, replaced } from "./fixtures.ts";

/** All that may come out of an object that somebody damaged. */
const KNOWN = [ElfError, BtfError, ObjectError, MapError, VerifierError, AttachError];
const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;

describe("bad input", () => {
  const m = new Machine();

  it("is no object", () => {
    expect(() => m.open(new Uint8Array(64))).toThrow(ElfError);
    expect(() => m.open(new Uint8Array(0))).toThrow(ElfError);
    expect(() => m.open("execsnoop.bpf.o" as never)).toThrow(/bytes/);
  });

  it("is cut off anywhere", () => {
    const bytes = bytesOf("execsnoop");
    for (let length = 0; length < bytes.length; length += 97)
      expect(() => m.open(bytes.slice(0, length)).load()).toThrow(ElfError);
    expect(m.bpf.programs.size).toBe(0);
  });

  it("has no license", () => {
    const object = m.open(replaced(bytesOf("execsnoop"), "license", "licence"));
    expect(() => object.load()).toThrow(/cannot call GPL-restricted function from non-GPL compatible program/);
  });

  it("has no types: it says so, and loads; maps need them", () => {
    const bare = m.open(replaced(bytesOf("loops"), ".BTF", ".XTF"));
    expect(bare.warnings).toMatch(/compiled without -g/);
    expect(m.open(bytesOf("loops")).warnings).toBe("");
    expect(() => m.open(replaced(bytesOf("execsnoop"), ".BTF", ".XTF"))).toThrow(
      /DATASEC '.maps' not found: .*compile with -g/,
    );
  });

  it("has lost its constants, which libbpf refuses", () => {
    expect(() => m.open(bytesOf("bad_rodata"))).toThrow("sec '.rodata': failed to determine size from ELF: size 0");
  });
});

describe("a damaged object", () => {
  const objects = ["execsnoop", "globals", "tail_calls", "map_in_map", "settings", "subprograms"].map(bytesOf);
  const damage = fc.record({
    object: fc.constantFrom(...objects),
    places: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
  });

  it("loads, or is refused with a typed error, and leaves nothing behind", () => {
    fc.assert(
      fc.property(damage, ({ object, places }) => {
        const bytes = object.slice();
        for (const [at, value] of places) bytes[at % bytes.length] = value;
        const m = new Machine({ cpus: 1 });
        try {
          m.open(bytes).load().destroy();
        } catch (error) {
          if (!KNOWN.some((known) => error instanceof known)) throw error;
        }
        expect(m.bpf.programs.size).toBe(0);
        expect(m.linux.maps.every((map) => map === undefined)).toBe(true);
      }),
      { numRuns: NIGHT ? 20_000 : 150 },
    );
  });
});
