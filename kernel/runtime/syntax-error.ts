import type { Position } from "./edits.ts";

/** A cell that cannot run: `message` is the parser's, `line` and `column` (1-based) are in the cell as typed. */
export class CellSyntaxError extends SyntaxError {
  override readonly name = "SyntaxError";
  readonly code: "syntax" | "using-at-top-level";
  readonly line: number;
  readonly column: number;
  constructor(code: CellSyntaxError["code"], message: string, at: Position, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.line = at.line;
    this.column = at.column;
  }
}
