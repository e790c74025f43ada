/** What axe-core finds in a page or a frame. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Fault {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Serious and critical faults, in words. */
export async function seriousFaults(frame: Frame): Promise<string[]> {
  await frame.evaluate(AXE);
  const found = (await frame.evaluate(
    "axe.run(document, { iframes: false }).then(({ violations }) => violations)",
  )) as readonly Fault[];
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]!.failureSummary ?? ""} ${nodes[0]!.html.slice(0, 200)}`);
}
