import { fromBytes } from "../syntax/string.ts";
import { fieldsOf, type NameTable, type StackForm, sizeOfType, type Type } from "../types/type.ts";

/** A value as the reader gets it. */
export type Data =
  | { readonly kind: "integer"; readonly value: bigint; readonly name?: string; readonly form?: "bool" | "pointer" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | {
      readonly kind: "stack";
      readonly form: StackForm;
      readonly addresses: readonly bigint[];
      readonly functions: readonly string[];
    }
  | { readonly kind: "tuple"; readonly elements: readonly Data[] }
  | { readonly kind: "array"; readonly elements: readonly Data[] }
  | { readonly kind: "record"; readonly fields: readonly { readonly name: string; readonly value: Data }[] };

/** What the reader asks the machine to show values. */
export interface Names {
  /** `vfs_read+17`, or `0x...`; without the offset where it is not wanted. */
  kernel(address: bigint, offset: boolean): string;
  user(address: bigint, pid: number, offset: boolean): string;
  /** The program that a function belongs to. */
  module(address: bigint): string | undefined;
  username(uid: number): string;
  /** The name of a number in a table. */
  named(table: NameTable, number: bigint): string;
  /** A moment after boot by a format of `strftime`. */
  time(ns: bigint, format: string): string;
}

/** What is needed to read values. */
export interface Reading {
  readonly names: Names;
  /** Formats of `strftime` by number. */
  readonly formats: readonly string[];
  /** What ends a text that fills its room. */
  readonly trailer: string;
}

/** Reads a value of a type at a place. */
export function readData(view: DataView, at: number, type: Type, reading: Reading): Data {
  const { names } = reading;
  switch (type.kind) {
    case "integer": {
      const value = readInteger(view, at, type.size, type.signed);
      const name = type.names?.get(value);
      return {
        kind: "integer",
        value,
        ...(name !== undefined && { name }),
        ...(type.bool && { form: "bool" as const }),
      };
    }
    case "pointer":
      return { kind: "integer", value: view.getBigUint64(at, true), form: "pointer" };
    case "string":
      return { kind: "text", text: readText(view, at, type.size, reading.trailer) };
    case "buffer": {
      const length = Math.min(view.getUint32(at, true), type.size);
      return { kind: "bytes", bytes: new Uint8Array(view.buffer, view.byteOffset + at + 4, length).slice() };
    }
    case "array": {
      const size = sizeOfType(type.of);
      const elements = Array.from({ length: type.length }, (_, index) =>
        readData(view, at + index * size, type.of, reading),
      );
      return { kind: "array", elements };
    }
    case "struct": {
      const fields = type.layout.fields().filter((field) => field.type.kind !== "void");
      return {
        kind: "record",
        fields: fields.map(({ name, offset, type: own, bits }) => ({
          name,
          value: bits === undefined ? readData(view, at + offset, own, reading) : readBits(view, at + offset, bits),
        })),
      };
    }
    case "tuple":
    case "record": {
      const values = fieldsOf(type).fields.map((field) => ({
        name: field.name,
        value: readData(view, at + field.offset, field.type, reading),
      }));
      return type.kind === "tuple"
        ? { kind: "tuple", elements: values.map(({ value }) => value) }
        : { kind: "record", fields: values };
    }
    case "inet":
      return { kind: "text", text: inetText(view, at) };
    case "mac": {
      const bytes = Array.from({ length: 6 }, (_, index) =>
        view
          .getUint8(at + index)
          .toString(16)
          .padStart(2, "0"),
      );
      return { kind: "text", text: bytes.join(":").toUpperCase() };
    }
    case "timestamp":
      return {
        kind: "text",
        text: names.time(view.getBigUint64(at, true), reading.formats[Number(view.getBigUint64(at + 8, true))] ?? ""),
      };
    case "symbol": {
      const address = view.getBigUint64(at, true);
      const text =
        type.side === "kernel"
          ? names.kernel(address, false)
          : names.user(address, Number(view.getBigUint64(at + 8, true)), false);
      return { kind: "text", text };
    }
    case "username":
      return { kind: "text", text: names.username(Number(view.getBigUint64(at, true))) };
    case "named":
      return { kind: "text", text: names.named(type.table, view.getBigInt64(at, true)) };
    case "stack": {
      const depth = Math.min(Number(view.getBigUint64(at, true)), type.form.limit);
      const addresses = Array.from({ length: depth }, (_, index) => view.getBigUint64(at + 8 + 8 * index, true));
      const name =
        type.form.side === "kernel"
          ? (address: bigint) => names.kernel(address, false)
          : (address: bigint) => names.user(address, 0, false);
      return { kind: "stack", form: type.form, addresses, functions: addresses.map(name) };
    }
    default:
      return { kind: "text", text: "" };
  }
}

function readInteger(view: DataView, at: number, size: 1 | 2 | 4 | 8, signed: boolean): bigint {
  switch (size) {
    case 1:
      return BigInt(signed ? view.getInt8(at) : view.getUint8(at));
    case 2:
      return BigInt(signed ? view.getInt16(at, true) : view.getUint16(at, true));
    case 4:
      return BigInt(signed ? view.getInt32(at, true) : view.getUint32(at, true));
    case 8:
      return signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true);
  }
}

