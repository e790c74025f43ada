/**
 * JSON text sequences (RFC 7464): each frame is a record separator, JSON, a line feed. Neither byte occurs inside JSON text,
 * so a frame that was cut off (an interrupt can end the writer at any point) costs only itself.
 */
const RECORD_SEPARATOR = "\u001e";
const LINE_FEED = 0x0a;

/** In the child cells share our built-ins, and may replace them: what the protocol rests on is kept from before the first. */
const { parse, stringify } = JSON;

/** The text of one frame. */
export function encodeFrame(message: object): string {
  return `${RECORD_SEPARATOR}${stringify(message)}\n`;
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
    const whole = bytes.lastIndexOf(LINE_FEED) + 1;
    if (whole > 0) {
      this.#keep(bytes.subarray(0, whole));
      // Decoded at once: one call for each of thousands of short frames takes longer than all that is done with them.
      const text = (this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)).toString("utf8");
      this.#parts = [];
      for (let start = 0, end = text.indexOf("\n"); end >= 0; start = end + 1, end = text.indexOf("\n", start)) {
        const message = parseFrame<T>(text.slice(start, end));
        if (message !== undefined) messages[messages.length] = message;
      }
    }
    if (whole < bytes.length) this.#keep(bytes.subarray(whole));
    return messages;
  }

  /** `push` may be a cell's by now. */
  #keep(part: Buffer): void {
    this.#parts[this.#parts.length] = part;
  }
}

function parseFrame<T>(frame: string): T | undefined {
  // What lies before the last separator is the rest of a frame that was cut off.
  const at = frame.lastIndexOf(RECORD_SEPARATOR);
  if (at < 0) return undefined;
  try {
    const message: unknown = parse(frame.slice(at + 1));
    return typeof message === "object" && message !== null ? (message as T) : undefined;
  } catch {
    return undefined;
  }
}
