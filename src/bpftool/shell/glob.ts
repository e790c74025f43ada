import type { Linux } from "../../linux/linux.ts";
import { absolute } from "../files.ts";

/** Paths that a pattern finds. */
const MOST = 10_000;

/** A pattern of one part of a path as a regular expression: `*`, `?` and `[...]`. */
export function patternOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]")
    .replaceAll("[!", "[^");
  try {
    return new RegExp(`^${source}$`, "s");
  } catch {
    return /^$(?!)/;
  }
}

/** Paths of a machine that a pattern means, sorted; none where there are none. */
export function expandPattern(linux: Linux, pattern: string, cwd: string): string[] {
  const rooted = pattern.startsWith("/");
  let found: string[] = [rooted ? "" : "."];
  for (const part of pattern.split("/").filter((each) => each !== "")) {
    const matches = patternOf(part);
    const next: string[] = [];
    for (const path of found) {
      const at = absolute(path === "" ? "/" : path, cwd);
      if (!/[*?[]/.test(part)) {
        if (linux.files.lookup(`${at}/${part}`) !== undefined) next.push(`${path}/${part}`);
        continue;
      }
      const names = linux.files.lookup(at)?.directory?.names() ?? [];
      for (const name of names)
        if (matches.test(name) && (!name.startsWith(".") || part.startsWith("."))) next.push(`${path}/${name}`);
      if (next.length > MOST) break;
    }
    found = next.slice(0, MOST);
  }
  return found.map((path) => path.replace(/^\.\//, "")).sort();
}
