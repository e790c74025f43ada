import type { MapNode, Span } from "../ast/expression.ts";
import { INT64, type Type } from "../types/type.ts";
import { typeText } from "../types/type-text.ts";
import { analyseExpression } from "./expression.ts";
import { grow, mapNamed, NOTHING, report, type Scope, widened } from "./scope.ts";
import type { MapInfo, Value } from "./typed.ts";

/** A map of the program by the name that an expression gives it, the argument of a macro included. */
export function mapOf(scope: Scope, name: string): MapInfo {
  const bound = scope.bound.get(`@${name}`);
  if (bound?.kind === "map" && scope.caller !== undefined) return mapOf(scope.caller, bound.name);
  return mapNamed(scope.analysis, name);
}

/** A key's parts as messages show them: integers are kept with 8 bytes. */
const keyText = (types: readonly Type[]): string =>
  `[${types.map((type) => (type.kind === "integer" && !type.bool ? "unsigned int64" : typeText(type))).join(", ")}]`;

/** The types that the parts of a key have in the map. */
function storedKey(values: readonly Value[]): readonly Type[] {
  const types = values.map(({ type }) => widened(type));
  // One tuple as key is the key with its parts.
  const only = types[0];
  return types.length === 1 && only?.kind === "tuple" ? only.elements : types;
}

/** Analyses the parts of a key and takes their types into the map. */
export function analyseKey(scope: Scope, node: MapNode, map = mapOf(scope, node.name)): readonly Value[] {
  const values = (node.key ?? []).map((part) => analyseExpression(scope, part));
  if (values.some(({ type }) => type.kind === "none")) return values;
  for (const [index, { type }] of values.entries()) {
    if (type.kind === "aggregate" || type.kind === "context" || type.kind === "void")
      report(scope, node.key![index]!.span, `${typeText(type)} cannot be used as a map key`);
  }
  keyFits(scope, map, storedKey(values), node.span);
  const only = values[0];
  if (values.length === 1 && only?.type.kind === "tuple") return spread(only);
  return values;
}

/** The parts of a tuple that is the whole key. */
function spread(tuple: Value): readonly Value[] {
  return tuple.op === "tuple" ? tuple.elements : [tuple];
}

/** Takes the types of a key's parts into the map. */
export function keyFits(scope: Scope, map: MapInfo, types: readonly Type[], span: Span): void {
  const { analysis } = scope;
  if (map.key === undefined) {
    map.key = types;
    analysis.changed = true;
    return;
  }
  const known = map.key;
  const wrong = (): void => {
    report(
      scope,
      span,
      `Argument mismatch for @${map.name}: trying to access with arguments: ${keyText(types)} when map expects arguments: ${keyText(known)}`,
    );
  };
  if (known.length !== types.length) {
    wrong();
    return;
  }
  const next = [...known];
  for (const [index, type] of types.entries()) {
    if (!grow(analysis, known[index]!, type, (larger) => void (next[index] = larger))) {
      wrong();
      return;
    }
  }
  map.key = next;
}

/** The value of a map's element. */
export function analyseMap(scope: Scope, node: MapNode): Value {
  const map = mapOf(scope, node.name);
  if (map.value.kind === "none") {
    for (const part of node.key ?? []) analyseExpression(scope, part);
    report(scope, node.span, `Undefined map: @${node.name}`);
    return NOTHING;
  }
  const key = analyseKey(scope, node, map);
  const type = map.value;
  if (type.kind === "aggregate") {
    const number = type.name !== "stats" && type.name !== "hist" && type.name !== "lhist" && type.name !== "tseries";
    if (number) return { op: "aggregate", map, key, type: { kind: "integer", size: 8, signed: type.signed } };
  }
  return { op: "map", map, key, type: type };
}

/** How many elements a map holds. */
export const mapSize = (map: MapInfo): Value => ({ op: "map-size", map, type: INT64 });
