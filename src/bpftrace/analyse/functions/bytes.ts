import type { Expression } from "../../ast/expression.ts";
import { isTypeName } from "../../ast/expression.ts";
import { INT64, sizeOfType, UINT64 } from "../../types/type.ts";
import { kindText, typeText } from "../../types/type-text.ts";
import { integer, memberOffset, typeOf } from "../expression.ts";
import { NOTHING } from "../scope.ts";
import type { Value } from "../typed.ts";
import type { Call, FunctionRow } from "./row.ts";

/** Bytes that `memcmp` looks at: its comparison is unrolled. */
const MOST = 1024n;

function memcmp(call: Call): Value {
  const [left, right] = [call.value(0), call.value(1)];
  const count = call.literalInteger(2);
  if (left === undefined || right === undefined || count === undefined) return NOTHING;
  for (const { type } of [left, right]) {
    if (type.kind !== "string" && type.kind !== "array" && type.kind !== "struct")
      return call.fail(`memcmp() compares values that lie in memory (${kindText(type)} provided)`);
    if (count < 0n || count > MOST || Number(count) > sizeOfType(type))
      return call.fail(`memcmp() cannot compare ${count} bytes of ${typeText(type)}`);
  }
  return { op: "compare-bytes", left, right, count: Number(count), type: INT64 };
}

function strstr(call: Call): Value {
  const text = call.value(0);
  const part = call.literal(1);
  if (text === undefined || part === undefined) return NOTHING;
  if (text.type.kind !== "string")
    return call.fail(`strstr() only supports string arguments (${kindText(text.type)} provided)`);
  return { op: "string-index", text, part, type: INT64 };
}

function strcap(call: Call): Value {
  const value = call.value(0);
  if (value === undefined) return NOTHING;
  const { type } = value;
  if (type.kind === "string") return integer(BigInt(type.size), UINT64);
  if (type.kind === "array" && sizeOfType(type.of) === 1) return integer(BigInt(type.length), UINT64);
  return call.fail(`strcap() only supports string arguments (${kindText(type)} provided)`);
}

/** `a.b.c` as names. */
function pathOf(node: Expression | undefined): string[] | undefined {
  if (node?.kind === "identifier") return [node.name];
  const before = node?.kind === "member" ? pathOf(node.object) : undefined;
  return before === undefined || node?.kind !== "member" ? undefined : [...before, node.name];
}

function containerOf(call: Call): Value {
  const pointer = call.value(0);
  const of = call.node.args[1];
  const path = pathOf(call.written(2));
  if (pointer === undefined || of === undefined) return NOTHING;
  if (pointer.type.kind !== "pointer")
    return call.fail(`container_of() expects a pointer as first argument (${kindText(pointer.type)} provided)`);
  if (!isTypeName(of)) return call.fail("container_of() expects a type as second argument");
  if (path === undefined) return call.fail("container_of() expects the name of a member as third argument");
  const type = typeOf(call.scope, of);
  const offset = type && memberOffset(call.scope, type, path, call.node.span);
  if (type === undefined || offset === undefined) return NOTHING;
  const address: Value = {
    ...{ op: "arithmetic", operator: "-", type: UINT64 },
    ...{ left: { op: "convert", operand: pointer, type: UINT64 }, right: integer(BigInt(offset)) },
  };
  return { op: "convert", operand: address, type: { kind: "pointer", to: type, space: pointer.type.space } };
}

/** What only programs with typed arguments can ask Linux. */
function typedOnly(call: Call): boolean {
  const { name } = call.scope.point.provider;
  if (name === "fentry" || name === "fexit") return true;
  call.fail(`${call.name}() can only be used with "fentry" and "fexit" probes`);
  return false;
}

function socketCookie(call: Call): Value {
  if (!typedOnly(call)) return NOTHING;
  const sk = call.value(0);
  if (sk === undefined) return NOTHING;
  if (sk.type.kind !== "pointer" || sk.type.to.kind !== "struct")
    return call.fail(`socket_cookie() only supports a pointer to "struct sock" (${kindText(sk.type)} provided)`);
  return { op: "helper", name: "get_socket_cookie", values: [sk], type: UINT64 };
}

function path(call: Call): Value {
  if (!typedOnly(call)) return NOTHING;
  const of = call.value(0);
  const size = call.count > 1 ? call.literalInteger(1) : BigInt(call.scope.analysis.settings.maxStrlen);
  if (of === undefined || size === undefined) return NOTHING;
  const target = of.type.kind === "pointer" ? of.type.to : of.type;
  if (target.kind !== "struct" || target.layout.name !== "struct path")
    return call.fail(`path() only supports pointer argument to "struct path" (${typeText(of.type)} provided)`);
  if (size < 1n || size > BigInt(call.scope.analysis.settings.maxStrlen))
    return call.fail(`Invalid size of path(): ${size}`);
  const address: Value =
    of.type.kind === "pointer" ? of : { op: "address", of, type: { kind: "pointer", to: target, space: "kernel" } };
  return { op: "path", path: address, type: { kind: "string", size: Number(size) } };
}

/** Bytes and structures in memory. */
export const BYTES_FUNCTIONS: readonly FunctionRow[] = [
  { name: "memcmp", args: [3, 3], doc: "The difference of the first bytes that differ, or 0.", analyse: memcmp },
  { name: "strstr", args: [2, 2], doc: "Where a text begins within another, or -1.", analyse: strstr },
  { name: "strcap", args: [1, 1], doc: "How many bytes a text has room for.", analyse: strcap },
  { name: "container_of", args: [3, 3], doc: "The structure that a member lies in.", analyse: containerOf },
  { name: "socket_cookie", args: [1, 1], doc: "The number of a socket that no other ever has.", analyse: socketCookie },
  { name: "path", args: [1, 2], doc: "The text of a path.", analyse: path },
];
