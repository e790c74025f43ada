import { filter, is, PID } from "../frame/common.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One name that a process asked for. */
export interface HostLookup {
  readonly time: string;
  readonly pid: number;
  readonly comm: string;
  readonly latencyMs: number;
  readonly host: string;
}

const FUNCTIONS = ["getaddrinfo", "gethostbyname", "gethostbyname2"];

/** How long names of hosts take. */
export const gethostlatency = tool({
  name: "gethostlatency",
  summary: "Show latency for getaddrinfo/gethostbyname[2] calls",
  about:
    "uprobes and uretprobes on libc's getaddrinfo, gethostbyname and gethostbyname2; hashes by thread keep name and time",
  options: { pid: PID },
  plan: (o): Plan<HostLookup> => ({
    program: `
      ${FUNCTIONS.map((name) => `uprobe:libc:${name}`).join(", ")} ${filter(is("pid", o.pid))} {
        @start[tid] = nsecs;
        @host[tid] = arg0;
      }
      ${FUNCTIONS.map((name) => `uretprobe:libc:${name}`).join(", ")} /@start[tid]/ {
        print((pid, comm, nsecs - @start[tid], str(@host[tid], 80)));
        delete(@start, tid);
        delete(@host, tid);
      }`,
    event: ([pid, comm, took, host], look) => ({
      ...{ time: look.clock(), pid: num(pid), comm: text(comm), latencyMs: num(took) / 1e6, host: text(host) },
    }),
    columns: [
      ["TIME", "%-9s", "%-9s", (row) => row.time],
      ["PID", "%-7s", "%-7d", (row) => row.pid],
      ["COMM", "%-16s", "%-16s", (row) => row.comm],
      ["LATms", "%10s", "%10.3f", (row) => row.latencyMs],
      ["HOST", "%s", "%s", (row) => row.host],
    ],
  }),
});
