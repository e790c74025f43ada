import type { Btf } from "../btf.ts";
import { type Alignments, alignOf, sizeOf } from "../size.ts";
import type { BtfType, Enum64Type, EnumType, StructType, UnionType } from "../type.ts";
import type { CNames } from "./names.ts";
import { padding } from "./padding.ts";

/** Most characters of C that one type may become: structs without names are written out wherever they are used. */
const MAX_TEXT = 1 << 22;

/** How deep structs without names may nest. */
const MAX_NESTING = 100;

/** Writes declarations and definitions in C, one type at a time. */
export class CWriter {
  readonly #btf: Btf;
  readonly #names: CNames;
  readonly #alignments: Alignments = new Map();

  constructor(btf: Btf, names: CNames) {
    this.#btf = btf;
    this.#names = names;
  }

  /** `struct name` or `union name`. */
  tag(id: number): string {
    const type = this.#btf.type(id);
    const keyword = type.kind === "fwd" ? type.of : type.kind === "enum64" ? "enum" : type.kind;
    const name = this.#names.ofType(id);
    return name === "" ? keyword : `${keyword} ${name}`;
  }

  /** A definition, without the semicolon. */
  define(id: number): string {
    const type = this.#btf.type(id);
    switch (type.kind) {
      case "struct":
      case "union":
        return this.#composite(type, 0);
      case "enum":
      case "enum64":
        return type.values.length === 0 ? this.tag(id) : this.#enumeration(type, 0);
      case "typedef":
        // Old compilers say that it is void.
        if (type.type === 0 && type.name === "__gnuc_va_list") return "typedef __builtin_va_list __gnuc_va_list";
        return `typedef ${this.declare(type.type, this.#names.ofType(id))}`;
      default:
        return this.tag(id);
    }
  }

  /** A declaration of a name: `const char *name[4]`, `int (*name)(void *, int)`. */
  declare(id: number, name: string, level = 0): string {
    if (level > MAX_NESTING) throw this.#btf.error(id, "types nest too deep");
    return this.#chain(this.#chainOf(id), name, level);
  }

