import { LogSourceError } from "./log-source-error.ts";

/** How packed data begins, and what unpacks it here; undefined: nothing does. */
const FORMATS: readonly { readonly name: string; readonly magic: readonly number[]; readonly format?: "gzip" }[] = [
  { name: "gzip", magic: [0x1f, 0x8b], format: "gzip" },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68] },
];

/** A log unpacks to so many bytes at most: a few kilobytes can hold the zeros of a day. */
const MOST = 2 ** 30;

/** Text and bytes as they come; what is packed with gzip is unpacked on the way. Throws `LogSourceError`. */
export async function* unpacked<Piece>(source: AsyncIterable<Piece>): AsyncGenerator<Piece | Uint8Array, void, void> {
  const pieces = source[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done === true) return;
  const found = FORMATS.find(({ magic }) => begins(first.value, magic));
  if (found === undefined) {
    yield first.value;
    yield* rest(pieces);
    return;
  }
  if (found.format === undefined) {
    throw new LogSourceError(
      `the log is packed with ${found.name}, which is not read here: unpack it first, or pack it with gzip`,
    );
  }
  yield* throughGzip(first.value as Uint8Array, pieces);
}

function begins(piece: unknown, magic: readonly number[]): boolean {
  return ArrayBuffer.isView(piece) && magic.every((byte, i) => (piece as Uint8Array)[i] === byte);
}

async function* rest<Piece>(pieces: AsyncIterator<Piece>): AsyncGenerator<Piece, void, void> {
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}

async function* throughGzip(first: Uint8Array, pieces: AsyncIterator<unknown>): AsyncGenerator<Uint8Array, void, void> {
  const gunzip = new DecompressionStream("gzip");
  const writer = gunzip.writable.getWriter();
  let cause: unknown;
  const write = async () => {
    await writer.write(new Uint8Array(first));
    for await (const piece of { [Symbol.asyncIterator]: () => rest(pieces) }) {
      if (!ArrayBuffer.isView(piece)) throw new LogSourceError("packed data must come as bytes, not as text");
      await writer.write(new Uint8Array(piece as Uint8Array));
    }
    await writer.close();
  };
  const writing = write().catch((error: unknown) => {
    cause = error;
    return writer.abort(error).catch(() => undefined);
  });
  const reader = gunzip.readable.getReader();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      if (bytes > MOST) throw new LogSourceError(`the log is larger than ${MOST} bytes when unpacked`);
      yield value;
    }
    await writing;
  } catch (error) {
    const known = [cause, error].find((one) => one instanceof LogSourceError);
    if (known !== undefined) throw known;
    throw new LogSourceError(`the log's gzip data is damaged or cut off, after ${bytes} bytes of text`);
  } finally {
    reader.releaseLock();
  }
}
