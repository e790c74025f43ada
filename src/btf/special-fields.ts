/** What lies in memory that programs share with Linux: locks, timers, kernel pointers, found by the names of their types. */
import { type Btf, MAX_DEPTH } from "./btf.ts";
import { declTags } from "./decl-tags.ts";
import type { BtfType } from "./type.ts";

/** Fields that are structs of these names, with the bytes that they take and how they are aligned; `unique`: one in a struct. */
const STRUCTS = {
  bpf_spin_lock: { size: 4, align: 4, unique: true },
  bpf_res_spin_lock: { size: 4, align: 4, unique: true },
  bpf_timer: { size: 16, align: 8, unique: true },
  bpf_wq: { size: 16, align: 8, unique: true },
  bpf_task_work: { size: 8, align: 8, unique: true },
  bpf_list_head: { size: 16, align: 8, unique: false },
  bpf_list_node: { size: 24, align: 8, unique: false },
  bpf_rb_root: { size: 16, align: 8, unique: false },
  bpf_rb_node: { size: 32, align: 8, unique: false },
  bpf_refcount: { size: 4, align: 4, unique: false },
} as const;

/** Pointers by their type tags. */
const TAGS = { kptr_untrusted: "kptr_untrusted", kptr: "kptr", percpu_kptr: "percpu_kptr", uptr: "uptr" } as const;

/** A kind of special field, named as in C: the struct, or the tag of the pointer. */
export type SpecialKind = keyof typeof STRUCTS | keyof typeof TAGS;

/** One special field. */
export interface SpecialField {
  readonly kind: SpecialKind;
  /** Bytes from the beginning of the value. */
  readonly offset: number;
  readonly size: number;
  /** Of a pointer: the struct that it points to, a type of the same BTF. */
  readonly target?: number;
  /** Of the head of a list or the root of a tree: what it holds. */
  readonly holds?: GraphElements;
}

/** What a list or tree holds, as its tag `contains:STRUCT:MEMBER` says. */
export interface GraphElements {
  /** The struct, a type of the same BTF. */
  readonly struct: number;
  /** Bytes from its beginning to the node. */
  readonly node: number;
}

/** Why the fields cannot be told: Linux then takes the value as one without fields. */
export type SpecialFieldsError = "EINVAL" | "E2BIG" | "EEXIST" | "ENOENT";

/** Linux's limit of special fields in one value. */
const MAX_FIELDS = 11;

/** Kinds that own other objects, and the node by which they do. */
const NODES = { bpf_list_head: "bpf_list_node", bpf_rb_root: "bpf_rb_node" } as const;

const isRoot = (kind: SpecialKind): kind is keyof typeof NODES => Object.hasOwn(NODES, kind);

/** Who has a field: a member of a struct, or a variable (member -1). */
interface Holder {
  readonly id: number;
  readonly member: number;
}

/** What the tag `contains:STRUCT:MEMBER` of a root says. */
function graphElements(btf: Btf, { id, member }: Holder, node: SpecialKind): GraphElements | SpecialFieldsError {
  let found: string | undefined;
  for (const tag of declTags(btf, id))
    if (tag.component === member && tag.name.startsWith("contains:")) {
      if (found !== undefined) return "EEXIST";
      found = tag.name.slice("contains:".length);
    }
  const colon = found?.indexOf(":") ?? -1;
  if (found === undefined || colon < 0 || colon === found.length - 1) return "EINVAL";
  const struct = btf.byName(found.slice(0, colon), "struct");
  if (struct === undefined) return "ENOENT";
  const members = struct.members.filter(({ name }) => name === found.slice(colon + 1));
  if (members.length !== 1) return members.length === 0 ? "ENOENT" : "EINVAL";
  const type = btf.type(members[0].type);
  const at = members[0].bitOffset / 8;
  return type.kind === "struct" && type.name === node && at % 8 === 0 ? { struct: struct.id, node: at } : "EINVAL";
}

const isPointerKind = (kind: SpecialKind): boolean => Object.hasOwn(TAGS, kind);

