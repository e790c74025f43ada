import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What a build leaves in dist/: its time is that of the build's start. */
export const STAMP = join("dist", ".built");

/** Whether dist/ of a development checkout was built from the sources as they are now. */
export function isBuilt(root) {
  const stamp = join(root, STAMP);
  if (!existsSync(stamp)) return false;
  const { mtimeMs } = statSync(stamp);
  return ["src", "kernel"].every((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).every(
      (entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs <= mtimeMs,
    ),
  );
}
