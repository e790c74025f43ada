/**
 * Programs made from others by small changes: another register, offset, constant or call, an instruction more or less.
 * Most are refused, many for reasons that nobody thought of.
 */
import { CALL, CLASS, CLASS_MASK, JMP, LD_IMM64, LD_IMM64_CODE } from "../../src/isa/constants.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";

const CALL_CODE = CLASS.JMP | JMP.CALL;
const EXIT_CODE = CLASS.JMP | JMP.EXIT;
const FAR_JUMP = CLASS.JMP32 | JMP.JA;
const MOVE = 0xbf;
const SET = 0xb7;
const NOWHERE: Instruction = { code: 0x05, dst: 0, src: 0, offset: 0, imm: 0 };
const CONSTANTS = [0, 1, -1, 2, 4, 7, 8, 16, 32, 63, 64, 100, 255, 256, 4095, -8, -16, 0x7fff_ffff, -0x8000_0000];
const OFFSETS = [0, 1, 2, 4, 8, 12, 16, 24, -1, -4, -8, -16, -24, -32, -64, -512, 32, 48, 64];
const COMPARISONS = [0x15, 0x55, 0x25, 0xa5, 0xb5, 0x45, 0x65, 0x75, 0x16, 0x56, 0x26, 0xa6, 0x1d, 0x5d, 0x2d, 0xad];
const ACCESSES = [0x79, 0x61, 0x69, 0x71, 0x7b, 0x63, 0x73, 0x7a, 0x62, 0xdb, 0x99, 0x81];

const isWide = ({ code }: Instruction): boolean => code === LD_IMM64_CODE;
const isJump = ({ code }: Instruction): boolean =>
  ((code & CLASS_MASK) === CLASS.JMP || (code & CLASS_MASK) === CLASS.JMP32) &&
  code !== CALL_CODE &&
  code !== EXIT_CODE;
/** May stand anywhere. */
const isPlain = (insn: Instruction): boolean =>
  insn.code !== 0 && !isWide(insn) && !isJump(insn) && insn.code !== CALL_CODE && insn.code !== EXIT_CODE;

/** A source of numbers from 0 to below `n`. */
export type Choose = (n: number) => number;

/** Where changed programs get their instructions from. */
export interface Material {
  readonly plain: readonly Instruction[];
  readonly calls: readonly Instruction[];
}

/** What all programs together are made of. */
export function materialOf(programs: readonly ProgramSpec[]): Material {
  const all = programs.flatMap(({ insns }) => insns);
  return {
    plain: all.filter(isPlain),
    calls: all.filter(({ code, src }) => code === CALL_CODE && src !== CALL.SUBPROG),
  };
}

/** The program with instructions put in; jumps and functions stay as they were. */
export function insertAt(program: ProgramSpec, at: number, more: readonly Instruction[]): ProgramSpec {
  const moved = (index: number): number => (index >= at ? index + more.length : index);
  const target = (index: number): number => (index > at ? index + more.length : index);
  const insns = program.insns.map((insn, index): Instruction => {
    const distance = (from: number, to: number): number => to - from - 1;
    const here = moved(index);
    if (insn.code === CALL_CODE && insn.src === CALL.SUBPROG)
      return { ...insn, imm: distance(here, moved(index + 1 + insn.imm)) };
    if (isWide(insn) && insn.src === LD_IMM64.FUNC)
      return { ...insn, imm: distance(here, moved(index + 1 + insn.imm)) };
    if (insn.code === FAR_JUMP) return { ...insn, imm: distance(here, target(index + 1 + insn.imm)) };
    return isJump(insn) ? { ...insn, offset: distance(here, target(index + 1 + insn.offset)) } : insn;
  });
  const { functions, lineInfo: _, lines: __, ...rest } = program;
  return {
    ...rest,
    insns: [...insns.slice(0, at), ...more, ...insns.slice(at)],
    ...(functions ? { functions: functions.map((each) => ({ ...each, insn: moved(each.insn) })) } : {}),
  };
}

/** The program with one small change. */
export function mutate(program: ProgramSpec, { plain, calls }: Material, choose: Choose): ProgramSpec {
  const pick = <T>(list: readonly T[]): T => list[choose(list.length)]!;
  const { insns } = program;
  const place = choose(insns.length);
  const at = place > 0 && isWide(insns[place - 1]!) ? place - 1 : place;
  const insn = insns[at]!;
  const { lineInfo: _, lines: __, ...rest } = program;
  const change = (to: Partial<Instruction>): ProgramSpec => ({
    ...rest,
    insns: insns.map((each, index) => (index === at ? { ...each, ...to } : each)),
  });
  const insert = (...more: Instruction[]): ProgramSpec => insertAt(program, at, more);
  const call = (): Instruction =>
    choose(3) > 0 ? pick(calls) : { ...NOWHERE, code: CALL_CODE, src: CALL.HELPER, imm: 1 + choose(211) };
  const ahead = (): number => choose(Math.min(6, insns.length - at));
  const isCall = insn.code === CALL_CODE && insn.src !== CALL.SUBPROG;
  const fixed = isWide(insn) || insn.code === CALL_CODE || insn.code === EXIT_CODE;
  switch (choose(16)) {
    case 0:
      return change({ dst: choose(10) });
    case 1:
      return fixed ? program : change({ src: choose(11) });
    case 2:
      return fixed ? program : change({ offset: isJump(insn) ? insn.offset + choose(7) - 3 : pick(OFFSETS) });
    case 3:
      return isWide(insn) && (insn.src === LD_IMM64.MAP_FD || insn.src === LD_IMM64.MAP_VALUE)
        ? change({ imm: choose(Math.max(1, program.maps.length)) })
        : change(isCall ? call() : fixed ? {} : { imm: pick(CONSTANTS) });
    case 4:
      return isCall ? change(call()) : program;
    case 5:
      return isWide(insn) ? program : change(NOWHERE);
    case 6:
      return fixed ? program : change(pick(plain));
    case 7:
      return insert(pick(plain));
    case 8:
      return insert({ ...NOWHERE, code: MOVE, dst: choose(10), src: choose(11) });
    case 9:
      return insert({ ...NOWHERE, code: SET, dst: choose(10), imm: pick(CONSTANTS) });
    case 10:
      return insert({
        code: pick(COMPARISONS),
        dst: choose(10),
        src: choose(10),
        offset: ahead(),
        imm: pick(CONSTANTS),
      });
    case 11:
      return insert(call());
    case 12:
      return insert({ ...NOWHERE, code: MOVE, dst: 1 + choose(5), src: 6 + choose(4) }, call());
    case 13: {
      const run = insns.slice(at, at + 1 + choose(4));
      return run.every(isPlain) ? insertAt(program, at, run) : program;
    }
    case 14: {
      const other = insns[Math.min(at + 1, insns.length - 1)]!;
      if (!isPlain(insn) || !isPlain(other)) return program;
      return {
        ...rest,
        insns: insns.map((each, index) => (index === at ? other : index === at + 1 ? insn : each)),
      };
    }
    default:
      return insert({ ...NOWHERE, code: pick(ACCESSES), dst: choose(10), src: choose(11), offset: pick(OFFSETS) });
  }
}
