import type { CallNode, Expression, IdentifierNode, Span, TypeName } from "../ast/expression.ts";
import { isTypeName } from "../ast/expression.ts";
import { nearest } from "../near-miss.ts";
import { BOOL, INT64, isScalar, NONE, sameKind, sizeOfType, type Type, UINT64, unify } from "../types/type.ts";
import { kindText, typeText } from "../types/type-text.ts";
import { analyseBuiltin, BUILTIN_DOCS, isBuiltin } from "./builtins.ts";
import { analyseCall } from "./call.ts";
import { libraryMacro, refusal } from "./library.ts";
import { expandMacro } from "./macro.ts";
import { analyseKey, analyseMap, mapOf } from "./maps.ts";
import { analyseElement, analyseIndex, analyseMember, layoutField } from "./members.ts";
import { analyseBinary, analyseUnary, conditionOf } from "./operators.ts";
import { NOTHING, report, type Scope } from "./scope.ts";
import { analyseStatements } from "./statement.ts";
import { callSubprogram } from "./subprogram.ts";
import type { Value } from "./typed.ts";

/** How deep macros and definitions may stand for each other. */
const MOST_EXPANSIONS = 50;

/** A whole number as a value. */
export const integer = (value: bigint, type: Type = INT64): Value => ({ op: "integer", value, type });

/** Bytes as a value; a zero ends them. */
export const text = (value: string): Value => ({
  op: "string",
  value,
  type: { kind: "string", size: value.length + 1 },
});

/** Gives an expression its type. What is wrong is noted; the value is then {@link NOTHING}. */
export function analyseExpression(scope: Scope, node: Expression): Value {
  const value = analyseNode(scope, node);
  scope.analysis.typeOfNode?.set(node, value.type);
  return value;
}

function analyseNode(scope: Scope, node: Expression): Value {
  switch (node.kind) {
    case "integer":
      return integer(node.value, node.value > 0x7fff_ffff_ffff_ffffn ? UINT64 : INT64);
    case "string":
      return text(node.value);
    case "boolean":
      return { op: "integer", value: node.value ? 1n : 0n, type: BOOL };
    case "identifier":
      return analyseIdentifier(scope, node);
    case "parameter":
      return analyseParameter(scope, node.index, node.span, false);
    case "variable":
      return analyseVariable(scope, node.name, node.span);
    case "map":
      return analyseMap(scope, node);
    case "call":
      return analyseCallNode(scope, node);
    case "member":
      return analyseMember(scope, node);
    case "element":
      return analyseElement(scope, node);
    case "index":
      return analyseIndex(scope, node);
    case "unary":
      return analyseUnary(scope, node);
    case "step":
      return analyseStep(scope, node);
    case "binary":
      return analyseBinary(scope, node);
    case "ternary":
      return analyseTernary(scope, node);
    case "cast":
      return analyseCast(scope, node);
    case "sizeof": {
      const type = typeOf(scope, node.of);
      return type === undefined ? NOTHING : integer(BigInt(sizeOfType(type)), UINT64);
    }
    case "offsetof":
      return analyseOffsetof(scope, node);
    case "tuple": {
      const elements = node.elements.map((element) => analyseExpression(scope, element));
      if (elements.some(({ type }) => type.kind === "none")) return NOTHING;
      const bad = elements.findIndex(({ type }) => type.kind === "aggregate" || type.kind === "context");
      if (bad >= 0)
        return report(
          scope,
          node.elements[bad]!.span,
          `${typeText(elements[bad]!.type)} cannot be an element of a tuple`,
        );
      return { op: "tuple", elements, type: { kind: "tuple", elements: elements.map(({ type }) => type) } };
    }
    case "record": {
      const elements = node.fields.map(({ value }) => analyseExpression(scope, value));
      if (elements.some(({ type }) => type.kind === "none")) return NOTHING;
      const fields = node.fields.map(({ name }, index) => ({ name, type: elements[index]!.type }));
      return { op: "tuple", elements, type: { kind: "record", fields } };
    }
    case "block": {
      const actions = analyseStatements(scope, node.statements);
      const value = analyseExpression(scope, node.value);
      return { op: "block", actions, value, type: value.type };
    }
  }
}

function analyseIdentifier(scope: Scope, { name, span }: IdentifierNode): Value {
  const bound = scope.bound.get(name);
  if (bound !== undefined && scope.caller !== undefined) return analyseExpression(scope.caller, bound);
  const { defines, types } = scope.analysis;
  if (defines.has(name)) {
    const meant = defines.get(name);
    if (meant === undefined || scope.depth > MOST_EXPANSIONS)
      return report(scope, span, `Unknown identifier: '${name}'`);
    return analyseExpression({ ...scope, depth: scope.depth + 1 }, meant);
  }
  const builtin = analyseBuiltin(scope, name, span);
  if (builtin !== undefined) return builtin;
  const constant = types.constant(name);
  if (constant !== undefined) return { op: "integer", value: constant.value, type: constant.type };
  // A function of the library without arguments may stand without parentheses.
  if (libraryMacro(name, 0)?.parameters.length === 0)
    return analyseCallNode(scope, { kind: "call", name, nameSpan: span, args: [], span });
  const refused = refusal(name);
  if (refused !== undefined) return report(scope, span, refused);
  const near = nearest(name, BUILTIN_DOCS.keys());
  return report(scope, span, `Unknown identifier: '${name}'`, near && `Did you mean ${near}?`);
}

