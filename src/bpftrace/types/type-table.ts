import type { Btf } from "../../btf/btf.ts";
import { memberBits } from "../../btf/member-path.ts";
import { sizeOf } from "../../btf/size.ts";
import { isComposite } from "../../btf/type.ts";
import type { TypeName } from "../ast/expression.ts";
import type { CDeclaration, CType } from "../ast/program.ts";
import { HEADER_CONSTANTS } from "./header-constants.ts";
import {
  alignOfType,
  BOOL,
  type EnumNames,
  type Field,
  INT64,
  type IntegerSize,
  integerType,
  type Layout,
  type Space,
  sizeOfType,
  type Type,
  VOID,
} from "./type.ts";

const BASIC: Readonly<Record<string, Type>> = {
  void: VOID,
  bool: BOOL,
  ...Object.fromEntries(
    ([1, 2, 4, 8] as const).flatMap((size) => [
      [`int${size * 8}`, integerType(size, true)],
      [`uint${size * 8}`, integerType(size, false)],
      [`s${size * 8}`, integerType(size, true)],
      [`u${size * 8}`, integerType(size, false)],
      [`__s${size * 8}`, integerType(size, true)],
      [`__u${size * 8}`, integerType(size, false)],
      [`int${size * 8}_t`, integerType(size, true)],
      [`uint${size * 8}_t`, integerType(size, false)],
    ]),
  ),
  min_t: INT64,
  max_t: INT64,
  sum_t: INT64,
  count_t: INT64,
  avg_t: INT64,
  inet: { kind: "inet" },
  mac_address: { kind: "mac" },
  timestamp: { kind: "timestamp" },
  ksym_t: { kind: "symbol", side: "kernel" },
  usym_t: { kind: "symbol", side: "user" },
  username_t: { kind: "username" },
};

/** C's integers on a 64-bit machine, by their words in any order, `signed` and `int` left out where more is said. */
function cInteger(name: string): Type | undefined {
  const words = name.split(" ").filter((word) => word !== "const" && word !== "volatile" && word !== "signed");
  const unsigned = words.includes("unsigned");
  const rest = words.filter((word) => word !== "unsigned");
  const longs = rest.filter((word) => word === "long").length;
  const core = rest.filter((word) => word !== "long" && word !== "int");
  const signed = !unsigned;
  if (rest.includes("char") && rest.length === 1) return integerType(1, signed);
  if (core.length === 1 && core[0] === "short" && longs === 0) return integerType(2, signed);
  if (core.length > 0 || words.length === 0) return undefined;
  return integerType(longs > 0 ? 8 : 4, signed);
}

/**
 * The types that a program can name: those of the language, those that it defines, and those of the machine's Linux.
 *
 * @example
 * new TypeTable(machineBtf("6.18")).named("struct", "task_struct", "kernel")
 */
export class TypeTable {
  readonly btf: Btf;
  /** Constants of enums, the program's own. */
  readonly constants = new Map<string, { readonly value: bigint; readonly type: Type }>();
  #included = false;
  readonly #tags = new Map<string, (space: Space) => Type>();
  readonly #aliases = new Map<string, (space: Space) => Type>();
  readonly #layouts = new Map<number, Layout>();
  #linuxConstants: Map<string, { readonly value: bigint; readonly type: Type }> | undefined;

  constructor(btf: Btf) {
    this.btf = btf;
  }

  /** The program includes a header of Linux: its types are known anyway, its constants from now on. */
  include(): void {
    this.#included = true;
  }

  /** Takes the program's own definition of a type. */
  declare({ type, alias }: CDeclaration): void {
    const make = this.#declared(type);
    if (alias !== undefined) this.#aliases.set(alias, make);
  }

  /** A type by its name; undefined where neither the program nor Linux has it. */
  named(tag: "" | "struct" | "union" | "enum", name: string, space: Space): Type | undefined {
    if (tag !== "") {
      const own = this.#tags.get(`${tag} ${name}`)?.(space);
      if (own !== undefined) return own;
      const found = this.btf.byName(name, tag) ?? (tag === "enum" ? this.btf.byName(name, "enum64") : undefined);
      return found && this.fromBtf(found.id, space);
    }
    const basic = Object.hasOwn(BASIC, name) ? BASIC[name] : undefined;
    const known = basic ?? this.#aliases.get(name)?.(space) ?? cInteger(name);
    if (known !== undefined) return known;
    const alias = this.btf.byName(name, "typedef");
    if (alias !== undefined) return this.fromBtf(alias.id, space);
    return this.named("struct", name, space) ?? this.named("union", name, space);
  }

