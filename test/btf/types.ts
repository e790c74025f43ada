import type { BtfTypeSpec, Member } from "../../src/btf/type.ts";

/** Short ways to write types for tests; ids are positions in the list, from 1. */
export const int = (name: string, size: number, encoding: "" | "signed" | "char" | "bool" = ""): BtfTypeSpec => ({
  kind: "int",
  name,
  size,
  bits: size * 8,
  bitOffset: 0,
  encoding,
});

/** A member at a byte. */
export const member = (name: string, type: number, byte: number): Member => ({
  name,
  type,
  bitOffset: byte * 8,
  bitSize: 0,
});

/** A bitfield at a bit. */
export const bits = (name: string, type: number, bitOffset: number, bitSize: number): Member => ({
  name,
  type,
  bitOffset,
  bitSize,
});

export const struct = (name: string, size: number, ...members: Member[]): BtfTypeSpec => ({
  kind: "struct",
  name,
  size,
  members,
});

export const union = (name: string, size: number, ...members: Member[]): BtfTypeSpec => ({
  kind: "union",
  name,
  size,
  members,
});

export const ptr = (type: number): BtfTypeSpec => ({ kind: "ptr", name: "", type });
export const array = (type: number, length: number): BtfTypeSpec => ({
  kind: "array",
  name: "",
  type,
  indexType: 1,
  length,
});
export const typedef = (name: string, type: number): BtfTypeSpec => ({ kind: "typedef", name, type });
export const constant = (type: number): BtfTypeSpec => ({ kind: "const", name: "", type });
export const tag = (name: string, type: number): BtfTypeSpec => ({ kind: "type_tag", name, type, attribute: false });
