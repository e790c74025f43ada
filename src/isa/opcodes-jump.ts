import { CALL, CLASS, JMP, SOURCE } from "./constants.ts";
import type { IsaVersion, OpcodeRow } from "./opcode-row.ts";

/** Comparisons with their sign in text; `s` marks signed ones. */
const COMPARISONS: readonly { op: number; name: string; sign: string; since: IsaVersion }[] = [
  { op: JMP.JEQ, name: "jeq", sign: "==", since: 1 },
  { op: JMP.JGT, name: "jgt", sign: ">", since: 1 },
  { op: JMP.JGE, name: "jge", sign: ">=", since: 1 },
  { op: JMP.JSET, name: "jset", sign: "&", since: 1 },
  { op: JMP.JNE, name: "jne", sign: "!=", since: 1 },
  { op: JMP.JSGT, name: "jsgt", sign: "s>", since: 1 },
  { op: JMP.JSGE, name: "jsge", sign: "s>=", since: 1 },
  { op: JMP.JLT, name: "jlt", sign: "<", since: 2 },
  { op: JMP.JLE, name: "jle", sign: "<=", since: 2 },
  { op: JMP.JSLT, name: "jslt", sign: "s<", since: 2 },
  { op: JMP.JSLE, name: "jsle", sign: "s<=", since: 2 },
];

function conditional({ op, name, sign, since }: (typeof COMPARISONS)[number]): OpcodeRow[] {
  const row = (width: 32 | 64, source: number): OpcodeRow => {
    const register = source === SOURCE.X;
    const [dst, src] = width === 64 ? ["{rd}", register ? "{rs}" : "{if64}"] : ["{wd}", register ? "{ws}" : "{if32}"];
    const operand = register ? "src" : "imm";
    const cast = width === 64 ? "" : "(u32)";
    return {
      code: (width === 64 ? CLASS.JMP : CLASS.JMP32) | source | op,
      name: `${name}${width === 64 ? "" : "32"}_${register ? "reg" : "imm"}`,
      group: width === 64 ? "base64" : "base32",
      since: width === 64 ? since : 3,
      fixed: {},
      text: [`if ${dst} ${sign} ${src} goto {near}`],
      mnemonic: [`${name}${width === 64 ? "" : "32"} {rd}, ${register ? "{rs}" : "{if32}"}, {near}`],
      doc: `if (${cast}dst ${sign} ${cast}${operand}) pc += offset`,
    };
  };
  return [row(64, SOURCE.K), row(64, SOURCE.X), row(32, SOURCE.K), row(32, SOURCE.X)];
}

const UNCONDITIONAL: readonly OpcodeRow[] = [
  {
    code: CLASS.JMP | JMP.JA,
    name: "ja",
    group: "base32",
    since: 1,
    fixed: {},
    text: ["goto {near}"],
    mnemonic: ["ja {near}"],
    doc: "pc += offset",
  },
  {
    code: CLASS.JMP32 | JMP.JA,
    name: "gotol",
    group: "base32",
    since: 4,
    fixed: {},
    text: ["gotol {far}"],
    mnemonic: ["ja32 {far}"],
    doc: "pc += imm",
  },
  {
    code: CLASS.JMP | JMP.JCOND,
    name: "may_goto",
    group: "extension",
    since: 4,
    fixed: {},
    text: ["may_goto {near}"],
    mnemonic: ["may_goto {near}"],
    doc: "pc += offset once the loop has used up its budget (Linux's JIT on x86: 250 ms; elsewhere, and here, 8,388,608 rounds)",
  },
  {
    code: CLASS.JMP | JMP.EXIT,
    name: "exit",
    group: "base32",
    since: 1,
    fixed: {},
    text: ["exit"],
    mnemonic: ["exit"],
    doc: "returns r0 to the caller, or ends the program",
  },
];

const CALLS: readonly OpcodeRow[] = [
  {
    code: CLASS.JMP | JMP.CALL,
    name: "call_helper",
    group: "base32",
    since: 1,
    fixed: { src: CALL.HELPER },
    text: ["call {helper}"],
    mnemonic: ["call {helper}", "call helper {helper}"],
    doc: "r0 = helper imm (r1..r5); r1..r5 are lost",
  },
  {
    code: CLASS.JMP | JMP.CALL,
    name: "call_subprog",
    group: "base32",
    since: 1,
    fixed: { src: CALL.SUBPROG },
    text: ["call {far}"],
    mnemonic: ["call local {far}", "call {far}"],
    doc: "calls the subprogram at pc + imm with a frame of its own; r6..r9 are kept",
  },
  {
    code: CLASS.JMP | JMP.CALL,
    name: "call_kfunc",
    group: "base32",
    since: 1,
    fixed: { src: CALL.KFUNC },
    text: ["call kfunc[{btfId}]", "call kfunc[{btfId}][{btfIndex}]"],
    mnemonic: ["call runtime {btfId}", "call runtime {btfId}, {btfIndex}"],
    log: "call {helper}",
    doc: "r0 = the function of Linux with BTF id imm (r1..r5); offset says which module's BTF, 0 is vmlinux",
  },
  {
    code: CLASS.JMP | SOURCE.X | JMP.CALL,
    name: "callx",
    group: "extension",
    since: 1,
    fixed: {},
    text: ["callx {rd}"],
    mnemonic: ["callx {rd}", "call {rd}"],
    log: "call {helper}",
    doc: "calls the function whose address is in dst (LLVM emits it, Linux refuses it)",
  },
];

/** Classes JMP and JMP32: jumps, calls, exit. */
export const JUMP_ROWS: readonly OpcodeRow[] = [...COMPARISONS.flatMap(conditional), ...UNCONDITIONAL, ...CALLS];
