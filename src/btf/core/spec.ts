import type { Btf } from "../btf.ts";
import type { CoreKind } from "../ext.ts";
import { sizeOf } from "../size.ts";
import { type ArrayType, type BtfType, isComposite } from "../type.ts";
import { CoreFault } from "./error.ts";

/** One step that a relocation remembers: a named member, an enum's value, or an element of an array. */
export interface Accessor {
  /** The struct, union or enum; for elements the type of the element. */
  readonly type: number;
  readonly index: number;
  /** `undefined` for elements. */
  readonly name: string | undefined;
}

/** What a relocation is about, in the terms of one BTF: the program's own, or the one of Linux. */
export interface CoreSpec {
  readonly btf: Btf;
  readonly kind: CoreKind;
  readonly root: number;
  /** Without the anonymous members in between. */
  readonly accessors: readonly Accessor[];
  /** All indices. */
  readonly raw: readonly number[];
  readonly bitOffset: number;
}

/** Longest chain of indices that libbpf takes. */
export const MAX_SPEC = 64;

const FIELD: ReadonlySet<CoreKind> = new Set<CoreKind>([
  ...(["byte_off", "byte_sz", "field_exists", "signed", "lshift_u64", "rshift_u64"] as const),
]);
const ENUM: ReadonlySet<CoreKind> = new Set<CoreKind>(["enumval_exists", "enumval_value"]);

/** Whether it asks about a member, about an enum's value, or about a whole type. */
export const subjectOf = (kind: CoreKind): "field" | "enum" | "type" =>
  FIELD.has(kind) ? "field" : ENUM.has(kind) ? "enum" : "type";

/** Bytes of an element or field; a type without a size cannot be one. */
export function requireSize(btf: Btf, id: number): number {
  const size = sizeOf(btf, id);
  if (size === undefined) throw new CoreFault(`type [${id}] has no size`);
  return size;
}

/** Whether an array is the flexible end of the struct that the accessor before it is a member of. */
export function isFlexible(btf: Btf, before: Accessor | undefined, array: ArrayType): boolean {
  if (before?.name === undefined || array.length > 0) return false;
  const parent = btf.type(before.type);
  return isComposite(parent) && before.index === parent.members.length - 1;
}

/** Reads the access text of a relocation in the terms of the program's own BTF. */
export function parseSpec(btf: Btf, kind: CoreKind, root: number, access: string): CoreSpec {
  const bad = (): never => {
    throw new CoreFault(`parsing [${root}] ${btf.type(root).name} + ${access} failed: -22`);
  };
  const subject = subjectOf(kind);
  const empty = { btf, kind, root, accessors: [], raw: [], bitOffset: 0 };
  if (subject === "type") return access === "0" ? empty : bad();
  if (!/^\d{1,9}(:\d{1,9})*$/.test(access)) return bad();
  const raw = access.split(":").map(Number);
  if (raw.length > MAX_SPEC) return bad();
  const first: BtfType = btf.resolve(root);
  if (subject === "enum") {
    if (first.kind !== "enum" && first.kind !== "enum64") return bad();
    const value = first.values[raw[0]];
    if (value === undefined || raw.length > 1) return bad();
    return { ...empty, raw, accessors: [{ type: first.id, index: raw[0], name: value.name }] };
  }
  const accessors: Accessor[] = [{ type: first.id, index: raw[0], name: undefined }];
  let bitOffset = raw[0] * requireSize(btf, first.id) * 8;
  let id = first.id;
  for (const [at, index] of raw.entries()) {
    if (at === 0) continue;
    const type: BtfType = btf.resolve(id);
    if (isComposite(type)) {
      const member = type.members[index] ?? bad();
      bitOffset += member.bitOffset;
      if (member.name !== "") accessors.push({ type: type.id, index, name: member.name });
      id = member.type;
    } else if (type.kind === "array") {
      if (!isFlexible(btf, accessors.at(-1), type) && index >= type.length) return bad();
      id = btf.resolve(type.type).id;
      accessors.push({ type: id, index, name: undefined });
      bitOffset += index * requireSize(btf, id) * 8;
    } else {
      const name = btf.type(root).name;
      throw new CoreFault(
        `relo for [${root}] ${name} (at idx ${at}) captures type [${id}] of unexpected kind ${type.kind}`,
      );
    }
  }
  return { btf, kind, root, accessors, raw, bitOffset };
}

/**
 * As libbpf's messages write it: `<byte_off> [55] struct task_struct.real_parent (0:95 @ offset 1224)`.
 */
export function formatSpec({ btf, kind, root, accessors, raw, bitOffset }: CoreSpec): string {
  const type = btf.type(root);
  const head = `<${kind}> [${root}] ${type.kind} ${type.name || "<anon>"}`;
  const subject = subjectOf(kind);
  if (subject === "type") return head;
  if (subject === "enum") {
    const resolved: BtfType = btf.resolve(root);
    if (resolved.kind !== "enum" && resolved.kind !== "enum64") return head;
    const { name, value } = resolved.values[raw[0]];
    return `${head}::${name} = ${value}`;
  }
  const path = accessors.map(({ name, index }, at) => {
    if (name !== undefined) return `.${name}`;
    return at > 0 || index > 0 ? `[${index}]` : "";
  });
  const bits = bitOffset % 8 === 0 ? "" : `.${bitOffset % 8}`;
  return `${head}${path.join("")} (${raw.join(":")} @ offset ${Math.floor(bitOffset / 8)}${bits})`;
}
