import fc from "fast-check";
import type { Expression, Span, TypeName } from "../../src/bpftrace/ast/expression.ts";
import type { Probe, Program } from "../../src/bpftrace/ast/program.ts";
import type { Statement } from "../../src/bpftrace/ast/statement.ts";

const span: Span = { start: 0, end: 0 };
const name = fc.constantFrom("a", "b1", "_x", "pid", "comm", "kstack", "args", "foo");

export const typeNames: fc.Arbitrary<TypeName> = fc.letrec<{ type: TypeName }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3 },
    fc
      .constantFrom("uint8", "int64", "string", "bool")
      .map((type) => ({ kind: "named-type", tag: "", name: type, span }) as const),
    name.map((type) => ({ kind: "named-type", tag: "struct", name: type, span }) as const),
    tie("type").map((to) => ({ kind: "pointer-type", to, span }) as const),
    fc
      .tuple(tie("type"), fc.option(fc.nat(99), { nil: undefined }))
      .map(([of, length]) => ({ kind: "array-type", of, length, span }) as const),
  ),
})).type;

const OPERATORS = [
  "+",
  "-",
  "*",
  "/",
  "%",
  "<<",
  ">>",
  "&",
  "|",
  "^",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "&&",
  "||",
] as const;

const target = fc.oneof(
  name.map((variable) => ({ kind: "variable", name: variable, span }) as const),
  name.map((map) => ({ kind: "map", name: map, key: undefined, span }) as const),
);

