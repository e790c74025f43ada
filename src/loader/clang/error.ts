/** One complaint of clang. */
export interface ClangDiagnostic {
  readonly file: string;
  /** 1-based, in the text that was given. */
  readonly line: number;
  readonly column: number;
  readonly severity: "error" | "warning" | "note";
  readonly message: string;
}

/** C that clang refused, or no clang to ask. The message has each fault with its line of C and where in it. */
export class ClangError extends Error {
  /** `ENOENT`: there is no clang, or no such file; `COMPILE`: faults of the source. */
  readonly code: "ENOENT" | "COMPILE";
  readonly diagnostics: readonly ClangDiagnostic[];

  constructor(code: ClangError["code"], message: string, diagnostics: readonly ClangDiagnostic[] = []) {
    super(message);
    this.name = "ClangError";
    this.code = code;
    this.diagnostics = diagnostics;
  }
}

const DIAGNOSTIC = /^([^\s:][^:\n]*):(\d+):(\d+): (?:fatal )?(error|warning|note): (.*)$/gm;

/** What clang wrote to stderr, as data. */
export function readDiagnostics(text: string): ClangDiagnostic[] {
  return [...text.matchAll(DIAGNOSTIC)].map(([, file, line, column, severity, message]) => ({
    file: file!,
    line: Number(line),
    column: Number(column),
    severity: severity as ClangDiagnostic["severity"],
    message: message!,
  }));
}
