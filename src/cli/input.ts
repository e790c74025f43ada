import { readFileSync } from "node:fs";
import { UsageError } from "./usage.ts";

/** All of stdin. */
export async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The bytes of a file, or of stdin for `-`. Throws `UsageError` for a file that cannot be read. */
export async function readInput(file: string): Promise<Buffer> {
  if (file === "-") return readStdin();
  return readFile(file);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "you may not read it",
};

/** The bytes of a file. Throws `UsageError` for one that cannot be read. */
export function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`${file}: ${REASONS[code] ?? code}`);
  }
}