  /** A constant of an enum of the program or of Linux. */
  constant(name: string): { readonly value: bigint; readonly type: Type } | undefined {
    const header = this.#included ? HEADER_CONSTANTS.get(name) : undefined;
    if (header !== undefined) return { value: header, type: INT64 };
    return this.constants.get(name) ?? this.#linux().get(name);
  }

  #linux(): ReadonlyMap<string, { readonly value: bigint; readonly type: Type }> {
    if (this.#linuxConstants !== undefined) return this.#linuxConstants;
    const constants = new Map<string, { readonly value: bigint; readonly type: Type }>();
    for (let id = 1; id < this.btf.count; id++) {
      const kind = this.btf.kindOf(id);
      if (kind !== "enum" && kind !== "enum64") continue;
      const type = this.fromBtf(id, "kernel");
      const found = this.btf.type(id);
      if (found.kind === "enum" || found.kind === "enum64")
        for (const { name, value } of found.values) constants.set(name, { value: BigInt(value), type });
    }
    this.#linuxConstants = constants;
    return constants;
  }

  /** A type of the machine's Linux by its id. */
  fromBtf(id: number, space: Space): Type {
    const { btf } = this;
    const type = btf.resolve(id);
    switch (type.kind) {
      case "int":
        if (type.encoding === "bool") return BOOL;
        return integerType(
          Math.min(type.size, 8) as IntegerSize,
          type.encoding === "signed" || type.encoding === "char",
        );
      case "enum":
      case "enum64": {
        const names: EnumNames = new Map(type.values.map(({ name, value }) => [BigInt(value), name]));
        return { kind: "integer", size: type.size as IntegerSize, signed: type.signed, names };
      }
      case "ptr": {
        const inner = btf.type(type.type);
        const user = inner.kind === "type_tag" && inner.name === "user";
        return this.#pointer(() => this.fromBtf(type.type, user ? "user" : space), user ? "user" : space);
      }
      case "array": {
        const element = btf.resolve(type.type);
        // An array of characters is a text.
        if (element.kind === "int" && element.name === "char" && type.length > 0)
          return { kind: "string", size: type.length };
        return { kind: "array", of: this.fromBtf(type.type, space), length: type.length, space };
      }
      case "struct":
      case "union":
        return { kind: "struct", layout: this.#layout(type.id), space };
      case "fwd":
        return { kind: "struct", layout: { name: `${type.of} ${type.name}`, size: 0, fields: () => [] }, space };
      case "float":
        return integerType(8, false);
      default:
        return VOID;
    }
  }

  /** A pointer whose target is worked out when it is asked for. */
  #pointer(to: () => Type, space: Space): Type {
    let known: Type | undefined;
    return {
      kind: "pointer",
      space,
      get to() {
        known ??= to();
        return known;
      },
    };
  }

