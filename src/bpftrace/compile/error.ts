import type { Span } from "../ast/expression.ts";
import type { Diagnostic } from "../diagnostics.ts";

/** Ends the compilation of a program that is well typed and that this machine cannot run. */
export class CompileFault extends Error {
  readonly diagnostic: Diagnostic;
  constructor(message: string, span: Span, hint?: string) {
    super(message);
    this.name = "CompileFault";
    this.diagnostic = { severity: "ERROR", message, span, ...(hint !== undefined && { hint }) };
  }
}
