import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { ROOT } from "../support/programs.ts";

const run = promisify(execFile);

/** Minutes long and needs the registries: part of `npm run test:night`. */
it.runIf(process.env.BPFBOOK_NIGHT)(
  "binder/postBuild in a clean clone and an empty home makes a kernel that runs lesson 00 without development packages",
  async () => {
    const home = await mkdtemp(join(tmpdir(), "bpfbook-binder-"));
    try {
      const clone = join(home, "repository");
      await run("git", ["clone", "--quiet", ROOT, clone]);
      await run("python3", ["-m", "venv", join(home, "python")]);
      const env = { ...process.env, HOME: home, PATH: `${join(home, "python", "bin")}:${process.env.PATH}` };
      await run("bash", ["binder/postBuild"], { cwd: clone, env, maxBuffer: 1e8 });
      expect(existsSync(join(clone, "node_modules", "vitest"))).toBe(false);

      const share = join(home, "python", "share", "jupyter");
      const { argv } = JSON.parse(readFileSync(join(share, "kernels", "bpfbook", "kernel.json"), "utf8"));
      expect(argv[2]).toBe(join(clone, "bin", "bpfbook.js"));
      // Jupyter itself is the base image's; here it is the one that the tests use.
      const jupyter = { ...env, JUPYTER_PATH: share, PATH: `${join(ROOT, ".venv", "bin")}:${env.PATH}` };
      const lesson = join(clone, "notebooks", "lessons", "00-first-light.ipynb");
      await run(argv[0], [join(clone, "bin", "bpfbook.js"), "nb", "check", lesson], { cwd: clone, env: jupyter });
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
  900_000,
);
