import type { ClassicInstruction } from "./instruction.ts";
import { CLASSIC_OPCODES } from "./rows.ts";

/** One instruction as `tcpdump -d` prints it, without its number: `jeq      #0x800           jt 2	jf 5`. */
export function formatClassic({ code, jt, jf, k }: ClassicInstruction, at: number): string {
  const text = CLASSIC_OPCODES.get(code);
  if (text === undefined) return `unimp    0x${code.toString(16)}`;
  const isJump = (code & 7) === 5;
  if (code === 0x05) return `ja       ${at + 1 + k}`;
  const number = code === 0x06 || /\[k\]|\+ k|M\[k/.test(text) ? String(k) : `0x${k.toString(16)}`;
  const [mnemonic, ...operands] = text.replace(/\bk\b/, number).split(/ +/);
  const written = `${mnemonic.padEnd(8)} ${operands.join(" ")}`.trimEnd();
  return isJump ? `${written.padEnd(25)} jt ${at + 1 + jt}\tjf ${at + 1 + jf}` : written;
}

/** The whole program as `tcpdump -d` prints it. */
export const classicListing = (insns: readonly ClassicInstruction[]): string =>
  insns.map((insn, at) => `(${String(at).padStart(3, "0")}) ${formatClassic(insn, at)}`).join("\n");
