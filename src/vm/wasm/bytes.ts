/** Bytes that are appended to: WebAssembly's binary format is written front to back. */
export class Bytes {
  #data = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written so far; a view, valid until the next write. */
  get data(): Uint8Array {
    return this.#data.subarray(0, this.#length);
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#data[this.#length++] = value;
    return this;
  }

  bytes(values: Uint8Array | readonly number[]): this {
    this.#reserve(values.length);
    this.#data.set(values, this.#length);
    this.#length += values.length;
    return this;
  }

  /** LEB128, unsigned: seven bits a byte, lowest first, the top bit set on all but the last. 0 <= value < 2^32. */
  unsigned(value: number): this {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.byte(rest);
  }

  /** LEB128, signed, of a 32-bit integer. Ends when the rest is all copies of the last byte's bit 6. */
  signed(value: number): this {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if (rest === (low & 0x40 ? -1 : 0)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  /** LEB128, signed, of a 64-bit integer. */
  signed64(value: bigint): this {
    // Most constants are small, and numbers are faster.
    const small = Number(value);
    if (small === (small | 0)) return this.signed(small);
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if (rest === (low & 0x40 ? -1n : 0n)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  /** A name: its length in bytes, then UTF-8. */
  text(value: string): this {
    return this.vector(new TextEncoder().encode(value));
  }

  /** Bytes with their length before them. */
  vector(values: Uint8Array | readonly number[]): this {
    return this.unsigned(values.length).bytes(values);
  }

  #reserve(more: number): void {
    const need = this.#length + more;
    if (need <= this.#data.length) return;
    const data = new Uint8Array(Math.max(need, this.#data.length * 2));
    data.set(this.data);
    this.#data = data;
  }
}
