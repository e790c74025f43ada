import {
  ALU,
  accessBytes,
  CLASS,
  CLASS_MASK,
  JMP,
  MODE,
  MODE_MASK,
  SIZE,
  SIZE_MASK,
  SOURCE,
} from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ContextField, ContextLayout, ObjectField } from "../programs/row.ts";
import type { Group } from "./splice.ts";

const SIZES: Readonly<Record<number, number>> = { 1: SIZE.B, 2: SIZE.H, 4: SIZE.W, 8: SIZE.DW };

/**
 * Turns a load from or a store to the context into one of the kernel's own object. Programs see `struct __sk_buff` or
 * `struct xdp_md`; what r1 really points to is laid out as the rows of the program type say.
 */
export function rewriteContextAccess(layout: ContextLayout, insn: Instruction): Group {
  const field = layout.fields.find((f) => insn.offset >= f.offset && insn.offset < f.offset + f.size);
  const object = field?.object;
  if (field === undefined || object === undefined) return [insn];
  const within = insn.offset - field.offset;
  return (insn.code & CLASS_MASK) === CLASS.LDX
    ? load(insn, field, object, within)
    : store(insn, field, object, within);
}

/** Whether the field and its object have the same bytes: arrays, which convert byte for byte. */
const isArray = (object: ObjectField): boolean => object.size > 8;

function load(insn: Instruction, field: ContextField, object: ObjectField, within: number): Group {
  if (isArray(object)) return [{ ...insn, offset: object.offset + within }];
  // A pointer is read whole, in the width that it really has.
  if (field.kind !== "scalar") return [{ ...withSize(insn, object.size), offset: object.offset }];
  const wanted = accessBytes(insn.code);
  const there = object.size - within;
  // Bytes that the object does not have are zero.
  if (there <= 0) return [{ code: CLASS.ALU64 | ALU.MOV | SOURCE.K, dst: insn.dst, src: 0, offset: 0, imm: 0 }];
  if (there >= wanted) return [{ ...insn, offset: object.offset + within }];
  return [{ ...withSize(unsigned(insn), there), offset: object.offset + within }];
}

function store(insn: Instruction, field: ContextField, object: ObjectField, within: number): Group {
  if (isArray(object)) return [{ ...insn, offset: object.offset + within }];
  const size = Math.min(accessBytes(insn.code), object.size);
  const stored = { ...withSize(insn, size), offset: object.offset + within };
  const limit = field.storeBelow;
  if (limit === undefined) return [stored];
  if ((insn.code & CLASS_MASK) === CLASS.ST) return insn.imm >>> 0 < limit ? [stored] : [];
  const skip = { code: CLASS.JMP | JMP.JGE | SOURCE.K, dst: insn.src, src: 0, offset: 1, imm: limit };
  return [skip, stored];
}

function withSize(insn: Instruction, bytes: number): Instruction {
  return { ...insn, code: (insn.code & ~SIZE_MASK) | SIZES[bytes]! };
}

/** A sign-extending load of a field that has more bytes than its object: the sign bit is one that is always 0. */
function unsigned(insn: Instruction): Instruction {
  return { ...insn, code: (insn.code & ~MODE_MASK) | MODE.MEM };
}
