import { flushCompileCache, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { nodeTimers } from "./timers.ts";

/** `import.meta` of a cell. */
export interface CellMeta {
  readonly url: string;
  readonly filename: string;
  readonly dirname: string;
  resolve(specifier: string): string;
}

/** After an import, how long (ms) until what was compiled is written to the compile cache. */
const FLUSH_DELAY = 500;

/**
 * Imports of cells are imports of this module, as code that the inspector evaluates has no module of its own;
 * {@link installResolution} makes them count from the notebook's folder.
 */
export function importFromCell(specifier: string, options?: ImportCallOptions): Promise<unknown> {
  return import(specifier, options);
}

/**
 * Makes cells resolve modules as a file in the notebook's folder would, and the kernel's own modules resolve from anywhere.
 *
 * @param folder absolute path of the notebook's folder
 * @param modules name to absolute path of the modules that the kernel brings
 */
export function installResolution(folder: string, modules: Readonly<Record<string, string>>): CellMeta {
  const notebook = pathToFileURL(join(folder, "notebook.ts")).href;
  registerHooks({
    resolve(specifier, context, next) {
      keepCompiled();
      if (Object.hasOwn(modules, specifier)) return next(pathToFileURL(modules[specifier]!).href, context);
      return next(specifier, context.parentURL === import.meta.url ? { ...context, parentURL: notebook } : context);
    },
  });
  keepCompiled(); // the kernel's own modules
  const filename = fileURLToPath(notebook);
  return {
    url: notebook,
    filename,
    dirname: dirname(filename),
    resolve: (specifier) => import.meta.resolve(specifier),
  };
}

let saving = false;

/** Saves compiled modules for the next start: the process will be killed, and Node saves only when it exits. */
function keepCompiled(): void {
  if (saving) return;
  saving = true;
  nodeTimers.setTimeout(() => {
    saving = false;
    flushCompileCache();
  }, FLUSH_DELAY);
}
