import type { Btf } from "./btf.ts";
import { buildBtf } from "./build.ts";
import { references, renumbered } from "./reduce.ts";
import type { BtfTypeSpec } from "./type.ts";

/** Most rounds of comparing: types of real programs settle in a few dozen. */
const MAX_ROUNDS = 1000;

/**
 * The same types, each once: two are one where they say the same and all that they lead to does, also around cycles. A
 * forward declaration becomes the struct of that name where there is just one. The first of equal types stays; order is
 * kept. Throws `BtfError` where types nest deeper than any program's.
 *
 * @example
 * parseBtf(dedupeBtf(btf)).count <= btf.count; // true
 */
export const dedupeBtf = (btf: Btf): Uint8Array<ArrayBuffer> => buildBtf(dedupe(btf).types, btf.base);

/** The same, as types, and where each old id has gone. Variables and their sections are never one, as in libbpf. */
export function dedupe(btf: Btf): {
  readonly types: readonly BtfTypeSpec[];
  readonly idOf: (id: number) => number;
} {
  const start = btf.firstId;
  const types = [...btf.types()];
  const own = types.map((type, index) => {
    const alone = type.kind === "var" || type.kind === "datasec" ? index : undefined;
    return JSON.stringify({ ...renumbered(type, () => 0), id: 0, alone }, plain);
  });
  const alias = new Map<number, number>();
  let classes = classify(btf, types.map(references), own, alias);
  for (;;) {
    // What a forward declaration may stand for is known once its candidates have become one.
    const byName = new Map<string, Set<number>>();
    for (const [index, { kind, name }] of types.entries()) {
      if ((kind !== "struct" && kind !== "union") || name === "") continue;
      const key = `${kind} ${name}`;
      byName.set(key, (byName.get(key) ?? new Set()).add(classes[index]));
    }
    const before = alias.size;
    for (const [index, type] of types.entries()) {
      if (type.kind !== "fwd") continue;
      const found = byName.get(`${type.of} ${type.name}`);
      if (found?.size === 1) alias.set(start + index, start + classes.indexOf([...found][0]));
    }
    if (alias.size === before) break;
    classes = classify(btf, types.map(references), own, alias);
  }
  const first = new Map<number, number>();
  const kept = types.filter((_, index) => {
    if (alias.has(start + index) || first.has(classes[index])) return false;
    first.set(classes[index], start + first.size);
    return true;
  });
  const number = (id: number) => {
    if (id < start) return id;
    return first.get(classes[(alias.get(id) ?? id) - start])!;
  };
  return { types: kept.map((type) => renumbered(type, number)), idOf: number };
}

const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);

/** Classes of equal types by index: first by what they say, then apart by the classes of what they refer to. */
function classify(
  btf: Btf,
  refer: readonly number[][],
  own: readonly string[],
  alias: ReadonlyMap<number, number>,
): number[] {
  let keys = own;
  let count = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const seen = new Map<string, number>();
    const classes = keys.map((key) => {
      const known = seen.get(key) ?? seen.size;
      seen.set(key, known);
      return known;
    });
    if (seen.size === count) return classes;
    count = seen.size;
    // A type of the base has the one class that it always had: its own.
    const classOf = (id: number) => (id < btf.firstId ? -id - 1 : classes[(alias.get(id) ?? id) - btf.firstId]);
    keys = classes.map((each, index) => `${each} ${refer[index].map(classOf).join(" ")}`);
  }
  throw btf.error(btf.firstId, "types nest too deep");
}
