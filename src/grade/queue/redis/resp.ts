/** What Redis answers: RESP version 2 (redis.io/docs/latest/develop/reference/protocol-spec). An error is a value until somebody awaits it. */
export type Reply = string | number | null | RedisError | readonly Reply[];

/** What Redis refused: its own words, such as `NOSCRIPT No matching script`. */
export class RedisError extends Error {
  override readonly name = "RedisError";
}

/** A command as Redis reads it: a list of bulk strings. @example encodeCommand(["GET", "a"]) // "*2\r\n$3\r\nGET\r\n$1\r\na\r\n" */
export function encodeCommand(words: readonly (string | Uint8Array)[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${words.length}\r\n`)];
  for (const word of words) {
    const bytes = typeof word === "string" ? Buffer.from(word) : Buffer.from(word.buffer, word.byteOffset, word.length);
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, CRLF);
  }
  return Buffer.concat(parts);
}

const CRLF = Buffer.from("\r\n");
const [STATUS, ERROR, INTEGER, BULK, LIST] = [0x2b, 0x2d, 0x3a, 0x24, 0x2a];

/** Bytes of one answer at most, and how deep its lists may nest: the other end might be no Redis at all. */
const MOST_BYTES = 256 << 20;
const MOST_DEPTH = 16;

/** The bytes are not RESP: whoever listens there is no Redis. */
export class NotRedisError extends Error {
  override readonly name = "NotRedisError";
}

/**
 * Cuts a stream of bytes into answers.
 *
 * @example
 * const reader = new RespReader();
 * reader.push(Buffer.from(":1\r\n$3\r\nab")); // [1]
 * reader.push(Buffer.from("c\r\n"));          // ["abc"]
 */
export class RespReader {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes without which the answer that is begun is not whole: spares looking at a long one again with each chunk. */
  #wanted = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  /** The answers that are whole now. Throws `NotRedisError`. */
  push(chunk: Buffer): Reply[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > MOST_BYTES) throw new NotRedisError("an answer is larger than any that was asked for");
    if (this.#length < this.#wanted) return [];
    this.#buffer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#at = 0;
    const replies: Reply[] = [];
    let whole = 0;
    while (whole < this.#buffer.length) {
      const reply = this.#read(0);
      if (reply === undefined) break;
      replies.push(reply);
      whole = this.#at;
      this.#wanted = 0;
    }
    const rest = this.#buffer.subarray(whole);
    this.#wanted = Math.max(0, this.#wanted - whole);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return replies;
  }

  /** The answer at the reader's place; undefined where it is not whole. */
  #read(depth: number): Reply | undefined {
    const line = this.#line();
    if (line === undefined) return undefined;
    const text = line.toString("utf8", 1);
    switch (line[0]) {
      case STATUS:
        return text;
      case ERROR:
        return new RedisError(text);
      case INTEGER:
        return this.#number(text);
      case BULK:
        return this.#bulk(this.#number(text));
      case LIST: {
        if (depth === MOST_DEPTH) throw new NotRedisError("lists nest too deep");
        return this.#list(this.#number(text), depth + 1);
      }
      default:
        throw new NotRedisError("what listens there does not speak Redis' protocol");
    }
  }

  #bulk(length: number): string | null | undefined {
    if (length < 0) return null;
    const end = this.#at + length + 2;
    if (end > this.#buffer.length) {
      this.#wanted = end;
      return undefined;
    }
    const text = this.#buffer.toString("utf8", this.#at, end - 2);
    this.#at = end;
    return text;
  }

  #list(length: number, depth: number): Reply | undefined {
    if (length < 0) return null;
    const items: Reply[] = [];
    for (let at = 0; at < length; at++) {
      const item = this.#read(depth);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #line(): Buffer | undefined {
    const end = this.#buffer.indexOf(CRLF, this.#at);
    if (end < 0) {
      if (this.#buffer.length - this.#at > 65_536) throw new NotRedisError("a line does not end");
      return undefined;
    }
    const line = this.#buffer.subarray(this.#at, end);
    this.#at = end + 2;
    return line;
  }

  #number(text: string): number {
    if (!/^-?\d{1,16}$/.test(text)) throw new NotRedisError("a number is none");
    return Number(text);
  }
}
