import type { OpcodeRow, Operand } from "../isa/opcode-row.ts";

interface Range {
  readonly low: bigint;
  readonly high: bigint;
  /** The field's width, for people. */
  readonly what: string;
}

const I16 = { low: -(2n ** 15n), high: 2n ** 15n - 1n, what: "16 bits" } as const;
const I32 = { low: -(2n ** 31n), high: 2n ** 31n - 1n, what: "32 bits" } as const;
const ANY32 = { low: -(2n ** 31n), high: 2n ** 32n - 1n, what: "32 bits" } as const;
const ANY64 = { low: -(2n ** 63n), high: 2n ** 64n - 1n, what: "64 bits" } as const;
const U16 = { low: 0n, high: 2n ** 16n - 1n, what: "16 bits" } as const;

/** Numbers that an operand can hold. Those that are sign-extended where used are refused where that changes them. */
export const OPERAND_RANGES: Readonly<Record<Operand, Range>> = {
  rd: I32,
  rs: I32,
  wd: I32,
  ws: I32,
  imm: I32,
  imm32: ANY32,
  if64: I32,
  if32: ANY32,
  imm64: ANY64,
  disp: I16,
  index: I32,
  near: I16,
  far: I32,
  helper: ANY32,
  btfId: ANY32,
  btfFd: ANY32,
  btfIndex: I16,
  map: ANY32,
  mapSymbol: ANY32,
  mapIdx: ANY32,
  value: ANY32,
  toSpace: U16,
  fromSpace: U16,
};

/** What to do about a number that does not fit, as the end of the message that says so; may be empty. */
export function advice({ name, code }: OpcodeRow, operand: Operand, value: bigint): string {
  const fits64 = value >= ANY64.low && value <= ANY64.high;
  if (name === "mov64_imm" && fits64) {
    return operand === "imm" ? "; `ll` after the number loads all 64 bits" : "; `lddw` loads all 64 bits";
  }
  if ((operand === "imm" || operand === "if64") && value > I32.high && value <= ANY32.high) {
    return " with a sign: it would be extended to a negative 64-bit number";
  }
  // 0x05 is `goto`, whose long form is 0x06.
  return operand === "near" && code === 0x05 ? "; `gotol` (`ja32`) reaches further" : "";
}
