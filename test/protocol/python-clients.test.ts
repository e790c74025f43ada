import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installKernelspec } from "../../kernel/install/kernelspec.ts";
import { ROOT } from "../support/programs.ts";

const program = (name: string): string => join(ROOT, ".venv", "bin", name);
const launcher = join(ROOT, "bin", "bpfbook.js");
let prefix: string;
let notebook: string;

/** Everything that tools are known to read commands from; the kernel never sees it, and nothing may make it run. */
const METADATA = {
  kernelspec: { name: "bpfbook", display_name: "x", language: "typescript", argv: ["touch", "ran-from-metadata"] },
  language_info: { name: "typescript" },
  bpfbook: { startup: "require('node:fs').writeFileSync('ran-from-metadata', '')" },
};

beforeAll(() => {
  prefix = mkdtempSync(join(tmpdir(), "bpfbook-clients-"));
  installKernelspec({ kind: "prefix", path: prefix }, { node: process.execPath, launcher });
  const cell = (id: string, source: string) => ({
    cell_type: "code",
    id,
    source,
    metadata: { init_cell: true, tags: ["parameters"], bpfbook: METADATA.bpfbook },
    outputs: [],
    execution_count: null,
  });
  const cells = [cell("a", "const n: number = 20;\nconsole.log('printed');"), cell("b", "n * 2 + 2")];
  notebook = join(prefix, "two-cells.ipynb");
  writeFileSync(notebook, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: METADATA, cells }));
});
afterAll(() => rmSync(prefix, { recursive: true, force: true }));

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, JUPYTER_PATH: join(prefix, "share", "jupyter") });

describe.skipIf(!existsSync(program("jupyter-nbconvert")))("Python's clients", () => {
  test("nbconvert runs a notebook and shows its outputs; nothing runs from metadata", () => {
    const html = execFileSync(
      program("jupyter-nbconvert"),
      ["--execute", "--to", "html", "--template", "basic", "--stdout", notebook],
      { cwd: prefix, env: environment(), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
    );
    expect(html).toContain("printed");
    expect(html).toContain("<pre>42</pre>");
    expect(existsSync(join(prefix, "ran-from-metadata"))).toBe(false);
  });

  test("nbclient's jupyter-execute says which cell failed and why", () => {
    writeFileSync(notebook, readFileSync(notebook, "utf8").replace("n * 2 + 2", "n.nothing"));
    const { status, stderr } = spawnSync(program("jupyter-execute"), [notebook], { cwd: prefix, env: environment() });
    expect(status).toBe(1);
    expect(String(stderr)).toContain("Property 'nothing' does not exist on type 'number'");
  });
});

/** VS Code lists the kernelspecs of an environment by asking its Python, as `--sys-prefix` does. */
test.skipIf(!existsSync(program("python")))(
  "--sys-prefix installs into the environment whose python3 is first on PATH",
  () => {
    const bin = join(prefix, "environment", "bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "python3"), `#!/bin/sh\necho ${join(prefix, "environment")}\n`, { mode: 0o755 });
    const run = (...args: string[]) =>
      execFileSync(process.execPath, [launcher, "kernel", ...args, "--sys-prefix"], {
        env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` },
        encoding: "utf8",
      });
    const spec = join(prefix, "environment", "share", "jupyter", "kernels", "bpfbook", "kernel.json");
    expect(run("install")).toContain(join(prefix, "environment"));
    expect(existsSync(spec)).toBe(true);
    run("uninstall");
    expect(existsSync(spec)).toBe(false);
  },
);
