import { BOOL, type Space, sizeOfType, type Type, UINT64 } from "../../types/type.ts";
import { kindText, typeText } from "../../types/type-text.ts";
import { analyseParameter } from "../expression.ts";
import { NOTHING } from "../scope.ts";
import type { Value } from "../typed.ts";
import type { Call, FunctionRow } from "./row.ts";

/** Where a pointer points to; a bare number is one of the program in probes that see its memory first. */
function spaceOf(call: Call, value: Value): Space {
  if (value.type.kind === "pointer") return value.type.space;
  const { provider, target } = call.scope.point;
  return provider.name.startsWith("u") || target.startsWith("syscalls:") ? "user" : "kernel";
}

function str(call: Call): Value {
  const { settings } = call.scope.analysis;
  const written = call.written(0);
  if (written?.kind === "parameter" && typeof written.index === "number")
    return analyseParameter(call.scope, written.index, written.span, true);
  const address = call.value(0);
  if (address === undefined) return NOTHING;
  const { type } = address;
  let limit: Value | undefined;
  let size = settings.maxStrlen;
  if (call.count === 2) {
    limit = call.integer(1);
    if (limit === undefined) return NOTHING;
    if (limit.op === "integer") {
      if (limit.value < 0n) return call.fail(`str cannot use negative length (${limit.value})`);
      size = Math.min(size, Number(limit.value) + 1);
      limit = undefined;
    }
  }
  if (type.kind === "string" || (type.kind === "array" && sizeOfType(type.of) === 1)) {
    if (type.kind === "string" && call.count === 2 && address.op === "string")
      return call.fail(`str() expects an integer or a pointer type as first argument (${typeText(type)} provided)`);
    return {
      op: "str",
      address,
      space: "kernel",
      limit,
      type: { kind: "string", size: Math.min(size, sizeOfType(type) + (type.kind === "array" ? 1 : 0)) },
    };
  }
  if (type.kind !== "integer" && type.kind !== "pointer")
    return call.fail(`str() expects an integer or a pointer type as first argument (${typeText(type)} provided)`);
  return { op: "str", address, space: spaceOf(call, address), limit, type: { kind: "string", size } };
}

function buf(call: Call): Value {
  const from = call.value(0);
  if (from === undefined) return NOTHING;
  const most = call.scope.analysis.settings.maxStrlen - 4;
  const { type } = from;
  const whole = type.kind === "array" || type.kind === "string" ? sizeOfType(type) : undefined;
  if (call.count === 1) {
    if (whole === undefined) return call.fail(`buf() expects a length argument for non-array type ${kindText(type)}`);
    return {
      op: "buf",
      from,
      space: "kernel",
      length: undefined,
      type: { kind: "buffer", size: Math.min(whole, most) },
    };
  }
  if (type.kind !== "integer" && type.kind !== "pointer" && whole === undefined)
    return call.fail(`buf() expects an integer or pointer argument`);
  const length = call.integer(1);
  if (length === undefined) return NOTHING;
  if (length.op !== "integer")
    return {
      op: "buf",
      from,
      space: spaceOf(call, from),
      length,
      type: { kind: "buffer", size: whole === undefined ? most : Math.min(most, whole) },
    };
  if (length.value < 0n) return call.fail("buf cannot use negative length");
  const size = Math.min(Number(length.value), most, whole ?? most);
  return { op: "buf", from, space: spaceOf(call, from), length: undefined, type: { kind: "buffer", size } };
}

function strncmp(call: Call): Value {
  const values = [call.value(0), call.value(1)];
  const [left, right] = values;
  if (left === undefined || right === undefined) return NOTHING;
  for (const { type } of [left, right])
    if (type.kind !== "string" && !(type.kind === "array" && sizeOfType(type.of) === 1))
      return call.fail(`strncmp() only supports string arguments (${kindText(type)} provided)`);
  const limit = call.literalInteger(2);
  if (limit === undefined) return NOTHING;
  if (limit < 0n) return call.fail("Builtin strncmp requires a non-negative size");
  // Not the order as in C: 0 where they are equal, else not 0.
  const equal: Value = {
    op: "equal-bytes",
    left,
    right,
    negate: true,
    limit: Number(limit),
    terminated: true,
    type: BOOL,
  };
  return { op: "convert", operand: equal, type: UINT64 };
}

