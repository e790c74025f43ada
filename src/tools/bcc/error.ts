/** What cannot be made of a bcc program, or asked of it, and where: a line of the text, counted from 1. */
export class BccError extends Error {
  override readonly name = "BccError";
  readonly code: "SOURCE" | "TABLE" | "PROGRAM";
  readonly line: number | undefined;

  constructor(code: BccError["code"], message: string, line?: number) {
    super(line === undefined ? message : `line ${line}: ${message}`);
    this.code = code;
    this.line = line;
  }
}
