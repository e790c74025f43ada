import { BtfError } from "../error.ts";

/** Lengths and distances of RFC 1951, section 3.2.5: the smallest of each code, and how many bits follow. */
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const LENGTH_BASE = starts(LENGTH_BITS, 3).with(28, 258);
const DISTANCE_BITS = Array.from({ length: 30 }, (_, code) => Math.max(0, (code >> 1) - 1));
const DISTANCE_BASE = starts(DISTANCE_BITS, 1);
/** In which order the lengths of the code lengths' own codes are written. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function starts(bits: readonly number[], first: number): number[] {
  let at = first;
  return bits.map((each) => {
    const start = at;
    at += 2 ** each;
    return start;
  });
}

/** A canonical Huffman code as a table: the next `bits` bits give `symbol << 4 | length`, 0 where no code begins so. */
interface Code {
  readonly bits: number;
  readonly table: Uint16Array;
}

function codeOf(lengths: readonly number[]): Code {
  const bits = Math.max(1, ...lengths);
  const table = new Uint16Array(1 << bits);
  let code = 0;
  for (let length = 1; length <= bits; length++, code <<= 1) {
    for (const [symbol, own] of lengths.entries()) {
      if (own !== length) continue;
      // Codes are written from their highest bit, everything else from its lowest.
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
      for (let at = reversed; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
      code++;
    }
  }
  return { bits, table };
}

const FIXED_LENGTHS = codeOf(Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)));
const FIXED_DISTANCES = codeOf(Array.from({ length: 30 }, () => 5));

/**
 * Unpacks raw DEFLATE data (RFC 1951) of a known size. The browser's own `DecompressionStream` would make every reader
 * of the data wait; this takes a few milliseconds for a machine's types. Throws {@link BtfError} for data that is damaged.
 */
export function inflate(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let [at, written, held, buffer] = [0, 0, 0, 0];
  const fail = (): never => {
    throw new BtfError("damaged data", { section: "header", offset: at });
  };
  const take = (count: number): number => {
    while (held < count) {
      if (at >= bytes.length) fail();
      buffer |= bytes[at++] << held;
      held += 8;
    }
    const value = buffer & ((1 << count) - 1);
    buffer >>>= count;
    held -= count;
    return value;
  };
  const symbol = ({ bits, table }: Code): number => {
    while (held < bits && at < bytes.length) {
      buffer |= bytes[at++] << held;
      held += 8;
    }
    const entry = table[buffer & ((1 << bits) - 1)];
    const length = entry & 0xf;
    if (length === 0 || length > held) fail();
    buffer >>>= length;
    held -= length;
    return entry >> 4;
  };
  const put = (byte: number) => {
    if (written >= size) fail();
    out[written++] = byte;
  };
  const stored = () => {
    at -= held >> 3; // whole bytes that were read ahead
    [buffer, held] = [0, 0];
    const length = bytes[at] | (bytes[at + 1] << 8);
    at += 4;
    if (at + length > bytes.length) fail();
    for (let end = at + length; at < end; at++) put(bytes[at]);
  };
  const block = (lengths: Code, distances: Code) => {
    for (;;) {
      const value = symbol(lengths);
      if (value === 256) return;
      if (value < 256) {
        put(value);
        continue;
      }
      const row = value - 257;
      if (row >= LENGTH_BASE.length) fail();
      const length = LENGTH_BASE[row] + take(LENGTH_BITS[row]);
      const code = symbol(distances);
      if (code >= DISTANCE_BASE.length) fail();
      const distance = DISTANCE_BASE[code] + take(DISTANCE_BITS[code]);
      if (distance > written || written + length > size) fail();
      for (let end = written + length; written < end; written++) out[written] = out[written - distance];
    }
  };
  const dynamic = () => {
    const [lengths, distances, own] = [take(5) + 257, take(5) + 1, take(4) + 4];
    const first = Array<number>(19).fill(0);
    for (let index = 0; index < own; index++) first[ORDER[index]] = take(3);
    const code = codeOf(first);
    const all: number[] = [];
    while (all.length < lengths + distances) {
      const value = symbol(code);
      if (value < 16) all.push(value);
      else {
        const repeated = value === 16 ? (all.at(-1) ?? fail()) : 0;
        const count = value === 16 ? 3 + take(2) : value === 17 ? 3 + take(3) : 11 + take(7);
        for (let times = 0; times < count; times++) all.push(repeated);
      }
    }
    block(codeOf(all.slice(0, lengths)), codeOf(all.slice(lengths, lengths + distances)));
  };
  for (let last = 0; last === 0; ) {
    last = take(1);
    const kind = take(2);
    if (kind === 0) stored();
    else if (kind === 1) block(FIXED_LENGTHS, FIXED_DISTANCES);
    else if (kind === 2) dynamic();
    else fail();
  }
  return written === size ? out : fail();
}
