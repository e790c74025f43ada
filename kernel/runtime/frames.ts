/**
 * JSON text sequences (RFC 7464): each frame is a record separator, JSON, a line feed. Neither byte occurs inside JSON text,
 * so a frame that was cut off (an interrupt can end the writer at any point) costs only itself.
 */
const RECORD_SEPARATOR = 0x1e;
const LINE_FEED = 0x0a;

/** In the child cells share our built-ins, and may replace them: what the protocol rests on is kept from before the first. */
const { parse, stringify } = JSON;

/** The text of one frame. */
export function encodeFrame(message: object): string {
  return `\u001e${stringify(message)}\n`;
}

/**
 * Cuts a stream of bytes into the messages of {@link encodeFrame}; a damaged frame is skipped.
 *
 * @example
 * ```ts
 * const reader = new FrameReader<FromChild>();
 * pipe.on("data", (bytes) => reader.read(bytes).forEach(handle));
 * ```
 */
export class FrameReader<T> {
  /** Bytes of a frame whose end has not arrived. */
  #parts: Buffer[] = [];

  /** The messages that `bytes` completes. */
  read(bytes: Buffer): T[] {
    const messages: T[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      this.#keep(bytes.subarray(start, end));
      start = end + 1;
      const message = parseFrame<T>(this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts));
      this.#parts = [];
      if (message !== undefined) messages[messages.length] = message;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
    return messages;
  }

  /** `push` may be a cell's by now. */
  #keep(part: Buffer): void {
    this.#parts[this.#parts.length] = part;
  }
}

function parseFrame<T>(frame: Buffer): T | undefined {
  // What lies before the last separator is the rest of a frame that was cut off.
  const at = frame.lastIndexOf(RECORD_SEPARATOR);
  if (at < 0) return undefined;
  try {
    const message: unknown = parse(frame.toString("utf8", at + 1));
    return typeof message === "object" && message !== null ? (message as T) : undefined;
  } catch {
    return undefined;
  }
}
