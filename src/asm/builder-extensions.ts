/** Parts of programs that few need: what came late to the instruction set, or is a relic of classic BPF. */
import type { Instruction } from "../isa/instruction.ts";
import type { Register } from "./builder.ts";
import { type Branch, lettersOf, type Part, slot, type UnsignedType } from "./builder-slot.ts";

/** `r1 = load_acquire((u32 *)(r2 + 4))`: before every later access */
export function loadAcquire(into: Register<64>, type: UnsignedType, base: Register<64>, offset: number): Instruction {
  return slot(`load_acquire_${lettersOf(type)}`, { dst: into.number, src: base.number, offset });
}

/** `store_release((u32 *)(r2 + 4), r1)`: after every earlier access */
export function storeRelease(type: UnsignedType, base: Register<64>, offset: number, value: Register<64>): Instruction {
  return slot(`store_release_${lettersOf(type)}`, { dst: base.number, src: value.number, offset });
}

/** `gotol label`: as far as a program can be long */
export const jumpFar = (to: string): Branch => ({ insn: slot("gotol", {}), to, field: "imm" });

/** `may_goto label`: goes on until the loop's budget is used up, then to the label */
export const mayGoto = (to: string): Branch => ({ insn: slot("may_goto", {}), to, field: "offset" });

/** `r2 = func[label]`: the address of a subprogram, for a callback */
export const loadFunction = (into: Register<64>, to: string): Part[] => [
  { insn: slot("ld_func", { dst: into.number }), to, field: "imm" },
  { code: 0, dst: 0, src: 0, offset: 0, imm: 0 },
];

/** `call kfunc[5]`, `call kfunc[5][2]`: by BTF id, and which module's BTF (0 is vmlinux) */
export const callKfunc = (btfId: number, btfIndex = 0): Instruction =>
  slot("call_kfunc", { imm: btfId, offset: btfIndex });

/** `callx r2`: Linux refuses it */
export const callRegister = (register: Register<64>): Instruction => slot("callx", { dst: register.number });

/** `r0 = *(u16 *)skb[12]`, `r0 = *(u16 *)skb[r7 + 12]`: r6 is the context */
export function loadPacket(type: "u8" | "u16" | "u32", offset: number, index?: Register<64>): Instruction {
  const letter = lettersOf(type);
  return index === undefined
    ? slot(`ldabs${letter}`, { imm: offset })
    : slot(`ldind${letter}`, { src: index.number, imm: offset });
}

/** `r1 = addr_space_cast(r2, 0, 1)`: a pointer of one address space as one of another */
export const castAddressSpace = (
  into: Register<64>,
  from: Register<64>,
  toSpace: number,
  fromSpace: number,
): Instruction =>
  slot("addr_space_cast", { dst: into.number, src: from.number, imm: (toSpace << 16) | (fromSpace & 0xffff) });
