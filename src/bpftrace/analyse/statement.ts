import type { Expression, MapNode } from "../ast/expression.ts";
import type { AssignStatement, ForStatement, LetStatement, Statement } from "../ast/statement.ts";
import { INT64, NONE, sameKind, type Type } from "../types/type.ts";
import { kindText, typeText } from "../types/type-text.ts";
import { countFault } from "./call.ts";
import { analyseExpression, typeOf } from "./expression.ts";
import { AGGREGATES, aggregateCall } from "./functions/aggregates.ts";
import { Call } from "./functions/row.ts";
import { analyseKey, mapOf } from "./maps.ts";
import { combine, conditionOf } from "./operators.ts";
import { grow, report, type Scope, widened } from "./scope.ts";
import { analyseReturn } from "./subprogram.ts";
import type { Action, MapInfo, Value, Variable } from "./typed.ts";

/** Analyses statements in order. */
export const analyseStatements = (scope: Scope, statements: readonly Statement[]): readonly Action[] =>
  statements.flatMap((statement) => analyseStatement(scope, statement));

function condition(scope: Scope, node: Expression, what: string): Value {
  const value = analyseExpression(scope, node);
  const found = conditionOf(value);
  if (found === undefined && value.type.kind !== "none")
    report(scope, node.span, `Invalid condition in ${what}: ${kindText(value.type)}`);
  return found ?? value;
}

function analyseStatement(scope: Scope, statement: Statement): readonly Action[] {
  switch (statement.kind) {
    case "expression": {
      const value = analyseExpression(scope, statement.expression);
      if (value.op === "block" && value.type.kind === "none") return value.actions;
      return [{ do: "evaluate", value }];
    }
    case "assign":
      return analyseAssign(scope, statement);
    case "let":
      return analyseLet(scope, statement);
    case "if": {
      const test = condition(scope, statement.condition, "if()");
      const consequent = analyseStatements(scope, statement.consequent);
      const alternate = analyseStatements(scope, statement.alternate ?? []);
      return [{ do: "if", condition: test, consequent, alternate }];
    }
    case "while": {
      const test = condition(scope, statement.condition, "while()");
      return [{ do: "while", condition: test, body: loop(scope, statement.body) }];
    }
    case "unroll": {
      const count = analyseExpression(scope, statement.count);
      const span = { start: statement.span.start, end: statement.count.span.end + 1 };
      if (count.op !== "integer") {
        if (count.type.kind !== "none") report(scope, span, "unroll expects a literal integer");
        return [];
      }
      if (count.value > 100n) report(scope, span, "unroll maximum value is 100");
      if (count.value < 1n) report(scope, span, "unroll minimum value is 1");
      const body = loop(scope, statement.body);
      return [{ do: "repeat", times: Number(BigInt.asUintN(7, count.value)), body }];
    }
    case "for":
      return analyseFor(scope, statement);
    case "jump":
      if (statement.jump !== "return" && scope.loops === 0)
        report(scope, statement.span, `${statement.jump} used outside of a loop`);
      return statement.jump === "return" ? analyseReturn(scope, statement) : [{ do: statement.jump }];
    case "scope":
      return analyseStatements(scope, statement.body);
  }
}

function loop(scope: Scope, body: readonly Statement[]): readonly Action[] {
  scope.loops++;
  const actions = analyseStatements(scope, body);
  scope.loops--;
  return actions;
}

/** A variable of the probe, made where it is new. */
export function declare(scope: Scope, name: string): Variable {
  const declared = scope.variables.get(name);
  if (declared !== undefined) return declared;
  const known = scope.before[scope.all.length];
  const variable: Variable = { name, index: scope.all.length, type: known?.name === name ? known.type : NONE };
  scope.all.push(variable);
  scope.variables.set(name, variable);
  return variable;
}

