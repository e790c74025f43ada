/** Small programs that pages really verify when they are shown. */
import type { ProgramType } from "../../programs/types.ts";
import { exampleProgram } from "../../verifier/catalogue.ts";
import { refusalText } from "../../verifier/verification.ts";
import { verify } from "../../verifier/verify.ts";

/** What the verifier says of a program, in its own words; `accepted, processed N insns` if nothing is wrong. */
export function said(text: string, type?: ProgramType, license?: string): string {
  const verdict = verify(exampleProgram({ text, type, license }), { logLevel: 0 });
  return verdict.ok ? `accepted, processed ${verdict.processed} insns` : `${refusalText(verdict)} (${verdict.errno})`;
}
