import type { Span } from "../../ast/expression.ts";
import { type Space, type StackForm, UINT64 } from "../../types/type.ts";
import { report, type Scope } from "../scope.ts";
import type { Value } from "../typed.ts";
import type { Call, FunctionRow } from "./row.ts";

const MODES: ReadonlySet<string> = new Set(["bpftrace", "perf", "raw", "build_id"]);

/** Frames of a stack unless it is said otherwise, and the most that Linux gives. */
const FRAMES = 127;

/** `kstack`, `ustack`, with the mode and the number of frames. */
export function analyseStack(
  scope: Scope,
  name: string,
  given: readonly (StackForm["mode"] | number)[],
  _span: Span,
): Value {
  const side: Space = name === "kstack" ? "kernel" : "user";
  const limit = given.find((part) => typeof part === "number") ?? FRAMES;
  const mode = given.find((part) => typeof part === "string") ?? scope.analysis.settings.stackMode;
  return { op: "stack", type: { kind: "stack", form: { side, mode, limit } } };
}

function stackCall(call: Call): Value {
  const { scope, node } = call;
  const given: (StackForm["mode"] | number)[] = [];
  for (let index = 0; index < call.count; index++) {
    const argument = call.written(index);
    if (argument?.kind === "identifier" && MODES.has(argument.name)) {
      given.push(argument.name as StackForm["mode"]);
      continue;
    }
    if (argument?.kind === "identifier" && index === 0 && call.count === 2)
      return call.fail(`Invalid stack mode: ${argument.name}`, "Valid modes are bpftrace, perf, raw, build_id");
    const limit = call.literalInteger(index);
    if (limit === undefined) return { op: "nothing", type: { kind: "none" } };
    if (limit < 0n) return call.fail(`${call.name}() limit shouldn't be negative, ${limit} provided`);
    if (limit > BigInt(FRAMES))
      return call.fail(`${call.name}([int limit]): limit shouldn't exceed ${FRAMES}, ${limit} given`);
    given.push(Number(limit));
  }
  return analyseStack(scope, call.name, given, node.span);
}

function symbol(side: Space) {
  return (call: Call): Value => {
    const written = call.written(0);
    const address = written && call.value(0);
    if (address === undefined) return { op: "nothing", type: { kind: "none" } };
    if (address.type.kind !== "integer" && address.type.kind !== "pointer")
      return call.fail(`${call.name}() expects an integer or pointer argument`);
    const type = { kind: "symbol", side } as const;
    return side === "kernel" ? { op: "convert", operand: address, type } : { op: "user-symbol", address, type };
  };
}

export const STACK_FUNCTIONS: readonly FunctionRow[] = [
  { name: "kstack", args: [0, 2], doc: "The stack of Linux.", analyse: stackCall },
  { name: "ustack", args: [0, 2], doc: "The stack of the program.", analyse: stackCall },
  { name: "ksym", args: [1, 1], doc: "The function of Linux at an address.", analyse: symbol("kernel") },
  { name: "usym", args: [1, 1], doc: "The function of the program at an address.", analyse: symbol("user") },
  {
    name: "kaddr",
    args: [1, 1],
    doc: "The address of a symbol of Linux.",
    analyse: (call) => {
      const name = call.literal(0);
      if (name === undefined) return { op: "nothing", type: { kind: "none" } };
      const address = call.scope.analysis.source.address(name);
      if (address === undefined) return report(call.scope, call.span, `Failed to resolve kernel symbol: ${name}`);
      return { op: "integer", value: address, type: UINT64 };
    },
  },
];
