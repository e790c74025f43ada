import { mkdirSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readNotebook, writeNotebook } from "../../src/cli/notebook/document.ts";
import { findJupyter, type JupyterServer, startJupyterServer } from "../../src/cli/notebook/server.ts";
import { findProgram, ROOT, skipped } from "../support/programs.ts";

const LESSON = "00-first-light.ipynb";
const ARTIFACTS = join(ROOT, "test", "artifacts");
const executablePath = findProgram("chromium");
const skip = executablePath === undefined && skipped("browser", "Chromium is not installed");

/** A fresh profile that talks to nobody but the server under test. */
const ARGUMENTS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

describe.skipIf(skip)("JupyterLab in Chromium", () => {
  let folder: string;
  let server: JupyterServer;
  let browser: Browser;
  let page: Page;
  let codeCells: number;

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), "bpfbook-browser-"));
    await cp(join(ROOT, "notebooks", "lessons"), folder, { recursive: true });
    codeCells = await clearOutputs(join(folder, LESSON));
    server = await startJupyterServer({ root: folder, jupyter: findJupyter(ROOT), lab: true });
    browser = await chromium.launch({ executablePath: executablePath!, args: ARGUMENTS });
    page = await browser.newPage({ viewport: { width: 1300, height: 1600 } });
  }, 120_000);

  // Whatever happened, the last sight of the page is kept.
  afterEach(async () => {
    await page.screenshot({ path: join(ARTIFACTS, "lesson-00.png") });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it("runs lesson 00 from an empty notebook and draws its plots", async () => {
    await page.goto(`${server.url}lab/tree/${LESSON}?token=${server.token}`);
    const notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
    await notebook.locator(".jp-Cell").first().waitFor({ timeout: 60_000 });

    // Running cells before the kernel has said its first word makes JupyterLab ask which kernel to take.
    await page.getByText("TypeScript (bpfbook) | Idle").waitFor({ timeout: 60_000 });
    await runAllCells(page);
    await ran(notebook, codeCells);

    // Vega draws two histograms into canvases; the flame graph has a frame of its own. Each must be there, with a size.
    const charts = notebook.locator(".vega-embed canvas, .bpfbook-view iframe");
    await expect.poll(() => charts.count(), { timeout: 30_000 }).toBe(3);
    for (const [index, chart] of (await charts.all()).entries()) {
      await chart.scrollIntoViewIfNeeded();
      const box = await chart.boundingBox();
      expect(box?.width).toBeGreaterThan(300);
      expect(box?.height).toBeGreaterThan(150);
      await page.screenshot({ path: join(ARTIFACTS, `lesson-00-plot-${index + 1}.png`) });
    }
    // Each cell's output carries the number of its input.
    const prompts = await notebook
      .locator(".jp-CodeCell")
      .evaluateAll((cells) =>
        cells.map((cell) => [
          cell.querySelector(".jp-InputPrompt")?.textContent,
          cell.querySelector(".jp-OutputPrompt")?.textContent,
        ]),
      );
    for (const [input, output] of prompts) if (output) expect(output).toBe(input);
    const text = await notebook.textContent();
    expect(text).toContain("map_value_or_null");
  });
});

/** What the page shows must come from this run. Gives the number of code cells. */
async function clearOutputs(file: string): Promise<number> {
  const notebook = await readNotebook(file);
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell,
  );
  await writeNotebook(file, { ...notebook, cells });
  return cells.filter((cell) => cell.cell_type === "code").length;
}

/** Run > Run All Cells, as a person would. */
async function runAllCells(page: Page): Promise<void> {
  await page.locator(".lm-MenuBar-itemLabel", { hasText: /^Run$/ }).click();
  await page.locator('[data-command="runmenu:run-all"]').click();
}

/** Waits until the kernel has run every cell: the last one has its number. */
async function ran(notebook: Locator, cells: number): Promise<void> {
  const last = notebook.locator(".jp-CodeCell .jp-InputPrompt", { hasText: `[${cells}]` });
  await expect.poll(() => last.count(), { timeout: 60_000, interval: 200 }).toBeGreaterThan(0);
}
