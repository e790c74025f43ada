/** Whether what two objects say of one name goes together; messages are libbpf's. */
import type { Btf } from "../../btf/btf.ts";
import { sizeOf } from "../../btf/size.ts";
import type { BtfType } from "../../btf/type.ts";

/** A type within its object. */
export interface TypePlace {
  readonly btf: Btf;
  readonly id: number;
}

const MAX_DEPTH = 8;

/** What is wrong between the declarations of a variable, map or function; undefined where nothing is. */
export function mismatch(name: string, one: TypePlace, two: TypePlace, isMap: boolean): string | undefined {
  const [a, b] = [one.btf.type(one.id), two.btf.type(two.id)];
  if (a.kind !== b.kind)
    return `global '${name}': incompatible BTF kinds ${a.kind.toUpperCase()} and ${b.kind.toUpperCase()}`;
  if (isMap) {
    const attribute = differingAttribute(one, two);
    return attribute === undefined ? undefined : `global '${name}': map ${attribute} mismatch`;
  }
  if (a.kind === "func" && shape(one, 0) !== shape(two, 0)) return `global '${name}': incompatible FUNC_PROTOs`;
  if (a.kind !== "var" || b.kind !== "var") return undefined;
  const [sizeA, sizeB] = [sizeOf(one.btf, a.type), sizeOf(two.btf, b.type)];
  return sizeA === sizeB ? undefined : `global '${name}': size mismatch ${sizeA} and ${sizeB}`;
}

/** The first attribute in which two declarations of a map differ. */
function differingAttribute(one: TypePlace, two: TypePlace): string | undefined {
  const [a, b] = [attributes(one), attributes(two)];
  const found = [...new Set([...a.keys(), ...b.keys()])].find((key) => a.get(key) !== b.get(key));
  return found === "key" || found === "value" ? `${found} type` : found;
}

function attributes({ btf, id }: TypePlace): Map<string, string> {
  const type = btf.resolve((btf.type(id) as Extract<BtfType, { kind: "var" }>).type);
  return new Map(
    type.kind === "struct" ? type.members.map((member) => [member.name, shape({ btf, id: member.type }, 0)]) : [],
  );
}

/** A type as text, so far as it matters to who uses it: names of structs, sizes, what pointers lead to. */
function shape({ btf, id }: TypePlace, depth: number): string {
  const type = btf.resolve(id);
  const to = (next: number): string => (depth >= MAX_DEPTH ? "" : shape({ btf, id: next }, depth + 1));
  switch (type.kind) {
    case "ptr":
      return `*${to(type.type)}`;
    case "array":
      return `[${type.length}]${to(type.type)}`;
    case "func":
      return to(type.type);
    case "func_proto":
      return `${to(type.type)}(${type.params.map((param) => to(param.type)).join(",")})`;
    case "struct":
    case "union":
      // One object may know more of it than the other.
      return type.name === "" ? `{${type.members.map((member) => to(member.type)).join(";")}}` : `struct ${type.name}`;
    case "fwd":
      return `struct ${type.name}`;
    case "int":
      return `${type.encoding} ${type.size}`;
    default:
      return `${type.kind} ${type.name}`;
  }
}
