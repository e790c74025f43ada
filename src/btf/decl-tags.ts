/** Tags of declarations (`__attribute__((btf_decl_tag("...")))`), found by what they are on. */
import type { Btf } from "./btf.ts";
import type { TypeOf } from "./type.ts";

type DeclTag = TypeOf<"decl_tag">;
const NONE: readonly DeclTag[] = [];
const tagsOf = new WeakMap<Btf, ReadonlyMap<number, readonly DeclTag[]>>();

/**
 * The tags on a type, variable or function, and on its members or parameters (`component`; -1: the whole), in order of their
 * ids. A BTF is gone through once.
 *
 * @example declTags(btf, func.id).map(({ name }) => name) // ["exception_callback:caught"]
 */
export function declTags(btf: Btf, id: number): readonly DeclTag[] {
  let tags = tagsOf.get(btf);
  if (tags === undefined) {
    const made = new Map<number, DeclTag[]>();
    for (const type of btf.types()) {
      if (type.kind !== "decl_tag") continue;
      const known = made.get(type.type);
      if (known) known.push(type);
      else made.set(type.type, [type]);
    }
    tags = made;
    tagsOf.set(btf, tags);
  }
  return tags.get(id) ?? NONE;
}
