import { BpftoolError, exitOf } from "./error.ts";

/** Whether a word is the beginning of another: bpftool takes `pr s` for `prog show`. */
export const isPrefix = (word: string | undefined, full: string): boolean =>
  word !== undefined && word !== "" && full.startsWith(word);

/** The words of a command that are still to be read. */
export class Arguments {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get left(): number {
    return this.#words.length - this.#at;
  }

  /** The next word, which stays. */
  get word(): string | undefined {
    return this.#words[this.#at];
  }

  /** The word before: what bpftool calls the command in its messages. */
  get previous(): string {
    return this.#words[this.#at - 1] ?? "";
  }

  /** Takes the next word. */
  next(): string {
    return this.#words[this.#at++] ?? "";
  }

  /** Whether the next word is (the beginning of) this one. */
  is(full: string): boolean {
    return isPrefix(this.word, full);
  }

  /** Takes the next word if it is (the beginning of) this one. */
  take(full: string): boolean {
    if (!this.is(full)) return false;
    this.#at++;
    return true;
  }

  /** The value behind a word such as `id`; without one it is `what is 'id'?`. */
  value(): string {
    if (this.left === 0) throw new BpftoolError(`what is '${this.previous}'?`);
    return this.next();
  }

  /** So many words must be left; bpftool's code is 255, or that of EINVAL where it says so. */
  require(count: number, errno?: "EINVAL"): void {
    if (this.left >= count) return;
    const message = `'${this.previous}' needs at least ${count} arguments, ${this.left} found`;
    throw new BpftoolError(message, { exitCode: errno === undefined ? 255 : exitOf(errno) });
  }

  /** An unsigned number as `strtoul(…, 0)` reads it, decimal, hexadecimal or octal; throws `can't parse X as NAME`. */
  number(name: string): number {
    const word = this.value();
    const number = parseNumber(word);
    if (number === undefined) throw new BpftoolError(`can't parse ${word} as ${name}`);
    return number;
  }

  /** All words that are left, taken. */
  rest(): string[] {
    const rest = this.#words.slice(this.#at);
    this.#at = this.#words.length;
    return rest;
  }
}

/** `strtoul(word, &end, 0)`; undefined where something is left over. */
export function parseNumber(word: string): number | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(word)) return Number(word);
  if (/^0[0-7]*$/.test(word)) return Number.parseInt(word, 8);
  return /^[1-9]\d*$/.test(word) ? Number(word) : undefined;
}

/**
 * Bytes as bpftool reads them, exactly `count` of them: `key 1 0 0 0`, `key 0x01 0x00 0x00 0x00`, `key hex 01 00 00 00`.
 */
export function readBytes(args: Arguments, name: string, count: number): Uint8Array {
  const hex = args.take("hex");
  const bytes = new Uint8Array(count);
  let at = 0;
  for (; at < count && args.left > 0; at++) {
    const word = args.word!;
    const byte = hex
      ? /^(0[xX])?[0-9a-fA-F]+$/.test(word)
        ? Number.parseInt(word, 16)
        : undefined
      : parseNumber(word);
    if (byte === undefined) throw new BpftoolError(`error parsing byte: ${word}`);
    // bpftool asks for no range: of a greater number it takes the low byte.
    bytes[at] = byte;
    args.next();
  }
  if (at < count) throw new BpftoolError(`${name} expected ${count} bytes got ${at}`);
  return bytes;
}
