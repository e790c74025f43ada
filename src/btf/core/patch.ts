import { CLASS } from "../../isa/constants.ts";
import type { Instruction } from "../../isa/instruction.ts";
import { CoreFault } from "./error.ts";
import type { CoreValue } from "./value.ts";

/** The helper number that an unresolved relocation calls: 0xbad2310, "bad relo". No helper has it. */
export const POISON = 195_896_080;

const CALL = 0x85;
const LD_IMM64 = 0x18;
const MAX_OFFSET = 0x7fff;

/** The size bits of an opcode, by bytes. */
const SIZE_BITS: Readonly<Record<number, number>> = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 };
const BYTES_BY_BITS: Readonly<Record<number, number>> = { 16: 1, 8: 2, 0: 4, 24: 8 };

const poison: Instruction = { code: CALL, dst: 0, src: 0, offset: 0, imm: POISON };

/** What an instruction becomes: itself with the new value, or a call that the verifier refuses if it is ever reached. */
export interface Patched {
  /** One slot, two for `ld_imm64`. */
  readonly insns: readonly Instruction[];
  readonly poisoned: boolean;
}

/** The instructions that stand for an answer which there is none to. */
export const poisoned = (wide: boolean): Patched => ({ insns: wide ? [poison, poison] : [poison], poisoned: true });

/** Whether it is an `ld_imm64`, which takes two slots. */
export const isWide = (insn: Instruction): boolean => insn.code === LD_IMM64;

/** Whether a load may become one of another width: pointers, and integers without a sign. */
function mayResize(before: CoreValue, after: CoreValue): boolean {
  const [a, b] = [before.type, after.type];
  if (a?.kind === "ptr" && b?.kind === "ptr") return true;
  return a?.kind === "int" && b?.kind === "int" && a.encoding !== "signed" && b.encoding !== "signed";
}

/**
 * Writes an answer into an instruction: the immediate of an ALU instruction or `ld_imm64`, the offset of a load or store,
 * whose width follows the member's. Throws {@link CoreFault}, in libbpf's words, where the instruction is not what
 * the compiler should have written.
 */
export function patch(
  at: number,
  insn: Instruction,
  second: Instruction | undefined,
  before: CoreValue,
  after: CoreValue,
): Patched {
  const expect = (what: string, found: number | bigint) => {
    if (before.certain && BigInt.asUintN(64, BigInt(found)) !== before.value)
      throw new CoreFault(
        `unexpected insn #${at} (${what}) value: got ${found}, exp ${before.value} -> ${after.value}`,
      );
  };
  const low = Number(BigInt.asIntN(32, after.value));
  switch (insn.code & 7) {
    case CLASS.ALU:
    case CLASS.ALU64:
      if ((insn.code & 8) !== 0) throw new CoreFault(`unexpected insn #${at} (ALU/ALU64): its operand is a register`);
      expect("ALU/ALU64", insn.imm);
      return { insns: [{ ...insn, imm: low }], poisoned: false };
    case CLASS.LDX:
    case CLASS.ST:
    case CLASS.STX: {
      expect("LDX/ST/STX", insn.offset);
      if (after.value > MAX_OFFSET) throw new CoreFault(`insn #${at} (LDX/ST/STX) value too big: ${after.value}`);
      const moved = { ...insn, offset: Number(after.value) };
      if (before.memory === after.memory) return { insns: [moved], poisoned: false };
      if (!mayResize(before, after)) return poisoned(false);
      const bytes = BYTES_BY_BITS[insn.code & 0x18];
      if (bytes !== before.memory)
        throw new CoreFault(`insn #${at} (LDX/ST/STX) unexpected mem size: got ${bytes}, exp ${before.memory}`);
      const size = SIZE_BITS[after.memory];
      if (size === undefined) throw new CoreFault(`insn #${at} (LDX/ST/STX) invalid new mem size: ${after.memory}`);
      return { insns: [{ ...moved, code: (insn.code & ~0x18) | size }], poisoned: false };
    }
    case CLASS.LD: {
      const plain = isWide(insn) && insn.src === 0 && insn.offset === 0;
      if (
        !plain ||
        second === undefined ||
        second.code !== 0 ||
        second.dst !== 0 ||
        second.src !== 0 ||
        second.offset !== 0
      )
        throw new CoreFault(`insn #${at} (LDIMM64) has unexpected form`);
      expect("LDIMM64", (BigInt(second.imm >>> 0) << 32n) | BigInt(insn.imm >>> 0));
      const high = Number(BigInt.asIntN(32, after.value >> 32n));
      return {
        insns: [
          { ...insn, imm: low },
          { ...second, imm: high },
        ],
        poisoned: false,
      };
    }
    default: {
      const hex = (value: number) => `0x${(value >>> 0).toString(16)}`;
      const { code, src, dst, offset, imm } = insn;
      const fields = `code:${hex(code)}, src:${hex(src)}, dst:${hex(dst)}, off:${hex(offset)}, imm:${hex(imm)}`;
      throw new CoreFault(`trying to relocate unrecognized insn #${at}, ${fields}`);
    }
  }
}
