import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBtf } from "../../src/btf/btf.ts";
import { buildBtf } from "../../src/btf/build.ts";
import { dedupeBtf } from "../../src/btf/dedupe.ts";
import { dumpBtf } from "../../src/btf/dump.ts";
import { renumbered } from "../../src/btf/reduce.ts";
import type { BtfTypeSpec } from "../../src/btf/type.ts";
import { readElf } from "../../src/elf/file.ts";
import { anyTypes } from "./arbitrary.ts";
import { int, member, ptr, struct, typedef } from "./types.ts";

/** Variables and sections of them are never one. */
const isPlace = ({ kind }: BtfTypeSpec): boolean => kind === "var" || kind === "datasec";

const deduped = (types: readonly BtfTypeSpec[]) => parseBtf(dedupeBtf(parseBtf(buildBtf(types))));

/** The same types a second time, behind the first. */
const twice = (types: readonly BtfTypeSpec[]): BtfTypeSpec[] => {
  const moved = parseBtf(buildBtf(types)).types();
  return [...types, ...[...moved].map((type) => renumbered(type, (id) => (id === 0 ? 0 : id + types.length)))];
};

describe("each type once", () => {
  it("around cycles", () => {
    const list = [int("int", 4), struct("node", 16, member("a", 1, 0), member("next", 3, 8)), ptr(2), typedef("t", 2)];
    expect(deduped(twice(list)).count).toBe(5);
    expect(dumpBtf(deduped(twice(list)))).toBe(dumpBtf(parseBtf(buildBtf(list))));
  });

  it("apart where anything behind them differs", () => {
    const types = [
      ...[int("int", 4), ptr(1), struct("s", 8, member("p", 2, 0))],
      ...[int("char", 1), ptr(4), struct("s", 8, member("p", 5, 0))],
    ];
    expect(deduped(types).count).toBe(7);
  });

  it("a forward declaration becomes the struct, and then more is the same", () => {
    const fwd: BtfTypeSpec = { kind: "fwd", name: "b", of: "struct" };
    const types = [
      ...[int("int", 4), fwd, ptr(2), struct("a", 8, member("b", 3, 0))],
      ...[struct("b", 4, member("x", 1, 0)), ptr(5), struct("a", 8, member("b", 6, 0))],
    ];
    const btf = deduped(types);
    expect([...btf.types()].map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "int int",
      "ptr ",
      "struct a",
      "struct b",
    ]);
    expect(btf.resolve(2)).toMatchObject({ type: 4 });
  });

  it("stays a forward declaration where there are two", () => {
    const types: BtfTypeSpec[] = [{ kind: "fwd", name: "b", of: "struct" }, struct("b", 4), struct("b", 8)];
    expect(deduped(types).count).toBe(4);
  });

  it("written twice is as written once, and doing it again changes nothing", () => {
    fc.assert(
      fc.property(anyTypes, (types) => {
        const alone = types.map((type) => (isPlace(type) ? { kind: "const" as const, name: "", type: 0 } : type));
        expect(dumpBtf(deduped(twice(alone)))).toBe(dumpBtf(deduped(alone)));
        const once = deduped(types);
        expect(dumpBtf(parseBtf(dedupeBtf(once)))).toBe(dumpBtf(once));
      }),
    );
  });

  it("keeps variables apart: two of one name and type are two places", () => {
    const variable: BtfTypeSpec = { kind: "var", name: "hidden", type: 1, linkage: "static" };
    expect(deduped([int("int", 4), variable, variable]).count).toBe(4);
  });

  it("leaves what clang wrote for one file as it is", () => {
    const file = readElf(readFileSync(new URL("../fixtures/elf/core.bpf.o", import.meta.url)));
    const btf = parseBtf(file.sections.find(({ name }) => name === ".BTF")!.bytes);
    expect(parseBtf(dedupeBtf(btf)).count).toBeLessThanOrEqual(btf.count);
    expect(parseBtf(dedupeBtf(btf)).byName("task_struct", "struct")!.size).toBe(
      btf.byName("task_struct", "struct")!.size,
    );
  });
});
