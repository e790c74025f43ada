/** A bpftrace program beside what it became and what it has counted. */
import type { MimeBundle } from "../../plot/displayable.ts";
import { viewBundle } from "../bundle.ts";
import { html } from "../html.ts";
import { STYLE } from "../style.ts";

/** What stands side by side. */
export interface SidesView {
  readonly text: string;
  readonly errors: string;
  readonly source: string;
  readonly code: readonly { readonly name: string; readonly text: string }[];
  readonly maps: readonly {
    readonly name: string;
    readonly entries: readonly unknown[];
    readonly labels: readonly string[];
  }[];
}

const ROW = "display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start";

/** Three columns: the source, each probe's bytecode, what the program has printed. */
export function renderBpftraceSides({ text, errors, source, code, maps }: SidesView): MimeBundle {
  const listing = code.map(({ name, text: insns }) => `${name}\n${insns}`).join("\n");
  const held = maps.map(({ name, entries }) => `@${name}: ${entries.length}`).join(", ");
  const printed = `${errors}${text}`.trim();
  const columns = [
    ["program", source.trim()],
    ["bytecode", listing],
    [held === "" ? "output" : `output; elements of maps: ${held}`, printed],
  ] as const;
  return viewBundle({
    label: "A bpftrace program, its bytecode and its output",
    body: html`<div style="${ROW}">${columns.map(
      ([title, body]) => html`<div><strong>${title}</strong><pre style="${STYLE.log}">${body}</pre></div>`,
    )}</div>`,
    text: columns.map(([title, body]) => `${title}\n${body}`).join("\n\n"),
  });
}
