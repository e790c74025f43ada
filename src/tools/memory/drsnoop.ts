import { filter, is, PID } from "../frame/common.ts";
import { type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One time that a thread had to free memory itself before it got some. */
export interface DirectReclaim {
  readonly seconds: number;
  readonly uid: number;
  readonly comm: string;
  readonly pid: number;
  readonly tid: number;
  readonly latencyMs: number;
  readonly pages: number;
}

/** Threads that have to free memory before they get some. */
export const drsnoop = tool({
  name: "drsnoop",
  summary: "Trace direct reclaim",
  about: "tracepoints mm_vmscan_direct_reclaim_begin and _end; a hash by thread keeps the time",
  options: {
    timestamp: { flags: ["-T", "--timestamp"], kind: "flag", help: "include timestamp on output" },
    printUid: { flags: ["-U", "--print-uid"], kind: "flag", help: "print UID column" },
    pid: PID,
    tid: { flags: ["-t", "--tid"], kind: "int", help: "trace this TID only" },
    uid: { flags: ["-u", "--uid"], kind: "int", help: "trace this UID only" },
    duration: { flags: ["-d", "--duration"], kind: "int", help: "total duration of trace in seconds" },
    name: { flags: ["-n", "--name"], kind: "text", help: "only print process names containing this name" },
  },
  plan: (o): Plan<DirectReclaim> => ({
    program: `
      tracepoint:vmscan:mm_vmscan_direct_reclaim_begin ${filter(is("pid", o.pid), is("tid", o.tid), is("uid", o.uid))} {
        @start[tid] = nsecs;
      }
      tracepoint:vmscan:mm_vmscan_direct_reclaim_end /@start[tid]/ {
        print((nsecs, uid, comm, pid, tid, nsecs - @start[tid], args.nr_reclaimed));
        delete(@start, tid);
      }`,
    event: ([ns, uid, comm, pid, tid, took, pages], look) =>
      o.name !== undefined && !text(comm).includes(o.name)
        ? undefined
        : {
            ...{ seconds: look.since(num(ns)), uid: num(uid), comm: text(comm), pid: num(pid), tid: num(tid) },
            ...{ latencyMs: num(took) / 1e6, pages: num(pages) },
          },
    columns: [
      ...when<DirectReclaim>(o.timestamp, ["TIME(s)", "%-13s", "%-13.9f", (row) => row.seconds]),
      ...when<DirectReclaim>(o.printUid, ["UID", "%-5s", "%-5d", (row) => row.uid]),
      ["COMM", "%-14s", "%-14.14s", (row) => row.comm],
      [o.tid === undefined ? "PID" : "TID", "%-6s", "%-6s", (row) => (o.tid === undefined ? row.pid : row.tid)],
      ["LAT(ms)", "%8s", "%8.2f", (row) => row.latencyMs],
      ["PAGES", "%5s", "%5d", (row) => row.pages],
    ],
    duration: o.duration,
  }),
});
