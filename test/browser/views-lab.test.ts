/** The interactive views in JupyterLab: one start for all, each driven by keyboard and mouse. */
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findJupyter, type JupyterServer, startJupyterServer } from "../../src/cli/notebook/server.ts";
import { findProgram, ROOT, skipped } from "../support/programs.ts";

const ARTIFACTS = join(ROOT, "test", "artifacts");
const executablePath = findProgram("chromium");
const skip = executablePath === undefined && skipped("browser", "Chromium is not installed");

const CELLS = [
  `import { asm, controlFlow, Machine, plot, stepVerifier, structLayout, verify } from "bpfbook";
const m = new Machine();
const p = asm({ type: "socket_filter", name: "lengths" })\`r6 = *(u32 *)(r1 + 0)
r6 &= 255
*(u64 *)(r10 - 8) = r6
if r6 > 100 goto out
r6 <<= 2
out: r0 = r6
exit\`;
const run = m.load(p).trace(new Uint8Array(60));
run`,
  "stepVerifier(p, { runs: [run] })",
  "controlFlow(p, { runs: [run] })",
  'plot.flameGraph([[["vfs_read", "main"], 4], [["vfs_write", "main"], 3]])',
  'verify(asm({ type: "xdp", name: "reads" })`r2 = *(u32 *)(r1 + 0)\nr0 = *(u8 *)(r2 + 23)\nexit`)',
  'structLayout(m.btf, "cred")',
  'm.spawn((await import("bpfbook")).workloads.webServer());\nawait m.view({ for: "5ms" })',
];

function writeCells(file: string): void {
  const cells = CELLS.map((source, index) => ({
    ...{ cell_type: "code", id: `cell-${index}`, source, metadata: {}, outputs: [], execution_count: null },
  }));
  const metadata = { kernelspec: { name: "bpfbook", display_name: "TypeScript (bpfbook)", language: "typescript" } };
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }));
}

/** By day `views.test.ts` drives the same views in exported pages. */
const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;

