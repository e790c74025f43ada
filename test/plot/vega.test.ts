import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as plot from "../../src/plot/index.ts";
import { darkRules, INK, NOTE_INK, SERIES, THEME } from "../../src/plot/theme.ts";
import { loadVega } from "../../src/plot/vega.ts";

test("Vega is one instance, and leaves a global of that name as it was", async () => {
  const scope = globalThis as { vega?: unknown };
  scope.vega = "mine";
  const vega = await loadVega();
  expect(scope.vega).toBe("mine");
  delete scope.vega;
  expect(await loadVega()).toBe(vega);
  expect(vega.version).toMatch(/^6\./);
});

test("no module of the folder imports Vega before a picture is drawn", () => {
  const folder = new URL("../../src/plot/", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts")))
    expect(readFileSync(new URL(file, folder), "utf8"), file).not.toMatch(/^import (?!type).*"vega(-lite)?"/m);
});

/** Relative luminance of `#rrggbb`, as WCAG 2 defines it. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

test.each(["light", "dark"] as const)("text and bars can be read in the %s", (mode) => {
  const background = THEME.background[mode];
  expect(contrast(THEME.text[mode], background)).toBeGreaterThan(7);
  expect(contrast(THEME.muted[mode], background)).toBeGreaterThan(4.5);
  for (const series of SERIES) expect(contrast(series, background), series).toBeGreaterThan(3);
});

test("colours of data can be seen on the pages of front ends, names be read on them", () => {
  // White, JupyterLab's dark page and the background of Vega's dark theme, which JupyterLab gives to it.
  for (const page of ["#ffffff", "#111111", "#333333"])
    for (const series of SERIES) expect(contrast(series, page), `${series} on ${page}`).toBeGreaterThan(3);
  for (const page of ["#ffffff", "#111111", "#333333"]) expect(contrast(NOTE_INK, page)).toBeGreaterThan(3);
  for (const series of SERIES) expect(contrast(INK, series), series).toBeGreaterThan(4.5);
});

test("specs name no colour of text, axes or background, so a front end's theme applies", () => {
  const { background, text, muted, axis, grid } = THEME;
  const spec = JSON.stringify([
    plot.histogram([1, 2]).spec,
    plot.flameGraph([[["a"], 1]]).spec,
    plot.bars([["a", 1]]).spec,
  ]);
  for (const { light } of [background, text, muted, axis, grid]) expect(spec).not.toContain(light);
});

test("names can be read on every box of a flame graph", () => {
  const source = readFileSync(new URL("../../src/plot/flame-spec.ts", import.meta.url), "utf8");
  const shades = source.match(/SHADES[\s\S]*?};/)![0].match(/#[0-9a-f]{6}/g)!;
  expect(shades.length).toBeGreaterThan(8);
  for (const shade of shades) expect(contrast(INK, shade), shade).toBeGreaterThan(7);
});

test("every light colour has one dark one", () => {
  const lights = Object.values(THEME).map(({ light }) => light);
  expect(new Set(lights).size).toBe(lights.length);
  for (const light of lights) expect(darkRules().split(`[fill="${light}"]`)).toHaveLength(2);
});
