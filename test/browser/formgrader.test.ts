/** nbgrader's own page for teachers, over a course that `bpfbook grade course` made: at night, where nbgrader and Chromium are. */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gradeCourse } from "../../src/cli/grade/course.ts";
import { findJupyter, type JupyterServer, startJupyterServer } from "../../src/cli/notebook/server.ts";
import { findProgram, ROOT, skipped } from "../support/programs.ts";

const night = process.env["BPFBOOK_NIGHT"] !== undefined;
const binaries = join(ROOT, ".venv", "bin");
const executablePath = findProgram("chromium");
const missing = executablePath === undefined || !existsSync(join(binaries, "nbgrader"));
const skip = !night || (missing && skipped("browser", "Chromium or nbgrader is not installed"));

describe.skipIf(skip)("nbgrader's formgrader", () => {
  let course: string;
  let server: JupyterServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    course = mkdtempSync(join(tmpdir(), "bpfbook-formgrader-"));
    writeFileSync(join(course, "secret"), "a secret of this test's course", { mode: 0o600 });
    const words = ["--assignment", "a2", "--assignment", "a9"];
    await gradeCourse(["--out", course, "--secret", join(course, "secret"), ...words]);
    rmSync(join(course, "release"), { recursive: true });
    appendFileSync(join(course, "nbgrader_config.py"), `\nc.CourseDirectory.root = ${JSON.stringify(course)}\n`);
    const env = { PATH: `${binaries}:${process.env["PATH"]}`, JUPYTER_CONFIG_DIR: course, XDG_DATA_HOME: course };
    const options = { cwd: course, env: { ...process.env, ...env }, encoding: "utf8" } as const;
    execFileSync(join(binaries, "nbgrader"), ["generate_assignment", "a2", "--create"], options);
    server = await startJupyterServer({ root: course, jupyter: findJupyter(ROOT), env });
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
    page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    rmSync(course, { recursive: true, force: true });
  });

  it("lists the course's assignments, and shows the points of one that was generated", async () => {
    await page.goto(`${server.url}formgrader?token=${server.token}`);
    const row = (name: string) => page.locator("tr", { has: page.getByText(name, { exact: true }) });
    await row("a2").waitFor({ timeout: 60_000 });
    expect(await row("a2").textContent()).toMatch(/draft/);
    await row("a9").waitFor();
    const artifacts = join(ROOT, "test", "artifacts");
    mkdirSync(artifacts, { recursive: true });
    await page.screenshot({ path: join(artifacts, "formgrader.png") });
    await page.goto(`${server.url}formgrader/gradebook/`);
    await page.getByText("Manual Grading").first().waitFor();
    expect(await page.locator("body").textContent()).not.toMatch(/Sorry|Error/);
  });
});
