import { ClassicError, type ClassicInstruction, MOST_INSTRUCTIONS } from "./instruction.ts";
import { CLASS, CLASSIC_OPCODES, EXTENSION, EXTENSIONS } from "./rows.ts";

/** Words of scratch memory. */
export const SCRATCH = 16;

const refuse = (at: number, problem: string, hint: string): ClassicError =>
  new ClassicError(at, "instruction", problem, hint);

/**
 * Checks a program as Linux does when it is attached to a socket: opcodes, constants, jumps, the end, and that scratch memory
 * is written before it is read. Throws `ClassicError` at the first fault; Linux says EINVAL to all of them.
 */
export function checkClassic(insns: readonly ClassicInstruction[]): void {
  if (insns.length < 1 || insns.length > MOST_INSTRUCTIONS)
    throw refuse(0, `a program of ${insns.length} instructions`, `It has 1 to ${MOST_INSTRUCTIONS}.`);
  insns.forEach((insn, at) => {
    checkInstruction(insn, at, insns.length);
  });
  const last = insns[insns.length - 1];
  if (last.code !== 0x06 && last.code !== 0x16)
    throw refuse(insns.length - 1, "the program does not end with ret", "Let its last instruction be ret.");
  checkScratch(insns);
}

function checkInstruction({ code, jt, jf, k }: ClassicInstruction, at: number, length: number): void {
  if (!CLASSIC_OPCODES.has(code)) throw refuse(at, `0x${code.toString(16)} is no opcode`, "See `tcpdump -d`.");
  const kind = code & 7;
  if (kind === CLASS.ALU && (code === 0x34 || code === 0x94) && k === 0)
    throw refuse(at, "a division by the constant 0", "Divide by another number.");
  if (kind === CLASS.ALU && (code === 0x64 || code === 0x74) && k >= 32)
    throw refuse(at, `a shift by ${k}`, "Numbers have 32 bits.");
  if (usesScratch(code) && k >= SCRATCH) throw refuse(at, `M[${k}] does not exist`, `M[0] to M[${SCRATCH - 1}] do.`);
  const rest = length - at - 1;
  if (code === 0x05 ? k >= rest : kind === CLASS.JMP && Math.max(jt, jf) >= rest)
    throw refuse(at, "a jump behind the last instruction", "Jump to an instruction.");
  const isAbsolute = kind === CLASS.LD && (code & 0xe0) === 0x20;
  if (isAbsolute && k >= EXTENSION && EXTENSIONS[k - EXTENSION] === undefined)
    throw refuse(at, `no extension of Linux has the offset 0x${k.toString(16)}`, `They are ${EXTENSIONS.join(", ")}.`);
}

/** Loads from and stores to scratch memory. */
const usesScratch = (code: number): boolean => code === 0x60 || code === 0x61 || code === 0x02 || code === 0x03;

/** Words written on all paths to each instruction; jumps go forward only, so one pass is enough. */
function checkScratch(insns: readonly ClassicInstruction[]): void {
  const all = 0xffff;
  const written = new Array<number>(insns.length).fill(all);
  let now = 0;
  const meet = (at: number): void => {
    written[at] &= now;
  };
  insns.forEach(({ code, jt, jf, k }, at) => {
    now &= written[at];
    if (code === 0x02 || code === 0x03) now |= 1 << k;
    else if ((code === 0x60 || code === 0x61) && !(now & (1 << k)))
      throw refuse(at, `M[${k}] is read before it is written`, "Store into it on every path.");
    else if ((code & 7) === CLASS.JMP) {
      if (code === 0x05) meet(at + 1 + k);
      else {
        meet(at + 1 + jt);
        meet(at + 1 + jf);
      }
      now = all;
    }
  });
}
