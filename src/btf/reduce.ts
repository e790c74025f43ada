import type { Btf } from "./btf.ts";
import { buildBtf } from "./build.ts";
import type { BtfType, BtfTypeSpec } from "./type.ts";

/** Which types of a BTF to keep. */
export interface Reduction {
  /** Ids of the types that are wanted whole. */
  readonly roots: Iterable<number>;
  /**
   * How many pointers away from a root a struct with a name is still kept whole; beyond that it becomes a forward
   * declaration.
   */
  readonly pointers: number;
}

/**
 * A smaller BTF with the wanted types, what they contain, and what they point to as far as asked. Tags on kept types
 * stay. Types are renumbered in their old order.
 *
 * @example
 * parseBtf(reduceBtf(vmlinux, { roots: [taskStructId], pointers: 1 }));
 */
export function reduceBtf(btf: Btf, { roots, pointers }: Reduction): Uint8Array<ArrayBuffer> {
  const distance = new Map<number, number>();
  const forward = new Set<number>();
  /** Ids to look at, by the number of pointers from a root. */
  let level = [...roots];
  for (let far = 0; level.length > 0; far++) {
    const next: number[] = [];
    const stack = level;
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (id === 0 || distance.has(id)) continue;
      const type = btf.type(id);
      if (far > pointers && (type.kind === "struct" || type.kind === "union") && type.name !== "") {
        forward.add(id);
        continue;
      }
      forward.delete(id);
      distance.set(id, far);
      for (const to of references(type)) (type.kind === "ptr" ? next : stack).push(to);
    }
    level = next.filter((id) => !distance.has(id));
  }
  const tags = [...btf.types()].filter((type) => type.kind === "decl_tag" && distance.has(type.type));
  const kept = [...distance.keys(), ...forward, ...tags.map(({ id }) => id)].sort((a, b) => a - b);
  const numbers = new Map<number, number>([[0, 0]]);
  const declared = new Map<string, number>();
  const list: BtfType[] = [];
  for (const id of kept) {
    const type = btf.type(id);
    const key = forward.has(id) ? `${type.kind} ${type.name}` : undefined;
    const before = key === undefined ? undefined : declared.get(key);
    numbers.set(id, before ?? list.length + 1);
    if (before !== undefined) continue;
    list.push(type);
    if (key !== undefined) declared.set(key, list.length);
  }
  const renumber = (id: number) => numbers.get(id)!;
  return buildBtf(list.map((type) => (forward.has(type.id) ? forwardOf(type) : renumbered(type, renumber))));
}

const forwardOf = ({ kind, name }: BtfType): BtfTypeSpec => ({
  kind: "fwd",
  name,
  of: kind === "union" ? "union" : "struct",
});

/** Ids that a type refers to. */
export function references(type: BtfType): number[] {
  const found: number[] = [];
  if ("type" in type) found.push(type.type);
  if (type.kind === "array") found.push(type.indexType);
  if ("members" in type) for (const member of type.members) found.push(member.type);
  if ("params" in type) for (const param of type.params) found.push(param.type);
  if ("vars" in type) for (const entry of type.vars) found.push(entry.type);
  return found;
}

/** A type with other ids. */
export function renumbered(type: BtfType, to: (id: number) => number): BtfTypeSpec {
  switch (type.kind) {
    case "void":
    case "int":
    case "float":
    case "enum":
    case "enum64":
    case "fwd":
      return type as BtfTypeSpec;
    case "array":
      return { ...type, type: to(type.type), indexType: to(type.indexType) };
    case "struct":
    case "union":
      return { ...type, members: type.members.map((each) => ({ ...each, type: to(each.type) })) };
    case "func_proto":
      return { ...type, type: to(type.type), params: type.params.map((each) => ({ ...each, type: to(each.type) })) };
    case "datasec":
      return { ...type, vars: type.vars.map((each) => ({ ...each, type: to(each.type) })) };
    case "ptr":
    case "typedef":
    case "volatile":
    case "const":
    case "restrict":
    case "func":
    case "var":
    case "decl_tag":
    case "type_tag":
      return { ...type, type: to(type.type) };
  }
}
