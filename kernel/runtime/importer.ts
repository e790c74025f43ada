import { createRequire, flushCompileCache, registerHooks } from "node:module";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CELL_MODULE, resolveFromCell } from "./cell-import.ts";
import { dataKind, dataModule, translatedModule } from "./data-modules.ts";
import { ModuleVersions } from "./module-versions.ts";
import { nodeTimers } from "./timers.ts";
import { type Translators, translatorOf } from "./translators.ts";

/** `import.meta` of a cell. */
export interface CellMeta {
  readonly url: string;
  readonly filename: string;
  readonly dirname: string;
  resolve(specifier: string): string;
}

/** The kernel's own folder. */
const KERNEL = new URL("..", import.meta.url).href;

/** After an import, how long (ms) until what was compiled is written to the compile cache. */
const FLUSH_DELAY = 500;

/**
 * Makes cells resolve modules as a file in the notebook's folder would, and the kernel's own modules resolve from anywhere.
 * Files beside the notebook are imported anew when they have changed, and as text or bytes where they are data.
 *
 * @param folder absolute path of the notebook's folder
 * @param modules name to absolute path of the modules that the kernel brings
 * @param translators of files in other languages
 * @returns what a cell has of it: its `import.meta` and its `require`
 */
export function installResolution(
  folder: string,
  modules: Readonly<Record<string, string>>,
  translators: Translators,
): { readonly meta: CellMeta; readonly require: NodeJS.Require } {
  const notebook = pathToFileURL(join(folder, "notebook.ts")).href;
  const versions = new ModuleVersions();
  /** The modules that stand for files which are not code, by URL. */
  const sources = new Map<string, string>();
  // Only files of the user's are watched and may be data; our own and packages are as Node has them.
  const ours = [KERNEL, ...Object.values(modules).map((entry) => new URL(".", pathToFileURL(entry)).href)];
  const isUsers = (url: string): boolean =>
    url.startsWith("file:") && !url.includes("/node_modules/") && !ours.some((part) => url.startsWith(part));
  registerHooks({
    resolve(specifier, context, next) {
      keepCompiled();
      if (Object.hasOwn(modules, specifier)) return next(pathToFileURL(modules[specifier]!).href, context);
      const isCell = context.parentURL === CELL_MODULE;
      const resolved = next(specifier, isCell ? { ...context, parentURL: notebook } : context);
      // Who writes a query has versions of his own.
      if (resolved.url.includes("?") || !isUsers(resolved.url)) return resolved;
      const fromCell = isCell || context.parentURL === notebook;
      const url = versions.urlOf(resolved.url, fromCell ? undefined : context.parentURL);
      // `require` knows paths, not URLs: what has changed is no longer in its cache.
      if (context.conditions.includes("require")) return resolved;
      const kind = dataKind(resolved.url, context.importAttributes);
      const translator = kind === undefined ? translatorOf(translators, resolved.url) : undefined;
      if (kind === undefined && translator === undefined) return { ...resolved, url };
      // As text, as bytes and translated a file is several modules.
      const dataUrl = `${url}#${kind ?? "translated"}`;
      sources.set(dataUrl, kind ? dataModule(kind) : translatedModule(pathToFileURL(translator!).href));
      return { ...resolved, url: dataUrl, format: "module", importAttributes: {} };
    },
    load(url, context, next) {
      const source = sources.get(url);
      return source ? { format: "module", source, shortCircuit: true } : next(url, context);
    },
  });
  keepCompiled(); // the kernel's own modules
  const filename = fileURLToPath(notebook);
  const required = createRequire(notebook);
  /** Node asks nobody about a path that this folder has required before. */
  const require = (specifier: string): unknown => {
    const path = required.resolve(specifier);
    const url = isAbsolute(path) ? pathToFileURL(path).href : path;
    if (isUsers(url)) versions.urlOf(url, undefined);
    return required(specifier);
  };
  return {
    meta: { url: notebook, filename, dirname: dirname(filename), resolve: resolveFromCell },
    require: Object.assign(require, required),
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
