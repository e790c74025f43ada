/** Reads WebAssembly's binary format front to back. The bytes are those that our own emitter wrote. */
export class Reader {
  readonly #data: Uint8Array;
  position = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  get atEnd(): boolean {
    return this.position >= this.#data.length;
  }

  byte(): number {
    return this.#data[this.position++]!;
  }

  /** LEB128, unsigned, below 2^32. */
  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** LEB128, signed, at most 64 bits. */
  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value);
    }
  }

  /** The next `length` bytes, as a view. */
  bytes(length: number): Uint8Array {
    this.position += length;
    return this.#data.subarray(this.position - length, this.position);
  }
}

const CODE_SECTION = 10;
const HEADER = 8;

/** The bodies of a module's own functions in order, each without its declarations of locals. */
export function functionBodies(module: Uint8Array): Uint8Array[] {
  const reader = new Reader(module);
  reader.bytes(HEADER);
  while (!reader.atEnd) {
    const id = reader.byte();
    const section = new Reader(reader.bytes(reader.unsigned()));
    if (id !== CODE_SECTION) continue;
    return Array.from({ length: section.unsigned() }, () => {
      const body = section.bytes(section.unsigned());
      const locals = new Reader(body);
      for (let runs = locals.unsigned(); runs > 0; runs--) {
        locals.unsigned();
        locals.byte();
      }
      return body.subarray(locals.position);
    });
  }
  return [];
}
