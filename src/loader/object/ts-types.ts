/** C types as TypeScript, as {@link codecOf} reads and writes their values. */
import type { Btf } from "../../btf/btf.ts";
import { sizeOf } from "../../btf/size.ts";
import type { BtfType, StructType, UnionType } from "../../btf/type.ts";

/** How deep types may hold each other. */
const MAX_NESTING = 32;

const SHARED = "/** Shares its bytes with others of a union. */ ";

const isIdentifier = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);

/** Names that the text around the types uses itself, as TypeScript's or as bpfbook's. */
const TAKEN: ReadonlySet<string> = new Set([
  ...["Record", "Readonly", "Uint8Array", "Buffer", "Symbol"],
  ...["BpfLink", "BpfMap", "BpfObject", "BpfProgram", "Machine", "OpenOptions"],
]);

/** A name with a capital, as TypeScript's types have: `lookup_key` is `LookupKey`. */
export function typeName(name: string): string {
  const words = name.split(/_+/).filter((word) => word !== "");
  const joined = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(joined) ? joined : `_${joined}`;
}

/** Collects the interfaces that types need, each once. */
export class TsTypes {
  readonly #btf: Btf;
  /** Texts by name, in the order of their first use. */
  readonly #declared = new Map<string, { readonly id: number; text: string }>();

  readonly #taken: ReadonlySet<string>;

  /** @param taken names that the text declares by itself, such as that of its class */
  constructor(btf: Btf, taken: readonly string[] = []) {
    this.#btf = btf;
    this.#taken = new Set([...TAKEN, ...taken]);
  }

  /** The interfaces and enums that were needed. */
  get declarations(): readonly string[] {
    return [...this.#declared.values()].map(({ text }) => text);
  }

  /** The TypeScript type of a C type's values. */
  of(id: number, depth = 0): string {
    const type = this.#btf.resolve(id);
    const size = sizeOf(this.#btf, id);
    if (size === undefined || depth > MAX_NESTING) return "Uint8Array";
    switch (type.kind) {
      case "int":
        if (type.encoding === "bool") return "boolean";
        return type.size > 8 ? "Uint8Array" : type.size === 8 ? "bigint" : "number";
      case "ptr":
        return "bigint";
      case "float":
        return type.size > 8 ? "Uint8Array" : "number";
      case "enum":
      case "enum64":
        return this.#enum(type);
      case "array":
        return this.#array(type.type, type.length, size, depth);
      case "struct":
      case "union":
        return this.#composite(id, type, depth);
      default:
        return "Uint8Array";
    }
  }

  #array(element: number, length: number, size: number, depth: number): string {
    if (length === 0 || size === 0) return "readonly []";
    const type = this.#btf.resolve(element);
    if (type.kind === "int" && type.size === 1 && type.encoding !== "bool") {
      if (type.name === "char" || type.encoding === "char") return "string";
      if (type.encoding !== "signed") return "Uint8Array";
    }
    const text = this.of(element, depth + 1);
    return `readonly ${/[|{]/.test(text) ? `(${text})` : text}[]`;
  }

  #enum(type: Extract<BtfType, { kind: "enum" | "enum64" }>): string {
    const number = type.size === 8 ? "bigint" : "number";
    const names = type.values.map(({ name }) => JSON.stringify(name)).join(" | ");
    if (names === "") return number;
    if (type.name === "") return `${names} | ${number}`;
    return this.#declare(type.id, typeName(type.name), (name) => `export type ${name} = ${names} | ${number};`);
  }

  #composite(id: number, type: StructType | UnionType, depth: number): string {
    const own = type.name === "" ? typedefName(this.#btf, id) : type.name;
    const body = (): string => `{\n${this.#fields(type, depth).join("\n")}\n}`;
    if (own === "") return body().replaceAll(SHARED, "").replaceAll(/\n\s*/g, " ");
    return this.#declare(type.id, typeName(own), (name) => `export interface ${name} ${body()}`);
  }

  #fields(type: StructType | UnionType, depth: number, optional = type.kind === "union"): string[] {
    if (depth > MAX_NESTING) return [];
    return type.members.flatMap((member): string[] => {
      const inner = this.#btf.resolve(member.type);
      if (member.name === "") {
        if (inner.kind !== "struct" && inner.kind !== "union") return [];
        return this.#fields(inner, depth + 1, optional || inner.kind === "union");
      }
      const text = this.of(member.type, depth + 1);
      const name = isIdentifier(member.name) ? member.name : JSON.stringify(member.name);
      return [`  ${optional ? SHARED : ""}readonly ${name}: ${text};`];
    });
  }

  /** Declares a type under its name; two different C types of one name get a number, and so does one whose name is taken. */
  #declare(id: number, wanted: string, make: (name: string) => string): string {
    let name = wanted;
    for (let number = 2; this.#taken.has(name) || (this.#declared.get(name)?.id ?? id) !== id; number++)
      name = `${wanted}${number}`;
    if (!this.#declared.has(name)) {
      const entry = { id, text: "" };
      this.#declared.set(name, entry);
      entry.text = make(name);
    }
    return name;
  }
}

/** The name that a typedef gives a struct without one. */
function typedefName(btf: Btf, id: number): string {
  for (let [type, depth] = [btf.type(id), 0]; depth < MAX_NESTING; depth++) {
    if (type.kind === "typedef") return type.name;
    if (type.kind !== "const" && type.kind !== "volatile" && type.kind !== "restrict" && type.kind !== "type_tag")
      break;
    type = btf.type(type.type);
  }
  return "";
}
