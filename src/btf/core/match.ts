import { type Btf, MAX_DEPTH } from "../btf.ts";
import { type BtfType, isComposite } from "../type.ts";
import { fieldsAreCompatible, typesAreCompatible, typesMatch } from "./compatible.ts";
import { CoreFault } from "./error.ts";
import { essentialName } from "./names.ts";
import { type Accessor, type CoreSpec, isFlexible, MAX_SPEC, requireSize, subjectOf } from "./spec.ts";

/**
 * What the program asks about, found in a type of Linux; `undefined` where that type does not have it. Members are found
 * by name, also within anonymous structs and unions, wherever they moved.
 */
export function matchSpec(local: CoreSpec, target: Btf, root: number): CoreSpec | undefined {
  const pair = { local: local.btf, target };
  const found: CoreSpec = { btf: target, kind: local.kind, root, accessors: [], raw: [], bitOffset: 0 };
  switch (subjectOf(local.kind)) {
    case "type": {
      const same = local.kind === "type_matches" ? typesMatch : typesAreCompatible;
      return same(pair, local.root, root) ? found : undefined;
    }
    case "enum":
      return matchEnum(local, found);
    case "field":
      return matchField(local, found);
  }
}

function matchEnum(local: CoreSpec, found: CoreSpec): CoreSpec | undefined {
  const type: BtfType = found.btf.resolve(found.root);
  if (type.kind !== "enum" && type.kind !== "enum64") return undefined;
  const wanted = essentialName(local.accessors[0].name!);
  const index = [...type.values].findIndex(({ name }) => essentialName(name) === wanted);
  if (index < 0) return undefined;
  return { ...found, raw: [index], accessors: [{ type: type.id, index, name: type.values[index].name }] };
}

function matchField(local: CoreSpec, found: CoreSpec): CoreSpec | undefined {
  const { btf } = found;
  const accessors: Accessor[] = [];
  const raw: number[] = [];
  let { bitOffset } = found;
  let id = found.root;
  for (const [at, own] of local.accessors.entries()) {
    if (own.name !== undefined) {
      const member = findMember(local, own, btf, id);
      if (member === undefined) return undefined;
      accessors.push(member.accessor);
      raw.push(...member.raw);
      bitOffset += member.bitOffset;
      id = member.type;
    } else {
      const type: BtfType = btf.resolve(id);
      id = type.id;
      // The first index counts from the type itself, later ones are of arrays.
      if (at > 0) {
        if (type.kind !== "array") return undefined;
        if (!isFlexible(btf, accessors.at(-1), type) && own.index >= type.length) return undefined;
        id = btf.resolve(type.type).id;
      }
      accessors.push({ type: id, index: own.index, name: undefined });
      raw.push(own.index);
      bitOffset += own.index * requireSize(btf, id) * 8;
    }
    if (raw.length > MAX_SPEC) throw new CoreFault("too deep struct/union/array nesting");
  }
  return { ...found, accessors, raw, bitOffset };
}

interface FoundMember {
  readonly accessor: Accessor;
  readonly raw: readonly number[];
  readonly bitOffset: number;
  readonly type: number;
}

/** A member of that name and of a type that can be read as it is; looks into anonymous members. */
function findMember(local: CoreSpec, own: Accessor, btf: Btf, id: number): FoundMember | undefined {
  const mine = local.btf.type(own.type);
  const wanted = isComposite(mine) ? mine.members[own.index].type : 0;
  const seen = new Set<number>();
  const search = (at: number, depth: number): FoundMember | "incompatible" | undefined => {
    const type: BtfType = btf.resolve(at);
    // What has been searched in vain need not be searched again: types may hold each other many times.
    if (!isComposite(type) || seen.has(type.id)) return undefined;
    if (depth > MAX_DEPTH) throw new CoreFault("too deep struct/union/array nesting");
    seen.add(type.id);
    for (const [index, member] of type.members.entries()) {
      if (member.name === "") {
        const inner = search(member.type, depth + 1);
        if (inner === "incompatible") return inner;
        if (inner !== undefined)
          return { ...inner, raw: [index, ...inner.raw], bitOffset: member.bitOffset + inner.bitOffset };
      } else if (member.name === own.name) {
        if (!fieldsAreCompatible({ local: local.btf, target: btf }, wanted, member.type)) return "incompatible";
        const accessor = { type: type.id, index, name: member.name };
        return { accessor, raw: [index], bitOffset: member.bitOffset, type: member.type };
      }
    }
    return undefined;
  };
  const result = search(id, 0);
  return result === "incompatible" ? undefined : result;
}
