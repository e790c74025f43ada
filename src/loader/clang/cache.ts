import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { printHeader } from "../../btf/c/print.ts";
import { machineBtf, type Release } from "../../btf/data/machine.ts";

/** A hash of texts, for the name of what was made from them. */
export function contentKey(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest("hex").slice(0, 32);
}

let folder: string | undefined;

/** Where compiled objects and headers are kept; a folder of this machine's user. */
export function cacheFolder(): string {
  if (folder !== undefined) return folder;
  for (const base of [process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), tmpdir()])
    try {
      folder = join(base, "bpfbook");
      mkdirSync(folder, { recursive: true });
      return folder;
    } catch {
      // Read-only: the next one.
    }
  return folder!;
}

/** What is kept under a name, or what `make` gives, which is kept where it says so. */
export async function cached(
  name: string,
  make: () => Promise<{ readonly bytes: Uint8Array; readonly keep: boolean }>,
): Promise<Uint8Array> {
  const path = join(cacheFolder(), name);
  if (existsSync(path)) return new Uint8Array(readFileSync(path));
  const made = await make();
  if (made.keep) keep(path, made.bytes);
  return made.bytes;
}

/** Whole or not at all: another process may do the same. */
function keep(path: string, bytes: Uint8Array | string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch {
    // A full disk costs time only.
  }
}

/** What the header is made from: when a file of the printer or of the types changes, it is made anew. */
function headerSources(): string {
  const folders = ["../../btf/c/", "../../btf/data/"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const files = folders.flatMap((each) => readdirSync(each).map((name) => join(each, name)));
  return files.map((file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}`).join("\n");
}

/** The folder with a release's `vmlinux.h`, and a key of its contents. */
export function vmlinuxFolder(release: Release): { readonly folder: string; readonly key: string } {
  const key = contentKey(release, headerSources());
  const own = join(cacheFolder(), `vmlinux-${release}-${key}`);
  const file = join(own, "vmlinux.h");
  if (!existsSync(file)) keep(file, printHeader(machineBtf(release)));
  return { folder: own, key };
}
