import type { BinaryOperator, Expression, MapNode, Span, Target, TypeName, VariableNode } from "./expression.ts";

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly span: Span;
}

export type ExpressionStatement = Node<"expression"> & { readonly expression: Expression };
/** `target = value`, `target += value` (`operator` is `+`); the target `_` throws the value away. */
export type AssignStatement = Node<"assign"> & {
  readonly target: Target;
  readonly operator: Exclude<BinaryOperator, "&&" | "||"> | undefined;
  readonly value: Expression;
};
export type LetStatement = Node<"let"> & {
  readonly variable: VariableNode;
  readonly type: TypeName | undefined;
  readonly value: Expression | undefined;
};
export type IfStatement = Node<"if"> & {
  readonly condition: Expression;
  readonly consequent: readonly Statement[];
  /** `else if` is one statement `if`. */
  readonly alternate: readonly Statement[] | undefined;
};
export type WhileStatement = Node<"while"> & { readonly condition: Expression; readonly body: readonly Statement[] };
export type UnrollStatement = Node<"unroll"> & { readonly count: Expression; readonly body: readonly Statement[] };
/** What a `for` goes through: the elements of a map, or the numbers from `start` up to before `end`. */
export type Iterable =
  | { readonly kind: "map"; readonly map: MapNode }
  | { readonly kind: "range"; readonly start: Expression; readonly end: Expression };
export type ForStatement = Node<"for"> & {
  readonly variable: VariableNode;
  readonly over: Iterable;
  readonly body: readonly Statement[];
};
export type JumpStatement = Node<"jump"> & {
  readonly jump: "break" | "continue" | "return";
  readonly value: Expression | undefined;
};
export type ScopeStatement = Node<"scope"> & { readonly body: readonly Statement[] };

/** A statement as it is written. */
export type Statement =
  | ExpressionStatement
  | AssignStatement
  | LetStatement
  | IfStatement
  | WhileStatement
  | UnrollStatement
  | ForStatement
  | JumpStatement
  | ScopeStatement;
