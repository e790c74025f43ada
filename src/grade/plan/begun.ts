import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Result } from "../result/result.ts";
import { readResult } from "../result/validate.ts";

/**
 * The results in a file that an earlier run was writing when it was ended; what follows the last whole one is cut off. None where
 * there is no file.
 *
 * @example const before = keepWhole("results.jsonl.part");
 */
export function keepWhole(path: string): readonly Result[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  const results: Result[] = [];
  for (const line of lines) {
    const result = readLine(line);
    if (result === undefined) break;
    results.push(result);
  }
  writeFileSync(
    path,
    lines
      .slice(0, results.length)
      .map((line) => `${line}\n`)
      .join(""),
  );
  return results;
}

function readLine(line: string): Result | undefined {
  try {
    return readResult(new TextEncoder().encode(line));
  } catch {
    return undefined;
  }
}
