import type { Position } from "./edits.ts";
import { sourceMapLookup } from "./source-map.ts";
import { CellSyntaxError } from "./syntax-error.ts";

/** JavaScript of a cell whose syntax cannot be stripped, and the way back. */
export interface CompiledCell {
  readonly code: string;
  toSource(position: Position): Position;
}

/**
 * Compiles a cell that has `enum`, `namespace`, parameter properties or decorators; esbuild is only loaded for these.
 *
 * @throws CellSyntaxError
 */
export async function compileCell(code: string): Promise<CompiledCell> {
  const { transform } = await import("esbuild");
  try {
    const result = await transform(code, {
      loader: "ts",
      format: "esm",
      // Not esnext, which would leave decorators as they are.
      target: "node24",
      charset: "utf8",
      sourcemap: "external",
      sourcesContent: false,
      // Imports that only name types are the checker's business: their names are undefined at run time.
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
      logLevel: "silent",
    });
    const { mappings } = JSON.parse(result.map) as { mappings: string };
    return { code: result.code, toSource: sourceMapLookup(mappings) };
  } catch (error) {
    throw syntaxError(error);
  }
}

function syntaxError(error: unknown): unknown {
  const [first] = (error as Partial<import("esbuild").TransformFailure>).errors ?? [];
  if (first === undefined) return error;
  const { line = 1, column = 0 } = first.location ?? {};
  return new CellSyntaxError("syntax", first.text, { line, column: column + 1 }, { cause: error });
}
