import type { BpftraceResult } from "../bpftrace/bpftrace.ts";
import { BpftraceError } from "../bpftrace/diagnostics.ts";
import type { BpftraceOptions } from "../bpftrace/run/options.ts";
import type { Machine } from "../machine.ts";
import type { Examiner } from "./examiner.ts";

/**
 * Runs an answer that is a program of bpftrace on a machine, for 100 ms unless said. What bpftrace refuses is a failed test; its message
 * may be of a likely mistake.
 *
 * @example const { text } = await bpftraceAnswer(answer, new Machine(), it);
 */
export async function bpftraceAnswer<M extends string>(
  answer: unknown,
  machine: Machine,
  it: Examiner<M>,
  {
    mistakes = () => undefined,
    ...options
  }: BpftraceOptions & { readonly mistakes?: (message: string) => M | undefined } = {},
): Promise<BpftraceResult> {
  const text = it.text(answer);
  try {
    const result = await machine.bpftrace({ for: "100ms", warnings: false, banner: false, ...options })(text);
    it.that("bpftrace takes it", true);
    return result;
  } catch (error) {
    if (!(error instanceof BpftraceError)) throw error;
    const [first] = error.diagnostics;
    const message = first?.message ?? error.message;
    return it.stop("bpftrace takes it", message, mistakes(message));
  }
}

/** What a map with keys holds, by key; without elements it may be undefined. */
export function entriesOf(result: BpftraceResult, name: string): ReadonlyMap<string, unknown> {
  const held = result.get(name);
  return held instanceof Map ? held : new Map();
}
