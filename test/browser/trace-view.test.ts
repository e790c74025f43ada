import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asm, DISPLAY, Machine } from "../../src/index.ts";
import { findProgram, skipped } from "../support/programs.ts";

const executablePath = findProgram("chromium");
const skip = executablePath === undefined && skipped("browser", "Chromium is not installed");

const TEXT = `r2 = *(u32 *)(r1 + 0)
r3 = *(u32 *)(r1 + 4)
r4 = r2
r4 += 14
r0 = 1
if r4 > r3 goto out
*(u8 *)(r2 + 3) = 7
r1 = 20
call twice
*(u64 *)(r10 - 8) = r0
r0 = 2
out: exit
twice: r0 = r1
r0 += r1
exit`;

describe.skipIf(skip)("the stepper of a trace in Chromium", () => {
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    const m = new Machine();
    const bundle = await m
      .load(asm({ type: "xdp", name: "twice" })(TEXT))
      .trace(new Uint8Array(16))
      [DISPLAY]();
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
    page = await browser.newPage();
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.setContent(`<!doctype html><body>${bundle["text/html"]}</body>`);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  const status = () => page.locator("[data-part=status]").textContent();
  const click = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const register = (number: number) => page.locator("[data-part=registers] tr").nth(number).textContent();

  it("replaces the still table, at the beginning", async () => {
    expect(await page.locator("[data-part=still]").isVisible()).toBe(false);
    expect(await status()).toBe("0 of 15 instructions executed");
    expect(await register(0)).toBe("r00x00");
  });

  it("steps forwards and back, marks what changed, and shows the line that comes next", async () => {
    for (let i = 0; i < 5; i++) await click("one instruction forwards");
    expect(await register(0)).toBe("r0 *0x11");
    expect(await page.locator("tr[data-slot='5'] td").first().textContent()).toBe("→");
    await click("one instruction back");
    expect(await status()).toBe("4 of 15 instructions executed");
    expect(await register(0)).toBe("r00x00");
  });

  it("goes over a call, and to a line that is clicked", async () => {
    await page.locator("tr[data-slot='8']").click();
    expect(await status()).toBe("8 of 15 instructions executed");
    await click("over a call");
    expect(await status()).toBe("12 of 15 instructions executed");
    expect(await register(0)).toMatch(/0x2840$/);
  });

  it("shows the end: the verdict, the packet and the stack", async () => {
    await click("to the end");
    expect(await status()).toBe("15 of 15 instructions executed: returned XDP_PASS (2)");
    const memory = await page.locator("[data-part=memory]").textContent();
    expect(memory).toContain("fp-8     28  00  00  00  00  00  00  00 ");
    expect(memory).toMatch(/packet0000 {2}00 {2}00 {2}00 {2}07 /);
    await page.locator("[data-part=slider]").fill("13");
    expect(await page.locator("[data-part=memory]").textContent()).toContain("fp-8    [28][00]");
    expect(errors).toEqual([]);
  });
});
