import type { Host } from "../helpers/host.ts";
import type { HelperFunction, HelperRow } from "../helpers/row.ts";
import { ALU, accessBytes, CALL, CLASS, CLASS_MASK, JMP, MODE, MODE_MASK, REG, SOURCE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { ERRNO } from "../maps/errno.ts";
import { SK_BUFF } from "../memory/objects.ts";
import type { Group } from "./splice.ts";

/**
 * LD_ABS and LD_IND, the packet loads inherited from classic BPF: r0 = bytes of the packet behind r6, in network order; a
 * load outside the packet ends the function with 0. Linux runs them as calls of functions of its own, and so do we.
 */

/** Offsets from here count from the network header, further down from the link layer's (`SKF_NET_OFF`, `SKF_LL_OFF`). */
const NETWORK = -0x10_0000;
const LINK_LAYER = -0x20_0000;

/** The functions are no helpers that a program could name: their numbers are beyond all of those. */
const FIRST_ID = 0x1_0000;

const { data, data_end, head, mac_header, network_header } = SK_BUFF.members;

/** The row of the function that loads `id - FIRST_ID` bytes; undefined for any other id. */
export function skbLoadHelper(id: number): HelperRow | undefined {
  const bytes = id - FIRST_ID;
  if (bytes !== 1 && bytes !== 2 && bytes !== 4) return undefined;
  return {
    id,
    name: `skb_load_helper_${8 * bytes}_no_cache`,
    gplOnly: false,
    args: ["ptr_to_ctx", "anything"],
    returns: "integer",
    passing: "u64",
    doc: `${bytes} bytes of the packet in network order, or -EFAULT.`,
    implement: (host) => loader(host, bytes),
  };
}

function loader({ memory }: Host, bytes: 1 | 2 | 4): HelperFunction {
  const fault = (): number => {
    memory.returnHigh = -1;
    return -ERRNO.EFAULT;
  };
  return (skb, offset) => {
    const { view } = memory;
    const start = view.getUint32(skb! + data.offset, true);
    let at = start + offset!;
    if (offset! < 0) {
      if (offset! < LINK_LAYER) return fault();
      const network = offset! >= NETWORK;
      const header = network ? network_header : mac_header;
      const from = view.getUint32(skb! + head.offset, true) + view.getUint16(skb! + header.offset, true);
      at = from + offset! - (network ? NETWORK : LINK_LAYER);
    }
    if (at + bytes > view.getUint32(skb! + data_end.offset, true)) return fault();
    memory.returnHigh = 0;
    return bytes === 1 ? view.getUint8(at) : bytes === 2 ? view.getUint16(at) : view.getUint32(at) | 0;
  };
}

/** Whether an instruction is LD_ABS or LD_IND. */
export function isPacketLoad({ code }: Instruction): boolean {
  const mode = code & MODE_MASK;
  return (code & CLASS_MASK) === CLASS.LD && (mode === MODE.ABS || mode === MODE.IND);
}

/** What Linux makes of LD_ABS and LD_IND. */
export function rewritePacketLoad({ code, src, imm }: Instruction): Group {
  const insn = (code: number, dst: number, rest: Partial<Instruction> = {}): Instruction => ({
    ...{ code, dst, src: 0, offset: 0, imm: 0 },
    ...rest,
  });
  const offset =
    (code & MODE_MASK) === MODE.ABS
      ? [insn(CLASS.ALU64 | ALU.MOV | SOURCE.K, REG.R2, { imm })]
      : [
          insn(CLASS.ALU64 | ALU.MOV | SOURCE.X, REG.R2, { src }),
          ...(imm === 0 ? [] : [insn(CLASS.ALU64 | ALU.ADD | SOURCE.K, REG.R2, { imm })]),
        ];
  return [
    ...offset,
    insn(CLASS.ALU64 | ALU.MOV | SOURCE.X, REG.R1, { src: REG.R6 }),
    insn(CLASS.JMP | JMP.CALL, 0, { src: CALL.HELPER, imm: FIRST_ID + accessBytes(code) }),
    insn(CLASS.JMP | JMP.JSGE | SOURCE.K, REG.R0, { offset: 2 }),
    insn(CLASS.ALU | ALU.XOR | SOURCE.X, REG.R0, { src: REG.R0 }),
    insn(CLASS.JMP | JMP.EXIT, 0),
  ];
}