  /** The types from a declared name to its base: `[pointer, const, char]`. */
  #chainOf(id: number): BtfType[] {
    const chain: BtfType[] = [];
    for (let at = id; ; ) {
      const type = this.#btf.type(at);
      chain.push(type);
      if (chain.length > MAX_NESTING * 10) throw this.#btf.error(id, "Loop detected");
      switch (type.kind) {
        case "ptr":
        case "volatile":
        case "const":
        case "restrict":
        case "type_tag":
        case "func_proto":
        case "array":
          at = type.type;
          break;
        default:
          return chain;
      }
    }
  }

  /** Writes a chain from its base outwards; what is written is taken from it. */
  #chain(chain: BtfType[], name: string, level: number): string {
    let text = "";
    let afterPointer = true; // no space at the start, as behind a star
    const named = () => (name !== "" && !afterPointer ? ` ${name}` : name);
    for (let type = chain.pop(); type !== undefined; type = chain.pop()) {
      switch (type.kind) {
        case "ptr":
          text += afterPointer ? "*" : " *";
          afterPointer = true;
          continue;
        case "volatile":
        case "const":
        case "restrict":
          text += ` ${type.kind}`;
          break;
        case "type_tag":
          text += ` __attribute__((${type.attribute ? type.name : `btf_type_tag(${JSON.stringify(type.name)})`}))`;
          break;
        case "array": {
          dropQualifiers(chain);
          const size = `[${type.length}]`;
          if (chain.length === 0) return `${text}${named()}${size}`;
          const space = name !== "" && !afterPointer ? " " : "";
          const nested = chain.at(-1)?.kind === "array";
          const inner = this.#chain(chain, name, level);
          return `${text}${space}${nested ? inner : `(${inner})`}${size}`;
        }
        case "func_proto": {
          dropQualifiers(chain);
          const inner = chain.length > 0 ? ` (${this.#chain(chain, name, level)})` : named();
          return `${text}${inner}(${this.#params(type.params, level)})`;
        }
        default:
          text += qualifiers(chain) + this.#base(type, level);
      }
      afterPointer = false;
      if (text.length > MAX_TEXT) throw this.#btf.error(type.id, "too large to write in C");
    }
    return `${text}${named()}`;
  }

  #params(params: readonly { readonly name: string; readonly type: number }[], level: number): string {
    if (params.length === 0 || (params.length === 1 && params[0].type === 0)) return "void";
    return params
      .map(({ name, type }, index) =>
        type === 0 && index === params.length - 1 ? "..." : this.declare(type, name, level + 1),
      )
      .join(", ");
  }

  /** The innermost type, which a name can stand behind. */
  #base(type: BtfType, level: number): string {
    switch (type.kind) {
      case "void":
      case "int":
      case "float":
        return type.name;
      case "struct":
      case "union":
        return type.name === "" ? this.#composite(type, level) : this.tag(type.id);
      case "enum":
      case "enum64":
        return type.name === "" && type.values.length > 0 ? this.#enumeration(type, level) : this.tag(type.id);
      case "fwd":
        return this.tag(type.id);
      case "typedef":
        return this.#names.ofType(type.id);
      default:
        throw this.#btf.error(type.id, `unexpected type in decl chain: ${type.kind}`);
    }
  }

  #composite(type: StructType | UnionType, level: number): string {
    const isStruct = type.kind === "struct";
    const packed = isStruct && this.#isPacked(type);
    const indent = `\n${"\t".repeat(level + 1)}`;
    let text = `${this.tag(type.id)} {`;
    let at = 0;
    let afterBitfield = false;
    const gap = (to: number, align: number, inBitfield: boolean) => {
      if (to - at > MAX_TEXT) throw this.#btf.error(type.id, "too large to write in C");
      for (const each of padding(at, to, align, inBitfield)) text += `${indent}${each};`;
    };
    for (const { name, type: id, bitOffset, bitSize } of type.members) {
      gap(bitOffset, packed ? 1 : alignOf(this.#btf, id, this.#alignments), afterBitfield && bitSize > 0);
      text += `${indent}${this.declare(id, name, level + 1)}${bitSize > 0 ? `: ${bitSize}` : ""};`;
      afterBitfield = bitSize > 0;
      at = bitOffset + (afterBitfield ? bitSize : (sizeOf(this.#btf, id) ?? 0) * 8);
      if (text.length > MAX_TEXT) throw this.#btf.error(type.id, "too large to write in C");
    }
    if (isStruct) gap(type.size * 8, alignOf(this.#btf, type.id, this.#alignments), false);
    if (type.members.length > 0 || type.size > 0) text += `\n${"\t".repeat(level)}`;
    return `${text}}${packed ? " __attribute__((packed))" : ""}`;
  }

  #isPacked(type: StructType): boolean {
    let largest = 1;
    for (const { type: id, bitOffset, bitSize } of type.members) {
      const align = alignOf(this.#btf, id, this.#alignments);
      if (bitSize === 0 && bitOffset % (8 * align) !== 0) return true;
      largest = Math.max(largest, align);
    }
    return type.size % largest !== 0;
  }

  #enumeration(type: EnumType | Enum64Type, level: number): string {
    const indent = "\t".repeat(level + 1);
    const suffix = type.kind === "enum" ? "" : type.signed ? "LL" : "ULL";
    const values: readonly { readonly name: string; readonly value: number | bigint }[] = type.values;
    const lines = values.map(({ name, value }) => `\n${indent}${this.#names.ofValue(name)} = ${value}${suffix},`);
    const narrow = values.every(({ value }) => BigInt(value) >> 32n === 0n);
    let mode = "";
    if (type.size === 1) mode = " __attribute__((mode(byte)))";
    else if (type.size === 8 && (type.kind === "enum" || narrow)) mode = " __attribute__((mode(word)))";
    return `${this.tag(type.id)} {${lines.join("")}\n${"\t".repeat(level)}}${mode}`;
  }
}

const isQualifier = (type: BtfType | undefined): boolean =>
  type?.kind === "volatile" || type?.kind === "const" || type?.kind === "restrict";

/** Qualifiers right around the base come before it. */
function qualifiers(chain: BtfType[]): string {
  let text = "";
  while (isQualifier(chain.at(-1))) text += `${chain.pop()!.kind} `;
  return text;
}

/** GCC repeats the qualifiers of an element on its array, and marks functions that do not return; C needs neither. */
function dropQualifiers(chain: BtfType[]): void {
  while (isQualifier(chain.at(-1))) chain.pop();
}
