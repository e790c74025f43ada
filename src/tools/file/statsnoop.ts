import { filter, is, PID } from "../frame/common.ts";
import { type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One question about a file. */
export interface Stat {
  readonly seconds: number;
  readonly pid: number;
  readonly comm: string;
  /** 0, or -1 where it failed. */
  readonly result: number;
  readonly errno: number;
  readonly path: string;
}

const CALLS = ["statfs", "newstat", "newlstat", "newfstatat", "statx"] as const;

/** Files that processes ask about. */
export const statsnoop = tool({
  name: "statsnoop",
  summary: "Trace stat() syscalls",
  about:
    "tracepoints sys_enter_ and sys_exit_ of statfs, newstat, newlstat, newfstatat and statx; a hash by thread keeps the name",
  options: {
    timestamp: { flags: ["-t", "--timestamp"], kind: "flag", help: "include timestamp on output" },
    failed: { flags: ["-x", "--failed"], kind: "flag", help: "only show failed stats" },
    pid: PID,
  },
  plan: (o): Plan<Stat> => ({
    program: `
      ${CALLS.map(
        (name) => `tracepoint:syscalls:sys_enter_${name}
      ${filter(is("pid", o.pid))} { @name[tid] = args.${name === "statfs" ? "pathname" : "filename"}; }`,
      ).join("\n      ")}
      ${CALLS.map((name) => `tracepoint:syscalls:sys_exit_${name}`).join(", ")} /@name[tid]/ {
        print((nsecs, pid, comm, (int64)args.ret, str(@name[tid])));
        delete(@name, tid);
      }`,
    event: ([ns, pid, comm, ret, path], look) => {
      const result = num(ret);
      if (o.failed && result >= 0) return undefined;
      return {
        seconds: look.since(num(ns)),
        ...{ pid: num(pid), comm: text(comm), path: text(path) },
        ...(result < 0 ? { result: -1, errno: -result } : { result, errno: 0 }),
      };
    },
    columns: [
      ...when<Stat>(o.timestamp, ["TIME(s)", "%-13s", "%-13.9f", (row) => row.seconds]),
      ["PID", "%-7s", "%-7d", (row) => row.pid],
      ["COMM", "%-16s", "%-16s", (row) => row.comm],
      ["FD", "%4s", "%4d", (row) => row.result],
      ["ERR", "%3s", "%3d", (row) => row.errno],
      ["PATH", "%s", "%s", (row) => row.path],
    ],
  }),
});
