import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asm, DISPLAY, stepVerifier } from "../../src/index.ts";
import { findProgram, skipped } from "../support/programs.ts";

const executablePath = findProgram("chromium");
const skip = executablePath === undefined && skipped("browser", "Chromium is not installed");

const TEXT = `r1 = *(u32 *)(r1 + 0)
if r1 > 10 goto big
r0 = r1
exit
big: r0 = 1
exit`;

describe.skipIf(skip)("the verifier's stepper in Chromium", () => {
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    const bundle = await stepVerifier(asm({ type: "socket_filter", name: "steps" })(TEXT))[DISPLAY]();
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
    page = await browser.newPage();
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.setContent(`<!doctype html><body>${bundle["text/html"]}</body>`);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  const click = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const status = () => page.locator("[data-part=status]").textContent();
  const register = (name: string) => page.locator("[data-part=state] tr", { hasText: name }).first().textContent();

  it("steps both ways and draws what is known", async () => {
    expect(await register("R1")).toContain("ctx()");
    await click("one step forwards");
    await click("one step forwards");
    expect(await status()).toMatch(/^step 3 of 6, branch 0/);
    expect(await register("R1")).toContain("0 to 10");
    expect(await page.getByRole("img", { name: "from 0 to 10" }).count()).toBe(1);
    await click("one step back");
    expect(await register("R1")).toContain("0 to 0xffffffff");
  });

  it("goes to the next branch, where the other side is known", async () => {
    await click("to the next branch");
    expect(await status()).toMatch(/^step 5 of 6, branch 1/);
    expect(await register("R1")).toContain("11 to 0xffffffff");
    await click("to the beginning");
    expect(await status()).toMatch(/^step 1 of 6/);
    expect(errors).toEqual([]);
  });
});
