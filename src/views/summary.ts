/** What happened in a run or a replay, in a sentence. */
import type { MimeBundle } from "../plot/displayable.ts";
import { grouped, plural } from "../plot/format.ts";
import { virtualTime } from "./virtual-time.ts";

/** A summary as this view needs it. */
export interface SummaryView {
  /** Virtual nanoseconds. */
  readonly ns: number;
  readonly events: Readonly<Record<string, number>>;
  readonly syscalls: number;
  readonly switches: number;
  /** Of a replay: lines of the log. */
  readonly lines?: number;
  /** Of a replay: processes in the log. */
  readonly processes?: number;
  /** Of a replay: calls that the log has no name for, if there are any. */
  readonly skipped?: number;
}

/** One line of what passed, then a line for each hook that something is attached to. */
export function renderSummary({ ns, events, syscalls, switches, lines, processes, skipped }: SummaryView): MimeBundle {
  const log =
    lines === undefined ? "" : `${plural(lines, "line")} of ${plural(processes ?? 0, "process", "processes")} in `;
  const passed = [plural(syscalls, "system call"), plural(switches, "context switch", "context switches")].join(", ");
  const left = skipped === undefined ? [] : [`  ${plural(skipped, "call")} without a name left out`];
  const hooks = Object.entries(events).map(([hook, count]) => `  ${grouped(count)} × ${hook}`);
  return {
    "text/plain": [`${log}${virtualTime(BigInt(ns))} of virtual time: ${passed}`, ...left, ...hooks].join("\n"),
  };
}
