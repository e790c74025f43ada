import { type CallNode, isTypeName } from "../ast/expression.ts";
import type { Subprogram } from "../ast/program.ts";
import type { JumpStatement } from "../ast/statement.ts";
import { NONE, sameKind, type Type } from "../types/type.ts";
import { kindText, typeText } from "../types/type-text.ts";
import { countFault } from "./call.ts";
import { analyseExpression, typeOf } from "./expression.ts";
import { NOTHING, report, type Scope } from "./scope.ts";
import { analyseStatements, declare } from "./statement.ts";
import type { Action, Value, Variable } from "./typed.ts";

/**
 * A call of a function of the program's own. Its body stands where it is called: its parameters and variables are its own,
 * `return` ends it.
 */
export function callSubprogram(scope: Scope, node: CallNode, called: Subprogram): Value {
  const { name, parameters } = called;
  const fault = countFault(name, [parameters.length, parameters.length], node.args.length);
  if (fault !== undefined) return report(scope, node.span, fault);
  if (scope.depth > MOST_CALLS) return report(scope, node.span, `Recursive call of function: ${name}`);
  const returns = typeOf(scope, called.returns);
  if (returns === undefined) return NOTHING;
  const nothing = returns.kind === "void";
  const inner: Scope = {
    ...scope,
    ...{
      variables: new Map<string, Variable>(),
      bound: new Map(),
      caller: undefined,
      loops: 0,
      depth: scope.depth + 1,
    },
  };
  const given = node.args.map((argument, index) => {
    const parameter = parameters[index]!;
    if (isTypeName(argument)) return report(scope, argument.span, `${name}() does not take a type`);
    const value = analyseExpression(scope, argument);
    const type = typeOf(scope, parameter.type);
    if (type === undefined || value.type.kind === "none") return NOTHING;
    if (sameKind(type, value.type)) return { ...value, type: value.type } satisfies Value;
    const wanted = `expected type '${typeText(type)}' for parameter $${parameter.name}`;
    return report(scope, argument.span, `${name}() ${wanted}, got '${typeText(value.type)}'`);
  });
  const actions: Action[] = [];
  for (const [index, value] of given.entries()) {
    const { name: parameter, type } = parameters[index]!;
    const variable = parameterOf(inner, parameter, typeOf(scope, type) ?? NONE);
    if (value.type.kind !== "none") actions.push({ do: "set-variable", variable, value });
  }
  const result = nothing ? undefined : parameterOf(inner, `${name}()`, returns);
  const last = called.body.at(-1);
  if (!nothing && !(last?.kind === "jump" && last.jump === "return"))
    return report(scope, called.span, `Function ${name} does not end with a return`);
  const within: Scope = result === undefined ? inner : { ...inner, result: { name, type: returns, variable: result } };
  actions.push({ do: "inline", body: analyseStatements(within, called.body) });
  if (result === undefined) return { op: "block", actions, value: { op: "nothing", type: NONE }, type: NONE };
  return { op: "block", actions, value: { op: "variable", variable: result, type: returns }, type: returns };
}

/** How deep functions may call each other. */
const MOST_CALLS = 50;

/** A variable of a function whose type is said. */
function parameterOf(scope: Scope, name: string, type: Type): Variable {
  const variable = declare(scope, name);
  variable.type = type;
  return variable;
}

/** `return`, with the value of the function that it ends. */
export function analyseReturn(scope: Scope, { value: written, span }: JumpStatement): readonly Action[] {
  const value = written === undefined ? undefined : analyseExpression(scope, written);
  const { result } = scope;
  if (result === undefined)
    return value === undefined ? [{ do: "return" }] : [{ do: "evaluate", value }, { do: "return" }];
  if (value === undefined) {
    report(scope, span, `Function ${result.name} is of type ${typeText(result.type)}, cannot return void`);
    return [];
  }
  if (value.type.kind === "none") return [];
  if (!sameKind(result.type, value.type)) {
    report(
      scope,
      span,
      `Function ${result.name} is of type ${kindText(result.type)}, cannot return ${kindText(value.type)}`,
    );
    return [];
  }
  return [{ do: "set-variable", variable: result.variable, value }, { do: "return" }];
}
