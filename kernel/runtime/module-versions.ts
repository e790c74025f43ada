import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Marks the later versions of a module in its URL; Node keeps a module for each URL. */
export const VERSION_QUERY = "?bpfbook=";

/** One file of the user's, as a module. */
interface ModuleFile {
  stamp: string;
  /** Grows with every change of the file, or of what it imports. */
  version: number;
  /** False while there was only one version: its URL stays as it is. */
  changed: boolean;
  readonly imports: Set<string>;
}

/**
 * The files that cells import, so that one that was edited is run anew when a cell imports it again, and with it all that
 * import it. What has not changed stays the module that it was, with its state.
 */
export class ModuleVersions {
  readonly #files = new Map<string, ModuleFile>();
  #count = 0;

  /**
   * The URL under which a file is to be imported now.
   *
   * @param parent URL of the importing file; undefined for a cell
   */
  urlOf(url: string, parent: string | undefined): string {
    const version = this.#refresh(url, new Set());
    if (parent !== undefined) this.#files.get(parent.split("?")[0]!)?.imports.add(url);
    return this.#files.get(url)?.changed ? `${url}${VERSION_QUERY}${version}` : url;
  }

  #refresh(url: string, seen: Set<string>): number {
    const file = this.#files.get(url);
    if (file === undefined) {
      this.#files.set(url, { stamp: stampOf(url), version: this.#count, changed: false, imports: new Set() });
      return this.#count;
    }
    if (seen.has(url)) return file.version; // they import each other
    seen.add(url);
    const stamp = stampOf(url);
    const newest = Math.max(file.version, ...[...file.imports].map((each) => this.#refresh(each, seen)));
    if (stamp !== file.stamp || newest > file.version) {
      if (stamp !== file.stamp) file.imports.clear();
      file.stamp = stamp;
      file.version = ++this.#count;
      file.changed = true;
      // CommonJS modules are kept by path.
      delete createRequire(url).cache[fileURLToPath(url)];
    }
    return file.version;
  }
}

function stampOf(url: string): string {
  const stat = statSync(fileURLToPath(url), { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs} ${stat.size}` : "";
}
