import { type Options, type Program, parse } from "acorn";
import { compileCell } from "./compile-cell.ts";
import { applyEdits, type Edit, lineStarts, type Position, positionAt } from "./edits.ts";
import { renameOwned } from "./own-globals.ts";
import { rewriteDeclarations } from "./rewrite-declarations.ts";
import { rewriteDynamicImports } from "./rewrite-imports.ts";
import { stripTypes } from "./strip-types.ts";
import { CellSyntaxError } from "./syntax-error.ts";

export type { Position } from "./edits.ts";
export { IMPORT_FUNCTION, META_OBJECT } from "./rewrite-imports.ts";
export { CellSyntaxError } from "./syntax-error.ts";

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

const PARSER: Options = {
  ecmaVersion: "latest",
  // A module's rules: strict mode, top-level await, import and export.
  sourceType: "module",
};

/**
 * Turns a TypeScript cell into JavaScript for V8's REPL mode, every statement on the line where it was.
 *
 * Imports become awaited calls of {@link IMPORT_FUNCTION}, `import.meta` becomes {@link META_OBJECT}, `export` is dropped,
 * top-level names become `let` so that a later cell can declare them again in any way. The value of the last expression
 * stays the value of the cell.
 *
 * @throws CellSyntaxError
 * @example
 * ```ts
 * (await transformCell("const n: number = 1")).code; // 'let   n         = 1'
 * ```
 */
export async function transformCell(code: string): Promise<TransformedCell> {
  const stripped = stripTypes(code);
  const program = stripped.kind === "stripped" ? tryParse(stripped.code) : undefined;
  if (stripped.kind === "stripped" && program && !(program instanceof CellSyntaxError)) {
    const rewritten = rewrite(stripped.code, program);
    return { code: rewritten.text, kind: "stripped", declared: rewritten.declared, toSource: rewritten.toBefore };
  }
  // Decorators and `accessor` pass the stripper but are no JavaScript yet.
  if (program instanceof CellSyntaxError && !/@|\baccessor\b/.test(code)) throw program;

  const compiled = await compileCell(code);
  const parsed = tryParse(compiled.code);
  if (parsed instanceof CellSyntaxError) throw parsed;
  const rewritten = rewrite(compiled.code, parsed);
  const typed = new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu));
  return {
    code: rewritten.text,
    kind: "compiled",
    // Without the helpers that the compiler adds.
    declared: rewritten.declared.filter((name) => typed.has(name)),
    toSource: (position) => compiled.toSource(rewritten.toBefore(position)),
  };
}

function rewrite(code: string, program: Program) {
  const edits: Edit[] = [];
  rewriteDynamicImports(program, edits);
  const declared = rewriteDeclarations(code, program, edits);
  renameOwned(program, edits);
  return { ...applyEdits(code, edits), declared };
}

function tryParse(code: string): Program | CellSyntaxError {
  try {
    return parse(code, PARSER);
  } catch (error) {
    if (!(error instanceof SyntaxError) || !("pos" in error)) throw error;
    // acorn writes the position behind the message.
    const message = error.message.replace(/ \(\d+:\d+\)$/, "");
    return new CellSyntaxError("syntax", message, positionAt(lineStarts(code), Number(error.pos)), { cause: error });
  }
}
