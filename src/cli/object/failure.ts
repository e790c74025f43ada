import { ElfError } from "../../elf/error.ts";
import { HookError } from "../../linux/hooks.ts";
import { AttachError } from "../../loader/attach.ts";
import { ClangError } from "../../loader/clang/error.ts";
import { ObjectError } from "../../loader/object/error.ts";
import { MapError } from "../../maps/error.ts";
import { refusalText, VerifierError } from "../../verifier/verification.ts";

/** What a command says of an object that cannot be used; `undefined` for what is a fault of bpfbook itself. */
export function failureText(error: unknown, file: string): string | undefined {
  if (error instanceof VerifierError) {
    const { program, verdict } = error.verification;
    const line = verdict.at === undefined ? undefined : program.lines?.[verdict.at];
    const where = line === undefined ? file : `${file}:${line.line}`;
    const source = line === undefined ? "" : `\n    ${line.text.trim()}`;
    return `${where}: the verifier refuses '${program.name}': ${refusalText(verdict)} (${error.code})${source}`;
  }
  if (error instanceof ClangError) return error.message;
  const known =
    error instanceof ElfError ||
    error instanceof ObjectError ||
    error instanceof MapError ||
    error instanceof AttachError ||
    error instanceof HookError;
  return known ? `${file}: ${(error as Error).message}` : undefined;
}
