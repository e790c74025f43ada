const utf8 = new TextDecoder();

/**
 * The names of a BTF, decoded when they are asked for. A name is known by its offset; split BTF continues the offsets of
 * its base.
 */
export class StringTable {
  /** Own bytes. */
  readonly bytes: Uint8Array;
  /** Offset of the first own byte: the bytes of the base. */
  readonly start: number;
  readonly #base: StringTable | undefined;
  readonly #decoded = new Map<number, string>();

  constructor(bytes: Uint8Array, base?: StringTable) {
    this.bytes = bytes;
    this.#base = base;
    this.start = base?.end ?? 0;
  }

  /** One past the last offset. */
  get end(): number {
    return this.start + this.bytes.length;
  }

  /** The text at an offset below {@link end}; bytes that are not UTF-8 become U+FFFD. */
  at(offset: number): string {
    if (offset < this.start) return this.#base!.at(offset);
    const known = this.#decoded.get(offset);
    if (known !== undefined) return known;
    const at = offset - this.start;
    const text = utf8.decode(this.bytes.subarray(at, this.bytes.indexOf(0, at)));
    this.#decoded.set(offset, text);
    return text;
  }

  /** A hash of the bytes at an offset, FNV-1a; the same bytes as UTF-8 give the same one. */
  hashAt(offset: number): number {
    if (offset < this.start) return this.#base!.hashAt(offset);
    return hashBytes(this.bytes, offset - this.start);
  }
}

/** FNV-1a over the bytes before the next zero or the end. */
export function hashBytes(bytes: Uint8Array, from = 0): number {
  let hash = 0x811c_9dc5;
  for (let at = from; at < bytes.length && bytes[at] !== 0; at++) hash = Math.imul(hash ^ bytes[at], 0x0100_0193);
  return hash >>> 0;
}
