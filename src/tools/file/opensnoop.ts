import { filter, is, PID } from "../frame/common.ts";
import { type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One file that was opened, or was not. */
export interface Open {
  readonly seconds: number;
  readonly uid: number;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  /** The descriptor; -1 where it failed. */
  readonly fd: number;
  readonly errno: number;
  readonly flags: number;
  readonly path: string;
}

/** Files that processes open. */
export const opensnoop = tool({
  name: "opensnoop",
  summary: "Trace open() syscalls",
  about: "tracepoints sys_enter_ and sys_exit_ of open, openat and openat2; two hashes by thread keep name and flags",
  options: {
    timestamp: { flags: ["-T", "--timestamp"], kind: "flag", help: "include timestamp on output" },
    printUid: { flags: ["-U", "--print-uid"], kind: "flag", help: "print UID column" },
    failed: { flags: ["-x", "--failed"], kind: "flag", help: "only show failed opens" },
    pid: PID,
    tid: { flags: ["-t", "--tid"], kind: "int", help: "trace this TID only" },
    uid: { flags: ["-u", "--uid"], kind: "int", help: "trace this UID only" },
    duration: { flags: ["-d", "--duration"], kind: "int", help: "total duration of trace in seconds" },
    name: { flags: ["-n", "--name"], kind: "text", help: "only print process names containing this name" },
    extended: { flags: ["-e", "--extended_fields"], kind: "flag", help: "show extended fields" },
  },
  plan: (o): Plan<Open> => ({
    program: `
      tracepoint:syscalls:sys_enter_open, tracepoint:syscalls:sys_enter_openat
      ${filter(is("pid", o.pid), is("tid", o.tid), is("uid", o.uid))} {
        @name[tid] = args.filename;
        @flags[tid] = (uint64)args.flags;
      }
      tracepoint:syscalls:sys_enter_openat2
      ${filter(is("pid", o.pid), is("tid", o.tid), is("uid", o.uid))} {
        @name[tid] = args.filename;
        @flags[tid] = args.how->flags;
      }
      tracepoint:syscalls:sys_exit_open, tracepoint:syscalls:sys_exit_openat, tracepoint:syscalls:sys_exit_openat2
      /@name[tid]/ {
        print((nsecs, uid, pid, tid, comm, (int64)args.ret, @flags[tid], str(@name[tid])));
        delete(@name, tid);
        delete(@flags, tid);
      }`,
    event: ([ns, uid, pid, tid, comm, ret, flags, path], look) => {
      const result = num(ret);
      if (o.failed && result >= 0) return undefined;
      if (o.name !== undefined && !text(comm).includes(o.name)) return undefined;
      return {
        seconds: look.since(num(ns)),
        ...{ uid: num(uid), pid: num(pid), tid: num(tid), comm: text(comm), flags: num(flags), path: text(path) },
        ...(result < 0 ? { fd: -1, errno: -result } : { fd: result, errno: 0 }),
      };
    },
    columns: [
      ...when<Open>(o.timestamp, ["TIME(s)", "%-13s", "%-13.9f", (row) => row.seconds]),
      ...when<Open>(o.printUid, ["UID", "%-5s", "%-5d", (row) => row.uid]),
      [o.tid === undefined ? "PID" : "TID", "%-6s", "%-6d", (row) => (o.tid === undefined ? row.pid : row.tid)],
      ["COMM", "%-16s", "%-16s", (row) => row.comm],
      ["FD", "%4s", "%4d", (row) => row.fd],
      ["ERR", "%3s", "%3d", (row) => row.errno],
      ...when<Open>(o.extended, ["FLAGS", "%-8s", "%08o", (row) => row.flags]),
      ["PATH", "%s", "%s", (row) => row.path],
    ],
    duration: o.duration,
  }),
});
