/** A run of a machine while it lasts. */
import type { MimeBundle } from "../plot/displayable.ts";
import { grouped, plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { type Column, table, textTable } from "./table.ts";
import { virtualTime } from "./virtual-time.ts";

/** What is shown: virtual nanoseconds out of how many, real milliseconds, what has happened, the busiest tasks. */
export interface LiveRunView {
  readonly ns: number;
  readonly of: number;
  readonly real: number;
  readonly syscalls: number;
  readonly events: Readonly<Record<string, number>>;
  readonly top: readonly { readonly pid: number; readonly comm: string; readonly "cpu%": number }[];
}

/** Characters of the bar where there are only characters. */
const CELLS = 30;

const COLUMNS: readonly Column[] = [
  { title: "pid", kind: "number" },
  { title: "cpu%", kind: "number" },
  { title: "comm" },
];

/** The bar with both times, then what was counted, then a table. */
export function renderLiveRun({ ns, of, real, syscalls, events, top }: LiveRunView): MimeBundle {
  const share = of > 0 ? Math.min(1, ns / of) : 1;
  const percent = `${Math.floor(100 * share)}%`;
  const rate = real > 0 ? `, ${(ns / 1e6 / real).toFixed(1)} times as fast as time` : "";
  const times = `${virtualTime(BigInt(ns))} of ${virtualTime(BigInt(of))} of virtual time in ${(real / 1000).toFixed(1)} s${rate}`;
  const counts = [
    plural(syscalls, "system call"),
    ...Object.entries(events).map(([hook, n]) => `${grouped(n)} × ${hook}`),
  ];
  const busy = top.filter((row) => row["cpu%"] > 0);
  const cells = busy.map((row) => [String(row.pid), String(row["cpu%"]), row.comm]);
  const bar = `${"#".repeat(Math.round(CELLS * share))}${"-".repeat(CELLS - Math.round(CELLS * share))}`;
  return viewBundle({
    label: `Run: ${percent}, ${times}`,
    body: html`<p style="${STYLE.headline}"><progress max="1" value="${share.toFixed(4)}" aria-label="virtual time">${percent}</progress> ${percent}: ${times}</p><p style="${STYLE.headline}">${counts.join("; ")}</p>${
      cells.length > 0 &&
      table(
        "Busiest tasks",
        COLUMNS,
        cells.map((row) => ({ cells: row })),
      )
    }`,
    text: [
      `[${bar}] ${percent}: ${times}`,
      counts.join("; "),
      ...(cells.length > 0 ? [textTable([["pid", "cpu%", "comm"], ...cells], COLUMNS)] : []),
    ].join("\n"),
  });
}
