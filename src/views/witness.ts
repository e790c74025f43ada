/** The input on which a refused program goes wrong. */
import type { Witness } from "../linux/witness/witness.ts";
import { hexHtml, hexText } from "./hex.ts";
import { type Html, html } from "./html.ts";
import { STYLE } from "./style.ts";

/** Registers, and what is done with them, are told elsewhere: here only what must be there, and what happens then. */
export function witnessText(witness: Witness): string {
  const { packet } = witness;
  const lines = [...givens(witness).map((line) => `  ${line}`)];
  if (packet) lines.push(...hexText(packet, bad(witness)).replace(/^/gm, "    ").split("\n"));
  return [`${titleOf(witness)}:`, ...lines, `  ${outcomeOf(witness)}`].join("\n");
}

/** The same, folded out. */
export function witnessHtml(witness: Witness): Html {
  const { packet } = witness;
  return html`<p style="${STYLE.headline}"><strong>${titleOf(witness)}</strong></p><ul>${givens(witness).map((line) => html`<li>${line}${packet && line.startsWith("a packet") && hexHtml(packet, bad(witness))}</li>`)}<li>${outcomeOf(witness)}</li></ul>`;
}

/** The byte to mark in the packet. */
const bad = ({ packetByte }: Witness) => (packetByte === undefined ? {} : { bad: packetByte });

function titleOf({ fault }: Witness): string {
  return fault === undefined ? "An input that gets there" : "An input on which it goes wrong";
}

/** What must hold when the program begins, a line each. */
function givens({ packet, context = [], elements, random = [] }: Witness): string[] {
  const lines = context.map(({ name, value }) => `${name} is ${number(value)}`);
  for (const { map, key, value } of elements) lines.push(`map ${map} holds ${bytes(key)} → ${bytes(value)}`);
  if (random.length > 0) lines.push(`bpf_get_prandom_u32 returns ${random.join(", then ")}`);
  if (packet) lines.push(`a packet of ${packet.length} bytes`);
  return lines.length > 0 ? lines : ["any input; maps are empty"];
}

function outcomeOf({ fault, at, steps }: Witness): string {
  const way = `after ${steps} instruction${steps === 1 ? "" : "s"}`;
  if (fault !== undefined) return `${way}, ${faultText(fault)}`;
  return `${way} the program is at instruction ${at}; run there it would do no harm that shows, but Linux does not allow it`;
}

/** Addresses of a scratch machine mean nothing to a reader. */
function faultText(fault: string): string {
  const plain = fault.replace(/ at 0xffff8880[0-9a-f]+/g, "");
  return plain.replace(
    /^(instruction \d+): (\d+ bytes?)( at 0x[0-9a-f]+)? (begins?|lies?|runs?|is|are)( right)? /,
    (_, at: string, bytes: string, address: string | undefined, verb: string, right = "") =>
      `${at} wants ${bytes}${address ?? ""}, which ${verb}${right} `,
  );
}

/** Small values as numbers, in the byte order of the machine; others as bytes. */
function bytes(value: Uint8Array): string {
  if (value.length === 0 || value.length > 8) return hexText(value.subarray(0, 32)).trim();
  return number(value.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n));
}

const number = (value: bigint): string => (value < 0x1_0000n ? `${value}` : `0x${value.toString(16)}`);
