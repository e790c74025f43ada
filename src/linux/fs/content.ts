/** The bytes of a file, made when somebody looks at them: a machine with gigabytes of files keeps none in memory. */
export interface Content {
  /** Fills `out` with the bytes from `at` on; those past the end of the file are not asked for. */
  read(at: number, out: Uint8Array): void;
}

/** A file that was made longer without writing: it reads as zeros. */
export const zeros: Content = {
  read(_at, out) {
    out.fill(0);
  },
};

const encoder = new TextEncoder();

/** The bytes of a text, in UTF-8, or bytes as they are. */
export class TextContent implements Content {
  readonly #bytes: Uint8Array;

  constructor(text: string | Uint8Array) {
    this.#bytes = typeof text === "string" ? encoder.encode(text) : text;
  }

  get length(): number {
    return this.#bytes.length;
  }

  read(at: number, out: Uint8Array): void {
    out.fill(0);
    out.set(this.#bytes.subarray(at, at + out.length));
  }
}

/** Lines of words, different for each seed, the same wherever one begins to read. */
export function generated(seed: number): Content {
  return {
    read(at, out) {
      for (let i = 0; i < out.length; i++) out[i] = letter(seed, at + i);
    },
  };
}

const ALPHABET = encoder.encode("etaoinshrdlucmfwypvbgk    ");

function letter(seed: number, at: number): number {
  if (at % 72 === 71) return 10;
  let hash = Math.imul(seed ^ Math.imul(at >>> 0, 0x9e37_79b1), 0x85eb_ca6b);
  hash ^= hash >>> 15;
  return ALPHABET[(hash >>> 0) % ALPHABET.length]!;
}

/** What writes put over a file's first content. */
class Patched implements Content {
  readonly #below: Content;
  readonly #pieces: { readonly at: number; readonly bytes: Uint8Array | undefined; readonly length: number }[] = [];

  constructor(below: Content) {
    this.#below = below;
  }

  add(at: number, length: number, bytes: Uint8Array | undefined): void {
    const last = this.#pieces.at(-1);
    // Logs grow by zeros that nobody told: one piece for all of them.
    if (bytes === undefined && last !== undefined && last.bytes === undefined && last.at + last.length === at) {
      this.#pieces[this.#pieces.length - 1] = { at: last.at, bytes, length: last.length + length };
    } else this.#pieces.push({ at, bytes, length });
    if (this.#pieces.length > MOST_PIECES) this.#pieces.shift();
  }

  read(at: number, out: Uint8Array): void {
    this.#below.read(at, out);
    for (const piece of this.#pieces) {
      const from = Math.max(at, piece.at);
      const to = Math.min(at + out.length, piece.at + piece.length);
      if (from >= to) continue;
      const target = out.subarray(from - at, to - at);
      if (piece.bytes === undefined) target.fill(0);
      else target.set(piece.bytes.subarray(from - piece.at, to - piece.at));
    }
  }
}

/** Pieces that a file remembers one by one; the oldest are forgotten beyond. */
const MOST_PIECES = 4096;

/**
 * A file's content after a write of `length` bytes at `at`; `bytes` are undefined where the program did not say what it
 * writes, and zeros then.
 */
export function written(content: Content, at: number, length: number, bytes: Uint8Array | undefined): Content {
  // Of what nobody told, nothing is known anyway.
  if (bytes === undefined && content === zeros) return content;
  const patched = content instanceof Patched ? content : new Patched(content);
  patched.add(at, length, bytes);
  return patched;
}
