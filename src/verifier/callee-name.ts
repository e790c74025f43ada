import { helperName } from "../helpers/names.ts";
import { CALL } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { Verdict } from "./verdict.ts";

/** What a call calls, by Linux's name. */
export const calleeName = ({ facts }: Verdict, at: number, { src, imm }: Instruction): string =>
  src === CALL.HELPER ? `bpf_${helperName(imm) ?? imm}` : (facts[at]?.symbol ?? "a kernel function");
