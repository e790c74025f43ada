/** A packet: a tree of layers, and its bytes, each named by the field it belongs to. */
import type { PacketField, PacketLayer } from "../packets/layer.ts";
import { layersText, packetSummary } from "../packets/text.ts";
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { hexHtml, hexText } from "./hex.ts";
import { type Html, html } from "./html.ts";
import { STYLE } from "./style.ts";
import { table } from "./table.ts";

/** A packet as this view needs it. */
export type PacketView = Uint8Array & { readonly layers: readonly PacketLayer[] };

/** One line, then the layers to be opened, then the bytes. */
export function renderPacket(packet: PacketView): MimeBundle {
  const { layers } = packet;
  const label = `${packetSummary(layers)}, ${plural(packet.length, "byte")}`;
  return viewBundle({
    label,
    body: html`<p style="${STYLE.headline}"><strong>${label}</strong></p>${layers.map(layerHtml)}${hexHtml(packet, {
      names: byteNames(packet.length, layers),
    })}`,
    text: `${label}\n${layersText(layers)}\n\n${hexText(packet)}`,
  });
}

const COLUMNS = [{ title: "bytes", kind: "number" }, { title: "field" }, { title: "value", kind: "note" }] as const;

function layerHtml({ protocol, summary, offset, size, fields, problems }: PacketLayer): Html {
  const rows = fields.map((field) => ({ cells: [place(field), field.name, field.value] }));
  const told = problems.map((problem) => html`<p><span style="${STYLE.bad}">✗ ${problem}</span></p>`);
  const title = `${protocol}, ${plural(size, "byte")} at ${offset}`;
  const body = html`${told}${rows.length > 0 && table(title, COLUMNS, rows)}`;
  const open = problems.length > 0 ? html`<details open>` : html`<details>`;
  return html`${open}<summary><strong>${protocol}</strong> ${summary}</summary>${body}</details>`;
}

const place = ({ offset, size }: PacketField): string => (size === 1 ? `${offset}` : `${offset}-${offset + size - 1}`);

/** What each byte belongs to: `IPv4: source`. Fields of some bits share their bytes. */
function byteNames(length: number, layers: readonly PacketLayer[]): readonly string[] {
  const names = Array<string>(length).fill("");
  for (const { protocol, offset, size, fields } of layers) {
    names.fill(protocol, offset, offset + size);
    for (const field of fields) {
      for (let at = field.offset; at < Math.min(length, field.offset + field.size); at++) {
        names[at] = names[at] === protocol ? `${protocol}: ${field.name}` : `${names[at]}, ${field.name}`;
      }
    }
  }
  return names;
}
