import type { CallNode } from "../ast/expression.ts";
import { nearest } from "../near-miss.ts";
import { AGGREGATES } from "./functions/aggregates.ts";
import { BYTES_FUNCTIONS } from "./functions/bytes.ts";
import { CONTROL_FUNCTIONS } from "./functions/control.ts";
import { NAMED_FUNCTIONS } from "./functions/named.ts";
import { Call, type FunctionRow } from "./functions/row.ts";
import { STACK_FUNCTIONS } from "./functions/stacks.ts";
import { TEXT_FUNCTIONS } from "./functions/text.ts";
import { refusal } from "./library.ts";
import { report, type Scope } from "./scope.ts";
import type { Value } from "./typed.ts";

/** Every function of the language, but those that only maps take. */
export const FUNCTIONS: readonly FunctionRow[] = [
  ...CONTROL_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...BYTES_FUNCTIONS,
  ...NAMED_FUNCTIONS,
  ...STACK_FUNCTIONS,
];

const ROWS = new Map(FUNCTIONS.map((row) => [row.name, row]));

const plural = (count: number): string =>
  count === 1 ? "one argument" : count === 0 ? "no arguments" : `${count} arguments`;

/** What is wrong with the number of arguments, in bpftrace's words. */
export function countFault(name: string, [least, most]: readonly [number, number], count: number): string | undefined {
  if (count >= least && count <= most) return undefined;
  if (least === most) return `${name}() requires ${plural(least)} (${count} provided)`;
  if (count < least) return `${name}() requires at least ${plural(least)} (${count} provided)`;
  return `${name}() takes up to ${plural(most)} (${count} provided)`;
}

/** The value of a call. */
export function analyseCall(scope: Scope, node: CallNode): Value {
  const { name } = node;
  if (AGGREGATES.has(name)) return report(scope, node.span, `${name}() should be directly assigned to a map`);
  const row = ROWS.get(name);
  if (row === undefined) {
    const refused = refusal(name);
    if (refused !== undefined) return report(scope, node.nameSpan, refused);
    const near = nearest(name, [...ROWS.keys(), ...AGGREGATES.keys()]);
    return report(scope, node.nameSpan, `Unknown function: ${name}`, near && `Did you mean ${near}()?`);
  }
  if (row.unsafe && !scope.analysis.unsafe) {
    report(scope, node.span, `${name}() is an unsafe function being used in safe mode`);
  }
  const fault = countFault(name, row.args, node.args.length);
  if (fault !== undefined) return report(scope, node.span, fault);
  return row.analyse(new Call(scope, node));
}
