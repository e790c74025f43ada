import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Frame, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLOT_ROWS } from "../../scripts/plots/rows.ts";
import { DISPLAY, plot } from "../../src/index.ts";
import { seriousFaults } from "../support/axe.ts";
import { findProgram, ROOT, skipped } from "../support/programs.ts";

const executablePath = findProgram("chromium");
const skip = executablePath === undefined && skipped("browser", "Chromium is not installed");
const ARTIFACTS = join(ROOT, "test", "artifacts");

const HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>plots</title></head>';

describe.skipIf(skip)("plots in Chromium", () => {
  let browser: Browser;
  let flame: string;

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
    const made = plot.flameGraph(
      [
        [["vfs_read", "ksys_read", "main"], 40],
        [["vfs_write", "ksys_write", "main"], 30],
        [["vfs_read", "parse", "main"], 30],
      ],
      { title: "Server" },
    );
    flame = String((await made[DISPLAY]())["text/html"]);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  async function open(body: string, options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 760, height: 500 }, ...options });
    await page.setContent(`${HEAD}${body}</html>`);
    return page;
  }

  const viewOf = async (page: Page): Promise<Frame> => {
    await page.frameLocator("iframe").locator("h1, .title").first().waitFor();
    return page.frames()[1]!;
  };

  it.each(["light", "dark"] as const)(
    "all kinds on an exported page have no serious fault, %s",
    async (colorScheme) => {
      const parts = await Promise.all(
        PLOT_ROWS.map(async ({ name, make }) => {
          const bundle = await make()[DISPLAY]();
          return `<section><h2>${name}</h2>${bundle["text/html"] ?? bundle["image/svg+xml"]}</section>`;
        }),
      );
      // The page of a dark exporter says so on its body; its own text is its own affair.
      const body = `<body data-jp-theme-light="${colorScheme === "light"}" style="margin:8px;${colorScheme === "dark" ? "background:#111;color:#fff" : ""}"><main><h1>Plots</h1>${parts.join("")}</main></body>`;
      const page = await open(body, { colorScheme });
      const frame = await viewOf(page);
      expect(await seriousFaults(page.mainFrame())).toEqual([]);
      expect(await seriousFaults(frame)).toEqual([]);
      await page.screenshot({ path: join(ARTIFACTS, `plots-${colorScheme}.png`), fullPage: true });
      await page.close();
    },
  );

  it("a flame graph zooms by mouse, shows all again, and says what it did", async () => {
    const page = await open(`<body>${flame}</body>`);
    const frame = await viewOf(page);
    const box = (name: string) => frame.getByRole("treeitem", { name: new RegExp(`^${name}:`) }).first();
    const width = async (name: string) => (await box(name).boundingBox())!.width;
    const whole = await width("all");
    expect(await width("parse")).toBeLessThan(whole / 3);
    await box("parse").click();
    expect(await width("parse")).toBeGreaterThan(whole * 0.98);
    expect(await box("ksys_write").isVisible()).toBe(false);
    expect(await frame.getByRole("status").textContent()).toBe("Zoomed to parse: 30 samples, 30%");
    await frame.getByRole("button", { name: "reset: show all, clear the search" }).click();
    expect(await width("parse")).toBeLessThan(whole / 3);
    await page.close();
  });

  it("a flame graph is used by keyboard alone", async () => {
    const page = await open(`<body><button>before</button>${flame}</body>`);
    const frame = await viewOf(page);
    await page.getByText("before").focus();
    const focused = () => frame.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("search functions");
    await page.keyboard.type("vfs_read");
    // Two places, which are not counted twice.
    expect(await frame.getByRole("status").textContent()).toBe("2 found, 70.0% of all");
    expect(await frame.locator(".found").count()).toBe(2);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("all: 100 samples, 100%");
    for (const [key, name] of [
      ["ArrowUp", "main"],
      ["ArrowUp", "ksys_read"],
      ["ArrowRight", "ksys_write"],
      ["ArrowRight", "parse"],
      ["ArrowDown", "main"],
      ["ArrowUp", "ksys_read"],
    ]) {
      await page.keyboard.press(key!);
      expect(await focused()).toMatch(new RegExp(`^${name}:`));
    }
    await page.keyboard.press("Enter");
    expect(await frame.getByRole("status").textContent()).toContain("Zoomed to ksys_read");
    await page.keyboard.press("Escape");
    expect(await frame.getByRole("status").textContent()).toBe("All samples are shown");
    expect(await frame.locator(".found").count()).toBe(0);
    await page.keyboard.press("/");
    expect(await focused()).toBe("search functions");
    await page.close();
  });

  it("without script, and without frames, the first picture is there", async () => {
    const page = await open(`<body>${flame.replace("allow-scripts", "")}</body>`);
    const picture = page.getByRole("img", { name: /^Flame graph "Server": 100 samples/ });
    expect(await picture.isVisible()).toBe(true);
    expect((await picture.boundingBox())!.height).toBeGreaterThan(100);
    await page.screenshot({ path: join(ARTIFACTS, "plots-no-script.png") });
    const shown = await page.screenshot({ clip: { x: 0, y: 0, width: 700, height: 200 } });
    await page.close();
    const without = await open(`<body>${flame.replace(/<iframe.*<\/iframe>/s, "")}</body>`);
    // Nothing that lies over the picture hides it.
    expect(shown.equals(await without.screenshot({ clip: { x: 0, y: 0, width: 700, height: 200 } }))).toBe(true);
    await without.close();
  });

  it("the frame reaches neither the page nor the network", async () => {
    const page = await open(`<body>${flame}</body>`);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const frame = await viewOf(page);
    const outcome = await frame.evaluate(async () => {
      const tried: string[] = [];
      const attempt = async (name: string, action: () => unknown) => {
        try {
          await action();
          tried.push(`${name} worked`);
        } catch {
          tried.push(`${name} refused`);
        }
      };
      await attempt("page", () => window.parent.document.title);
      await attempt("fetch", () => fetch("http://127.0.0.1:9/"));
      await attempt("storage", () => window.localStorage.length);
      return tried;
    });
    expect(outcome).toEqual(["page refused", "fetch refused", "storage refused"]);
    expect(asked).toEqual([]);
    await page.close();
  });

  it("follows the front end's theme, also when it changes", async () => {
    const page = await open(`<body data-jp-theme-light="true">${flame}</body>`, { colorScheme: "dark" });
    const frame = await viewOf(page);
    const background = () => frame.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await background()).toBe("rgb(255, 255, 255)");
    await page.evaluate(() => document.body.setAttribute("data-jp-theme-light", "false"));
    await expect.poll(background).toBe("rgb(17, 22, 29)");
    await page.close();
  });
});
