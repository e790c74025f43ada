import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { installKernelspec } from "../../kernel/install/kernelspec.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = join(root, ".venv", "bin", "python");

test.skipIf(!existsSync(python))("jupyter_kernel_test passes, skipping nothing", async () => {
  const prefix = mkdtempSync(join(tmpdir(), "bpfbook-kernel-test-"));
  try {
    const launcher = join(root, "bin", "bpfbook.js");
    installKernelspec({ kind: "prefix", path: prefix }, { node: process.execPath, launcher });
    const { code, output } = await run(python, [fileURLToPath(new URL("kernel_test.py", import.meta.url)), "-v"], {
      ...process.env,
      JUPYTER_PATH: join(prefix, "share", "jupyter"),
    });
    // What went wrong is in the output, so it is what a failing test shows.
    expect(output).toMatch(/^OK$/m);
    expect(code).toBe(0);
  } finally {
    rmSync(prefix, { recursive: true, force: true });
  }
});

function run(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        output += text;
      });
    }
    child.on("close", (code) => resolve({ code, output }));
  });
}