  #layout(id: number): Layout {
    const known = this.#layouts.get(id);
    if (known !== undefined) return known;
    const type = this.btf.type(id);
    let fields: readonly Field[] | undefined;
    const layout: Layout = {
      name: `${type.kind} ${type.name}`,
      size: sizeOf(this.btf, id) ?? 0,
      fields: () => {
        fields ??= this.#fields(id, 0);
        return fields;
      },
    };
    this.#layouts.set(id, layout);
    return layout;
  }

  #fields(id: number, base: number): Field[] {
    const type = this.btf.type(id);
    if (!isComposite(type)) return [];
    return type.members.flatMap((member) => {
      const { bitOffset, bitSize } = memberBits(this.btf, member);
      const at = base + (bitOffset >> 3);
      const inner = this.btf.resolve(member.type);
      if (member.name === "" && isComposite(inner)) return this.#fields(inner.id, at);
      const field = { name: member.name, type: this.fromBtf(member.type, "kernel"), offset: at };
      if (bitSize === 0) return [field];
      return [{ ...field, bits: { offset: bitOffset & 7, size: bitSize } }];
    });
  }

  #declared(type: CType): (space: Space) => Type {
    switch (type.kind) {
      case "name":
        return (space) => this.named("", type.name, space) ?? VOID;
      case "tagged":
        return (space) =>
          this.named(type.tag, type.name, space) ?? {
            kind: "struct",
            layout: { name: `${type.tag} ${type.name}`, size: 0, fields: () => [] },
            space,
          };
      case "pointer": {
        const to = this.#declared(type.to);
        return (space) => this.#pointer(() => to(space), space);
      }
      case "array": {
        if (type.of.kind === "name" && type.of.name === "char" && type.length > 0)
          return () => ({ kind: "string", size: type.length });
        const of = this.#declared(type.of);
        return (space) => ({ kind: "array", of: of(space), length: type.length, space });
      }
      case "function":
        return () => VOID;
      case "enumeration": {
        const names: EnumNames = new Map(type.values.map(({ name, value }) => [value, name]));
        const made: Type = { kind: "integer", size: 4, signed: false, names };
        for (const { name, value } of type.values) this.constants.set(name, { value, type: made });
        if (type.name !== "") this.#tags.set(`enum ${type.name}`, () => made);
        return () => made;
      }
      case "composite": {
        let layout: Layout | undefined;
        const make = (space: Space): Type => {
          layout ??= this.#lay(type);
          return { kind: "struct", layout, space };
        };
        if (type.name !== "") this.#tags.set(`${type.tag} ${type.name}`, make);
        return make;
      }
    }
  }

  /** Lays out a struct that the program defines, as C does. */
  #lay(type: Extract<CType, { kind: "composite" }>): Layout {
    const fields: Field[] = [];
    let at = 0;
    let bit = 0;
    let align = 1;
    for (const member of type.members) {
      const own = this.#declared(member.type)("kernel");
      const size = sizeOfType(own);
      const alignment = type.packed ? 1 : alignOfDeclared(own);
      align = Math.max(align, alignment);
      if (type.tag === "union") {
        at = 0;
        bit = 0;
      }
      if (member.bits > 0) {
        // A bitfield that would cross the unit of its type begins the next one.
        if (bit === 0 || bit + member.bits > size * 8) {
          at = Math.ceil((at + (bit + 7) / 8) / alignment) * alignment;
          at -= at % alignment;
          bit = 0;
        }
        if (member.name !== "")
          fields.push({ name: member.name, type: own, offset: at, bits: { offset: bit, size: member.bits } });
        bit += member.bits;
        continue;
      }
      at += Math.ceil(bit / 8);
      bit = 0;
      at = Math.ceil(at / alignment) * alignment;
      if (member.name === "" && own.kind === "struct")
        fields.push(...own.layout.fields().map((field) => ({ ...field, offset: field.offset + at })));
      else fields.push({ name: member.name, type: own, offset: at });
      if (type.tag === "struct") at += size;
    }
    at += Math.ceil(bit / 8);
    const largest = Math.max(0, ...type.members.map((member) => sizeOfType(this.#declared(member.type)("kernel"))));
    const end = type.tag === "union" ? largest : at;
    return { name: `${type.tag} ${type.name}`, size: Math.ceil(end / align) * align, fields: () => fields };
  }

  /** The type that a name means; undefined for one that is not known. `typeOf` gives types of expressions for `typeof`. */
  resolve(
    name: TypeName,
    space: Space,
    typeOf: (of: TypeName & { kind: "typeof-type" }) => Type | undefined,
  ): Type | undefined {
    switch (name.kind) {
      case "named-type":
        if (name.tag === "" && name.name === "string") return { kind: "string", size: 0 };
        if (name.tag === "" && name.name === "buffer") return { kind: "buffer", size: 0 };
        return this.named(name.tag, name.name, space);
      case "pointer-type": {
        const to = this.resolve(name.to, space, typeOf);
        return to && { kind: "pointer", to, space };
      }
      case "array-type": {
        const of = this.resolve(name.of, space, typeOf);
        if (of === undefined) return undefined;
        const length = name.length ?? 0;
        if (of.kind === "string" || of.kind === "buffer") return { ...of, size: length };
        return { kind: "array", of, length, space };
      }
      case "tuple-type": {
        const elements = name.elements.map((element) => this.resolve(element, space, typeOf));
        return elements.every((element) => element !== undefined) ? { kind: "tuple", elements } : undefined;
      }
      case "typeof-type":
        return typeOf(name);
    }
  }
}

function alignOfDeclared(type: Type): number {
  if (type.kind === "struct") return Math.max(1, ...type.layout.fields().map((field) => alignOfDeclared(field.type)));
  if (type.kind === "array") return alignOfDeclared(type.of);
  return alignOfType(type);
}
