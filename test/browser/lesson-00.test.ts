import { mkdirSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findJupyter, type JupyterServer, startJupyterServer } from "../../src/cli/notebook/server.ts";
import { findProgram, ROOT, skipped } from "../support/programs.ts";

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

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), "bpfbook-browser-"));
    await cp(join(ROOT, "notebooks", "lessons"), folder, { recursive: true });
    server = await startJupyterServer({ root: folder, jupyter: findJupyter(ROOT), lab: true });
    browser = await chromium.launch({ executablePath: executablePath!, args: ARGUMENTS });
    page = await browser.newPage({ viewport: { width: 1300, height: 1600 } });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it("runs lesson 00 from an empty notebook and draws both plots", async () => {
    await page.goto(`${server.url}lab/tree/00-first-light.ipynb?token=${server.token}`);
    const notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
    await notebook.locator(".jp-Cell").first().waitFor({ timeout: 60_000 });
    await dismissDialogs(page);

    await command(page, "Clear All Outputs");
    await command(page, "Run All Cells");
    await idle(page);

    // Vega draws into a canvas or an SVG inside its container: both plots must be there, with a size.
    const charts = notebook.locator(".vega-embed canvas, .vega-embed svg:not(.vega-actions svg)");
    await expect.poll(() => charts.count(), { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
    for (const chart of (await charts.all()).slice(0, 2)) {
      await chart.scrollIntoViewIfNeeded();
      const box = await chart.boundingBox();
      expect(box?.width).toBeGreaterThan(100);
      expect(box?.height).toBeGreaterThan(50);
    }
    const text = await notebook.textContent();
    expect(text).toContain("map_value_or_null");
    await page.screenshot({ path: join(ARTIFACTS, "lesson-00.png") });
  });
});

async function dismissDialogs(page: Page): Promise<void> {
  const button = page.locator(".jp-Dialog button.jp-mod-reject, .jp-Dialog button.jp-mod-accept").first();
  if (await button.isVisible().catch(() => false)) await button.click();
}

/** Runs a command of JupyterLab by its palette entry, as a person would. */
async function command(page: Page, label: string): Promise<void> {
  await page.keyboard.press("Control+Shift+C");
  const input = page.locator(".lm-CommandPalette-input");
  await input.fill(label);
  await page.locator(".lm-CommandPalette-item", { hasText: label }).first().click();
}

/** Waits until no cell is queued or running any more. */
async function idle(page: Page): Promise<void> {
  const busy = page.locator('.jp-InputArea-prompt:has-text("[*]")');
  await page.waitForTimeout(500);
  await expect.poll(() => busy.count(), { timeout: 120_000, interval: 200 }).toBe(0);
}
