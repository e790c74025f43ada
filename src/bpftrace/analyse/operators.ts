import type { BinaryNode, UnaryNode } from "../ast/expression.ts";
import { BOOL, INT64, isScalar, sameKind, sizeOfType, type Type, UINT64 } from "../types/type.ts";
import { typeText } from "../types/type-text.ts";
import { analyseExpression, integer, wrap } from "./expression.ts";
import { inSpace } from "./members.ts";
import { NOTHING, report, type Scope, warn } from "./scope.ts";
import type { Arithmetic, Comparison, Value } from "./typed.ts";

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);

/** Whether a value can be asked for truth: the value, or undefined. */
export function conditionOf(value: Value): Value | undefined {
  return value.type.kind === "integer" || value.type.kind === "pointer" ? value : undefined;
}

/** An operator between two values. */
export function analyseBinary(scope: Scope, node: BinaryNode): Value {
  const left = analyseExpression(scope, node.left);
  const right = analyseExpression(scope, node.right);
  return combine(scope, node, left, right);
}

/** The same for values that have their types already: `+=` combines what a variable holds. */
export function combine(
  scope: Scope,
  node: Pick<BinaryNode, "operator" | "span" | "operatorSpan">,
  left: Value,
  right: Value,
): Value {
  const { operator, span } = node;
  const a = left.type;
  const b = right.type;
  if (a.kind === "none" || b.kind === "none") return NOTHING;
  const mismatch = () =>
    report(scope, span, `Type mismatch for '${operator}': comparing '${typeText(a)}' with '${typeText(b)}'`);
  const unusable = () =>
    report(
      scope,
      node.operatorSpan,
      `The ${operator} operator can not be used on expressions of types ${typeText(a)}, ${typeText(b)}`,
    );
  if (operator === "&&" || operator === "||") {
    const [first, second] = [conditionOf(left), conditionOf(right)];
    if (first === undefined || second === undefined) return unusable();
    return { op: "logical", operator, left: first, right: second, type: BOOL };
  }
  if (a.kind === "pointer" || b.kind === "pointer") return pointers(scope, node, left, right);
  if (!sameKind(a, b)) return mismatch();
  if (a.kind !== "integer") {
    if (operator !== "==" && operator !== "!=") return unusable();
    switch (a.kind) {
      case "string":
      case "array":
      case "tuple":
      case "record":
      case "inet":
      case "mac":
      case "buffer": {
        if (a.kind === "array" && (sizeOfType(a) !== sizeOfType(b) || a.of.kind !== "integer")) return unusable();
        const limit = Math.max(sizeOfType(a), sizeOfType(b));
        const terminated = a.kind === "string";
        return { op: "equal-bytes", left, right, negate: operator === "!=", limit, terminated, type: BOOL };
      }
      case "symbol":
      case "username":
        if (isScalar(a)) return { op: "compare", operator, signed: false, left, right, type: BOOL };
        return unusable();
      default:
        return unusable();
    }
  }
  const signed = signedTogether(left, right);
  if (COMPARISONS.has(operator))
    return fold({ op: "compare", operator: operator as Comparison, signed, left, right, type: BOOL });
  const shift = operator === "<<" || operator === ">>";
  const type: Type = shift ? { ...widest(a), signed: isSigned(a) } : { ...widest(a), signed };
  if (
    (operator === "/" || operator === "%") &&
    signed &&
    !(left.op === "integer" && right.op === "integer") &&
    !(positive(left) || positive(right))
  )
    warn(
      scope,
      node.operatorSpan,
      `signed operands for '${operator}' can lead to undefined behavior (cast to unsigned to silence warning)`,
    );
  return fold({ op: "arithmetic", operator: operator as Arithmetic, left, right, type });
}

const isSigned = (type: Type): boolean => type.kind === "integer" && type.signed;
const widest = (_: Type): Extract<Type, { kind: "integer" }> => ({ kind: "integer", size: 8, signed: true });
const positive = (value: Value): boolean => value.op === "integer" && value.value >= 0n;

/** Numbers are signed together where both are, or where one is and the other is a number that fits both ways. */
function signedTogether(left: Value, right: Value): boolean {
  const [a, b] = [isSigned(left.type), isSigned(right.type)];
  if (a === b) return a;
  if (a && positive(left)) return false;
  if (b && positive(right)) return false;
  return true;
}

