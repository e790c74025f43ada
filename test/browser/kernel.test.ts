import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import { findJupyter, type JupyterServer, startJupyterServer } from "../../src/cli/notebook/server.ts";
import { findProgram, ROOT, skipped } from "../support/programs.ts";

const NIGHT = process.env["BPFBOOK_NIGHT"] !== undefined;
const ARTIFACTS = join(ROOT, "test", "artifacts");
const executablePath = findProgram("chromium");
const skip = executablePath === undefined && skipped("browser", "Chromium is not installed");
const ARGUMENTS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

const CELLS = [
  'import { slider } from "bpfbook/widgets";\nconst packets = slider({ label: "packets", max: 10, value: 3 });\npackets.onChange((n) => console.log("moved to", n));\npackets',
  "function double(n: number) {\n  const twice = n * 2;\n  return twice;\n}\ndouble(21)",
  "for (let n = 0; ; n++) if (n === 0) console.log('spinning');",
  "const kept: string = 'text';\nkept.toUp",
];

function writeCells(file: string): void {
  const cells = CELLS.map((source, index) => ({
    cell_type: "code",
    id: `cell-${index}`,
    source,
    metadata: {},
    outputs: [],
    execution_count: null,
  }));
  const metadata = { kernelspec: { name: "bpfbook", display_name: "TypeScript (bpfbook)", language: "typescript" } };
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }));
}

