/** What a cell magic does with its arguments and its text; what it returns is the cell's result. */
export type CellMagic = (args: string, body: string) => unknown;

/** A magic that a library adds. */
export interface RegisteredMagic {
  /** One line, for `%lsmagic`. */
  readonly doc: string;
  readonly run: CellMagic;
}

/**
 * Where libraries add cell magics: a map under this symbol on `globalThis`, so that they need to know nothing of this kernel.
 *
 * @example
 * ```ts
 * const magics = (globalThis[Symbol.for("Jupyter.magics")] ??= new Map());
 * magics.set("upper", { doc: "shows the text in capitals", run: (args, body) => body.toUpperCase() });
 * ```
 */
export const MAGICS: symbol = Symbol.for("Jupyter.magics");

/** The magics that libraries have added so far. */
export function registeredMagics(): ReadonlyMap<string, RegisteredMagic> {
  const found: unknown = (globalThis as Record<symbol, unknown>)[MAGICS];
  return found instanceof Map ? (found as Map<string, RegisteredMagic>) : new Map();
}