/** The result where both operands are known numbers. */
function fold(value: Extract<Value, { op: "arithmetic" | "compare" }>): Value {
  const { left, right } = value;
  if (left.op !== "integer" || right.op !== "integer") return value;
  const [a, b] = [left.value, right.value];
  if (value.op === "compare") {
    const result = { "==": a === b, "!=": a !== b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b }[value.operator];
    return { op: "integer", value: result ? 1n : 0n, type: BOOL };
  }
  if ((value.operator === "/" || value.operator === "%") && b === 0n) return value;
  const result = arithmetic(value.operator, a, b);
  const type = result > 0x7fff_ffff_ffff_ffffn ? UINT64 : value.type;
  return { op: "integer", value: wrap(result, type), type };
}

function arithmetic(operator: Arithmetic, a: bigint, b: bigint): bigint {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<<":
      return BigInt.asIntN(64, a << (b & 63n));
    case ">>":
      return a >> (b & 63n);
  }
}

/** Pointers are compared, and moved by whole elements. */
function pointers(
  scope: Scope,
  node: Pick<BinaryNode, "operator" | "span" | "operatorSpan">,
  left: Value,
  right: Value,
): Value {
  const { operator } = node;
  const [a, b] = [left.type, right.type];
  const whole = (type: Type) => type.kind === "pointer" || type.kind === "integer";
  if (!whole(a) || !whole(b))
    return report(
      scope,
      node.span,
      `Type mismatch for '${operator}': comparing '${typeText(a)}' with '${typeText(b)}'`,
    );
  if (COMPARISONS.has(operator))
    return { op: "compare", operator: operator as Comparison, signed: false, left, right, type: BOOL };
  if (
    (operator !== "+" && operator !== "-") ||
    (a.kind === "pointer" && b.kind === "pointer") ||
    (operator === "-" && b.kind === "pointer")
  )
    return report(
      scope,
      node.operatorSpan,
      `The ${operator} operator can not be used on expressions of types ${typeText(a)}, ${typeText(b)}`,
    );
  const [pointer, number] = a.kind === "pointer" ? [left, right] : [right, left];
  const target = pointer.type as Extract<Type, { kind: "pointer" }>;
  const size = BigInt(Math.max(1, sizeOfType(target.to)));
  const by: Value =
    number.op === "integer"
      ? integer(number.value * size)
      : size === 1n
        ? number
        : { op: "arithmetic", operator: "*", left: number, right: integer(size), type: INT64 };
  return { op: "arithmetic", operator, left: pointer, right: by, type: target };
}

/** An operator before a value. */
export function analyseUnary(scope: Scope, node: UnaryNode): Value {
  const operand = analyseExpression(scope, node.operand);
  const { type } = operand;
  const { operator } = node;
  if (type.kind === "none") return NOTHING;
  const span = { start: node.span.start, end: node.span.start + 1 };
  const spoken = operator === "*" ? "dereference" : operator;
  const unusable = () =>
    report(scope, span, `The ${spoken} operator can not be used on expressions of type '${typeText(type)}'`);
  switch (operator) {
    case "*": {
      if (type.kind !== "pointer" && type.kind !== "integer") return unusable();
      if (type.kind === "integer")
        return { op: "place", address: operand, offset: 0, space: "kernel", bits: undefined, type: UINT64 };
      if (sizeOfType(type.to) === 0)
        return report(scope, span, `Can not dereference a pointer to '${typeText(type.to)}'`);
      return {
        op: "place",
        address: operand,
        offset: 0,
        space: type.space,
        bits: undefined,
        type: inSpace(type.to, type.space),
      };
    }
    case "&":
      if (operand.op !== "place") return unusable();
      return { op: "address", of: operand, type: { kind: "pointer", to: type, space: operand.space } };
    case "!":
      if (operand.op === "integer") return { op: "integer", value: operand.value === 0n ? 1n : 0n, type: BOOL };
      return type.kind === "integer" || type.kind === "pointer" ? { op: "not", operand, type: BOOL } : unusable();
    case "+":
      return type.kind === "integer" ? operand : unusable();
    case "-":
    case "~": {
      if (type.kind !== "integer") return unusable();
      if (operand.op === "integer") return integer(operator === "-" ? -operand.value : ~operand.value);
      return {
        op: operator === "-" ? "negate" : "complement",
        operand,
        type: operator === "-" ? INT64 : { ...type, size: 8 },
      };
    }
  }
}
