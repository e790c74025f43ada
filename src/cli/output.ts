import { writeFileSync } from "node:fs";
import { UsageError } from "./usage.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  EISDIR: "it is a folder",
  EACCES: "you may not write there",
  ENOSPC: "there is no space left",
};

/** Writes a file. Throws `UsageError` where that cannot be. */
export function writeFile(file: string, contents: string | Uint8Array): void {
  try {
    writeFileSync(file, contents);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`${file}: ${REASONS[code] ?? code}`);
  }
}

/** Writes to stdout, and resolves when it is written; whoever reads may leave before the end (`| head`). */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => (error.code === "EPIPE" ? resolve() : reject(error));
    // Stays for the rest of the process: the error may be reported twice.
    process.stdout.on("error", onError);
    process.stdout.write(text, () => resolve());
  });
}
