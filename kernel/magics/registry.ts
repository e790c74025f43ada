/** The cell of a magic. */
export interface MagicCellHandle {
  /** 0-based line of its `%%`. */
  readonly line: number;
  /** Makes the cell TypeScript: it runs once the magic has ended, and the cells after it see what it declares. */
  become(code: string): void;
}

/**
 * What a cell magic does with its arguments and its text; what it returns is the cell's result. An error that has a place
 * `{ line, column }` (1-based, in the cell) under `Symbol.for("Jupyter.place")` is shown there.
 */
export type CellMagic = (args: string, body: string, cell: MagicCellHandle) => unknown;

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
