/** DNS messages. Names may refer to earlier ones; hostile messages make circles of that. */
import { formatIp } from "./address.ts";
import { hexField, LayerReader, type PacketLayer } from "./layer.ts";
import { DNS_TYPES, dnsCodeText, dnsTypeName } from "./names.ts";

/** Bytes of a name, and records that are told. */
const LONGEST_NAME = 255;
const MOST_RECORDS = 64;

interface Name {
  readonly text: string;
  /** The byte behind it where it stands. */
  readonly end: number;
}

/** The name at `at`; undefined where it runs out of the message. Each reference must go back, so reading ends. */
function readName(reader: LayerReader, at: number): Name | undefined {
  const labels: string[] = [];
  let [position, end, length, earliest] = [at, -1, 0, at];
  for (;;) {
    if (position >= reader.length) return undefined;
    const size = reader.u8(position);
    if (size === 0) return { text: labels.join(".") || ".", end: end < 0 ? position + 1 : end };
    if (size >= 0xc0) {
      if (position + 2 > reader.length) return undefined;
      const to = reader.u16(position) & 0x3fff;
      if (to >= earliest) return undefined;
      if (end < 0) end = position + 2;
      earliest = position = to;
      continue;
    }
    length += size + 1;
    if (size > 63 || length > LONGEST_NAME || position + 1 + size > reader.length) return undefined;
    labels.push(labelText(reader.slice(position + 1, size)));
    position += size + 1;
  }
}

/** Letters as they are; everything that would confuse a reader as `\123`, as in zone files. */
const labelText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x2e && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${String(byte).padStart(3, "0")}`,
  ).join("");

export function dissectDns(bytes: Uint8Array, start: number, end: number): PacketLayer {
  const reader = new LayerReader(bytes, "DNS", start, end);
  if (!reader.needs(12)) return reader.layer();
  const [flags, questions, answers] = [reader.u16(2), reader.u16(4), reader.u16(6)];
  const isAnswer = (flags & 0x8000) !== 0;
  reader.field("id", 0, 2, hexField(reader.u16(0), 4));
  reader.field("kind", 2, 2, isAnswer ? "answer" : "question");
  reader.field("recursion desired", 2, 1, (flags >> 8) & 1);
  if (isAnswer) reader.field("code", 3, 1, dnsCodeText(flags & 0xf));
  reader.field("questions", 4, 2, questions);
  reader.field("answers", 6, 2, answers);
  reader.field("authorities", 8, 2, reader.u16(8));
  reader.field("additional", 10, 2, reader.u16(10));
  const told: string[] = [];
  let at = 12;
  for (let number = 0; number < Math.min(questions, MOST_RECORDS); number++) {
    const name = readName(reader, at);
    if (name === undefined || name.end + 4 > reader.length) return broken(reader);
    const text = `${dnsTypeName(reader.u16(name.end))}? ${name.text}`;
    reader.field("question", at, name.end + 4 - at, text);
    told.push(text);
    at = name.end + 4;
  }
  for (let number = 0; number < Math.min(answers, MOST_RECORDS - questions); number++) {
    const name = readName(reader, at);
    if (name === undefined || name.end + 10 > reader.length) return broken(reader);
    const size = reader.u16(name.end + 8);
    const data = name.end + 10;
    if (data + size > reader.length) return broken(reader);
    const type = reader.u16(name.end);
    const value = dataText(reader, type, data, size);
    reader.field("answer", at, data + size - at, `${name.text} ${dnsTypeName(type)} ${value}`);
    told.push(value);
    at = data + size;
  }
  reader.summary = told.join(", ");
  return reader.layer();
}

function broken(reader: LayerReader): PacketLayer {
  reader.problems.push("a record does not fit the message");
  return reader.layer();
}

function dataText(reader: LayerReader, type: number, at: number, size: number): string {
  if ((type === DNS_TYPES.A && size === 4) || (type === DNS_TYPES.AAAA && size === 16))
    return formatIp(reader.slice(at, size));
  if (type === DNS_TYPES.CNAME || type === DNS_TYPES.NS || type === DNS_TYPES.PTR)
    return readName(reader, at)?.text ?? "(a broken name)";
  return `${size} bytes`;
}