/** Trees of expressions and statements; positions are all zero. */
export const { expression: expressions, statement: statements } = fc.letrec<{
  expression: Expression;
  statement: Statement;
  body: Statement[];
}>((tie) => {
  const sub = tie("expression");
  const body = tie("body");
  const node = <T>(arbitrary: fc.Arbitrary<T>) => arbitrary.map((value) => ({ ...value, span }));
  const expression = fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    node(fc.record({ kind: fc.constant("integer" as const), value: fc.bigInt(0n, (1n << 64n) - 1n) })),
    node(
      fc.record({
        kind: fc.constant("string" as const),
        value: fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)) }),
      }),
    ),
    node(fc.record({ kind: fc.constant("boolean" as const), value: fc.boolean() })),
    node(fc.record({ kind: fc.constant("identifier" as const), name })),
    node(fc.record({ kind: fc.constant("parameter" as const), index: fc.constantFrom(1, 22, "count" as const) })),
    target,
    node(fc.record({ kind: fc.constant("map" as const), name, key: fc.array(sub, { minLength: 1, maxLength: 3 }) })),
    node(
      fc.record({
        kind: fc.constant("call" as const),
        name,
        nameSpan: fc.constant(span),
        args: fc.array(sub, { maxLength: 3 }),
      }),
    ),
    node(fc.record({ kind: fc.constant("member" as const), object: sub, name, arrow: fc.boolean() })),
    node(fc.record({ kind: fc.constant("element" as const), object: sub, index: fc.nat(9) })),
    node(fc.record({ kind: fc.constant("index" as const), object: sub, index: sub })),
    node(
      fc.record({
        kind: fc.constant("unary" as const),
        operator: fc.constantFrom("!", "~", "-", "+", "*", "&" as const),
        operand: sub,
      }),
    ),
    node(
      fc.record({
        kind: fc.constant("step" as const),
        operator: fc.constantFrom("++", "--" as const),
        prefix: fc.boolean(),
        target,
      }),
    ),
    node(
      fc.record({
        kind: fc.constant("binary" as const),
        operator: fc.constantFrom(...OPERATORS),
        operatorSpan: fc.constant(span),
        left: sub,
        right: sub,
      }),
    ),
    node(fc.record({ kind: fc.constant("ternary" as const), condition: sub, consequent: sub, alternate: sub })),
    node(fc.record({ kind: fc.constant("cast" as const), type: typeNames, operand: sub })),
    node(fc.record({ kind: fc.constant("sizeof" as const), of: fc.oneof(sub, typeNames) })),
    node(
      fc.record({
        kind: fc.constant("offsetof" as const),
        of: typeNames,
        path: fc.array(name, { minLength: 1, maxLength: 3 }),
      }),
    ),
    node(fc.record({ kind: fc.constant("tuple" as const), elements: fc.array(sub, { maxLength: 3 }) })),
    node(
      fc.record({
        kind: fc.constant("record" as const),
        fields: fc.array(fc.record({ name, value: sub }), { minLength: 1, maxLength: 3 }),
      }),
    ),
    node(fc.record({ kind: fc.constant("block" as const), statements: body, value: sub })),
  ) as fc.Arbitrary<Expression>;
  const statement = fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    node(fc.record({ kind: fc.constant("expression" as const), expression: sub })),
    node(
      fc.record({
        kind: fc.constant("assign" as const),
        target,
        operator: fc.constantFrom(undefined, "+", "<<" as const),
        value: sub,
      }),
    ),
    node(
      fc.record({
        kind: fc.constant("let" as const),
        variable: name.map((variable) => ({ kind: "variable" as const, name: variable, span })),
        type: fc.option(typeNames, { nil: undefined }),
        value: fc.option(sub, { nil: undefined }),
      }),
    ),
    node(
      fc.record({
        kind: fc.constant("if" as const),
        condition: sub,
        consequent: body,
        alternate: fc.option(body, { nil: undefined }),
      }),
    ),
    node(fc.record({ kind: fc.constant("while" as const), condition: sub, body })),
    node(fc.record({ kind: fc.constant("unroll" as const), count: sub, body })),
    node(
      fc.record({
        kind: fc.constant("for" as const),
        variable: name.map((variable) => ({ kind: "variable" as const, name: variable, span })),
        over: fc.oneof(
          name.map((map) => ({ kind: "map" as const, map: { kind: "map" as const, name: map, key: undefined, span } })),
          fc.record({ kind: fc.constant("range" as const), start: sub, end: sub }),
        ),
        body,
      }),
    ),
    node(
      fc.record({
        kind: fc.constant("jump" as const),
        jump: fc.constantFrom("break" as const, "continue" as const),
        value: fc.constant(undefined),
      }),
    ),
    node(
      fc.record({
        kind: fc.constant("jump" as const),
        jump: fc.constant("return" as const),
        value: fc.option(sub, { nil: undefined }),
      }),
    ),
    node(fc.record({ kind: fc.constant("scope" as const), body })),
  ) as fc.Arbitrary<Statement>;
  return { expression, statement, body: fc.array(tie("statement"), { maxLength: 3 }) };
});

const points = fc.constantFrom(
  { provider: "BEGIN", parts: [] },
  { provider: "kprobe", parts: ["vfs_*"] },
  { provider: "tracepoint", parts: ["syscalls", "sys_enter_open*"] },
  { provider: "uprobe", parts: ["/bin/bash", "cpp", "ns::f(int, char)"] },
  { provider: "watchpoint", parts: ["0x1000", "8", "rw"] },
);

const probe: fc.Arbitrary<Probe> = fc.record({
  kind: fc.constant("probe" as const),
  name: fc.constantFrom(undefined, "mine"),
  points: fc.array(
    points.map((point) => ({ kind: "attach-point" as const, ...point, span })),
    { minLength: 1, maxLength: 3 },
  ),
  predicate: fc.option(expressions, { nil: undefined }),
  body: fc.array(statements, { maxLength: 4 }),
  span: fc.constant(span),
});

export const programs: fc.Arbitrary<Program> = fc.record({ items: fc.array(probe, { minLength: 1, maxLength: 3 }) });

/** The same tree with all positions zero. */
export function withoutSpans<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withoutSpans) as T;
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === "span" || key === "nameSpan" || key === "operatorSpan" ? span : withoutSpans(value),
    ]),
  ) as T;
}
