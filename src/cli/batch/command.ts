import { createInterface } from "node:readline";
import { UsageError } from "../usage.ts";
import { answer } from "./answer.ts";
import { parseRequest, RequestError, requestId } from "./request.ts";

/** Longest line that is read at all: a million instructions in hex and room for maps and data. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** Answers one line with one line of JSON; never throws for any text, so that the next line is answered too. */
export function answerLine(line: string): string {
  let parsed: unknown;
  try {
    if (line.length > LONGEST_LINE) throw new RequestError(`a line of ${line.length} characters is too long`);
    parsed = JSON.parse(line);
    return JSON.stringify(answer(parseRequest(parsed)));
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(null, `not JSON: ${error.message}`);
    if (error instanceof RequestError) return refuse(requestId(parsed), error.message);
    return refuse(requestId(parsed), `a fault of bpfbook, please report it: ${error}`);
  }
}

function refuse(id: unknown, error: string): string {
  try {
    return JSON.stringify({ id, error });
  } catch {
    // An id that nests too deep to be written again.
    return JSON.stringify({ id: null, error });
  }
}

/** `bpfbook batch`: a JSON request a line on stdin, one JSON answer a line on stdout, in order. */
export async function batchCommand(args: readonly string[]): Promise<number> {
  if (args.length > 0) throw new UsageError(`batch takes no arguments, got '${args[0]}'`);
  const { stdin, stdout } = process;
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
  // Whoever reads may leave before the end (`bpfbook batch | head -1`): then there is nobody left to answer.
  let left = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    left = true;
    lines.close();
    stdin.destroy();
  });
  for await (const line of lines) {
    if (left) break;
    if (line.trim() !== "" && !stdout.write(`${answerLine(line)}\n`)) await drained(stdout);
  }
  return 0;
}

/** Waits until the stream takes more, or never will. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const events = ["drain", "close", "error"] as const;
    const end = () => {
      for (const event of events) stream.off(event, end);
      resolve();
    };
    for (const event of events) stream.on(event, end);
  });
}
