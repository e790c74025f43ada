import { type CallNode, type Expression, isTypeName } from "../ast/expression.ts";
import type { Macro } from "../ast/program.ts";
import { NONE } from "../types/type.ts";
import { analyseExpression } from "./expression.ts";
import { report, type Scope } from "./scope.ts";
import { analyseStatements } from "./statement.ts";
import type { Value, Variable } from "./typed.ts";

/**
 * The value of a macro's body. Its own variables are its own; arguments written `$x` and `@m` are the caller's, bare
 * words stand for the caller's expression.
 */
export function expandMacro(scope: Scope, node: CallNode, macro: Macro, inLibrary: boolean): Value {
  const { parameters } = macro;
  if (node.args.length !== parameters.length)
    return report(
      scope,
      node.span,
      `Call to macro has wrong number arguments. Expected: ${parameters.length} but got ${node.args.length}`,
    );
  const bound = new Map<string, Expression>();
  for (const [index, parameter] of parameters.entries()) {
    const argument = node.args[index]!;
    if (isTypeName(argument)) return report(scope, argument.span, "a type cannot be the argument of a macro");
    if (parameter.kind === "map" && argument.kind !== "map")
      return report(scope, argument.span, `Mismatched arg. Expected: @${parameter.name}. Got: ${argument.kind}`);
    // What is no variable of the caller is evaluated where the macro uses it.
    bound.set(
      `${parameter.kind === "variable" ? "$" : parameter.kind === "map" ? "@" : ""}${parameter.name}`,
      argument,
    );
  }
  const inner: Scope = {
    ...scope,
    bound,
    caller: scope,
    result: undefined,
    site: inLibrary ? (scope.site ?? node.span) : scope.site,
    depth: scope.depth + 1,
    variables: new Map<string, Variable>(),
  };
  const actions = analyseStatements(inner, macro.body);
  const value = macro.value === undefined ? undefined : analyseExpression(inner, macro.value);
  if (value === undefined) return { op: "block", actions, value: { op: "nothing", type: NONE }, type: NONE };
  return { op: "block", actions, value, type: value.type };
}
