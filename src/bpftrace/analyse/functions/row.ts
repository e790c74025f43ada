import { type CallNode, type Expression, isTypeName, type Span } from "../../ast/expression.ts";
import { NONE } from "../../types/type.ts";
import { kindText } from "../../types/type-text.ts";
import { analyseExpression, analyseParameter } from "../expression.ts";
import { report, type Scope } from "../scope.ts";
import type { Action, EventRow, Value } from "../typed.ts";

/** One function of the language. */
export interface FunctionRow {
  readonly name: string;
  /** How many arguments it takes, at least and at most. */
  readonly args: readonly [least: number, most: number];
  /** It changes the machine, and is refused unless that was allowed. */
  readonly unsafe?: true;
  readonly doc: string;
  /** Its value, of a call with the right number of arguments. */
  readonly analyse: (call: Call) => Value;
}

/** One call while it is analysed. */
export class Call {
  readonly scope: Scope;
  readonly node: CallNode;

  constructor(scope: Scope, node: CallNode) {
    this.scope = scope;
    this.node = node;
  }

  get name(): string {
    return this.node.name;
  }

  get span(): Span {
    return this.scope.site ?? this.node.span;
  }

  get count(): number {
    return this.node.args.length;
  }

  /** Notes a fault of the call. */
  fail(message: string, hint?: string): Value {
    return report(this.scope, this.node.span, message, hint);
  }

  /** An argument as it is written; undefined where there is none or a type. */
  written(index: number): Expression | undefined {
    const argument = this.node.args[index];
    return argument === undefined || isTypeName(argument) ? undefined : argument;
  }

  /** An argument's value; undefined where it could not be typed. */
  value(index: number): Value | undefined {
    const argument = this.written(index);
    if (argument === undefined) {
      if (this.node.args[index] !== undefined) this.fail(`${this.name}() does not take a type`);
      return undefined;
    }
    const value = analyseExpression(this.scope, argument);
    return value.type.kind === "none" ? undefined : value;
  }

  /** An argument that is a number, or a pointer where that will do. */
  integer(index: number, pointers = false): Value | undefined {
    const value = this.value(index);
    if (value === undefined) return undefined;
    const { kind } = value.type;
    if (kind === "integer" || (pointers && kind === "pointer")) return value;
    this.fail(
      pointers
        ? `${this.name}() only supports int or pointer arguments (${kindText(value.type)} provided)`
        : `${this.name}() only supports integer arguments (${kindText(value.type)} provided)`,
    );
    return undefined;
  }

  /** An argument that is a text written in the program; bytes. */
  literal(index: number): string | undefined {
    const argument = this.written(index);
    const value =
      argument?.kind === "parameter" && typeof argument.index === "number"
        ? analyseParameter(this.scope, argument.index, argument.span, true)
        : this.value(index);
    if (value?.op === "string") return value.value;
    if (value !== undefined) this.fail(`${this.name}() expects a string literal (${kindText(value.type)} provided)`);
    return undefined;
  }

  /** An argument that is a number written in the program. */
  literalInteger(index: number): bigint | undefined {
    const argument = this.written(index);
    const value = argument === undefined ? undefined : analyseExpression(this.scope, argument);
    if (value?.op === "integer") return value.value;
    if (value !== undefined)
      this.fail(
        `${this.name}() expects a integer literal (${value.type.kind === "none" ? "none" : kindText(value.type)} provided)`,
      );
    return undefined;
  }
}

/** A call that has no value and does something. */
export const doing = (...actions: readonly Action[]): Value => ({
  op: "block",
  actions,
  value: { op: "nothing", type: NONE },
  type: NONE,
});

type EventFields = Omit<EventRow, "index" | "types" | "span">;

/** A record for the reader with some values. */
export function emit({ scope, span }: Call, fields: EventFields, values: readonly Value[] = []): Value {
  const { events } = scope.analysis;
  const event: EventRow = { ...fields, types: values.map(({ type }) => type), index: events.length, span };
  events.push(event);
  return doing({ do: "emit", event, values });
}
