import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** A hash over files (or plain words), so that a step runs again only when what it depends on has changed. */
export function fingerprint(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(existsSync(part) ? readFileSync(part) : part).update("\0");
  return hash.digest("hex");
}

/** True when the step that left its stamp in `file` ran with the same fingerprint. */
export function isDone(file, print) {
  return existsSync(file) && readFileSync(file, "utf8") === print;
}

export function markDone(file, print) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, print);
}
