/** The async function that imports of a cell are routed through: same arguments and result as dynamic `import()`. */
export const IMPORT_FUNCTION = "__bpfbook_import";
/** The object that `import.meta` of a cell becomes: `{ url, filename, dirname, resolve(specifier) }` of the notebook's folder. */
export const META_OBJECT = "__bpfbook_meta";

/** 1-based line and column, in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** JavaScript for one `Runtime.evaluate {replMode: true}`, and the way back to the TypeScript that the user typed. */
export interface TransformedCell {
  readonly code: string;
  /** `stripped`: types blanked in place; `compiled`: by esbuild, because the cell has enum, namespace, ... */
  readonly kind: "stripped" | "compiled";
  /** Names that the cell declares at its top level with a value (what `%who` lists and `%reset` deletes). */
  readonly declared: readonly string[];
  /** Position in the cell of a position in `code` (of a stack frame); lines outside `code` come back unchanged. */
  toSource(position: Position): Position;
}

/** A cell that cannot run: `message` is the parser's, `line` and `column` (1-based) are in the cell. */
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

/**
 * Turns a TypeScript cell into JavaScript for V8's REPL mode, every statement on its own line.
 *
 * @throws CellSyntaxError
 * @example
 * ```ts
 * (await transformCell("const n: number = 1")).code; // 'const n         = 1'
 * ```
 */
export declare function transformCell(code: string): Promise<TransformedCell>;
