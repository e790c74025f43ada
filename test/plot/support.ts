/** What the tests of all plots ask of a bundle. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Ajv, type ValidateFunction } from "ajv";
import { compile, type TopLevelSpec } from "vega-lite";
import { expect } from "vitest";
import type { MimeBundle } from "../../src/plot/displayable.ts";
import { DISPLAY } from "../../src/plot/displayable.ts";
import type { Plot } from "../../src/plot/plot.ts";

/** Version 5 is what front ends draw; the packages installed here are of version 6. */
const schemas = {
  "application/vnd.vegalite.v5+json": "vega-lite-v5.23.0",
  "application/vnd.vega.v5+json": "vega-v5.33.0",
} as const;
const validators = new Map<Plot["mime"], ValidateFunction>();

/** The published schema of the spec's grammar, compiled once. */
function validator(mime: Plot["mime"]): ValidateFunction {
  let validate = validators.get(mime);
  if (!validate) {
    const file = new URL(`../fixtures/vega/${schemas[mime]}.schema.json.gz`, import.meta.url);
    const schema = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8"));
    validate = new Ajv({ strict: false, logger: false, validateFormats: false }).compile(schema);
    validators.set(mime, validate);
  }
  return validate;
}

/** The spec is valid, is JSON, names version 5, and Vega-Lite has no warning for it. */
export function expectValidSpec(plot: Plot): void {
  const validate = validator(plot.mime);
  expect(validate(plot.spec), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  expect(JSON.parse(JSON.stringify(plot.spec))).toEqual(plot.spec);
  expect(plot.spec["$schema"]).toMatch(/^https:\/\/vega\.github\.io\/schema\/vega(-lite)?\/v5\.json$/);
  if (plot.mime !== "application/vnd.vegalite.v5+json") return;
  const warnings: unknown[] = [];
  const keep = (...message: readonly unknown[]) => {
    warnings.push(...message);
    return logger;
  };
  const logger = { level: () => logger, error: keep, warn: keep, info: () => logger, debug: () => logger } as never;
  compile(plot.spec as unknown as TopLevelSpec, { logger });
  expect(warnings).toEqual([]);
}

/** The bundle has the spec, a picture with its text, and plain text; nothing that would hide the picture. */
export async function expectWholeBundle(plot: Plot): Promise<MimeBundle> {
  const bundle = await plot[DISPLAY]();
  const view = "text/html" in bundle ? ["text/html"] : [];
  expect(Object.keys(bundle)).toEqual([plot.mime, "image/svg+xml", ...view, "text/plain"]);
  expect(bundle["text/plain"]).toBe(`${plot.text}\n\n${plot.alt}`);
  const svg = String(bundle["image/svg+xml"]);
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).toMatch(/class="bpfbook-plot" role="img" aria-label="[^"]+"/);
  expect(svg).toMatch(/<title>[^<]+<\/title><desc>[^<]+<\/desc>/);
  expect(svg).not.toContain("NaN");
  expect(svg).not.toContain("undefined");
  return bundle;
}
