import type { Statement } from "./statement.ts";

/** Where a node was written: offsets into the source, the end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly span: Span;
}

/** A type as it is written, the outermost part first. */
export type TypeName =
  | (Node<"named-type"> & { readonly tag: "" | "struct" | "union" | "enum"; readonly name: string })
  | (Node<"pointer-type"> & { readonly to: TypeName })
  /** `int32[4]`, `string[16]`, `buffer[8]`; without a number: as long as what is cast. */
  | (Node<"array-type"> & { readonly of: TypeName; readonly length: number | undefined })
  | (Node<"tuple-type"> & { readonly elements: readonly TypeName[] })
  | (Node<"typeof-type"> & { readonly of: Expression | TypeName });

/** Operators with two operands. */
export type BinaryOperator =
  | ("+" | "-" | "*" | "/" | "%" | "<<" | ">>" | "&" | "|" | "^")
  | ("==" | "!=" | "<" | "<=" | ">" | ">=")
  | ("&&" | "||");

/** Operators before one operand: `*` follows a pointer, `&` takes an address. */
export type UnaryOperator = "!" | "~" | "-" | "+" | "*" | "&";

/** A whole number; a duration (`10ms`) is its nanoseconds. */
export type IntegerNode = Node<"integer"> & { readonly value: bigint };
export type StringNode = Node<"string"> & { readonly value: string };
export type BooleanNode = Node<"boolean"> & { readonly value: boolean };
/** A bare word: a builtin, a constant of an enum or `#define`, an argument of a macro. */
export type IdentifierNode = Node<"identifier"> & { readonly name: string };
/** `$1`; `$#` is the number of parameters. */
export type ParameterNode = Node<"parameter"> & { readonly index: number | "count" };
/** `$x`; the name is without the dollar. */
export type VariableNode = Node<"variable"> & { readonly name: string };
/** `@m`, `@m[k]`, `@m[k1, k2]`; the name is without the at sign. */
export type MapNode = Node<"map"> & { readonly name: string; readonly key: readonly Expression[] | undefined };
export type CallNode = Node<"call"> & {
  readonly name: string;
  readonly nameSpan: Span;
  readonly args: readonly (Expression | TypeName)[];
};
/** `a.b`, `a->b`. */
export type MemberNode = Node<"member"> & {
  readonly object: Expression;
  readonly name: string;
  readonly arrow: boolean;
};
/** `t.0`. */
export type ElementNode = Node<"element"> & { readonly object: Expression; readonly index: number };
export type IndexNode = Node<"index"> & { readonly object: Expression; readonly index: Expression };
export type UnaryNode = Node<"unary"> & { readonly operator: UnaryOperator; readonly operand: Expression };
/** `++x`, `x--`. */
export type StepNode = Node<"step"> & {
  readonly operator: "++" | "--";
  readonly prefix: boolean;
  readonly target: Target;
};
export type BinaryNode = Node<"binary"> & {
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expression;
  readonly right: Expression;
};
export type TernaryNode = Node<"ternary"> & {
  readonly condition: Expression;
  readonly consequent: Expression;
  readonly alternate: Expression;
};
export type CastNode = Node<"cast"> & { readonly type: TypeName; readonly operand: Expression };
export type SizeofNode = Node<"sizeof"> & { readonly of: Expression | TypeName };
/** `offsetof(struct T, a.b)`: `path` is `["a", "b"]`. */
export type OffsetofNode = Node<"offsetof"> & {
  readonly of: Expression | TypeName;
  readonly path: readonly string[];
};
export type TupleNode = Node<"tuple"> & { readonly elements: readonly Expression[] };
export type RecordNode = Node<"record"> & {
  readonly fields: readonly { readonly name: string; readonly value: Expression }[];
};
/** `{ statements; value }`. */
export type BlockNode = Node<"block"> & { readonly statements: readonly Statement[]; readonly value: Expression };

/** What can be assigned to. */
export type Target = VariableNode | MapNode | IdentifierNode;

/** An expression as it is written. */
export type Expression =
  | IntegerNode
  | StringNode
  | BooleanNode
  | IdentifierNode
  | ParameterNode
  | VariableNode
  | MapNode
  | CallNode
  | MemberNode
  | ElementNode
  | IndexNode
  | UnaryNode
  | StepNode
  | BinaryNode
  | TernaryNode
  | CastNode
  | SizeofNode
  | OffsetofNode
  | TupleNode
  | RecordNode
  | BlockNode;

/** Whether it is a type rather than an expression: some calls take either. */
export function isTypeName(node: Expression | TypeName): node is TypeName {
  switch (node.kind) {
    case "named-type":
    case "pointer-type":
    case "array-type":
    case "tuple-type":
    case "typeof-type":
      return true;
    default:
      return false;
  }
}