describe.skipIf(skip)("the kernel in JupyterLab", () => {
  let folder: string;
  let server: JupyterServer;
  let browser: Browser;
  let page: Page;
  let notebook: Locator;
  const cell = (index: number): Locator => notebook.locator(".jp-CodeCell").nth(index);

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), "bpfbook-browser-"));
    writeCells(join(folder, "cells.ipynb"));
    server = await startJupyterServer({ root: folder, jupyter: findJupyter(ROOT), lab: true });
    browser = await chromium.launch({ executablePath: executablePath!, args: ARGUMENTS });
    page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
    await page.goto(`${server.url}lab/tree/cells.ipynb?token=${server.token}`);
    notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
    await notebook.locator(".jp-Cell").first().waitFor({ timeout: 60_000 });
    await page.getByText("TypeScript (bpfbook) | Idle").waitFor({ timeout: 60_000 });
  }, 120_000);

  afterEach(async (context) => {
    await page.screenshot({ path: join(ARTIFACTS, `kernel-${context.task.name.replace(/\W+/g, "-")}.png`) });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(index: number): Promise<void> {
    await cell(index).locator(".cm-content").click();
    await page.keyboard.press("Shift+Enter");
  }

  it("widget", async () => {
    await run(0);
    const handle = cell(0).locator(".noUi-handle");
    await handle.waitFor({ timeout: 30_000 });
    await handle.focus();
    await page.keyboard.press("ArrowRight");
    await cell(0).getByText("moved to 4").waitFor({ timeout: 10_000 });
  });

  it("debugger", async () => {
    await notebook.locator(".jp-DebuggerBugButton[aria-pressed=false]").first().click();
    await notebook.locator(".jp-DebuggerBugButton[aria-pressed=true]").first().waitFor({ timeout: 20_000 });
    await cell(1).locator(".cm-content").click();
    // A click in the gutter beside the third line (after the hidden element that gives it its width) sets the breakpoint.
    await cell(1).locator(".cm-breakpoint-gutter .cm-gutterElement").nth(3).click();
    await cell(1).locator(".cm-breakpoint-icon:visible").waitFor({ timeout: 10_000 });
    await run(1);
    await page.locator(".jp-DebuggerCallstack-body", { hasText: "double" }).waitFor({ timeout: 20_000 });
    await page.locator(".jp-DebuggerVariables", { hasText: "twice" }).waitFor({ timeout: 20_000 });
    await page.screenshot({ path: join(ARTIFACTS, "kernel-breakpoint.png") });
    await page.locator('[data-command="debugger:continue"], .jp-DebuggerCallstack [title^="Continue"]').first().click();
    await cell(1).locator(".jp-OutputArea-output", { hasText: "42" }).waitFor({ timeout: 20_000 });
    // A breakpoint outlives a restart: the next tests want to run through.
    await notebook.locator(".jp-DebuggerBugButton[aria-pressed=true]").first().click();
    await notebook.locator(".jp-DebuggerBugButton[aria-pressed=false]").first().waitFor({ timeout: 20_000 });
  });

  it("completion pop-up", async () => {
    await cell(3).locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Tab");
    await page.locator(".jp-Completer:visible", { hasText: "toUpperCase" }).waitFor({ timeout: 20_000 });
    await page.screenshot({ path: join(ARTIFACTS, "kernel-completer.png") });
    await page.keyboard.press("Enter");
    await cell(3).locator(".cm-content", { hasText: "kept.toUpperCase" }).waitFor({ timeout: 10_000 });
  });

  it("tooltip", async () => {
    await page.keyboard.press("Shift+Tab");
    const tooltip = page.locator(".jp-Tooltip:visible");
    await tooltip.filter({ hasText: "toUpperCase(): string" }).waitFor({ timeout: 20_000 });
    await tooltip.filter({ hasText: "uppercase" }).waitFor({ timeout: 5_000 });
    await page.screenshot({ path: join(ARTIFACTS, "kernel-tooltip-shown.png") });
    await page.keyboard.press("Escape");
  });

  it("interrupt button", async () => {
    await run(2);
    await cell(2).getByText("spinning", { exact: true }).waitFor({ timeout: 20_000 });
    await notebook.locator('[data-jp-item-name="interrupt"]').click();
    await cell(2).getByText("CellInterrupted").first().waitFor({ timeout: 20_000 });
    await page.getByText("TypeScript (bpfbook) | Idle").waitFor({ timeout: 20_000 });
  });

  it("restart and run all", async () => {
    // The endless cell has become a short one.
    await cell(2).locator(".cm-content").click();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("'ran again'");
    await cell(3).locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("()");
    await notebook.locator('[data-jp-item-name="restart-and-run"]').click();
    await page.locator(".jp-Dialog button.jp-mod-accept").click();
    await cell(2).locator(".jp-OutputArea-output", { hasText: "ran again" }).waitFor({ timeout: 30_000 });
    await cell(3).locator(".jp-OutputArea-output", { hasText: "TEXT" }).waitFor({ timeout: 30_000 });
    await cell(0).locator(".jp-InputPrompt", { hasText: "[1]" }).waitFor({ timeout: 10_000 });
    await cell(3).locator(".jp-InputPrompt", { hasText: "[4]" }).waitFor({ timeout: 10_000 });
  });

  it("values on the dark theme", async () => {
    await page.locator(".lm-MenuBar-item", { hasText: "Settings" }).click();
    await page.locator(".lm-Menu-item", { hasText: "Theme" }).first().hover();
    await page.locator(".lm-Menu-item", { hasText: "JupyterLab Dark" }).first().click();
    await page.locator('body[data-jp-theme-light="false"]').waitFor({ state: "attached", timeout: 20_000 });
    await cell(2).locator(".cm-content").click();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(
      "display([{ protocol: 'udp', packets: 12 }, { protocol: 'tcp', packets: 340 }]);\n({ device: 'eth0', queues: [{ irq: 24, packets: [1, 2, 3] }], note: 'x'.repeat(60) })",
    );
    await page.keyboard.press("Shift+Enter");
    await cell(2).locator(".jp-OutputArea-output table", { hasText: "protocol" }).waitFor({ timeout: 20_000 });
    await cell(2).locator(".jp-OutputArea-output details", { hasText: "device" }).waitFor({ timeout: 20_000 });
  });

  it.skipIf(!NIGHT)("Notebook 7", async () => {
    const other = await browser.newPage({ viewport: { width: 1100, height: 800 } });
    writeCells(join(folder, "classic.ipynb"));
    await other.goto(`${server.url}notebooks/classic.ipynb?token=${server.token}`);
    const first = other.locator(".jp-CodeCell").first();
    await first.locator(".cm-content").waitFor({ timeout: 60_000 });
    await other.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").waitFor({ timeout: 60_000 });
    await first.locator(".cm-content").click();
    await other.keyboard.press("Shift+Enter");
    await first.locator(".noUi-handle").waitFor({ timeout: 30_000 });
    const last = other.locator(".jp-CodeCell").nth(3);
    await last.locator(".cm-content").click();
    await other.keyboard.press("Control+End");
    await other.keyboard.press("Tab");
    await other.locator(".jp-Completer:visible", { hasText: "toUpperCase" }).waitFor({ timeout: 20_000 });
    await other.keyboard.press("Enter");
    await last.locator(".cm-content", { hasText: "kept.toUpperCase" }).waitFor({ timeout: 10_000 });
    await other.keyboard.type("()");
    await other.keyboard.press("Shift+Enter");
    await last.locator(".jp-OutputArea-output", { hasText: "TEXT" }).waitFor({ timeout: 20_000 });
    await other.screenshot({ path: join(ARTIFACTS, "kernel-notebook-7-page.png") });
    await other.close();
  });
});