class Search {
  readonly found: SpecialField[] = [];
  readonly #btf: Btf;
  readonly #wanted: ReadonlySet<SpecialKind>;

  constructor(btf: Btf, wanted: ReadonlySet<SpecialKind>) {
    this.#btf = btf;
    this.#wanted = wanted;
  }

  /** Fields of a struct at `offset`; an error ends the search. */
  struct(type: BtfType, offset: number, depth: number): SpecialFieldsError | undefined {
    if (type.kind !== "struct") return "EINVAL";
    if (depth >= MAX_DEPTH) return "E2BIG";
    const seen = new Set<SpecialKind>();
    for (const member of type.members) {
      if (member.bitOffset % 8 !== 0) return "EINVAL";
      const holder = { id: type.id, member: type.members.indexOf(member) };
      const error = this.variable(this.#btf.type(member.type), offset + member.bitOffset / 8, 0, seen, depth, holder);
      if (error) return error;
    }
    return undefined;
  }

  /** Fields of the variables of a section. */
  section(type: BtfType): SpecialFieldsError | undefined {
    if (type.kind !== "datasec") return "EINVAL";
    const seen = new Set<SpecialKind>();
    for (const entry of type.vars) {
      const variable = this.#btf.type(entry.type);
      if (variable.kind !== "var") return "EINVAL";
      const holder = { id: entry.type, member: -1 };
      const error = this.variable(this.#btf.type(variable.type), entry.offset, entry.size, seen, 0, holder);
      if (error) return error;
    }
    return undefined;
  }

  /** One variable or member; `expected` bytes, 0 for any number. */
  variable(
    outer: BtfType,
    offset: number,
    expected: number,
    seen: Set<SpecialKind>,
    depth: number,
    holder: Holder,
  ): SpecialFieldsError | undefined {
    let type = outer;
    let count = 1;
    for (let nested = 0; type.kind === "array"; nested++) {
      if (nested === MAX_DEPTH) return "E2BIG";
      count *= type.length;
      type = this.#btf.type(type.type);
    }
    if (count === 0) return undefined;
    const kind = this.#kindOf(type);
    if (kind === undefined) {
      if (type.kind !== "struct" || (expected !== 0 && expected !== type.size * count)) return undefined;
      return this.#nested(type, offset, count, depth);
    }
    const { size, align } = rowOf(kind);
    if (rowOf(kind).unique) {
      if (seen.has(kind)) return "E2BIG";
      seen.add(kind);
    }
    if ((expected !== 0 && expected !== size * count) || offset % align !== 0) return undefined;
    const first = this.found.length;
    const error = isPointerKind(kind) ? this.#pointer(type, offset) : this.#add(type, kind, offset, holder);
    return error ?? (this.found.length > first ? this.#repeat(first, count, size) : undefined);
  }

  #nested(type: BtfType & { readonly size: number }, offset: number, count: number, depth: number) {
    const first = this.found.length;
    const error = this.struct(type, offset, depth + 1);
    return error ?? (this.found.length > first ? this.#repeat(first, count, type.size) : undefined);
  }

  /** A type that no struct's name tells may be a pointer with a tag. */
  #kindOf(type: BtfType): SpecialKind | undefined {
    if (Object.hasOwn(STRUCTS, type.name) && this.#wanted.has(type.name as SpecialKind))
      return type.name as SpecialKind;
    return type.kind !== "struct" && this.#wanted.has("kptr") ? "kptr" : undefined;
  }

  #add(type: BtfType, kind: SpecialKind, offset: number, holder: Holder): SpecialFieldsError | undefined {
    const { size } = rowOf(kind);
    if (type.kind !== "struct" || type.size !== size) return undefined;
    const holds = isRoot(kind) ? graphElements(this.#btf, holder, NODES[kind]) : undefined;
    if (typeof holds === "string") return holds;
    if (this.found.length === MAX_FIELDS) return "E2BIG";
    this.found.push({ kind, offset, size, ...(holds ? { holds } : {}) });
    return undefined;
  }

  #pointer(outer: BtfType, offset: number): SpecialFieldsError | undefined {
    const pointer = outer.kind === "volatile" ? this.#btf.type(outer.type) : outer;
    if (pointer.kind !== "ptr") return undefined;
    const tag = this.#btf.type(pointer.type);
    if (tag.kind !== "type_tag" || tag.attribute) return undefined;
    if (this.#btf.type(tag.type).kind === "type_tag" || !Object.hasOwn(TAGS, tag.name)) return "EINVAL";
    const kind = tag.name as SpecialKind;
    if (!this.#wanted.has(kind)) return undefined;
    const target = this.#btf.resolve(tag.type);
    if (target.kind !== "struct") return "EINVAL";
    if (this.found.length === MAX_FIELDS) return "E2BIG";
    this.found.push({ kind, offset, size: 8, target: target.id });
    return undefined;
  }

  /** In an array each element has the fields of the first; only some kinds may be in one. */
  #repeat(first: number, count: number, step: number): SpecialFieldsError | undefined {
    if (count === 1) return undefined;
    const fields = this.found.slice(first);
    if (!fields.every(({ kind }) => isPointerKind(kind) || kind === "bpf_list_head" || kind === "bpf_rb_root"))
      return "EINVAL";
    if (first + fields.length * count > MAX_FIELDS) return "E2BIG";
    for (let k = 1; k < count; k++)
      for (const field of fields) this.found.push({ ...field, offset: field.offset + k * step });
    return undefined;
  }
}

const rowOf = (kind: SpecialKind): { readonly size: number; readonly align: number; readonly unique: boolean } =>
  isPointerKind(kind) ? { size: 8, align: 8, unique: false } : STRUCTS[kind as keyof typeof STRUCTS];

/** Kinds that an object of the program's may have. */
export const OBJECT_KINDS: ReadonlySet<SpecialKind> = new Set<SpecialKind>([
  "bpf_spin_lock",
  "bpf_res_spin_lock",
  "bpf_list_head",
  "bpf_list_node",
  "bpf_rb_root",
  "bpf_rb_node",
  "bpf_refcount",
  "kptr_untrusted",
  "kptr",
  "percpu_kptr",
]);

/** Kinds that the value of a map may have. */
export const MAP_VALUE_KINDS: ReadonlySet<SpecialKind> = new Set<SpecialKind>([
  "bpf_spin_lock",
  "bpf_res_spin_lock",
  "bpf_timer",
  "bpf_wq",
  "bpf_task_work",
  "bpf_list_head",
  "bpf_rb_root",
  "bpf_refcount",
  "kptr_untrusted",
  "kptr",
  "percpu_kptr",
  "uptr",
]);

/**
 * The special fields of a type (a struct, or a section of data) as Linux's `btf_parse_fields` finds them, by offset; or the
 * errno where the type has a fault, such as two locks. Which types of maps may have which is not looked at.
 *
 * @example specialFields(btf, btf.byName("value", "struct")!.id) // [{ kind: "bpf_spin_lock", offset: 0, size: 4 }]
 */
export function specialFields(
  btf: Btf,
  id: number,
  wanted: ReadonlySet<SpecialKind> = MAP_VALUE_KINDS,
): readonly SpecialField[] | SpecialFieldsError {
  const type = btf.type(id);
  const search = new Search(btf, wanted);
  // A type of another kind has no fields to look for: an error in Linux, too, with the same outcome.
  const error = type.kind === "datasec" ? search.section(type) : search.struct(type, 0, 0);
  if (error) return error;
  const { found } = search;
  let end = 0;
  for (const { offset, size } of found) {
    if (offset < end) return "EEXIST";
    end = offset + size;
  }
  const has = (...kinds: SpecialKind[]): boolean => found.some(({ kind }) => kinds.includes(kind));
  const locked = has("bpf_spin_lock", "bpf_res_spin_lock");
  if (has("bpf_spin_lock") && has("bpf_res_spin_lock")) return "EINVAL";
  if (has("bpf_list_head", "bpf_rb_root") && !locked) return "EINVAL";
  if (!has("bpf_refcount") && has("bpf_list_node") && has("bpf_rb_node")) return "EINVAL";
  return [...found].sort((a, b) => a.offset - b.offset);
}
