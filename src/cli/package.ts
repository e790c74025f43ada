import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder with the package's package.json, both for src/ and for dist/src/. */
export const PACKAGE_ROOT: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
})();

/** What cells import as `bpfbook`: `index.ts` of the sources that run, or `index.js` of what was built. */
export const PACKAGE_ENTRY: string = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../index.ts" : "../index.js", import.meta.url),
);

/** What translates files of other languages for the kernel, by extension: objects of eBPF. */
export const TRANSLATORS: Readonly<Record<string, string>> = {
  o: join(dirname(PACKAGE_ENTRY), "loader", "object", `object-import${extname(PACKAGE_ENTRY)}`),
};

export const packageVersion = (): string =>
  (JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8")) as { version: string }).version;
