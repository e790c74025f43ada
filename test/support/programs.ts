import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** The repository. */
export const ROOT = resolve(import.meta.dirname, "..", "..");

/** Path of a program on PATH, or undefined: suites that need it say that they were skipped. */
export function findProgram(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    try {
      const path = join(folder, name);
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/** Says on the console that a suite does not run here, and why; under CI that is a failure. */
export function skipped(suite: string, why: string): boolean {
  if (process.env.CI) throw new Error(`${suite}: ${why}, and CI needs it`);
  console.warn(`${suite}: skipped: ${why}`);
  return true;
}
