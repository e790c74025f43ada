import { Console } from "node:console";
import { Writable } from "node:stream";
import type { StreamName } from "./messages.ts";

/** Where text of a stream goes. */
export type WriteStream = (name: StreamName, text: string) => void;

/**
 * Makes `process.stdout`, `process.stderr` and `console` of the child write to the cell that is running.
 * Node's own objects for descriptors 1 and 2 are never created.
 */
export function installStreams(write: WriteStream): void {
  const stdout = createStream("stdout", write);
  const stderr = createStream("stderr", write);
  Object.defineProperty(process, "stdout", { value: stdout, configurable: true, enumerable: true });
  Object.defineProperty(process, "stderr", { value: stderr, configurable: true, enumerable: true });
  // The global console also feeds the inspector, which keeps every argument alive; this one only formats.
  globalThis.console = new Console({
    stdout: createSink(stdout, "stdout", write),
    stderr: createSink(stderr, "stderr", write),
    ignoreErrors: false,
    colorMode: false,
  });
}

function createStream(name: StreamName, write: WriteStream): Writable {
  const decoder = new TextDecoder();
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      // A multi-byte character may be cut between two writes.
      write(name, typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
      done();
    },
  });
}

/** What `console` writes to: the stream, unless its `write` is the ordinary one, which costs more than the line itself. */
function createSink(stream: Writable, name: StreamName, write: WriteStream): Writable {
  const ordinary = stream.write;
  return Object.create(stream, {
    write: {
      value: (text: string): boolean => {
        if (stream.write !== ordinary) return stream.write(text);
        write(name, text);
        return true;
      },
    },
  }) as Writable;
}