function analyseFor(scope: Scope, { variable: node, over, body }: ForStatement): readonly Action[] {
  if (over.kind === "range") {
    const start = analyseExpression(scope, over.start);
    const end = analyseExpression(scope, over.end);
    for (const [bound, at] of [
      [start, over.start],
      [end, over.end],
    ] as const) {
      if (bound.type.kind !== "integer" && bound.type.kind !== "none")
        report(scope, at.span, `Loop range requires an integer for the ${bound === start ? "start" : "end"} value`);
    }
    const variable = loopVariable(scope, node);
    grow(scope.analysis, variable.type, INT64, (type) => void (variable.type = type));
    const actions = loop(scope, body);
    scope.variables.delete(node.name);
    return [{ do: "for-range", variable, start, end, body: actions }];
  }
  const map = mapOf(scope, over.map.name);
  if (map.value.kind === "none") {
    report(scope, over.map.span, `Undefined map: @${over.map.name}`);
    return [];
  }
  if (over.map.key !== undefined) report(scope, over.map.span, "Loop expression should be a map without a key");
  if (map.key?.length === 0) {
    report(scope, over.map.span, `@${map.name} has no explicit keys (scalar map), and cannot be used for iteration`);
    return [];
  }
  if (map.value.kind === "aggregate" && ["hist", "lhist", "tseries", "stats"].includes(map.value.name)) {
    report(scope, over.map.span, `Loop expression does not support type: ${typeText(map.value)}`);
    return [];
  }
  const variable = loopVariable(scope, node);
  const type: Type = { kind: "tuple", elements: [keyType(map), valueType(map)] };
  grow(scope.analysis, variable.type, type, (larger) => void (variable.type = larger));
  const actions = loop(scope, body);
  scope.variables.delete(node.name);
  return [{ do: "for-map", variable, map, body: actions }];
}

/** A loop's variable, which is there in its body alone. */
function loopVariable(scope: Scope, { name, span }: ForStatement["variable"]): Variable {
  if (scope.variables.has(name)) report(scope, span, `Loop declaration shadows existing variable: $${name}`);
  scope.variables.delete(name);
  return declare(scope, name);
}

/** The type of a map's key as one value. */
export const keyType = ({ key = [] }: MapInfo): Type => (key.length === 1 ? key[0]! : { kind: "tuple", elements: key });

/** The type of a map's values as they are read. */
export const valueType = ({ value }: MapInfo): Type =>
  value.kind === "aggregate" ? { kind: "integer", size: 8, signed: value.signed } : value;

function analyseLet(
  scope: Scope,
  { variable: node, type: name, value: written, span }: LetStatement,
): readonly Action[] {
  const value = written === undefined ? undefined : analyseExpression(scope, written);
  const variable = declare(scope, node.name);
  if (name !== undefined) {
    const type = typeOf(scope, name);
    if (type === undefined) return [];
    if (variable.type.kind === "none") {
      variable.type = type;
      scope.analysis.changed = true;
    }
  }
  return value === undefined ? [] : assignVariable(scope, variable, value, span);
}

function assignVariable(
  scope: Scope,
  variable: Variable,
  value: Value,
  span: { start: number; end: number },
): readonly Action[] {
  const { type } = value;
  if (type.kind === "none") {
    if (value.op === "block") report(scope, span, `Invalid expression for assignment: none`);
    return [];
  }
  if (type.kind === "aggregate" || type.kind === "void" || type.kind === "context") {
    report(scope, span, `Value '${typeText(type)}' cannot be assigned to a scratch variable.`);
    return [];
  }
  if (!grow(scope.analysis, variable.type, type, (larger) => void (variable.type = larger))) {
    report(
      scope,
      span,
      `Type mismatch for $${variable.name}: trying to assign value of type '${typeText(type)}' when variable already contains a value of type '${typeText(variable.type)}'`,
    );
    return [];
  }
  return [{ do: "set-variable", variable, value }];
}