/** `$1`: a number, or 0 where it is none; within `str()` its text. */
export function analyseParameter(
  scope: Scope,
  index: number | "count",
  span: { start: number; end: number },
  asText: boolean,
): Value {
  const { parameters } = scope.analysis;
  if (index === "count") return integer(BigInt(parameters.length), UINT64);
  if (index === 0) return report(scope, span, "$0 is not a valid parameter");
  const given = parameters[index - 1];
  if (asText) return text(given ?? "");
  if (given === undefined) return integer(0n);
  if (/^[+-]?(?:0[xX][0-9a-fA-F]+|\d+)$/.test(given)) {
    const negative = given.startsWith("-");
    const value = BigInt(given.replace(/^[+-]/, ""));
    return integer(negative ? -value : value);
  }
  return report(scope, span, `$${index} used numerically but given "${given}". Try using str($${index}).`);
}

export function analyseVariable(scope: Scope, name: string, span: { start: number; end: number }): Value {
  const bound = scope.bound.get(`$${name}`);
  if (bound !== undefined && scope.caller !== undefined) return analyseExpression(scope.caller, bound);
  const variable = scope.variables.get(name);
  if (variable === undefined) return report(scope, span, `Undefined or undeclared variable: $${name}`);
  if (variable.type.kind === "none") return NOTHING;
  return { op: "variable", variable, type: variable.type };
}

function analyseCallNode(scope: Scope, node: CallNode): Value {
  const own = scope.analysis.macros.get(node.name);
  const macro = own ?? libraryMacro(node.name, node.args.length);
  if (macro !== undefined) {
    if (scope.depth > MOST_EXPANSIONS) return report(scope, node.span, `Recursive macro call: ${node.name}`);
    return expandMacro(scope, node, macro, own === undefined);
  }
  const subprogram = scope.analysis.functions.get(node.name);
  if (subprogram !== undefined) return callSubprogram(scope, node, subprogram);
  const bare =
    node.args.length === 0 && isBuiltin(node.name) ? analyseBuiltin(scope, node.name, node.nameSpan) : undefined;
  return bare ?? analyseCall(scope, node);
}

function analyseStep(scope: Scope, node: Extract<Expression, { kind: "step" }>): Value {
  const { target, operator, prefix } = node;
  const by = operator === "++" ? 1 : -1;
  if (target.kind === "map") {
    const map = mapOf(scope, target.name);
    if (map.value.kind === "none") {
      map.value = INT64;
      scope.analysis.changed = true;
    }
    const key = analyseKey(scope, target, map);
    if (map.value.kind !== "integer" && map.value.kind !== "pointer")
      return report(
        scope,
        target.span,
        `The ${operator} operator can not be used on a map of type '${typeText(map.value)}'`,
      );
    return { op: "step", target: { op: "map", map, key, type: map.value }, by, prefix, type: map.value };
  }
  const value = analyseExpression(scope, target);
  if (value.type.kind === "none") return NOTHING;
  if (value.op !== "variable") return report(scope, target.span, `The ${operator} operator needs a variable or a map`);
  if (value.type.kind !== "integer" && value.type.kind !== "pointer")
    return report(
      scope,
      target.span,
      `The ${operator} operator can not be used on expressions of type '${typeText(value.type)}'`,
    );
  return { op: "step", target: value, by, prefix, type: value.type };
}

function analyseTernary(scope: Scope, node: Extract<Expression, { kind: "ternary" }>): Value {
  const test = analyseExpression(scope, node.condition);
  const consequent = analyseExpression(scope, node.consequent);
  const alternate = analyseExpression(scope, node.alternate);
  const condition = conditionOf(test);
  if (test.type.kind !== "none" && condition === undefined)
    return report(scope, node.span, `Invalid condition in ternary: ${kindText(test.type)}`);
  // Calls that only do something have no value: `cond ? printf(...) : exit()`.
  if (isAction(consequent) && isAction(alternate) && condition !== undefined)
    return { op: "choose", condition, consequent, alternate, type: NONE };
  if (test.type.kind === "none" || consequent.type.kind === "none" || alternate.type.kind === "none") return NOTHING;
  if (!sameKind(consequent.type, alternate.type))
    return report(
      scope,
      node.span,
      `Ternary operator must return the same type: have '${kindText(consequent.type)}' and '${kindText(alternate.type)}'`,
    );
  return { op: "choose", condition: condition!, consequent, alternate, type: unify(consequent.type, alternate.type) };
}

