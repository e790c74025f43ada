import type { Linux } from "../linux.ts";
import { type LogSource, linesOf } from "./lines.ts";
import { Replay } from "./replay.ts";
import { SampleReplay } from "./sample-replay.ts";
import { SamplesError, SamplesReader, samplesBeginWith } from "./samples.ts";
import { readScript } from "./script.ts";

/** A log that is being replayed. */
export interface RunningReplay {
  /** Virtual time at which it is over. */
  readonly end: number;
  /** System calls that have been entered. */
  readonly calls: number;
  /** Processes that have something left to do. */
  readonly live: number;
  /** Takes what is left of it off the machine. */
  finish(): void;
}

/** A log that was read, up to its end or its first bad line. */
export interface ReadLog {
  readonly lines: number;
  readonly signals: number;
  readonly processes: number;
  readonly skipped: number;
  /** What is wrong with the line after the last good one. */
  readonly error: Error | undefined;
  start(linux: Linux): RunningReplay;
}

/**
 * Reads what `strace -f -ttt` or `perf script` printed, or folded stacks; which of them it is, its first line tells. Throws
 * `LogSourceError` for what is none.
 */
export async function readLog(source: LogSource): Promise<ReadLog> {
  const lines = linesOf(source);
  const head: string[] = [];
  let form: ReturnType<typeof samplesBeginWith>;
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    head.push(next.value);
    const text = next.value.trimEnd();
    if (text === "" || text.startsWith("#")) continue;
    form = samplesBeginWith(text);
    break;
  }
  const all = behind(head, lines);
  if (form !== undefined) return readSamples(new SamplesReader(form), all);
  const script = await readScript(all);
  const { signals, skipped, error } = script;
  const counts = { lines: script.lines, signals, processes: script.processes.length, skipped, error };
  return { ...counts, start: (linux) => new Replay(linux, script) };
}

async function readSamples(reader: SamplesReader, lines: AsyncIterable<string>): Promise<ReadLog> {
  let error: SamplesError | undefined;
  try {
    for await (const line of lines) reader.line(line);
  } catch (cause) {
    if (!(cause instanceof SamplesError)) throw cause;
    error = cause;
  }
  const tasks = reader.finish(error);
  const counts = { lines: reader.lines, signals: 0, processes: tasks.length, skipped: 0, error };
  return { ...counts, start: (linux) => new SampleReplay(linux, tasks) };
}

async function* behind(head: readonly string[], rest: AsyncGenerator<string>): AsyncGenerator<string, void, void> {
  yield* head;
  yield* rest;
}