function analyseAssign(scope: Scope, statement: AssignStatement): readonly Action[] {
  const { target, operator, value: written, span } = statement;
  switch (target.kind) {
    case "identifier": {
      if (target.name !== "_" || operator !== undefined) {
        report(scope, target.span, `syntax error, unexpected =, expecting }`);
        return [];
      }
      return [{ do: "evaluate", value: analyseExpression(scope, written) }];
    }
    case "variable": {
      const bound = scope.bound.get(`$${target.name}`);
      if (bound !== undefined && scope.caller !== undefined) {
        if (bound.kind === "variable" || bound.kind === "map") {
          const value = analyseExpression(scope, written);
          if (bound.kind === "variable" && operator === undefined)
            return assignVariable(scope.caller, declare(scope.caller, bound.name), value, span);
        }
        report(scope, span, `Macro argument $${target.name} cannot be assigned`);
        return [];
      }
      const value = analyseExpression(scope, written);
      if (operator === undefined) return assignVariable(scope, declare(scope, target.name), value, written.span);
      const before = analyseExpression(scope, target);
      const combined = combine(scope, { operator, span, operatorSpan: span }, before, value);
      return before.op === "variable" ? assignVariable(scope, before.variable, combined, span) : [];
    }
    case "map":
      return assignMap(scope, target, operator, written, span);
  }
}

function assignMap(
  scope: Scope,
  target: MapNode,
  operator: AssignStatement["operator"],
  written: Expression,
  span: { start: number; end: number },
): readonly Action[] {
  const map = mapOf(scope, target.name);
  const row = written.kind === "call" ? AGGREGATES.get(written.name) : undefined;
  if (row !== undefined && written.kind === "call" && operator === undefined) {
    const key = analyseKey(scope, target, map);
    const fault = countFault(row.name, row.args, written.args.length);
    if (fault !== undefined) {
      report(scope, written.span, fault);
      return [];
    }
    const call = aggregateCall(new Call(scope, written));
    if (call === undefined) return [];
    const signed = row.name !== "count" && call.value?.type.kind === "integer" && call.value.type.signed;
    const type: Type = { kind: "aggregate", name: row.name, signed, parameters: call.parameters };
    if (!setMap(scope, map, type, target.span)) return [];
    if (map.value.kind === "aggregate" && map.value.parameters.join() !== call.parameters.join()) {
      report(scope, written.span, `Different ${row.name} bounds in a single map unsupported`);
      return [];
    }
    return [{ do: "aggregate", map, key, name: row.name, value: call.value }];
  }
  const value = analyseExpression(scope, written);
  if (operator !== undefined && map.value.kind === "none" && value.type.kind === "integer")
    setMap(scope, map, INT64, target.span);
  const key = analyseKey(scope, target, map);
  if (value.type.kind === "none") {
    if (value.op === "block") report(scope, written.span, "Invalid expression for assignment: none");
    return [];
  }
  let stored = value;
  if (operator !== undefined) {
    if (map.value.kind === "none") {
      report(scope, target.span, `Undefined map: @${target.name}`);
      return [];
    }
    stored = combine(scope, { operator, span, operatorSpan: span }, { op: "map", map, key, type: map.value }, value);
    if (stored.type.kind === "none") return [];
  }
  if (stored.type.kind === "context" || stored.type.kind === "void") {
    report(scope, written.span, `Map value '${typeText(stored.type)}' cannot be assigned from one map to another.`);
    return [];
  }
  if (stored.type.kind === "aggregate") {
    report(
      scope,
      written.span,
      `Map value '${typeText(stored.type)}' cannot be assigned from one map to another. The function that returns this type must be called directly e.g. \`@${map.name} = ${stored.type.name}(...);\`.`,
    );
    return [];
  }
  if (!setMap(scope, map, widened(stored.type), target.span, stored.type)) return [];
  return [{ do: "set-map", map, key, value: stored }];
}

/** Takes the type of a value into a map. */
function setMap(scope: Scope, map: MapInfo, type: Type, span: { start: number; end: number }, shown = type): boolean {
  if (map.value.kind === "aggregate" && type.kind === "aggregate" && sameKind(map.value, type)) {
    if (type.signed && !map.value.signed) {
      map.value = { ...map.value, signed: true };
      scope.analysis.changed = true;
    }
    return true;
  }
  if (grow(scope.analysis, map.value, type, (larger) => void (map.value = larger))) return true;
  const have = typeText(map.value);
  // The quote that is missing at the end is missing in bpftrace 0.17, too.
  report(
    scope,
    span,
    `Type mismatch for @${map.name}: trying to assign value of type '${typeText(shown)}' when map already contains a value of type '${have}`,
  );
  return false;
}
