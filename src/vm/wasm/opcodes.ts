/**
 * The WebAssembly instructions that the JIT emits, by their names in the text format (WebAssembly 2.0, "Index of
 * Instructions"). A row is the code and what follows it.
 */

/** What follows an opcode in the binary format. */
export type Immediate =
  | "none"
  | "block"
  | "label"
  | "labels"
  | "function"
  | "type"
  | "index"
  | "memory"
  | "i32"
  | "i64";

type Row = readonly [code: number, immediate: Immediate];

const plain = (code: number): readonly [number, "none"] => [code, "none"];
const memory = (code: number): readonly [number, "memory"] => [code, "memory"];

export const WASM = {
  unreachable: plain(0x00),
  block: [0x02, "block"],
  loop: [0x03, "block"],
  if: [0x04, "block"],
  else: plain(0x05),
  end: plain(0x0b),
  br: [0x0c, "label"],
  br_if: [0x0d, "label"],
  br_table: [0x0e, "labels"],
  return: plain(0x0f),
  call: [0x10, "function"],
  call_indirect: [0x11, "type"],
  return_call: [0x12, "function"],
  return_call_indirect: [0x13, "type"],
  drop: plain(0x1a),
  select: plain(0x1b),
  "local.get": [0x20, "index"],
  "local.set": [0x21, "index"],
  "local.tee": [0x22, "index"],
  "global.get": [0x23, "index"],
  "global.set": [0x24, "index"],
  "i32.load": memory(0x28),
  "i64.load": memory(0x29),
  "i64.load8_s": memory(0x30),
  "i64.load8_u": memory(0x31),
  "i64.load16_s": memory(0x32),
  "i64.load16_u": memory(0x33),
  "i64.load32_s": memory(0x34),
  "i64.load32_u": memory(0x35),
  "i32.store": memory(0x36),
  "i64.store": memory(0x37),
  "i64.store8": memory(0x3c),
  "i64.store16": memory(0x3d),
  "i64.store32": memory(0x3e),
  "memory.size": [0x3f, "index"],
  "i32.const": [0x41, "i32"],
  "i64.const": [0x42, "i64"],
  "i32.eqz": plain(0x45),
  "i32.eq": plain(0x46),
  "i32.ne": plain(0x47),
  "i32.lt_s": plain(0x48),
  "i32.lt_u": plain(0x49),
  "i32.gt_s": plain(0x4a),
  "i32.gt_u": plain(0x4b),
  "i32.le_s": plain(0x4c),
  "i32.le_u": plain(0x4d),
  "i32.ge_s": plain(0x4e),
  "i32.ge_u": plain(0x4f),
  "i64.eqz": plain(0x50),
  "i64.eq": plain(0x51),
  "i64.ne": plain(0x52),
  "i64.lt_s": plain(0x53),
  "i64.lt_u": plain(0x54),
  "i64.gt_s": plain(0x55),
  "i64.gt_u": plain(0x56),
  "i64.le_s": plain(0x57),
  "i64.le_u": plain(0x58),
  "i64.ge_s": plain(0x59),
  "i64.ge_u": plain(0x5a),
  "i32.add": plain(0x6a),
  "i32.sub": plain(0x6b),
  "i32.mul": plain(0x6c),
  "i32.div_s": plain(0x6d),
  "i32.div_u": plain(0x6e),
  "i32.rem_s": plain(0x6f),
  "i32.rem_u": plain(0x70),
  "i32.and": plain(0x71),
  "i32.or": plain(0x72),
  "i32.xor": plain(0x73),
  "i32.shl": plain(0x74),
  "i32.shr_s": plain(0x75),
  "i32.shr_u": plain(0x76),
  "i32.rotl": plain(0x77),
  "i64.add": plain(0x7c),
  "i64.sub": plain(0x7d),
  "i64.mul": plain(0x7e),
  "i64.div_s": plain(0x7f),
  "i64.div_u": plain(0x80),
  "i64.rem_s": plain(0x81),
  "i64.rem_u": plain(0x82),
  "i64.and": plain(0x83),
  "i64.or": plain(0x84),
  "i64.xor": plain(0x85),
  "i64.shl": plain(0x86),
  "i64.shr_s": plain(0x87),
  "i64.shr_u": plain(0x88),
  "i64.rotl": plain(0x89),
  "i32.wrap_i64": plain(0xa7),
  "i64.extend_i32_s": plain(0xac),
  "i64.extend_i32_u": plain(0xad),
  "i32.extend8_s": plain(0xc0),
  "i32.extend16_s": plain(0xc1),
  "i64.extend8_s": plain(0xc2),
  "i64.extend16_s": plain(0xc3),
  "i64.extend32_s": plain(0xc4),
} as const satisfies Record<string, Row>;

export type WasmName = keyof typeof WASM;

/** The instructions with the given kind of immediate. */
export type WasmWith<I extends Immediate> = {
  [Name in WasmName]: (typeof WASM)[Name][1] extends I ? Name : never;
}[WasmName];

/** Value types, as they are written in the binary format. */
export const VALUE_TYPES = { i32: 0x7f, i64: 0x7e } as const;

export type ValueType = keyof typeof VALUE_TYPES;