describe.skipIf(skip || !NIGHT)("interactive views in JupyterLab", () => {
  let folder: string;
  let server: JupyterServer;
  let browser: Browser;
  let page: Page;
  let notebook: Locator;
  const output = (index: number): Locator => notebook.locator(".jp-CodeCell").nth(index).locator(".jp-Cell-outputArea");

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), "bpfbook-views-"));
    writeCells(join(folder, "views.ipynb"));
    server = await startJupyterServer({ root: folder, jupyter: findJupyter(ROOT), lab: true });
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
    page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
    await page.goto(`${server.url}lab/tree/views.ipynb?token=${server.token}`);
    notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
    await notebook.locator(".jp-Cell").first().waitFor({ timeout: 60_000 });
    await page.getByText("TypeScript (bpfbook) | Idle").waitFor({ timeout: 60_000 });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(index: number): Promise<FrameLocator> {
    await notebook.locator(".jp-CodeCell").nth(index).locator(".cm-content").click();
    await page.keyboard.press("Shift+Enter");
    await output(index).locator(".jp-OutputArea-output").first().waitFor({ timeout: 60_000 });
    await output(index).scrollIntoViewIfNeeded();
    return output(index).frameLocator("iframe");
  }
  afterEach(async (context) => {
    if (context.task.result?.state === "fail") await shot("failed");
  });

  const shot = (name: string) => page.screenshot({ path: join(ARTIFACTS, `lab-${name}.png`) });

  it("program stepper", async () => {
    const view = await run(0);
    await view.getByRole("button", { name: /one instruction forwards/ }).click();
    // Keys are the view's while it has the focus, not the notebook's.
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowRight");
    expect(await view.getByRole("status").textContent()).toBe("3 of 7 instructions executed");
    expect(await view.locator(".state mark").first().textContent()).toBe("[2e]");
    await view.locator(".row[data-slot='5']").click();
    expect(await view.locator(".row.next .at").textContent()).toBe("5");
    await shot("stepper");
  });

  it("verifier explorer", async () => {
    const view = await run(1);
    await view.getByRole("button", { name: /to the next branch/ }).click();
    await page.keyboard.press("Home");
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
    expect(await view.locator(".state tr", { hasText: "R6" }).textContent()).toContain("0 to 100; in the run: 46");
    await shot("explorer");
  });

  it("flame graph, control flow, verdict and layout", async () => {
    await run(2);
    expect(await output(2).locator("svg").getByText("run 1×").count()).toBeGreaterThan(0);
    await shot("control-flow");
    const flame = await run(3);
    await flame.getByRole("treeitem", { name: /^vfs_read/ }).click();
    expect(await flame.getByRole("status").textContent()).toContain("Zoomed to vfs_read");
    await shot("flame-graph");
    await run(4);
    const font = await output(4)
      .locator("pre")
      .first()
      .evaluate((pre) => getComputedStyle(pre).fontFamily);
    expect(font).toMatch(/mono/);
    expect(await output(4).getByText("╰▶ ✗ here").count()).toBe(1);
    await shot("verdict");
    await run(5);
    expect(await output(5).getByText("✗ hole").count()).toBe(2);
    await shot("layout");
  });

  it("machine over virtual time", async () => {
    const view = await run(6);
    await view.getByRole("button", { name: /one step forwards/ }).click();
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
    expect(await view.getByRole("status").textContent()).toMatch(/event 5 of \d+\. CPU \d: /);
    await shot("machine");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.evaluate(() => document.body.setAttribute("data-jp-theme-light", "false"));
    await shot("machine-dark");
    await page.evaluate(() => document.body.setAttribute("data-jp-theme-light", "true"));
  });

  it("a notebook that is opened again shows the views from its outputs", async () => {
    // The keys of a frame that has the focus are its own.
    await notebook.locator(".jp-CodeCell .cm-content").first().click();
    await page.keyboard.press("Control+s");
    await page.getByText("TypeScript (bpfbook) | Idle").waitFor({ timeout: 20_000 });
    await page.reload();
    await notebook.locator(".jp-Cell").first().waitFor({ timeout: 60_000 });
    const view = output(0).frameLocator("iframe");
    await view.getByRole("status").waitFor({ timeout: 30_000 });
    expect(await view.getByRole("status").textContent()).toBe("0 of 7 instructions executed");
  });

  it("Notebook 7 shows the same views from the outputs, to be driven, and makes new ones", async () => {
    const classic = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    await classic.goto(`${server.url}notebooks/views.ipynb?token=${server.token}`);
    const cell = (index: number) => classic.locator(".jp-CodeCell").nth(index);
    await cell(0).locator(".cm-content").waitFor({ timeout: 60_000 });
    const stepper = cell(0).locator(".jp-Cell-outputArea").frameLocator("iframe");
    await stepper.getByRole("button", { name: /one instruction forwards/ }).click({ timeout: 30_000 });
    await classic.keyboard.press("ArrowRight");
    expect(await stepper.getByRole("status").textContent()).toBe("2 of 7 instructions executed");
    await classic.screenshot({ path: join(ARTIFACTS, "notebook-7-stepper.png") });
    await classic.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").waitFor({ timeout: 60_000 });
    for (const index of [0, 6]) {
      await cell(index).locator(".cm-content").click();
      await classic.keyboard.press("Shift+Enter");
      await cell(index)
        .locator(".jp-InputPrompt", { hasText: /\[\d+\]/ })
        .waitFor({ timeout: 60_000 });
    }
    await cell(6).locator("iframe").scrollIntoViewIfNeeded();
    const machine = cell(6).locator(".jp-Cell-outputArea").frameLocator("iframe");
    await machine.getByRole("button", { name: /to the end/ }).click({ timeout: 30_000 });
    expect(await machine.getByRole("status").textContent()).toMatch(/^5\.000 ms/);
    await classic.screenshot({ path: join(ARTIFACTS, "notebook-7-machine.png") });
    await classic.close();
  });
});
