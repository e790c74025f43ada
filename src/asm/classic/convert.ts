/** From classic to today's instructions, as Linux converts each classic program before it runs it. */
import { ALU, JMP, MODE, SIZE, SOURCE, CLASS as TODAY } from "../../isa/constants.ts";
import type { Instruction } from "../../isa/instruction.ts";
import { SCRATCH } from "./check.ts";
import { ClassicError, type ClassicInstruction } from "./instruction.ts";
import { CLASS, EXTENSION, EXTENSIONS } from "./rows.ts";

/** Where the accumulator, the index register, the context and a temporary live. */
const A = 0;
const X = 7;
const CONTEXT = 6;
const TEMPORARY = 2;
const FRAME = 10;

const insn = (code: number, dst: number, src = 0, offset = 0, imm = 0): Instruction => ({
  code,
  dst,
  src,
  offset,
  imm: imm | 0,
});
const moveRegister = (dst: number, src: number): Instruction => insn(TODAY.ALU64 | ALU.MOV | SOURCE.X, dst, src);
const moveConstant = (dst: number, k: number): Instruction => insn(TODAY.ALU | ALU.MOV | SOURCE.K, dst, 0, 0, k);
const loadField = (dst: number, offset: number): Instruction =>
  insn(TODAY.LDX | MODE.MEM | SIZE.W, dst, CONTEXT, offset);
const EXIT = insn(TODAY.JMP | JMP.EXIT, 0);
const call = (helper: number): Instruction => insn(TODAY.JMP | JMP.CALL, 0, 0, 0, helper);

/** What an extension reads: a field of `struct __sk_buff` by offset, a helper by number. */
const FIELDS: Readonly<Partial<Record<(typeof EXTENSIONS)[number], readonly Instruction[]>>> = {
  // On the wire's byte order: turned, as classic programs expect numbers.
  protocol: [loadField(A, 16), insn(TODAY.ALU | ALU.END | SOURCE.X, A, 0, 0, 16)],
  pkttype: [loadField(A, 4)],
  ifindex: [loadField(A, 40)],
  mark: [loadField(A, 8)],
  queue: [loadField(A, 12)],
  rxhash: [loadField(A, 68)],
  vlan_tag: [loadField(A, 24)],
  vlan_tag_present: [loadField(A, 20)],
  vlan_tpid: [loadField(A, 28), insn(TODAY.ALU | ALU.END | SOURCE.X, A, 0, 0, 16)],
  cpu: [call(8)],
  random: [call(7)],
  xor_x: [insn(TODAY.ALU | ALU.XOR | SOURCE.X, A, X)],
};

/** What a classic program became. */
export interface Converted {
  readonly insns: readonly Instruction[];
  /** For each classic instruction, the slot where what it became begins. */
  readonly starts: readonly number[];
}

/**
 * Converts a program that `checkClassic` takes. It is what Linux makes, but that both registers begin as `= 0` instead of
 * `^=` themselves, unused fields are 0, and what no path reaches is left out: Linux does not verify what it converted, and we
 * do. Throws `ClassicError` for the
 * extensions `nlattr`, `nlattr_nest`, `hatype` and `pay_offset`, which no field of the context holds.
 *
 * @example convertClassic([{ code: 6, jt: 0, jf: 0, k: 1 }]).insns.length // 5
 */
export function convertClassic(program: readonly ClassicInstruction[]): Converted {
  const prologue = [moveConstant(A, 0), moveConstant(X, 0), moveRegister(CONTEXT, 1)];
  const reached = reachable(program);
  const groups = program.map((each, at) => (reached[at] ? convert(each, at) : []));
  const starts: number[] = [];
  let slot = prologue.length;
  for (const group of groups) {
    starts.push(slot);
    slot += group.length;
  }
  const insns: Instruction[] = [...prologue];
  for (const group of groups) {
    for (const { target, ...rest } of group) {
      const offset = target === undefined ? rest.offset : starts[target] - insns.length - 1;
      insns.push({ ...rest, offset });
    }
  }
  return { insns, starts };
}

/** Which instructions some path reaches; jumps go forward only. */
function reachable(program: readonly ClassicInstruction[]): readonly boolean[] {
  const reached = program.map((_, at) => at === 0);
  program.forEach(({ code, jt, jf, k }, at) => {
    if (!reached[at] || (code & 7) === CLASS.RET) return;
    const next = code === 0x05 ? [k] : (code & 7) === CLASS.JMP ? [jt, jf] : [0];
    for (const distance of next) reached[at + 1 + distance] = true;
  });
  return reached;
}

