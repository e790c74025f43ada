import type { ElementNode, IndexNode, MemberNode } from "../ast/expression.ts";
import { hintOf, nearest } from "../near-miss.ts";
import { type Field, fieldsOf, type Layout, type Space, sizeOfType, type Type } from "../types/type.ts";
import { kindText, typeText } from "../types/type-text.ts";
import { analyseContextField } from "./builtins.ts";
import { analyseExpression, integer } from "./expression.ts";
import { NOTHING, report, type Scope } from "./scope.ts";
import type { Value } from "./typed.ts";

/** A member of a struct, those of anonymous parts included. */
export const layoutField = (layout: Layout, name: string): Field | undefined =>
  layout.fields().find((field) => field.name === name);

/** What pointers of a struct that lies in a space point to lies there, too. */
export function inSpace(type: Type, space: Space): Type {
  switch (type.kind) {
    case "pointer":
      return type.space === "user" || space === "kernel" ? type : { kind: "pointer", to: type.to, space };
    case "array":
      return { ...type, of: inSpace(type.of, space), space };
    case "struct":
      return { ...type, space };
    default:
      return type;
  }
}

/** `a.b`, `a->b`. */
export function analyseMember(scope: Scope, node: MemberNode): Value {
  const object = analyseExpression(scope, node.object);
  if (object.type.kind === "none") return NOTHING;
  const { type } = object;
  if (type.kind === "context") return analyseContextField(scope, node.name, node.span);
  if (type.kind === "record") {
    const field = fieldsOf(type).fields.find(({ name }) => name === node.name);
    if (field === undefined) return report(scope, node.span, `Record does not contain a field named '${node.name}'`);
    return { op: "part", object, offset: field.offset, bits: undefined, type: field.type };
  }
  // Today's bpftrace follows a pointer with a point, too.
  const target = type.kind === "pointer" ? type.to : type;
  const wrong = () => {
    const shown = type.kind === "integer" ? "unsigned int64" : typeText(target);
    return report(scope, node.span, `Can not access field '${node.name}' on expression of type '${shown}'`);
  };
  if (target.kind !== "struct") return wrong();
  const { layout } = target;
  const field = layoutField(layout, node.name);
  if (field === undefined) {
    if (layout.fields().length === 0) return report(scope, node.span, `Unknown struct/union: '${layout.name}'`);
    return report(
      scope,
      node.span,
      `Struct/union of type '${layout.name}' does not contain a field named '${node.name}'`,
      hintOf(
        nearest(
          node.name,
          layout.fields().map((one) => one.name),
        ),
      ).hint,
    );
  }
  // The context of an iterator is read as it is, and what its members point to is known to Linux.
  if (object.op === "builtin" && object.name === "ctx")
    return { op: "context", offset: field.offset, dataLoc: false, type: field.type };
  if (type.kind === "pointer") {
    const space = type.space;
    return place(object, field.offset, space, inSpace(field.type, space), field.bits);
  }
  return within(object, field, inSpace(field.type, target.space));
}

/** A place behind an address. */
function place(address: Value, offset: number, space: Space, type: Type, bits: Field["bits"]): Value {
  return { op: "place", address, offset, space, bits, type };
}

/** A part of a value: of one that lies somewhere else only that part is read. */
function within(object: Value, { offset, bits }: Pick<Field, "offset" | "bits">, type: Type): Value {
  if (object.op === "place") return { ...object, offset: object.offset + offset, bits, type };
  return { op: "part", object, offset, bits, type };
}

/** `t.0`. */
export function analyseElement(scope: Scope, node: ElementNode): Value {
  const object = analyseExpression(scope, node.object);
  const { type } = object;
  if (type.kind === "none") return NOTHING;
  if (type.kind !== "tuple" && type.kind !== "record")
    return report(scope, node.span, `Can not access index '${node.index}' on expression of type '${typeText(type)}'`);
  const { fields } = fieldsOf(type);
  const field = fields[node.index];
  if (field === undefined)
    return report(scope, node.span, `Invalid tuple index: ${node.index}. Found ${fields.length} elements in tuple.`);
  return { op: "part", object, offset: field.offset, bits: undefined, type: field.type };
}

/** `a[i]`. */
export function analyseIndex(scope: Scope, node: IndexNode): Value {
  const object = analyseExpression(scope, node.object);
  const index = analyseExpression(scope, node.index);
  const { type } = object;
  if (type.kind === "none" || index.type.kind === "none") return NOTHING;
  if (index.type.kind !== "integer")
    return report(
      scope,
      node.span,
      `The array index operator [] only accepts positive (unsigned) integer indices. Got: ${typeText(index.type)}`,
    );
  if (type.kind === "tuple" && index.op === "integer")
    return analyseElement(scope, { ...node, kind: "element", index: Number(index.value) });
  if (type.kind === "pointer") {
    const size = sizeOfType(type.to);
    if (size === 0)
      return report(scope, node.span, "Cannot use array index operator [] on a pointer to a type without size");
    if (index.op === "integer")
      return place(object, Number(index.value) * size, type.space, inSpace(type.to, type.space), undefined);
    const offset: Value = {
      op: "arithmetic",
      operator: "*",
      left: index,
      right: integer(BigInt(size)),
      type: index.type,
    };
    const address: Value = { op: "arithmetic", operator: "+", left: object, right: offset, type };
    return place(address, 0, type.space, inSpace(type.to, type.space), undefined);
  }
  if (type.kind !== "array" && type.kind !== "string")
    return report(
      scope,
      node.span,
      `The array index operator [] can only be used on arrays and pointers, found ${kindText(type)}.`,
    );
  const of: Type = type.kind === "array" ? inSpace(type.of, type.space) : { kind: "integer", size: 1, signed: true };
  const length = type.kind === "array" ? type.length : type.size;
  const size = sizeOfType(of);
  if (index.op === "integer") {
    if (index.value < 0n || (length > 0 && index.value >= BigInt(length)))
      return report(scope, node.span, `the index ${index.value} is out of bounds for array of size ${length}`);
    return within(object, { offset: Number(index.value) * size }, of);
  }
  if (object.op === "place") {
    const start: Value = { op: "address", of: object, type: { kind: "pointer", to: of, space: object.space } };
    const offset: Value = {
      op: "arithmetic",
      operator: "*",
      left: index,
      right: integer(BigInt(size)),
      type: index.type,
    };
    return place(
      { op: "arithmetic", operator: "+", left: start, right: offset, type: start.type },
      0,
      object.space,
      of,
      undefined,
    );
  }
  return { op: "element", object, index, type: of };
}
