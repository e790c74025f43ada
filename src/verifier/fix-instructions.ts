/** What changes are made of: instructions, registers that are free for them, and how a program of a type leaves. */
import { ALU, CALL, CLASS, JMP, MODE, SIZE, SOURCE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { ProgramType } from "../programs/types.ts";
import type { PathState } from "./path-state.ts";
import { CALL_CODE, EXIT_CODE, isFunctionAddress, isSubprogramCall } from "./structure.ts";

export const insn = (code: number, dst: number, src: number, offset: number, imm: number): Instruction => ({
  ...{ code, dst, src, offset, imm },
});
export const move = (dst: number, imm: number): Instruction => insn(CLASS.ALU64 | ALU.MOV, dst, 0, 0, imm);
export const copy = (dst: number, src: number): Instruction => insn(CLASS.ALU64 | ALU.MOV | SOURCE.X, dst, src, 0, 0);
export const and = (dst: number, imm: number): Instruction => insn(CLASS.ALU64 | ALU.AND, dst, 0, 0, imm);
export const add = (dst: number, imm: number): Instruction => insn(CLASS.ALU64 | ALU.ADD, dst, 0, 0, imm);
export const jump = (op: number, dst: number, imm: number, offset: number): Instruction =>
  insn(CLASS.JMP | op, dst, 0, offset, imm);
export const goTo = (offset: number): Instruction => insn(CLASS.JMP | JMP.JA, 0, 0, offset, 0);
export const load = (dst: number, src: number, offset: number): Instruction =>
  insn(CLASS.LDX | MODE.MEM | SIZE.W, dst, src, offset, 0);
export const store = (size: number, offset: number, src: number): Instruction =>
  insn(CLASS.STX | MODE.MEM | size, 10, src, offset, 0);
export const call = (helper: number): Instruction => insn(CALL_CODE, 0, CALL.HELPER, 0, helper);
export const EXIT = insn(EXIT_CODE, 0, 0, 0, 0);

/** A result, and what C calls it. */
interface Result {
  readonly value: number;
  readonly name: string;
}

const PASS: Result = { value: 1, name: "SK_PASS" };
const ALLOW: Result = { value: 1, name: "1" };
const NOTHING: Result = { value: 0, name: "0" };
/** How a program leaves without doing harm, where that is not 0: for XDP 0 would be an error, for a cgroup a refusal. */
const RESULTS: Readonly<Partial<Record<ProgramType, Result>>> = {
  xdp: { value: 2, name: "XDP_PASS" },
  sk_skb: PASS,
  sk_msg: PASS,
  sk_lookup: PASS,
  sk_reuseport: PASS,
  cgroup_skb: ALLOW,
  cgroup_sock: ALLOW,
  cgroup_sock_addr: ALLOW,
  cgroup_device: ALLOW,
  cgroup_sysctl: ALLOW,
  cgroup_sockopt: ALLOW,
};

/** What the function that `at` is in returns when it leaves early; functions that are called return 0. */
export function leavingResult({ type, insns }: ProgramSpec, at: number): Result {
  const inFunction = insns.some(
    (each, index) => (isSubprogramCall(each) || isFunctionAddress(each)) && index + 1 + each.imm <= at,
  );
  return inFunction ? NOTHING : (RESULTS[type] ?? NOTHING);
}

/** Leaves the program at `at` but where the comparison holds. */
export function leaveUnless(program: ProgramSpec, at: number, op: number, dst: number, imm: number): Instruction[] {
  return [jump(op, dst, imm, 2), move(0, leavingResult(program, at).value), EXIT];
}

/** Registers that no instruction names. */
export function unusedRegisters({ insns }: ProgramSpec, from: readonly number[]): number[] {
  const used = new Set(insns.flatMap(({ dst, src }) => [dst, src]));
  return from.filter((register) => !used.has(register));
}

/** Registers that may be overwritten: nobody names them, or on this path nothing is in them. */
export function freeRegisters(program: ProgramSpec, state: PathState): number[] {
  const all = [5, 4, 3, 2, 1, 9, 8, 7, 6];
  const unused = unusedRegisters(program, all);
  const empty = all.filter((register) => register <= 5 && (state.get(`R${register}`) ?? "?") === "?");
  return [...new Set([...unused, ...empty])];
}

/** Bytes from where a pointer points to the end of what it points into, as the log tells it. */
export function roomBehind(value: string): number | undefined {
  if (/umax|smin|var_off/.test(value)) return undefined;
  const stack = /^fp-(\d+)$/.exec(value);
  if (stack) return Number(stack[1]);
  const offset = Number(/\boff=(-?\d+)/.exec(value)?.[1] ?? 0);
  const size = /\b(?:vs|sz)=(\d+)/.exec(value)?.[1];
  return size === undefined ? undefined : Number(size) - offset;
}