/** A call that has no value and does something. */
export const isAction = (value: Value): boolean => value.op === "block" && value.type.kind === "none";

function analyseCast(scope: Scope, node: Extract<Expression, { kind: "cast" }>): Value {
  const operand = analyseExpression(scope, node.operand);
  const space =
    operand.type.kind === "pointer"
      ? operand.type.space
      : scope.point.provider.name.startsWith("u")
        ? "user"
        : "kernel";
  const type = scope.analysis.types.resolve(node.type, space, ({ of }) => typeOf(scope, of));
  if (type === undefined) return report(scope, node.span, unknownType(node.type));
  if (operand.type.kind === "none") return NOTHING;
  return convert(scope, operand, type, node);
}

const unknownType = (type: TypeName): string => {
  let base = type;
  while (base.kind === "pointer-type" || base.kind === "array-type")
    base = base.kind === "pointer-type" ? base.to : base.of;
  if (base.kind !== "named-type") return "Unknown type";
  return base.tag === "" ? `Unknown type: ${base.name}` : `Unknown struct/union: '${base.tag} ${base.name}'`;
};

function convert(scope: Scope, operand: Value, type: Type, node: Extract<Expression, { kind: "cast" }>): Value {
  const from = operand.type;
  const refuse = () => report(scope, node.span, `Casts are not supported for type: "${typeText(from)}"`);
  switch (type.kind) {
    case "integer":
      if (operand.op === "integer") return { ...operand, value: wrap(operand.value, type), type };
      if (isScalar(from)) return { op: "convert", operand, type };
      if (from.kind === "array" && sizeOfType(from) <= 8)
        return { op: "part", object: operand, offset: 0, bits: undefined, type };
      if (from.kind === "symbol" || from.kind === "aggregate") return refuse();
      return refuse();
    case "pointer":
      if (isScalar(from)) return { op: "convert", operand, type };
      return refuse();
    case "username":
    case "symbol":
      return isScalar(from) && isScalar(type) ? { op: "convert", operand, type } : refuse();
    case "array": {
      if (from.kind === "integer" || from.kind === "pointer") {
        const length = type.length === 0 ? sizeOfType(from) / sizeOfType(type.of) : type.length;
        if (from.kind === "integer" && length * sizeOfType(type.of) === sizeOfType(from))
          return { op: "tuple", elements: [operand], type: { ...type, length } };
        return report(scope, node.span, `Cannot cast from "${typeText(from)}" to "${typeText({ ...type, length })}"`);
      }
      return from.kind === "array" ? { op: "part", object: operand, offset: 0, bits: undefined, type } : refuse();
    }
    case "string":
      if (from.kind !== "string" && from.kind !== "array") return refuse();
      return {
        op: "str",
        address: operand,
        space: "kernel",
        limit: undefined,
        type: { kind: "string", size: type.size || sizeOfType(from) },
      };
    case "struct":
      return report(scope, node.span, `Cannot cast to "${type.layout.name}"`, `use a pointer: (${type.layout.name} *)`);
    default:
      return sameKind(from, type) ? operand : refuse();
  }
}

/** A number as an integer type keeps it. */
export function wrap(value: bigint, type: Type): bigint {
  if (type.kind !== "integer") return BigInt.asIntN(64, value);
  if (type.bool) return value === 0n ? 0n : 1n;
  return type.signed ? BigInt.asIntN(type.size * 8, value) : BigInt.asUintN(type.size * 8, value);
}

/** The type that `sizeof`, `typeof` and their like are given, itself or as an expression. */
export function typeOf(scope: Scope, of: Expression | TypeName): Type | undefined {
  if (isTypeName(of)) {
    const type = scope.analysis.types.resolve(of, "kernel", (inner) => typeOf(scope, inner.of));
    if (type === undefined) report(scope, of.span, unknownType(of).replace("struct/union", "identifier"));
    return type;
  }
  const { type } = analyseExpression(scope, of);
  return type.kind === "none" ? undefined : type;
}

function analyseOffsetof(scope: Scope, node: Extract<Expression, { kind: "offsetof" }>): Value {
  const type = typeOf(scope, node.of);
  const offset = type && memberOffset(scope, type, node.path, node.span);
  return offset === undefined ? NOTHING : integer(BigInt(offset), UINT64);
}

/** Where a member of a struct begins; what is wrong with its name is noted. */
export function memberOffset(scope: Scope, of: Type, path: readonly string[], span: Span): number | undefined {
  let type = of;
  let offset = 0;
  for (const name of path) {
    if (type.kind === "pointer") type = type.to;
    const field = type.kind === "struct" ? layoutField(type.layout, name) : undefined;
    if (field === undefined) {
      const shown = type.kind === "struct" ? type.layout.name : typeText(type);
      report(scope, span, `'${shown}' has no field named '${name}'`);
      return undefined;
    }
    offset += field.offset;
    type = field.type;
  }
  return offset;
}
