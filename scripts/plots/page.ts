/**
 * Makes `docs/plots.md` of the rows, the docstrings and the plots themselves. Run after a change: `node scripts/plots/page.ts`; a test
 * compares what is stored with what this makes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PLOT_ROWS, type PlotRow } from "./rows.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** All files of the page, by path. */
export async function plotPages(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const parts: string[] = [];
  for (const row of PLOT_ROWS) {
    const made = row.make();
    files.set(`docs/plots/${row.name}.svg`, `${await made.toSVG()}\n`);
    parts.push(
      `## ${row.name}: ${row.asks}`,
      docOf(row),
      `\`\`\`ts\n${codeOf(row)}\n\`\`\``,
      `![${made.alt.replaceAll(/[[\]]/g, "\\$&")}](plots/${row.name}.svg)`,
      "As text:",
      `\`\`\`text\n${made.text}\n\`\`\``,
    );
  }
  files.set("docs/plots.md", `${[INTRODUCTION, ...parts].join("\n\n")}\n`);
  return files;
}

const INTRODUCTION = `# Plots

<!-- Made by scripts/plots/page.ts from the rows beside it and the docstrings of src/plot: not edited by hand. -->

\`plot\` has one function for each kind. Data is anything that iterates: arrays, a \`Map\`, a map declaration, what a machine recorded;
several series are a record \`{ before: [...], after: [...] }\`. Options are named as Observable Plot names them. What comes back shows
itself in a cell as Vega or Vega-Lite 5, with an SVG and a text for where that cannot be drawn; \`alt\` tells it to those who do not see
it. Numbers may be 64-bit integers; NaN and infinity are left out, and the picture says how many; data with nothing in it gives a sentence.
Of very much data only what a pixel can show is drawn.

| data | plot |
|---|---|
| a map of counts by key | \`plot.bars(counts)\` |
| a map keyed by floor(log2(value)) | \`plot.histogram(sizes)\` |
| per-CPU values | the same: they are summed over the CPUs |
| a map keyed by stack, and the stack map | \`plot.flameGraph(counts, { stacks: m.stacks(stacks) })\` |
| which task had which CPU | \`const record = m.recordSwitches()\`, \`await m.run("50ms")\`, \`record.plot()\` |
| devices of a machine, with their packets | \`plot.topology(m.net.topology)\` |
| what XDP programs decided | \`plot.sankey(m.net.xdpFlows)\` |
| anything, while the machine runs | \`plot.live(() => plot.histogram(sizes), () => m.run("10s"))\` |

bpftrace's results show the plot that fits their map by themselves.`;

/** The code of a row's `make`, as it stands in `rows.ts`. */
function codeOf({ name }: PlotRow): string {
  const source = readFileSync(join(import.meta.dirname, "rows.ts"), "utf8");
  const code = new RegExp(`  row\\("${name}",[^>]*=>\\s*([\\s\\S]*?),?\\n  \\),\\n`).exec(source)?.[1];
  if (code === undefined) throw new TypeError(`rows.ts has no row ${name}`);
  return `${code.replace(/\n {4}/g, "\n").replaceAll(" as const", "")};`;
}

/** The first paragraphs of the function's docstring. */
function docOf({ name, file }: PlotRow): string {
  const source = readFileSync(join(ROOT, "src/plot", file), "utf8");
  const doc = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*export function ${name}\\(`).exec(source)?.[1];
  if (doc === undefined) throw new TypeError(`src/plot/${file} has no docstring for ${name}`);
  const lines = doc.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trim());
  const end = lines.findIndex((line) => line.startsWith("@"));
  return lines
    .slice(0, end < 0 ? undefined : end)
    .join("\n")
    .trim();
}

if (import.meta.main) {
  for (const [file, text] of await plotPages()) writeFileSync(join(ROOT, file), text);
}
