import { filter, is, PID } from "../frame/common.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One call of `kill`. */
export interface Kill {
  readonly time: string;
  readonly pid: number;
  readonly comm: string;
  readonly signal: number;
  readonly target: number;
  /** 0, or -errno. */
  readonly result: number;
}

/** Signals that processes send. */
export const killsnoop = tool({
  name: "killsnoop",
  summary: "Trace signals issued by the kill() syscall",
  about: "tracepoints sys_enter_kill and sys_exit_kill; two hashes by thread keep target and signal",
  options: {
    failed: { flags: ["-x", "--failed"], kind: "flag", help: "only show failed kill syscalls" },
    pid: { ...PID, help: "trace this PID only which is the sender of signal" },
    tpid: { flags: ["-T", "--tpid"], kind: "int", help: "trace this target PID only which is the receiver of signal" },
    signal: { flags: ["-s", "--signal"], kind: "int", help: "trace this signal only" },
  },
  plan: (o): Plan<Kill> => ({
    program: `
      tracepoint:syscalls:sys_enter_kill
      ${filter(is("pid", o.pid), is("(int64)(int32)args.pid", o.tpid), is("args.sig", o.signal))} {
        @target[tid] = (int64)(int32)args.pid;
        @signal[tid] = (uint64)args.sig;
        @called[tid] = 1;
      }
      tracepoint:syscalls:sys_exit_kill /@called[tid]/ {
        ${o.failed ? "if ((int64)args.ret < 0) {" : "{"}
          print((pid, comm, @signal[tid], @target[tid], (int64)args.ret));
        }
        delete(@target, tid);
        delete(@signal, tid);
        delete(@called, tid);
      }`,
    event: ([pid, comm, signal, target, result], look) => ({
      ...{ time: look.clock(), pid: num(pid), comm: text(comm), signal: num(signal), target: num(target) },
      result: num(result),
    }),
    columns: [
      ["TIME", "%-9s", "%-9s", (row) => row.time],
      ["PID", "%-7s", "%-7d", (row) => row.pid],
      ["COMM", "%-16s", "%-16s", (row) => row.comm],
      ["SIG", "%-4s", "%-4d", (row) => row.signal],
      ["TPID", "%-7s", "%-7d", (row) => row.target],
      ["RESULT", "%s", "%d", (row) => row.result],
    ],
  }),
});
