import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { compareOutputs } from "../../src/cli/notebook/compare.ts";
import { readNotebook } from "../../src/cli/notebook/document.ts";
import { findJupyter } from "../../src/cli/notebook/server.ts";
import { ROOT } from "../support/programs.ts";

const LESSONS = join(ROOT, "notebooks", "lessons");

/** At night: by day python-clients.test.ts has nbconvert execute a small notebook. */
it.runIf(process.env["BPFBOOK_NIGHT"])(
  "jupyter nbconvert --execute gives lesson 00's stored outputs, and HTML shows its plots",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "bpfbook-nbconvert-"));
    try {
      await cp(LESSONS, folder, { recursive: true });
      const jupyter = findJupyter(ROOT);
      const file = join(folder, "00-first-light.ipynb");
      const run = promisify(execFile);
      await run(jupyter, ["nbconvert", "--to", "notebook", "--execute", "--output", "executed", file], { cwd: folder });
      const stored = await readNotebook(file);
      const got = await readNotebook(join(folder, "executed.ipynb"));
      expect(compareOutputs(stored, got)).toEqual([]);

      await run(jupyter, ["nbconvert", "--to", "html", join(folder, "executed.ipynb")], { cwd: folder });
      const html = await readFile(join(folder, "executed.html"), "utf8");
      // nbconvert shows a picture of each histogram, and the flame graph that zooms.
      expect(html.match(/<img[^>]+src="data:image\/svg\+xml;base64,/g)?.length).toBe(2);
      expect(html.match(/<img alt=.Flame graph "Where the web server spends its time"/g)?.length).toBe(1);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
