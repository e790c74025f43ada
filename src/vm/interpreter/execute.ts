/**
 * The meaning of eBPF, a line for each operation. `code.ts` lays a program out for it: an instruction is an operation, the
 * numbers of two registers and one more number; an immediate is a register of its own that nobody writes. What does not fit
 * into a line has a name: `locate.ts`, `atomic.ts`, `calls.ts`, `arena.ts`.
 */
import { executeArena } from "./arena.ts";
import { executeAtomic } from "./atomic.ts";
import { enterFunction, executeHelper, executeIndirect, findProgram, returnToCaller } from "./calls.ts";
import { locate } from "./locate.ts";
import type { Linked, RunState } from "./run-state.ts";

/** Registers hold signed numbers; some operations are on unsigned ones. */
const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);

/**
 * Executes until `exit`, until a tail call that goes somewhere (`state.goesTo`), or until `limit` instructions have been
 * executed in all. When it throws, `state.pc` is the instruction that could not be executed.
 */
export function execute(linked: Linked, state: RunState, limit: number): void {
  const { op, dst, src, aux, access } = linked.code;
  // The registers: r0 is r[0], its low half w[0] or, unsigned, uw[0], and its high half w[1]; r1 is r[1], w[2] and w[3].
  const { r, halves: w, unsigned: uw } = state;
  const { memory } = linked.environment;
  let view = memory.view;
  let pc = state.pc;
  let left = limit - state.executed;
  let at = 0;
  try {
    for (; left > 0; left--) {
      const d = dst[pc]!;
      const s = src[pc]!;
      const dw = d << 1;
      const sw = s << 1;
      // The numbers are positions in `CODES`, written out because V8 makes a jump table of literals only.
      // biome-ignore format: a table, an operation a line
      switch (op[pc]) {
        // 64-bit arithmetic. Division by zero gives 0, and the remainder is the number itself.
        case  0: /* add64    */ r[d] = r[d]! + r[s]!; break;
        case  1: /* sub64    */ r[d] = r[d]! - r[s]!; break;
        case  2: /* mul64    */ r[d] = BigInt.asIntN(64, r[d]! * r[s]!); break;
        case  3: /* div64    */ r[d] = r[s] === 0n ? 0n : u64(r[d]!) / u64(r[s]!); break;
        case  4: /* sdiv64   */ r[d] = r[s] === 0n ? 0n : r[d]! / r[s]!; break;
        case  5: /* or64     */ r[d] = r[d]! | r[s]!; break;
        case  6: /* and64    */ r[d] = r[d]! & r[s]!; break;
        case  7: /* lsh64    */ r[d] = r[d]! << (r[s]! & 63n); break;
        case  8: /* rsh64    */ r[d] = u64(r[d]!) >> (r[s]! & 63n); break;
        case  9: /* mod64    */ if (r[s] !== 0n) r[d] = u64(r[d]!) % u64(r[s]!); break;
        case 10: /* smod64   */ if (r[s] !== 0n) r[d] = r[d]! % r[s]!; break;
        case 11: /* xor64    */ r[d] = r[d]! ^ r[s]!; break;
        case 12: /* mov64    */ r[d] = r[s]!; break;
        case 13: /* arsh64   */ r[d] = r[d]! >> (r[s]! & 63n); break;
        case 14: /* neg64    */ r[d] = -r[d]!; break;
        case 15: /* extend64 */ r[d] = BigInt.asIntN(aux[pc]!, r[s]!); break;
        // 32-bit arithmetic: the upper half becomes 0. JavaScript masks the counts of shifts by 31, as eBPF does.
        case 16: /* add32    */ w[dw] = w[dw]! + w[sw]!; w[dw + 1] = 0; break;
        case 17: /* sub32    */ w[dw] = w[dw]! - w[sw]!; w[dw + 1] = 0; break;
        case 18: /* mul32    */ w[dw] = Math.imul(w[dw]!, w[sw]!); w[dw + 1] = 0; break;
        case 19: /* div32    */ w[dw] = w[sw] === 0 ? 0 : uw[dw]! / uw[sw]!; w[dw + 1] = 0; break;
        case 20: /* sdiv32   */ w[dw] = w[sw] === 0 ? 0 : w[dw]! / w[sw]!; w[dw + 1] = 0; break;
        case 21: /* or32     */ w[dw] = w[dw]! | w[sw]!; w[dw + 1] = 0; break;
        case 22: /* and32    */ w[dw] = w[dw]! & w[sw]!; w[dw + 1] = 0; break;
        case 23: /* lsh32    */ w[dw] = w[dw]! << w[sw]!; w[dw + 1] = 0; break;
        case 24: /* rsh32    */ w[dw] = w[dw]! >>> w[sw]!; w[dw + 1] = 0; break;
        case 25: /* mod32    */ if (w[sw] !== 0) w[dw] = uw[dw]! % uw[sw]!; w[dw + 1] = 0; break;
        case 26: /* smod32   */ if (w[sw] !== 0) w[dw] = w[dw]! % w[sw]!; w[dw + 1] = 0; break;
        case 27: /* xor32    */ w[dw] = w[dw]! ^ w[sw]!; w[dw + 1] = 0; break;
        case 28: /* mov32    */ w[dw] = w[sw]!; w[dw + 1] = 0; break;
        case 29: /* arsh32   */ w[dw] = w[dw]! >> w[sw]!; w[dw + 1] = 0; break;
        case 30: /* neg32    */ w[dw] = -w[dw]!; w[dw + 1] = 0; break;
        case 31: /* extend32 */ w[dw] = (w[sw]! << (32 - aux[pc]!)) >> (32 - aux[pc]!); w[dw + 1] = 0; break;
        // Byte order; `keep` cuts off what is above.
        case 32: /* keep     */ r[d] = BigInt.asUintN(aux[pc]!, r[d]!); break;
        case 33: /* swap16   */ w[dw] = ((w[dw]! & 0xff) << 8) | ((w[dw]! >> 8) & 0xff); w[dw + 1] = 0; break;
        case 34: /* swap32   */ w[dw] = swap32(w[dw]!); w[dw + 1] = 0; break;
        case 35: /* swap64   */ at = w[dw]!; w[dw] = swap32(w[dw + 1]!); w[dw + 1] = swap32(at); break;
        // Memory. The low 32 bits of a good address are the offset; -1 is a probed address that is not good.
        case 36: /* load8    */ at = access[pc] === 0 ? uw[sw]! + aux[pc]! : locate(linked, state, pc, s, 1);
                                r[d] = at < 0 ? 0n : BigInt(view.getUint8(at)); break;
        case 37: /* load16   */ at = access[pc] === 0 ? uw[sw]! + aux[pc]! : locate(linked, state, pc, s, 2);
                                r[d] = at < 0 ? 0n : BigInt(view.getUint16(at, true)); break;
        case 38: /* load32   */ at = access[pc] === 0 ? uw[sw]! + aux[pc]! : locate(linked, state, pc, s, 4);
                                w[dw] = at < 0 ? 0 : view.getInt32(at, true); w[dw + 1] = 0; break;
        case 39: /* load64   */ at = access[pc] === 0 ? uw[sw]! + aux[pc]! : locate(linked, state, pc, s, 8);
                                r[d] = at < 0 ? 0n : view.getBigInt64(at, true); break;
        case 40: /* loads8   */ at = access[pc] === 0 ? uw[sw]! + aux[pc]! : locate(linked, state, pc, s, 1);
                                r[d] = at < 0 ? 0n : BigInt(view.getInt8(at)); break;
        case 41: /* loads16  */ at = access[pc] === 0 ? uw[sw]! + aux[pc]! : locate(linked, state, pc, s, 2);
                                r[d] = at < 0 ? 0n : BigInt(view.getInt16(at, true)); break;
        case 42: /* loads32  */ at = access[pc] === 0 ? uw[sw]! + aux[pc]! : locate(linked, state, pc, s, 4);
                                r[d] = at < 0 ? 0n : BigInt(view.getInt32(at, true)); break;
        case 43: /* store8   */ at = access[pc] === 0 ? uw[dw]! + aux[pc]! : locate(linked, state, pc, d, 1);
                                view.setInt8(at, w[sw]!); break;
        case 44: /* store16  */ at = access[pc] === 0 ? uw[dw]! + aux[pc]! : locate(linked, state, pc, d, 2);
                                view.setInt16(at, w[sw]!, true); break;
        case 45: /* store32  */ at = access[pc] === 0 ? uw[dw]! + aux[pc]! : locate(linked, state, pc, d, 4);
                                view.setInt32(at, w[sw]!, true); break;
        case 46: /* store64  */ at = access[pc] === 0 ? uw[dw]! + aux[pc]! : locate(linked, state, pc, d, 8);
                                view.setBigInt64(at, r[s]!, true); break;
        case 47: /* atomic   */ executeAtomic(linked, state, pc); break;
        // Control: `pc + 1` below makes the target right.
        case 48: /* jump     */ pc = aux[pc]! - 1; break;
        case 49: /* helper   */ executeHelper(linked, state, pc); view = memory.view; break;
        case 50: /* call     */ enterFunction(linked, state, pc); pc = aux[pc]! - 1; break;
        case 51: /* exit     */ at = returnToCaller(state);
                                if (at < 0) { state.exited = true; left--; return; }
                                pc = at - 1; break;
        // Branches on 64 bits, and on 32; letters are those of the instructions: `sgt` is greater than of signed numbers.
        case 52: /* eq64     */ if (r[d] === r[s]) pc = aux[pc]! - 1; break;
        case 53: /* ne64     */ if (r[d] !== r[s]) pc = aux[pc]! - 1; break;
        case 54: /* gt64     */ if (u64(r[d]!) > u64(r[s]!)) pc = aux[pc]! - 1; break;
        case 55: /* ge64     */ if (u64(r[d]!) >= u64(r[s]!)) pc = aux[pc]! - 1; break;
        case 56: /* lt64     */ if (u64(r[d]!) < u64(r[s]!)) pc = aux[pc]! - 1; break;
        case 57: /* le64     */ if (u64(r[d]!) <= u64(r[s]!)) pc = aux[pc]! - 1; break;
        case 58: /* set64    */ if ((r[d]! & r[s]!) !== 0n) pc = aux[pc]! - 1; break;
        case 59: /* sgt64    */ if (r[d]! > r[s]!) pc = aux[pc]! - 1; break;
        case 60: /* sge64    */ if (r[d]! >= r[s]!) pc = aux[pc]! - 1; break;
        case 61: /* slt64    */ if (r[d]! < r[s]!) pc = aux[pc]! - 1; break;
        case 62: /* sle64    */ if (r[d]! <= r[s]!) pc = aux[pc]! - 1; break;
        case 63: /* eq32     */ if (w[dw] === w[sw]) pc = aux[pc]! - 1; break;
        case 64: /* ne32     */ if (w[dw] !== w[sw]) pc = aux[pc]! - 1; break;
        case 65: /* gt32     */ if (uw[dw]! > uw[sw]!) pc = aux[pc]! - 1; break;
        case 66: /* ge32     */ if (uw[dw]! >= uw[sw]!) pc = aux[pc]! - 1; break;
        case 67: /* lt32     */ if (uw[dw]! < uw[sw]!) pc = aux[pc]! - 1; break;
        case 68: /* le32     */ if (uw[dw]! <= uw[sw]!) pc = aux[pc]! - 1; break;
        case 69: /* set32    */ if ((w[dw]! & w[sw]!) !== 0) pc = aux[pc]! - 1; break;
        case 70: /* sgt32    */ if (w[dw]! > w[sw]!) pc = aux[pc]! - 1; break;
        case 71: /* sge32    */ if (w[dw]! >= w[sw]!) pc = aux[pc]! - 1; break;
        case 72: /* slt32    */ if (w[dw]! < w[sw]!) pc = aux[pc]! - 1; break;
        case 73: /* sle32    */ if (w[dw]! <= w[sw]!) pc = aux[pc]! - 1; break;
        // `ld_imm64`, whose second slot (75) is skipped.
        case 74: /* constant */ r[d] = r[s]!; pc++; break;
        // A tail call does nothing without a program there, or when too many were made.
        case 76: /* tail     */ state.goesTo = findProgram(linked, state, pc);
                                if (state.goesTo !== 0) { left--; return; } break;
        case 77: /* indirect */ executeIndirect(linked, state, pc); view = memory.view; break;
        case 78: /* cast     */ w[dw] = w[sw]!; w[dw + 1] = w[dw] === 0 ? 0 : aux[pc]!; break;
        case 79: /* arena    */ executeArena(linked, state, pc); break;
        // A helper that wants a function called, when the run is stepped.
        case 80: /* rounds   */ executeHelper(linked, state, pc); pc++; left--; return;
      }
      pc++;
    }
  } finally {
    state.pc = pc;
    state.executed = limit - left;
  }
}

function swap32(x: number): number {
  return (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);
}
