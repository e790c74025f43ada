import { BpftoolError, errnoText } from "./error.ts";
import type { Tool } from "./tool.ts";

/** The errno of an error that reading or writing a file threw. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/** A file's bytes; throws `words: ERROR` as bpftool says it. */
export function readFrom(tool: Tool, path: string, words: (path: string) => string): Uint8Array {
  try {
    return tool.files.read(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw new BpftoolError(`${words(path)}: ${errnoText(errno)}`);
  }
}

/** Writes a file; throws `can't open file PATH: ERROR`. */
export function writeTo(tool: Tool, path: string, bytes: Uint8Array): void {
  try {
    tool.files.write(path, bytes);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw new BpftoolError(`can't open file ${path}: ${errnoText(errno)}`);
  }
}
