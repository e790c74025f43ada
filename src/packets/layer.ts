/** What a dissector finds: layers with fields, each at its bytes. */

/** One field of a header. */
export interface PacketField {
  readonly name: string;
  /** First byte, from the start of the packet. */
  readonly offset: number;
  /** Bytes that hold it; fields of some bits share theirs. */
  readonly size: number;
  readonly value: string;
}

/** One header, or the payload. */
export interface PacketLayer {
  /** `Ethernet`, `VLAN`, `ARP`, `IPv4`, `IPv6`, `ICMP`, `ICMPv6`, `TCP`, `UDP`, `DNS`, `Payload`, `Padding`. */
  readonly protocol: string;
  readonly offset: number;
  readonly size: number;
  /** The layer in a few words: `10.0.0.1 > 10.0.0.2`. */
  readonly summary: string;
  readonly fields: readonly PacketField[];
  /** What is wrong with it: cut short, a wrong checksum, a length that cannot be. */
  readonly problems: readonly string[];
}

/** Reads one layer; nothing is read past `end`. */
export class LayerReader {
  readonly bytes: Uint8Array;
  readonly protocol: string;
  readonly start: number;
  readonly end: number;
  readonly fields: PacketField[] = [];
  readonly problems: string[] = [];
  summary = "";

  constructor(bytes: Uint8Array, protocol: string, start: number, end: number) {
    this.bytes = bytes;
    this.protocol = protocol;
    this.start = start;
    this.end = Math.min(end, bytes.length);
  }

  /** Bytes that are there. */
  get length(): number {
    return this.end - this.start;
  }

  /** Whether the whole header is there; says so where it is not. */
  needs(size: number): boolean {
    if (this.length >= size) return true;
    this.problems.push(`cut short: ${this.length} of ${size} bytes`);
    return false;
  }

  u8(at: number): number {
    return this.bytes[this.start + at];
  }

  u16(at: number): number {
    return (this.u8(at) << 8) | this.u8(at + 1);
  }

  u32(at: number): number {
    return ((this.u16(at) << 16) | this.u16(at + 2)) >>> 0;
  }

  slice(at: number, size: number): Uint8Array {
    return this.bytes.subarray(this.start + at, Math.min(this.start + at + size, this.end));
  }

  field(name: string, at: number, size: number, value: string | number): void {
    this.fields.push({ name, offset: this.start + at, size, value: String(value) });
  }

  /** The layer, of `size` bytes or what is there of them. */
  layer(size = this.length): PacketLayer {
    const { protocol, start, summary, fields, problems } = this;
    return { protocol, offset: start, size: Math.max(0, Math.min(size, this.length)), summary, fields, problems };
  }
}

/** A number in hexadecimal with its whole width. */
export const hexField = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;

/** What is left as `Payload`, or nothing. */
export function payloadLayer(bytes: Uint8Array, at: number, end: number, protocol = "Payload"): readonly PacketLayer[] {
  const reader = new LayerReader(bytes, protocol, at, end);
  if (reader.length <= 0) return [];
  reader.summary = `${reader.length} ${reader.length === 1 ? "byte" : "bytes"}`;
  return [reader.layer()];
}

/** A checksum with what is to be said of it; a wrong one is a problem of the layer. */
export function checked(reader: LayerReader, sum: number, right: boolean): string {
  if (!right) reader.problems.push("wrong checksum");
  return `${hexField(sum, 4)} (${right ? "right" : "wrong"})`;
}
