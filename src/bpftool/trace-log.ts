import { object, printed } from "./json.ts";
import type { Reply, Tool } from "./tool.ts";

/** `bpftool prog tracelog`: what `bpf_trace_printk` wrote since somebody last read it. bpftool waits for more; here it ends. */
export function traceLog({ machine: { linux } }: Tool): Reply {
  const lines = linux.tracePipe.splice(0);
  return {
    text: lines.map((line) => `${line}\n`).join(""),
    json: lines.length === 0 ? [] : object(["log", lines.map((line) => printed(JSON.stringify(line)))]),
  };
}
