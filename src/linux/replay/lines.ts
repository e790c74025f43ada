import { shown } from "../shown.ts";
import { LogSourceError } from "./log-source-error.ts";
import { unpacked } from "./unpack.ts";

export { LogSourceError } from "./log-source-error.ts";

/** Where a log comes from: its text or its bytes (packed with gzip, or not), or pieces of them as they arrive. */
export type LogSource = string | Uint8Array | AsyncIterable<string | Uint8Array> | ReadableStream<string | Uint8Array>;

const EXAMPLE = 'await readFile("build.strace", "utf8")';

/**
 * The lines of a log, each with the "\n" that ends it, whatever the pieces it comes in; only a last line that is cut
 * off has none.
 */
export async function* linesOf(source: LogSource): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  // Pieces of a line whose end has not come yet.
  let rest: string[] = [];
  for await (const piece of unpacked(pieces(source))) {
    if (typeof piece !== "string" && !ArrayBuffer.isView(piece)) {
      throw new LogSourceError(`a log's pieces must be text or bytes, not ${shown(piece)}`);
    }
    const text = typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      rest.push(text.slice(start, end + 1));
      yield rest.join("");
      rest = [];
      start = end + 1;
    }
    if (start < text.length) rest.push(text.slice(start));
  }
  const last = rest.join("") + decoder.decode();
  if (last !== "") yield last;
}

async function* pieces(source: LogSource): AsyncGenerator<string | Uint8Array, void, void> {
  if (typeof source === "string") yield checkText(source);
  // A view of whichever realm: a cell's Uint8Array need not be this module's.
  else if (ArrayBuffer.isView(source)) yield source;
  else if (source instanceof ReadableStream) yield* readAll(source);
  else if (isPieces(source)) yield* source;
  else if (typeof (source as { then?: unknown } | null | undefined)?.then === "function") {
    throw new LogSourceError(`a log to replay has not been read yet: await it, as in ${EXAMPLE}`);
  } else {
    throw new LogSourceError(
      `a log to replay must be its text or bytes, or a stream of them, for example ${EXAMPLE}, not ${shown(source)}`,
    );
  }
}

function isPieces(source: unknown): source is AsyncIterable<string | Uint8Array> {
  return typeof source === "object" && source !== null && Symbol.asyncIterator in source;
}

/** Throws if the text is rather where a log lies: one line that begins like no line of a log. */
function checkText(text: string): string {
  const isPath = /^(?:\S+|.*\/.*|.*\.\w{1,8})$/.test(text) && !/^(?:\[pid|\d+\s|\d+\.\d+\s|strace: )/.test(text);
  if (!isPath) return text;
  throw new LogSourceError(`${shown(text)} looks like a file name: give the log's text, for example ${EXAMPLE}`);
}

/** Not every browser lets one iterate over a stream. */
async function* readAll(stream: ReadableStream<string | Uint8Array>): AsyncGenerator<string | Uint8Array, void, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}