function readBits(
  view: DataView,
  at: number,
  { offset, size }: { readonly offset: number; readonly size: number },
): Data {
  let word = 0n;
  for (let index = 0; index * 8 < offset + size; index++)
    word |= BigInt(view.getUint8(at + index)) << BigInt(8 * index);
  return { kind: "integer", value: BigInt.asUintN(size, word >> BigInt(offset)) };
}

function readText(view: DataView, at: number, size: number, trailer: string): string {
  let bytes = "";
  for (let index = 0; index < size; index++) {
    const byte = view.getUint8(at + index);
    if (byte === 0) break;
    bytes += String.fromCharCode(byte);
  }
  // Texts of 16 bytes are names of tasks, which Linux cuts itself.
  return fromBytes(bytes) + (size > 16 && bytes.length === size - 1 && size >= 64 ? trailer : "");
}

/** An IP address as text; of IPv6 the longest run of zeros is left out. */
function inetText(view: DataView, at: number): string {
  const family = view.getUint32(at, true);
  if (family !== 10) return [0, 1, 2, 3].map((index) => view.getUint8(at + 4 + index)).join(".");
  const words = Array.from({ length: 8 }, (_, index) => view.getUint16(at + 4 + 2 * index, false));
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff)
    return `::ffff:${[12, 13, 14, 15].map((index) => view.getUint8(at + 4 + index)).join(".")}`;
  let [best, length] = [-1, 1];
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && words[end] === 0) end++;
    if (end - start > length) [best, length] = [start, end - start];
  }
  const hex = (part: readonly number[]) => part.map((word) => word.toString(16)).join(":");
  return best < 0 ? hex(words) : `${hex(words.slice(0, best))}::${hex(words.slice(best + length))}`;
}

/** Which of two keys comes first: numbers by value, texts by their bytes, the first part that differs decides. */
export function compareData(a: Data, b: Data): number {
  if (a.kind === "integer" && b.kind === "integer") return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  if (a.kind === "text" && b.kind === "text") return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
  if (a.kind === "tuple" && b.kind === "tuple") return compareLists(a.elements, b.elements);
  if (a.kind === "array" && b.kind === "array") return compareLists(a.elements, b.elements);
  if (a.kind === "stack" && b.kind === "stack")
    return compareLists(
      a.addresses.map((value) => ({ kind: "integer", value })),
      b.addresses.map((value) => ({ kind: "integer", value })),
    );
  return 0;
}

function compareLists(a: readonly Data[], b: readonly Data[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compareData(a[index]!, b[index]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