/** An instruction, or a jump to what a classic instruction became. */
type Piece = Instruction & { readonly target?: number };

function convert(classic: ClassicInstruction, at: number): readonly Piece[] {
  const { code, k } = classic;
  switch (code & 7) {
    case CLASS.LD:
    case CLASS.LDX:
      return load(classic, at);
    case CLASS.ST:
    case CLASS.STX:
      return [insn(TODAY.STX | MODE.MEM | SIZE.W, FRAME, (code & 7) === CLASS.ST ? A : X, scratch(k))];
    case CLASS.ALU:
      return arithmetic(classic);
    case CLASS.JMP:
      return jump(classic, at);
    case CLASS.RET:
      return code === 0x06 ? [moveConstant(A, k), EXIT] : [EXIT];
    default:
      return [code === 0x07 ? moveRegister(X, A) : moveRegister(A, X)];
  }
}

const scratch = (k: number): number => -4 * (SCRATCH - k);

function load({ code, k }: ClassicInstruction, at: number): readonly Piece[] {
  const to = (code & 7) === CLASS.LD ? A : X;
  if (code === 0xb1) {
    return [
      ...[moveRegister(X, A), insn(TODAY.LD | MODE.ABS | SIZE.B, 0, 0, 0, k)],
      ...[insn(TODAY.ALU | ALU.AND | SOURCE.K, A, 0, 0, 0xf), insn(TODAY.ALU | ALU.LSH | SOURCE.K, A, 0, 0, 2)],
      ...[moveRegister(TEMPORARY, X), moveRegister(X, A), moveRegister(A, TEMPORARY)],
    ];
  }
  switch (code & 0xe0) {
    case 0x00:
      return [moveConstant(to, k)];
    case 0x20:
      return k >= EXTENSION ? extension(k, at) : [insn(code, 0, 0, 0, k)];
    case 0x40:
      return [insn(code, 0, X, 0, k)];
    case 0x60:
      return [insn(TODAY.LDX | MODE.MEM | SIZE.W, to, FRAME, scratch(k))];
    default:
      return [loadField(to, 0)];
  }
}

function extension(k: number, at: number): readonly Piece[] {
  const name = EXTENSIONS[k - EXTENSION];
  const pieces = FIELDS[name];
  if (pieces !== undefined) return pieces;
  throw new ClassicError(at, "instruction", `the extension ${name} is not simulated`, "Read the packet itself.");
}

function arithmetic({ code, k }: ClassicInstruction): readonly Piece[] {
  const byX = (code & 0x08) !== 0;
  const operation = code & 0xf0;
  // Negation has no operand.
  if (code === 0x84) return [insn(TODAY.ALU | ALU.NEG, A)];
  const done = insn(code, A, byX ? X : 0, 0, byX ? 0 : k);
  if (!byX || (operation !== 0x30 && operation !== 0x90)) return [done];
  // Dividing by 0 ends the program, which takes nothing of the packet then.
  const skip = insn(TODAY.JMP | JMP.JNE | SOURCE.K, X, 0, 2, 0);
  return [insn(TODAY.ALU | ALU.MOV | SOURCE.X, X, X), skip, moveConstant(A, 0), EXIT, done];
}

/** The opposite of a condition, where there is one. */
const OPPOSITE: Readonly<Record<number, number>> = { [JMP.JEQ]: JMP.JNE, [JMP.JGT]: JMP.JLE, [JMP.JGE]: JMP.JLT };

function jump({ code, jt, jf, k }: ClassicInstruction, at: number): readonly Piece[] {
  const goto = (target: number): Piece => ({ ...insn(TODAY.JMP | JMP.JA, 0), target });
  if (code === 0x05) return [goto(at + 1 + k)];
  const byX = (code & 0x08) !== 0;
  // Constants are extended by their sign now, and were not then.
  const wide = !byX && k > 0x7fff_ffff;
  const before = wide ? [moveConstant(TEMPORARY, k)] : [];
  const test = (operation: number, target: number): Piece => {
    const source = byX || wide ? SOURCE.X : SOURCE.K;
    const register = byX ? X : wide ? TEMPORARY : 0;
    return { ...insn(TODAY.JMP | operation | source, A, register, 0, source === SOURCE.X ? 0 : k), target };
  };
  const operation = code & 0xf0;
  if (jf === 0) return [...before, test(operation, at + 1 + jt)];
  if (jt === 0 && OPPOSITE[operation] !== undefined) return [...before, test(OPPOSITE[operation], at + 1 + jf)];
  return [...before, test(operation, at + 1 + jt), goto(at + 1 + jf)];
}
