/** Where a log comes from: its text, or pieces of it as they arrive. */
export type LogSource = string | AsyncIterable<string | Uint8Array> | ReadableStream<string | Uint8Array>;

/** The lines of a log without their ends, whatever the pieces it comes in; a last line without an end counts. */
export async function* linesOf(source: LogSource): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces(source)) {
    const text = rest + (typeof piece === "string" ? piece : decoder.decode(piece, { stream: true }));
    const lines = text.split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

async function* pieces(source: LogSource): AsyncGenerator<string | Uint8Array, void, void> {
  if (typeof source === "string") yield source;
  else if (source instanceof ReadableStream) yield* readAll(source);
  else yield* source;
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
