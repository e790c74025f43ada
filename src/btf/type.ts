import type { BtfKind } from "./kinds.ts";

interface Common<Kind extends BtfKind> {
  readonly kind: Kind;
  /** Number of the type in its BTF; in split BTF the module's own types follow those of the base. */
  readonly id: number;
  /** `""` where it has none. */
  readonly name: string;
}

/** Type 0: no type, or a pointer to anything. */
export interface VoidType extends Common<"void"> {}

/** An integer. */
export interface IntType extends Common<"int"> {
  /** Bytes it takes. */
  readonly size: number;
  /** Bits of the value: `size * 8` but in bitfields of old compilers. */
  readonly bits: number;
  /** First bit of the value, counted from the first byte. */
  readonly bitOffset: number;
  /** `""` is an unsigned number. */
  readonly encoding: "" | "signed" | "char" | "bool";
}

/** A pointer. */
export interface PtrType extends Common<"ptr"> {
  /** What it points to. */
  readonly type: number;
}

/** An array; of 0 elements where it is the flexible end of a struct. */
export interface ArrayType extends Common<"array"> {
  /** Type of an element. */
  readonly type: number;
  /** Type that C compilers use for its index. */
  readonly indexType: number;
  readonly length: number;
}

/** A member of a struct or union. */
export interface Member {
  /** `""` for an anonymous struct or union. */
  readonly name: string;
  readonly type: number;
  /** From the start of the struct, in bits. */
  readonly bitOffset: number;
  /** Width of a bitfield, 0 for any other member. */
  readonly bitSize: number;
}

/** A struct or union. */
export interface CompositeType<Kind extends "struct" | "union" = "struct" | "union"> extends Common<Kind> {
  /** Bytes. */
  readonly size: number;
  readonly members: readonly Member[];
}
export type StructType = CompositeType<"struct">;
export type UnionType = CompositeType<"union">;

/** An enum of at most 32 bits. */
export interface EnumType extends Common<"enum"> {
  /** Bytes. */
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly { readonly name: string; readonly value: number }[];
}

/** An enum of 64 bits. */
export interface Enum64Type extends Common<"enum64"> {
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly { readonly name: string; readonly value: bigint }[];
}

/** A struct or union that is named and not described. */
export interface FwdType extends Common<"fwd"> {
  readonly of: "struct" | "union";
}

/** A type that is another under a new name or with a qualifier. */
export interface ModifierType<Kind extends "typedef" | "volatile" | "const" | "restrict"> extends Common<Kind> {
  readonly type: number;
}
export type TypedefType = ModifierType<"typedef">;

/** Where a function or variable can be seen from. */
export type Linkage = "static" | "global" | "extern";

/** A function. */
export interface FuncType extends Common<"func"> {
  /** Its prototype. */
  readonly type: number;
  readonly linkage: Linkage;
}

/** A function's arguments and result. The last argument of a variadic one has type 0 and no name. */
export interface FuncProtoType extends Common<"func_proto"> {
  /** Type of the result, 0 for none. */
  readonly type: number;
  readonly params: readonly { readonly name: string; readonly type: number }[];
}

/** A global variable. */
export interface VarType extends Common<"var"> {
  readonly type: number;
  readonly linkage: Linkage;
}

/** What lies in a section of data: variables by offset. */
export interface DatasecType extends Common<"datasec"> {
  /** Bytes; 0 in objects that no linker has seen. */
  readonly size: number;
  readonly vars: readonly { readonly type: number; readonly offset: number; readonly size: number }[];
}

/** A floating-point number. */
export interface FloatType extends Common<"float"> {
  readonly size: number;
}

/** A note on a declaration, such as `bpf_kfunc`. */
export interface DeclTagType extends Common<"decl_tag"> {
  /** What it is about. */
  readonly type: number;
  /** Index of the member or argument that it is about, -1 for the whole. */
  readonly component: number;
  /** Since Linux 6.15: the name is an `__attribute__`, not the value of a `btf_decl_tag`. */
  readonly attribute: boolean;
}

/** A note on a pointer, such as `rcu`, `user`, `percpu`. */
export interface TypeTagType extends Common<"type_tag"> {
  readonly type: number;
  /** Since Linux 6.15: the name is an `__attribute__`, not the value of a `btf_type_tag`. */
  readonly attribute: boolean;
}

/**
 * One type of a BTF, plain data.
 *
 * @example
 * switch (type.kind) {
 *   case "struct": return type.members.length;
 *   case "ptr": return btf.type(type.type).name;
 * }
 */
export type BtfType =
  | VoidType
  | IntType
  | PtrType
  | ArrayType
  | StructType
  | UnionType
  | EnumType
  | FwdType
  | TypedefType
  | ModifierType<"volatile">
  | ModifierType<"const">
  | ModifierType<"restrict">
  | FuncType
  | FuncProtoType
  | VarType
  | DatasecType
  | FloatType
  | DeclTagType
  | TypeTagType
  | Enum64Type;

/** The member of the union for one kind. */
export type TypeOf<Kind extends BtfKind> = Extract<BtfType, { readonly kind: Kind }>;

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/** A type that has no number yet: what a builder takes. */
export type BtfTypeSpec = WithoutId<Exclude<BtfType, VoidType>>;

/** Kinds that only stand for another type; Linux skips them where it looks for the type behind. */
export type ModifierKind = "typedef" | "volatile" | "const" | "restrict" | "type_tag";

/** Whether it only stands for another type. */
export function isModifier(type: BtfType): type is TypeOf<ModifierKind> {
  switch (type.kind) {
    case "typedef":
    case "volatile":
    case "const":
    case "restrict":
    case "type_tag":
      return true;
    default:
      return false;
  }
}

/** Whether it is a struct or union. */
export const isComposite = (type: BtfType): type is StructType | UnionType =>
  type.kind === "struct" || type.kind === "union";
