import { TimeLimitError, testRun } from "../../linux/bpf/test-run.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError, errnoText, exitOf } from "../error.ts";
import { object } from "../json.ts";
import type { Reply, Tool } from "../tool.ts";
import { errnoOf, readFrom, writeTo } from "../write.ts";
import { readProgram } from "./find.ts";

/** Milliseconds that all runs of a command may take. */
const TIME_LIMIT = 10_000;

/** `bpftool prog run PROG data_in FILE [data_out FILE [data_size_out L]] [repeat N]`. */
export function runProgram(tool: Tool, args: Arguments): Reply {
  args.require(4);
  const program = readProgram(tool, args);
  let [input, output, repeat]: [string | undefined, string | undefined, number] = [undefined, undefined, 1];
  let most = Number.POSITIVE_INFINITY;
  while (args.left > 0) {
    if (args.take("data_in")) input = args.value();
    else if (args.take("data_out")) output = args.value();
    else if (args.take("data_size_out")) most = args.number("output data size");
    else if (args.take("repeat")) repeat = args.number("repeat");
    else if (args.is("ctx_in") || args.is("ctx_out") || args.is("ctx_size_out"))
      throw new BpftoolError(`${args.word}: contexts cannot be given on this machine`);
    else
      throw new BpftoolError(
        `expected no more arguments, 'data_in', 'data_out', 'data_size_out', 'ctx_in', 'ctx_out', 'ctx_size_out' or 'repeat', got: '${args.word}'?`,
      );
  }
  if (input === undefined) throw new BpftoolError("either data_in or ctx_in must be specified");
  const data = readFrom(tool, input, (path) => `failed to open ${path}`);
  try {
    const { retval, dataOut, nsPerRun } = testRun(tool.machine.bpf, program, { data, repeat, timeLimit: TIME_LIMIT });
    const out = dataOut.subarray(0, most);
    if (output !== undefined && output !== "-") writeTo(tool, output, out);
    const shown = output === "-";
    const duration = Math.round(nsPerRun);
    return {
      text: `${shown ? hexDump(out) : ""}Return value: ${retval}, duration${repeat > 1 ? " (average)" : ""}: ${duration}ns\n`,
      json: object(["data_out", shown ? [...out] : undefined], ["retval", retval], ["duration", duration]),
    };
  } catch (error) {
    const errno = error instanceof TimeLimitError ? "EINTR" : errnoOf(error);
    if (errno === undefined) throw error;
    throw new BpftoolError(`failed to run program: ${errnoText(errno)}`, { exitCode: exitOf(errno) });
  }
}

const COLUMNS = 16;

/** Bytes as `prog run … data_out -` shows them: pairs in hexadecimal, then letters. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += COLUMNS) {
    const row = [...bytes.subarray(at, at + COLUMNS)];
    let hex = "";
    for (let i = 0; i < COLUMNS; i++)
      hex += `${row[i]?.toString(16).padStart(2, "0") ?? "  "}${i % 2 === 1 ? " " : ""}`;
    const letters = row.map(
      (byte, i) => (i === 8 ? " " : "") + (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."),
    );
    lines.push(`${at.toString(16).padStart(7, "0")}\t${hex}| ${letters.join("")}\n`);
  }
  return lines.join("");
}
