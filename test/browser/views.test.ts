import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Frame, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asm, DISPLAY, type Displayable, Machine, map, stepVerifier, u64, verify, workloads } from "../../src/index.ts";
import { seriousFaults } from "../support/axe.ts";
import { findProgram, ROOT, skipped } from "../support/programs.ts";

const executablePath = findProgram("chromium");
const skip = executablePath === undefined && skipped("browser", "Chromium is not installed");
const ARTIFACTS = join(ROOT, "test", "artifacts");

const counts = map.array({ name: "counts", value: u64, maxEntries: 4 });
const TRACED = asm({ type: "xdp", name: "twice", maps: [counts] })`r2 = *(u32 *)(r1 + 0)
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
/** Both ways to `big` know the same, so the second one is covered by the first. */
const EXPLORED = asm({ type: "socket_filter", name: "ways" })`r6 = *(u32 *)(r1 + 0)
r6 &= 255
call get_prandom_u32
if r0 == 0 goto big
r0 = 0
big: r0 = 1
r7 = r6
r7 <<= 2
if r7 > 100 goto out
r0 = 2
out: exit`;

const HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>views</title></head>';

describe.skipIf(skip)("interactive views in Chromium", () => {
  let browser: Browser;
  let stepper: string;
  let explorer: string;
  let refusal: string;
  let machineView: string;
  const errors: string[] = [];

  const htmlOf = async (value: Displayable): Promise<string> => String((await value[DISPLAY]())["text/html"]);

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    const machine = new Machine();
    stepper = await htmlOf(machine.load(TRACED).trace(new Uint8Array(16)));
    explorer = await htmlOf(stepVerifier(EXPLORED, { runs: [machine.load(EXPLORED).trace(new Uint8Array(77))] }));
    refusal = await htmlOf(verify(asm({ type: "socket_filter", name: "unread" })`r0 = r5; exit`));
    const busy = new Machine({ seed: 7 });
    busy.spawn(workloads.webServer());
    await busy.run("100ms");
    busy.attach(busy.load(asm({ type: "tracepoint", name: "seen" })`r0 = 7; exit`), "tracepoint:sched:sched_switch");
    machineView = await htmlOf(await busy.view({ for: "5ms" }));
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  async function open(body: string, colorScheme: "light" | "dark" = "light"): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 900, height: 600 }, colorScheme });
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.setContent(`${HEAD}${body}</html>`);
    return page;
  }

  async function frameOf(page: Page): Promise<Frame> {
    await page.frameLocator("iframe").first().locator("h1").waitFor();
    return page.frames()[1]!;
  }

  it.each(["light", "dark"] as const)("exported, no view has a serious fault, %s", async (scheme) => {
    const colours = scheme === "dark" ? "background:#111;color:#fff" : "";
    const page = await open(
      `<body data-jp-theme-light="${scheme === "light"}" style="margin:8px;${colours}"><main><h1>Views</h1>${stepper}${explorer}${machineView}${refusal}</main></body>`,
      scheme,
    );
    // High enough for all: frames that come into sight while a picture is taken are not drawn yet.
    await page.setViewportSize({ width: 900, height: 2300 });
    await frameOf(page);
    await page.locator("iframe").nth(1).scrollIntoViewIfNeeded();
    for (const index of [1, 2]) await page.frameLocator("iframe").nth(index).locator("h1").waitFor();
    for (const frame of page.frames()) expect(await seriousFaults(frame)).toEqual([]);
    await page.screenshot({ path: join(ARTIFACTS, `views-${scheme}.png`) });
    await page.close();
  });

  it("the stepper goes by keyboard: steps, over a call, to a breakpoint, to a line, to the end", async () => {
    const page = await open(`<body><button>before</button>${stepper}</body>`);
    const frame = await frameOf(page);
    const status = () => frame.getByRole("status").textContent();
    const registers = () => frame.locator(".state tr").allTextContents();
    const next = () => frame.locator(".row.next .at").textContent();
    await page.getByText("before").focus();
    await page.keyboard.press("Tab");
    expect(await status()).toBe("0 of 15 instructions executed");
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    expect((await registers())[0]).toBe("r0 *0x11");
    expect(await next()).toBe("5");
    await page.keyboard.press("ArrowLeft");
    expect((await registers())[0]).toBe("r00x00");
    // Over the call of `twice`.
    await frame.locator(".row.next").focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await status()).toBe("8 of 15 instructions executed");
    await page.keyboard.press("o");
    expect(await status()).toBe("12 of 15 instructions executed");
    expect((await registers())[0]).toMatch(/0x2840$/);
    // A breakpoint in the function, and back to it.
    await frame.locator(".row[data-slot='13']").focus();
    await page.keyboard.press("b");
    expect(await status()).toBe("Breakpoint at 13 set");
    await page.keyboard.press("Shift+C");
    expect(await next()).toBe("13");
    await page.keyboard.press("c");
    expect(await status()).toBe("15 of 15 instructions executed: returned XDP_PASS (2)");
    const memory = await frame.locator(".state").textContent();
    expect(memory).toMatch(/fp-8 +28 {2}00 {2}00 {2}00/);
    expect(memory).toMatch(/packet0000 +00 {2}00 {2}00 {2}07 /);
    await page.close();
  });

  it("the stepper goes by mouse, and marks what changed", async () => {
    const page = await open(`<body>${stepper}</body>`);
    const frame = await frameOf(page);
    await frame.locator(".row[data-slot='9'] .gutter").click();
    await frame.getByRole("button", { name: /next breakpoint/ }).click();
    expect(await frame.getByRole("status").textContent()).toBe("12 of 15 instructions executed");
    await frame.getByRole("button", { name: /forwards/ }).click();
    expect(await frame.locator(".state mark").allTextContents()).toEqual(["[28]", ...Array(7).fill("[00]")]);
    await frame.locator(".row[data-slot='2']").click();
    expect(await frame.getByRole("status").textContent()).toBe("2 of 15 instructions executed");
    await frame.getByRole("slider").fill("15");
    expect(await frame.getByRole("status").textContent()).toContain("XDP_PASS");
    await page.close();
  });

  it("the explorer walks branches, shows what covers a pruned one, ranges, bits and values of a run", async () => {
    const page = await open(`<body>${explorer}</body>`);
    const frame = await frameOf(page);
    const status = () => frame.getByRole("status").textContent();
    const rowOf = (name: string) => frame.locator(".state tr", { hasText: name });
    await frame.getByRole("button", { name: /to the end/ }).focus();
    for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowRight");
    expect(await frame.locator(".row.next .at").textContent()).toBe("7");
    // Without its Ethernet header the packet has 63 bytes: the verifier knew that it is a byte.
    expect(await rowOf("R7").textContent()).toContain("0 to 255; in the run: 63");
    expect(await rowOf("R7").locator(".bits").textContent()).toBe("xxxxxxxx");
    expect(await rowOf("R7").locator(".line .value").count()).toBe(1);
    const covered = frame.getByRole("treeitem", { name: /covered by an older state/ });
    await covered.click();
    expect(await covered.getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("PageDown");
    await page.keyboard.press("ArrowLeft");
    while (!(await status())!.includes("at instruction")) await page.keyboard.press("ArrowRight");
    expect(await frame.locator(".state h2").textContent()).toBe("What holds here, and the older state that covers it");
    expect(await rowOf("R6").locator("td").count()).toBe(2);
    await page.screenshot({ path: join(ARTIFACTS, "views-covered.png") });
    await frame.getByRole("button", { name: /to the older state/ }).click();
    expect(await status()).toMatch(/, branch 0/);
    await page.close();
    expect(errors).toEqual([]);
  });

  it("the machine goes through its time by keyboard and mouse: to any event, to switches, to a moment, and back", async () => {
    const page = await open(`<body><button>before</button>${machineView}</body>`);
    const frame = await frameOf(page);
    const status = async () => (await frame.getByRole("status").textContent())!;
    const cpus = () => frame.locator("table").first().locator("tbody tr").allTextContents();
    expect(await status()).toMatch(/^0.000 ms, event 0 of \d+. the beginning$/);
    await page.getByText("before").focus();
    await page.keyboard.press("Tab");
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowRight");
    expect(await status()).toMatch(/event 2 of/);
    await page.keyboard.press("ArrowLeft");
    expect(await status()).toMatch(/event 1 of/);
    await frame.getByLabel("what a step goes to").selectOption("switches");
    await frame.getByRole("button", { name: /one step forwards/ }).click();
    expect(await status()).toMatch(/[,:] (webserver \d+|idle) runs$/);
    expect((await cpus()).filter((row) => row.includes("*"))).toHaveLength(1);
    // The program at the switch runs next.
    await frame.getByLabel("what a step goes to").selectOption("program runs");
    await frame.getByRole("button", { name: /one step forwards/ }).click();
    expect(await status()).toMatch(/: program seen runs and returns 7$/);
    expect(await frame.locator("mark").allTextContents()).toEqual(["seen *"]);
    await frame.locator(".events [role=option]").last().click();
    expect(await frame.locator(".events [aria-selected=true]").count()).toBe(1);
    await page.keyboard.press("End");
    expect(await status()).toMatch(/^5\.000 ms/);
    await frame.getByRole("slider").fill("0");
    expect(await status()).toMatch(/^0\.000 ms/);
    await page.screenshot({ path: join(ARTIFACTS, "views-machine.png") });
    await page.close();
  });

  it("under the policy of VS Code's webviews, in its dark theme, a view runs and is dark", async () => {
    const page = await browser.newPage({ viewport: { width: 900, height: 600 }, colorScheme: "light" });
    const policy =
      "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src https: http: data:; font-src https:; connect-src https:; child-src https: data: blob:";
    await page.setContent(
      `<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="${policy}"></head><body class="vscode-dark">${stepper}</body></html>`,
    );
    const frame = await frameOf(page);
    await frame.getByRole("button", { name: /one instruction forwards/ }).click();
    expect(await frame.getByRole("status").textContent()).toBe("1 of 15 instructions executed");
    expect(await frame.locator("html").evaluate((html) => getComputedStyle(html).backgroundColor)).toBe(
      "rgb(17, 22, 29)",
    );
    await page.close();
  });

  it("without script the first pictures and the tables are there", async () => {
    const page = await open(`<body>${stepper.replace("allow-scripts", "")}</body>`);
    expect(await page.getByRole("img", { name: /^Program stepper: twice, 15 instructions traced/ }).isVisible()).toBe(
      true,
    );
    await page.getByText("The steps as a table").click();
    expect(await page.locator("details tbody tr").count()).toBe(15);
    await page.screenshot({ path: join(ARTIFACTS, "views-no-script.png") });
    await page.close();
  });
});
