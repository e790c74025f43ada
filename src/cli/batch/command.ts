import { createInterface } from "node:readline";
import { UsageError } from "../usage.ts";
import { answer } from "./answer.ts";
import { parseRequest, RequestError, requestId } from "./request.ts";

/** Longest line that is read at all: a million instructions in hex and room for maps and data. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** Answers one line; never throws for any text. */
export function answerLine(line: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    if (line.length > LONGEST_LINE) throw new RequestError(`a line of ${line.length} characters is too long`);
    parsed = JSON.parse(line);
    return answer(parseRequest(parsed));
  } catch (error) {
    if (error instanceof SyntaxError) return { id: null, error: `not JSON: ${error.message}` };
    if (error instanceof RequestError) return { id: requestId(parsed), error: error.message };
    throw error;
  }
}

/** `bpfbook batch`: a JSON request a line on stdin, one JSON answer a line on stdout, in order. */
export async function batchCommand(args: readonly string[]): Promise<number> {
  if (args.length > 0) throw new UsageError(`batch takes no arguments, got '${args[0]}'`);
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const text = `${JSON.stringify(answerLine(line))}\n`;
    if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
  return 0;
}
