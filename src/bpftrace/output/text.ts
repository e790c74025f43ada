import type { Data, Names } from "./data.ts";

/** Blanks before the frames of a stack that is a value. */
const VALUE_INDENT = 8;

const hex = (value: bigint): string => `0x${BigInt.asUintN(64, value).toString(16)}`;

/** A value as bpftrace prints it; `indent` is for the frames of stacks. */
export function dataText(data: Data, names: Names, indent = VALUE_INDENT): string {
  const text = (inner: Data) => dataText(inner, names, indent);
  switch (data.kind) {
    case "integer":
      if (data.name !== undefined) return data.name;
      if (data.form === "bool") return data.value === 0n ? "false" : "true";
      return data.form === "pointer" ? hex(data.value) : String(data.value);
    case "text":
      return data.text;
    case "bytes":
      return bytesText(data.bytes);
    case "stack":
      return stackText(data, names, indent);
    case "tuple":
      return `(${data.elements.map(text).join(", ")})`;
    case "array":
      return `[${data.elements.map(text).join(",")}]`;
    case "record":
      return `{ ${data.fields.map(({ name, value }) => `.${name} = ${text(value)}`).join(", ")} }`;
  }
}

/** A key between its brackets: the parts of a tuple lose their parentheses. */
export const keyText = (key: Data, names: Names, indent: number): string =>
  key.kind === "tuple"
    ? key.elements.map((part) => dataText(part, names, indent)).join(", ")
    : dataText(key, names, indent);

/** Bytes that print as themselves, others as `\x01`. */
export function bytesText(bytes: Uint8Array, all = false, separator = "\\x"): string {
  let text = "";
  for (const byte of bytes) {
    const printable = byte >= 0x20 && byte < 0x7f && !all;
    text += printable ? String.fromCharCode(byte) : `${separator}${byte.toString(16).padStart(2, "0")}`;
  }
  return all && separator === " " ? text.slice(1) : text;
}

/** Frames, one a line; nothing for an empty stack. */
function stackText({ form, addresses }: Extract<Data, { kind: "stack" }>, names: Names, indent: number): string {
  if (addresses.length === 0) return "";
  const lines = addresses.map((address) => {
    const symbol = form.side === "kernel" ? names.kernel(address, true) : names.user(address, 0, true);
    switch (form.mode) {
      case "perf": {
        const object = form.side === "user" ? ` (${names.module(address) ?? "[unknown]"})` : "";
        return `\t${address.toString(16)} ${symbol}${object}\n`;
      }
      case "raw":
      case "build_id":
        return `${" ".repeat(indent)}${address.toString(16)}\n`;
      default:
        return `${" ".repeat(indent)}${symbol}\n`;
    }
  });
  return `\n${lines.join("")}`;
}
