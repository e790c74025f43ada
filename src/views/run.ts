/** What came of one run of a program. */
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { hexHtml, hexText } from "./hex.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { type Column, table, textTable } from "./table.ts";

/** A run as this view needs it. */
export interface RunView {
  /** The program's name. */
  readonly program: string;
  /** The program's type: what a `raw` one is given is memory, not a packet. */
  readonly type?: string;
  /** Low 32 bits of r0 at exit, unsigned. */
  readonly retval: number;
  /** What the program's type calls that value: `XDP_DROP`. */
  readonly verdict?: string;
  /** The packet after the run. */
  readonly dataOut: Uint8Array;
  /** The packet before it, where it was kept; bytes that differ are marked. */
  readonly dataIn?: Uint8Array;
  /** r0 to r10 at exit, where the engine kept them. */
  readonly registers?: readonly bigint[];
  /** Instructions that were executed, where the engine counted them. */
  readonly steps?: number;
}

/** The returned value by name, registers, and the packet in hex. */
export function renderRun({ program, type, retval, verdict, registers, dataOut, dataIn, steps }: RunView): MimeBundle {
  const result = verdict === undefined ? String(retval) : `${verdict} (${retval | 0})`;
  const cost = steps === undefined ? "" : `, ${plural(steps, "instruction")} executed`;
  const rows = (registers ?? []).map((value, i) => [`r${i}`, hex64(value), decimal(value)]);
  // Flow keys are a structure of their own: there is no packet to compare them with.
  const isKeys = type === "flow_dissector";
  const before = isKeys ? undefined : dataIn;
  const size = packetSize(dataOut, before);
  const data = isKeys ? "Flow keys" : `${type === "raw" ? "Memory" : "Packet"} after the run`;
  const hasData = dataOut.length > 0 || (dataIn?.length ?? 0) > 0;
  return viewBundle({
    label: `${program} returned ${result}`,
    body: html`<p style="${STYLE.headline}"><strong>${program}</strong> returned <strong style="${STYLE.good}">${result}</strong>${cost}</p>
${
  rows.length > 0 &&
  table(
    "Registers at exit",
    COLUMNS,
    rows.map((cells) => ({ cells })),
  )
}
${hasData && html`<p style="${STYLE.headline}"><strong>${data}</strong>: ${size}</p>${hexHtml(dataOut, before && { before })}`}`,
    text: [
      `${program} returned ${result}${cost}`,
      ...(rows.length > 0 ? [`\nRegisters at exit:\n${textTable(rows, COLUMNS)}`] : []),
      ...(hasData ? [`\n${data}: ${size}\n${hexText(dataOut, before && { before })}`] : []),
    ].join("\n"),
  });
}

const COLUMNS: readonly Column[] = [
  { title: "register" },
  { title: "hex", kind: "code" },
  { title: "decimal", kind: "number" },
];

function packetSize(data: Uint8Array, before: Uint8Array | undefined): string {
  const size = plural(data.length, "byte");
  if (!before) return size;
  const length = before.length === data.length ? "" : `, ${before.length} before`;
  const changed = data.reduce((sum, byte, i) => (byte === before[i] ? sum : sum + 1), 0);
  return `${size}${length}, ${changed === 0 ? "none changed" : `${changed} changed`}`;
}

function hex64(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}

/** As signed where that is shorter to read: errors are small negative numbers. */
function decimal(value: bigint): string {
  const signed = BigInt.asIntN(64, value);
  return String(signed < 0n && signed > -4096n ? signed : BigInt.asUintN(64, value));
}
