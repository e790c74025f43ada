import type { Expression, Span, TypeName } from "./expression.ts";
import type { Statement } from "./statement.ts";

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly span: Span;
}

/** `kprobe:vfs_*` is provider `kprobe` with the parts `["vfs_*"]`; parts in quotes are without them. */
export type AttachPoint = Node<"attach-point"> & { readonly provider: string; readonly parts: readonly string[] };

export type Probe = Node<"probe"> & {
  /** `name=probe`. */
  readonly name: string | undefined;
  readonly points: readonly AttachPoint[];
  readonly predicate: Expression | undefined;
  readonly body: readonly Statement[];
};

export type Include = Node<"include"> & { readonly path: string; readonly system: boolean };
/** `#define NAME text`. With parameters it is a function of C's preprocessor. */
export type Define = Node<"define"> & {
  readonly name: string;
  readonly parameters: readonly string[] | undefined;
  readonly text: string;
};

/** A member of a C struct or union. A member without a name is an anonymous struct or union. */
export interface CMember {
  readonly name: string;
  readonly type: CType;
  /** Of a bitfield, else 0. */
  readonly bits: number;
}

/** A type of a C declaration. */
export type CType =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "tagged"; readonly tag: "struct" | "union" | "enum"; readonly name: string }
  | {
      readonly kind: "composite";
      readonly tag: "struct" | "union";
      readonly name: string;
      readonly members: readonly CMember[];
      readonly packed: boolean;
    }
  | {
      readonly kind: "enumeration";
      readonly name: string;
      readonly values: readonly { readonly name: string; readonly value: bigint }[];
    }
  | { readonly kind: "pointer"; readonly to: CType }
  | { readonly kind: "array"; readonly of: CType; readonly length: number }
  /** A function, which only a pointer leads to. */
  | { readonly kind: "function" };

/** `struct T { ... };`, `enum E { ... };`, `typedef T name;` (then `alias` is the new name). */
export type CDeclaration = Node<"c-declaration"> & { readonly type: CType; readonly alias: string | undefined };

export type Config = Node<"config"> & {
  readonly entries: readonly {
    readonly name: string;
    readonly value: string | bigint | boolean;
    readonly span: Span;
  }[];
};
export type Import = Node<"import"> & { readonly path: string };
/** `let @m = hash(100);` */
export type MapDeclaration = Node<"map-declaration"> & {
  readonly map: string;
  readonly type: string;
  readonly size: bigint | undefined;
};
export type MacroParameter = {
  readonly kind: "variable" | "map" | "expression";
  readonly name: string;
  readonly span: Span;
};
export type Macro = Node<"macro"> & {
  readonly name: string;
  readonly parameters: readonly MacroParameter[];
  readonly body: readonly Statement[];
  readonly value: Expression | undefined;
};
/** `fn name($a : type) : type { ... }` */
export type Subprogram = Node<"subprogram"> & {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: TypeName }[];
  readonly returns: TypeName;
  readonly body: readonly Statement[];
};

/** What a program consists of, in the order it is written. */
export type Item = Include | Define | CDeclaration | Config | Import | Probe | MapDeclaration | Macro | Subprogram;

/** A bpftrace program as it is written. */
export interface Program {
  readonly items: readonly Item[];
}
