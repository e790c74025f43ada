import { basename } from "node:path";
import type { Release } from "../../btf/data/machine.ts";
import { compile } from "../../loader/clang/compile.ts";
import { isObjectFile } from "../contents.ts";
import { readFile } from "../input.ts";
import { UsageError } from "../usage.ts";

/** The bytes of an object file; a file of C is compiled. Throws `UsageError` for anything else, `ClangError`. */
export async function readObject(
  file: string,
  release: Release,
  cflags: readonly string[] = [],
): Promise<{ readonly bytes: Uint8Array; readonly name: string; readonly warnings: string }> {
  if (file.endsWith(".c")) {
    readFile(file);
    return compile(file, release, { cflags });
  }
  const bytes = new Uint8Array(readFile(file));
  if (!isObjectFile(bytes)) throw new UsageError(`${file}: expected C (.c) or an object file that clang wrote`);
  return { bytes, name: basename(file).split(".")[0]!, warnings: "" };
}
