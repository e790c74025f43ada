import type { Btf } from "../../btf/btf.ts";

/**
 * A type in C as bpftool writes it in prototypes: `int count(struct __sk_buff * skb)`, with a blank on either side of a star.
 *
 * @example typeText(btf, func) // "int xdp_pass(struct xdp_md * ctx)"
 */
export function typeText(btf: Btf, id: number, depth = 0): string {
  const type = btf.type(id);
  if (depth > 32) return "...";
  const inner = (of: number): string => typeText(btf, of, depth + 1);
  switch (type.kind) {
    case "void":
      return "void ";
    case "int":
    case "typedef":
    case "float":
      return `${type.name} `;
    case "struct":
    case "union":
      return `${type.kind} ${type.name} `;
    case "enum":
    case "enum64":
      return `enum ${type.name} `;
    case "fwd":
      return `${type.of} ${type.name} `;
    case "array":
      return `${inner(type.type)}[${type.length}]`;
    case "ptr":
      return `${inner(type.type)}* `;
    case "const":
    case "volatile":
    case "restrict":
      return `${type.kind} ${inner(type.type)}`;
    case "func_proto":
      return `${inner(type.type)}(${parameters(btf, type.params, depth)}`;
    case "func": {
      const proto = btf.type(type.type);
      if (proto.kind !== "func_proto") return type.name;
      return `${inner(proto.type)}${type.name}(${parameters(btf, proto.params, depth)}`;
    }
    default:
      return type.kind === "type_tag" ? inner(type.type) : type.name;
  }
}

function parameters(
  btf: Btf,
  params: readonly { readonly name: string; readonly type: number }[],
  depth: number,
): string {
  const texts = params.map(({ name, type }, index) =>
    type === 0 && index === params.length - 1 && name === "" ? "..." : `${typeText(btf, type, depth + 1)}${name}`,
  );
  return `${texts.length === 0 ? "void" : texts.join(", ")})`;
}
