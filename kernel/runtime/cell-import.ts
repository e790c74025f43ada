/**
 * Imports of cells are imports of this module, as code that the inspector evaluates has no module of its own;
 * `importer.ts` makes them count from the notebook's folder. It stays a file of its own when the package is built.
 */
export function importFromCell(specifier: string, options?: ImportCallOptions): Promise<unknown> {
  return import(specifier, options);
}

/** Where an import of a cell would find a module: a URL. */
export const resolveFromCell = (specifier: string): string => import.meta.resolve(specifier);

/** The module that imports of cells come from, as Node's hooks are told. */
export const CELL_MODULE: string = import.meta.url;
