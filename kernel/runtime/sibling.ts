import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A module beside another one, with the same extension: `.ts` in the sources, `.js` in the built package.
 *
 * @example
 * ```ts
 * spawn(process.execPath, [fileURLToPath(sibling(import.meta.url, "./child"))]);
 * ```
 */
export function sibling(moduleUrl: string, name: `./${string}`): URL {
  return new URL(name + extname(fileURLToPath(moduleUrl)), moduleUrl);
}
