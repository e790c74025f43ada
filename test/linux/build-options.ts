/** What of Linux depends on how it was built: comparisons leave out what the running one lacks. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Helpers that need an option, by its name. */
const NEEDS: Readonly<Record<string, string>> = { override_return: "CONFIG_BPF_KPROBE_OVERRIDE" };

/** Helpers that the running Linux was built without. */
export const LACKING: ReadonlySet<string> = new Set(
  Object.keys(NEEDS).filter((helper) => !options().includes(`${NEEDS[helper]}=y`)),
);

function options(): string {
  try {
    return gunzipSync(readFileSync("/proc/config.gz")).toString();
  } catch {
    // It does not say: then a comparison shows what it lacks.
    return Object.values(NEEDS)
      .map((option) => `${option}=y`)
      .join("\n");
  }
}
