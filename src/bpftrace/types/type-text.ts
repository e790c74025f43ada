import type { Type } from "./type.ts";

/**
 * A type as messages of bpftrace name it.
 *
 * @example typeText({ kind: "string", size: 2 }) // "string[2]"
 */
export function typeText(type: Type): string {
  switch (type.kind) {
    case "integer":
      if (type.bool) return "bool";
      return `${type.signed ? "" : "unsigned "}int${type.size * 8}`;
    case "string":
      return `string[${type.size}]`;
    case "buffer":
      return `buffer[${type.size}]`;
    case "pointer":
      return `${typeText(type.to)} *`;
    case "array":
      return `${typeText(type.of)}[${type.length}]`;
    case "struct":
      return type.layout.name;
    case "tuple":
      return `(${type.elements.map(typeText).join(",")})`;
    case "record":
      return `{ ${type.fields.map(({ name, type: of }) => `.${name} = ${typeText(of)}`).join(", ")} }`;
    case "symbol":
      return type.side === "kernel" ? "ksym" : "usym";
    case "stack":
      return type.form.side === "kernel" ? "kstack" : "ustack";
    case "aggregate":
      return type.name;
    case "named":
      return { error: "strerror", signal: "signal_name", syscall: "syscall_name", cgroup: "cgroup_path" }[type.table];
    case "mac":
      return "mac_address";
    default:
      return type.kind;
  }
}

/** The word for a type's kind, where its size does not matter. */
export function kindText(type: Type): string {
  switch (type.kind) {
    case "integer":
    case "string":
    case "buffer":
    case "pointer":
    case "array":
    case "tuple":
    case "record":
      return type.kind;
    case "struct":
      return "struct";
    default:
      return typeText(type);
  }
}
