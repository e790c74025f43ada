/**
 * One 8-byte instruction slot, field for field the kernel's `struct bpf_insn`:
 *
 * ```
 *  7      0 15  12 11   8 31          16 63                  32
 * +--------+------+------+--------------+----------------------+
 * |  code  | src  | dst  |    offset    |         imm          |
 * +--------+------+------+--------------+----------------------+
 * ```
 *
 * A program is an array of slots. `ld_imm64` takes two: the second has code 0 and holds the upper 32 bits in `imm`.
 * So an index into the array is what Linux calls the instruction index, and jump offsets count slots (RFC 9669, 3.1).
 */
export interface Instruction {
  /** Opcode byte, 0..255. */
  readonly code: number;
  /** Destination register, 0..15 (0..10 are valid). */
  readonly dst: number;
  /** Source register or pseudo kind, 0..15. */
  readonly src: number;
  /** Signed 16-bit offset. */
  readonly offset: number;
  /** Signed 32-bit immediate. */
  readonly imm: number;
}