function pton(text: string): bigint[] | undefined {
  if (/^\d+(\.\d+){3}$/.test(text)) {
    const parts = text.split(".").map(Number);
    return parts.every((part) => part < 256) ? parts.map(BigInt) : undefined;
  }
  if (!/^[0-9a-fA-F:]+$/.test(text) || text.split("::").length > 2) return undefined;
  const [head = "", tail] = text.split("::");
  const words = (part: string) => (part === "" ? [] : part.split(":"));
  const [front, back] = [words(head), words(tail ?? "")];
  if (tail === undefined ? front.length !== 8 : front.length + back.length > 7) return undefined;
  const all = [...front, ...new Array<string>(8 - front.length - back.length).fill("0"), ...back];
  if (all.some((word) => !/^[0-9a-fA-F]{1,4}$/.test(word))) return undefined;
  return all.flatMap((word) => [BigInt(Number.parseInt(word, 16) >> 8), BigInt(Number.parseInt(word, 16) & 255)]);
}

/** An address as text has: 4 bytes or 16, or a number of 4 bytes. */
function ntop(call: Call): Value {
  const last = call.value(call.count - 1);
  const family = call.count === 2 ? call.integer(0) : undefined;
  if (last === undefined || (call.count === 2 && family === undefined)) return NOTHING;
  const { type } = last;
  if (type.kind === "integer" || (type.kind === "array" && (sizeOfType(type) === 4 || sizeOfType(type) === 16)))
    return { op: "inet", family, address: last, type: { kind: "inet" } };
  if (type.kind === "string" || type.kind === "array")
    return call.fail("ntop() argument must be 4 or 16 bytes in size");
  return call.fail(`ntop() expects an integer or array argument, got ${kindText(type)}`);
}

const BYTE: Type = { kind: "integer", size: 1, signed: false };

export const TEXT_FUNCTIONS: readonly FunctionRow[] = [
  { name: "str", args: [1, 2], doc: "The text at an address.", analyse: str },
  { name: "buf", args: [1, 2], doc: "Bytes at an address.", analyse: buf },
  { name: "strncmp", args: [3, 3], doc: "0 where the first bytes of two texts are equal.", analyse: strncmp },
  { name: "ntop", args: [1, 2], doc: "An IP address as text.", analyse: ntop },
  {
    name: "pton",
    args: [1, 1],
    doc: "The bytes of an IP address.",
    analyse: (call) => {
      const text = call.literal(0);
      if (text === undefined) return NOTHING;
      const bytes = pton(text);
      if (bytes === undefined)
        return call.fail(`pton() expects an string argument of an IPv4/IPv6 address, got ${text}`);
      const elements = bytes.map((value): Value => ({ op: "integer", value, type: BYTE }));
      return { op: "tuple", elements, type: { kind: "array", of: BYTE, length: bytes.length, space: "kernel" } };
    },
  },
  {
    name: "macaddr",
    args: [1, 1],
    doc: "An Ethernet address as text.",
    analyse: (call) => {
      const address = call.value(0);
      if (address === undefined) return NOTHING;
      if (address.type.kind !== "integer" && address.type.kind !== "pointer" && address.type.kind !== "array")
        return call.fail("macaddr() only supports array or pointer arguments");
      if (address.type.kind === "array" && sizeOfType(address.type) !== 6)
        return call.fail("macaddr() argument must be 6 bytes in size");
      return { op: "mac", address, type: { kind: "mac" } };
    },
  },
  {
    name: "bswap",
    args: [1, 1],
    doc: "The bytes of a number in the other order.",
    analyse: (call) => {
      const operand = call.integer(0);
      return operand === undefined ? NOTHING : { op: "swap", operand, type: operand.type };
    },
  },
  {
    name: "str_concat",
    args: [2, 2],
    doc: "Two texts, one behind the other.",
    analyse: (call) => {
      const [left, right] = [call.value(0), call.value(1)];
      if (left === undefined || right === undefined) return NOTHING;
      for (const { type } of [left, right])
        if (type.kind !== "string" && type.kind !== "none")
          return call.fail(`str_concat() only supports string arguments (${kindText(type)} provided)`);
      if (left.type.kind === "none" || right.type.kind === "none") return NOTHING;
      const size = sizeOfType(left.type) + sizeOfType(right.type) - 1;
      return { op: "concat", left, right, type: { kind: "string", size } };
    },
  },
  {
    name: "strcontains",
    args: [2, 2],
    doc: "Whether a text contains another.",
    analyse: (call) => {
      const text = call.value(0);
      const part = call.literal(1);
      if (text === undefined || part === undefined) return NOTHING;
      if (text.type.kind !== "string")
        return call.fail(`strcontains() only supports string arguments (${kindText(text.type)} provided)`);
      return { op: "strcontains", text, part, type: BOOL };
    },
  },
  {
    name: "strlen",
    args: [1, 1],
    doc: "How many bytes a text has.",
    analyse: (call) => {
      const text = call.value(0);
      if (text === undefined) return NOTHING;
      if (text.type.kind !== "string")
        return call.fail(`strlen() only supports string arguments (${kindText(text.type)} provided)`);
      return { op: "string-length", text, type: UINT64 };
    },
  },
];
