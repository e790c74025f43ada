import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * Removes the declarations of a built package that no user of it can reach: those of the library's inner folders that neither
 * the public ones nor the kernel's, which cells import, refer to. They are half of all.
 */
export function pruneDeclarations(dist) {
  const all = readdirSync(dist, { recursive: true })
    .filter((path) => path.endsWith(".d.ts"))
    .map((path) => join(dist, path));
  const kernel = join(dist, "kernel");
  const reached = new Set();
  const open = [join(dist, "src", "index.d.ts"), ...all.filter((path) => path.startsWith(kernel))];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path) || !existsSync(path)) continue;
    reached.add(path);
    for (const [, file] of readFileSync(path, "utf8").matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]*)"/g))
      open.push(resolve(dirname(path), file.replace(/\.[jt]s$/, ".d.ts")));
  }
  for (const path of all) if (!reached.has(path)) rmSync(path);
}
