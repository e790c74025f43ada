import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { KERNEL_TEXT } from "../../src/linux/kallsyms.ts";
import { SYSCALLS } from "../../src/linux/syscall-table.ts";
import { formatText, TRACEPOINTS } from "../../src/linux/tracepoints.ts";

/** tracefs of the running Linux, mounted for this test; undefined where that is not allowed. */
function mountTracefs(): string | undefined {
  const at = mkdtempSync(join(tmpdir(), "tracefs-"));
  try {
    execFileSync("mount", ["-t", "tracefs", "tracefs", at], { stdio: "ignore" });
    return at;
  } catch {
    rmdirSync(at);
    return undefined;
  }
}

const sameSeries = release().startsWith("6.18.");
const tracefs = sameSeries ? mountTracefs() : undefined;
const reason = sameSeries ? "tracefs cannot be mounted" : `this is Linux ${release()}, the table is 6.18's`;
const title =
  tracefs === undefined
    ? `tracepoints against the running Linux (skipped: ${reason})`
    : "tracepoints against the running Linux";

afterAll(() => {
  if (tracefs === undefined) return;
  execFileSync("umount", [tracefs]);
  rmdirSync(tracefs);
});

/** Ids are given out at boot, in an order that depends on the configuration. */
const withoutId = (format: string) => format.replace(/^ID: \d+$/m, "ID: ?");

describe.skipIf(tracefs === undefined)(title, () => {
  it("have the same fields, offsets, sizes, signs and print formats", () => {
    for (const row of TRACEPOINTS) {
      const file = join(tracefs!, "events", row.category, row.name, "format");
      expect(withoutId(formatText(row)), row.name).toBe(withoutId(readFileSync(file, "utf8")));
    }
  });

  it("know every system call that Linux traces on this machine", () => {
    const traced = readdirSync(join(tracefs!, "events", "syscalls")).filter((name) => name.startsWith("sys_enter_"));
    const known = new Set(SYSCALLS.map(({ entry }) => `sys_enter_${entry}`));
    expect(traced.filter((name) => !known.has(name))).toEqual([]);
  });

  it("are raised by functions that Linux has", () => {
    const symbols = new Set(
      readFileSync("/proc/kallsyms", "utf8")
        .split("\n")
        .map((line) => line.split(" ")[2]),
    );
    const missing = [...Object.keys(KERNEL_TEXT), ...SYSCALLS.map(({ entry }) => `__x64_sys_${entry}`)].filter(
      (name) => !symbols.has(name),
    );
    expect(missing).toEqual([]);
  });
});
