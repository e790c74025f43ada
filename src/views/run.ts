/** What came of one run of a program. */
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { PROGRAMS } from "../programs/table.ts";
import type { ProgramType } from "../programs/types.ts";
import { viewBundle } from "./bundle.ts";
import { hexHtml, hexText } from "./hex.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";
import { table, textTable } from "./table.ts";

/** A run as this view needs it. */
export interface RunView {
  readonly program: { readonly name: string; readonly type: ProgramType };
  /** r0 at exit, as Linux returns it: 32 bits, unsigned or signed. */
  readonly retval: number;
  /** r0 to r10 at exit, where the engine kept them. */
  readonly registers?: readonly bigint[];
  /** The packet after the run. */
  readonly data?: Uint8Array;
  /** The packet before it; bytes that differ are marked. */
  readonly before?: Uint8Array;
  /** Instructions that were executed, where the engine counted them. */
  readonly steps?: number;
}

/** The returned value by name, registers, and the packet in hex. */
export function renderRun({ program, retval, registers, data, before, steps }: RunView): MimeBundle {
  const result = returnName(program.type, retval);
  const cost = steps === undefined ? "" : `, ${plural(steps, "instruction")} executed`;
  const rows = (registers ?? []).map((value, i) => [`r${i}`, hex64(value), decimal(value)]);
  const size = data && packetSize(data, before);
  return viewBundle({
    label: `${program.name} returned ${result}`,
    body: html`<p style="${STYLE.headline}"><strong>${program.name}</strong> (${program.type}) returned <strong style="${STYLE.good}">${result}</strong>${cost}</p>
${
  rows.length > 0 &&
  table(
    "Registers at exit",
    [{ title: "register" }, { title: "hex", kind: "code" }, { title: "decimal", kind: "number" }],
    rows.map((cells) => ({ cells })),
  )
}
${data && html`<p style="${STYLE.headline}"><strong>Packet after the run</strong>: ${size}</p>${hexHtml(data, { before })}`}`,
    text: [
      `${program.name} (${program.type}) returned ${result}${cost}`,
      ...(rows.length > 0
        ? [`\nRegisters at exit:\n${textTable(rows, [{ title: "" }, { title: "" }, { title: "", kind: "number" }])}`]
        : []),
      ...(data ? [`\nPacket after the run: ${size}\n${hexText(data, { before })}`] : []),
    ].join("\n"),
  });
}

/** `XDP_DROP (1)` where the program's type gives its results names. Names are of signed values: `TC_ACT_UNSPEC` is -1. */
function returnName(type: ProgramType, retval: number): string {
  const name = PROGRAMS[type].verdicts?.[retval | 0];
  return name === undefined ? String(retval) : `${name} (${retval | 0})`;
}

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
