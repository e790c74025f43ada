/** Structs of a program's types that are more than data: what `bpf_obj_new` makes of them can be locked, listed, counted. */
import type { Btf } from "./btf.ts";
import { OBJECT_KINDS, type SpecialField, specialFields } from "./special-fields.ts";

/** A struct of one of these names as a member makes a struct special; a resilient lock alone does not, as on Linux. */
const SPECIAL_STRUCTS = [
  "bpf_spin_lock",
  "bpf_list_head",
  "bpf_list_node",
  "bpf_rb_root",
  "bpf_rb_node",
  "bpf_refcount",
] as const;

const POINTER_TAGS: ReadonlySet<string> = new Set(["kptr", "kptr_untrusted", "percpu_kptr"]);

const membersOf = new WeakMap<Btf, ReadonlySet<number>>();
const fieldsOf = new WeakMap<Btf, Map<number, readonly SpecialField[] | undefined>>();

/** Ids of types that make a struct special when a member has one of them. */
function specialMembers(btf: Btf): ReadonlySet<number> {
  let ids = membersOf.get(btf);
  if (ids === undefined) {
    const made = new Set<number>();
    for (const name of SPECIAL_STRUCTS) {
      const type = btf.byName(name, "struct");
      if (type) made.add(type.id);
    }
    for (const type of btf.types()) {
      const pointer = type.kind === "volatile" ? btf.type(type.type) : type;
      if (pointer.kind !== "ptr") continue;
      const tag = btf.type(pointer.type);
      if (tag.kind === "type_tag" && !tag.attribute && POINTER_TAGS.has(tag.name)) made.add(type.id);
    }
    ids = made;
    membersOf.set(btf, ids);
  }
  return ids;
}

/**
 * The special fields of a struct that programs allocate, by offset; undefined for plain data (Linux's
 * `btf_find_struct_meta`). Linux does not load a BTF in which they have a fault.
 *
 * @example structFields(btf, btf.byName("node", "struct")!.id)?.some(({ kind }) => kind === "bpf_refcount")
 */
export function structFields(btf: Btf, id: number): readonly SpecialField[] | undefined {
  let known = fieldsOf.get(btf);
  if (known === undefined) fieldsOf.set(btf, (known = new Map()));
  if (known.has(id)) return known.get(id);
  const type = id < btf.count ? btf.type(id) : undefined;
  const isSpecial = type?.kind === "struct" && type.members.some((member) => specialMembers(btf).has(member.type));
  const found = isSpecial ? specialFields(btf, id, OBJECT_KINDS) : undefined;
  const fields = typeof found === "string" ? undefined : found;
  known.set(id, fields);
  return fields;
}
