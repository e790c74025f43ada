/** Jited code: eBPF on the left, the WebAssembly that it became on the right. */
import type { MimeBundle } from "../plot/displayable.ts";
import { grouped, plural } from "../plot/format.ts";
import type { JitedInstruction } from "../vm/jit/listing.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { table } from "./table.ts";

/** A listing as this view needs it. */
export interface JitedView {
  readonly name: string;
  readonly rows: readonly JitedInstruction[];
  readonly size: number;
}

/** Rows of one table; the first ones of a longer program are shown. */
const MOST_ROWS = 250;

/** Two columns, an instruction a row; as text the WebAssembly stands behind the instruction, a line each. */
export function renderJited({ name, rows, size }: JitedView): MimeBundle {
  const shown = rows.slice(0, MOST_ROWS);
  const lines = rows.reduce((sum, { wat }) => sum + wat.length, 0);
  const facts = `${plural(rows.length, "instruction")} became ${grouped(lines)} of WebAssembly, a module of ${plural(size, "byte")}`;
  const rest =
    rows.length > MOST_ROWS ? [`and ${plural(rows.length - MOST_ROWS, "instruction")} more: rows has all`] : [];
  const lefts = shown.map(({ at, text }) => `${String(at).padStart(4)}: ${text}`);
  const width = Math.max(0, ...lefts.map((left) => left.length));
  const pairs = shown.flatMap(({ wat }, i) =>
    (wat.length === 0 ? [NO_CODE] : wat).map((line, at) => `${(at === 0 ? lefts[i]! : "").padEnd(width)}  ${line}`),
  );
  return viewBundle({
    label: `Jited code of ${name}`,
    body: html`<p style="${STYLE.headline}"><strong>${name}</strong>: ${facts}</p>${table(
      "eBPF and WebAssembly",
      [
        { title: "insn", kind: "number" },
        { title: "instruction", kind: "code" },
        { title: "WebAssembly", kind: "code" },
      ],
      shown.map(({ at, text, wat }) => ({ cells: [at, text, wat.length === 0 ? NO_CODE : wat.join("\n")] })),
    )}${rest.map((line) => html`<p style="${STYLE.headline}">${line}</p>`)}`,
    text: [`${name}: ${facts}`, "", ...pairs, ...rest].join("\n"),
  });
}

/** For jumps to what follows anyway, and what another instruction took along. */
const NO_CODE = "no code";
