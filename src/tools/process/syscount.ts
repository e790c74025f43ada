import { ERRNO } from "../../linux/errno.ts";
import { syscallByNumber } from "../../linux/syscall-table.ts";
import { filter, is, PID } from "../frame/common.ts";
import { format } from "../frame/format.ts";
import { type Plan, ToolError, tool } from "../frame/tool.ts";
import { num } from "../frame/values.ts";

/** How often a call was made, or a process made calls. */
export interface SyscallUse {
  /** The call; or the pid, with `-P`. */
  readonly name: string;
  readonly count: number;
  readonly totalNs: number;
}

/** The number of an error by its name or number. Throws `ToolError`. */
function errorNumber(word: string): number {
  const found = /^-?\d+$/.test(word) ? Math.abs(Number(word)) : (ERRNO as Readonly<Record<string, number>>)[word];
  if (found !== undefined) return found;
  throw new ToolError(`syscount: error: argument -e/--errno: couldn't map ${word} to an errno`, 2);
}

/** A call's number by its name. Throws `ToolError`. */
function syscallNumber(name: string): number {
  for (let nr = 0; nr < 512; nr++) if (syscallByNumber(nr)?.name === name) return nr;
  throw new ToolError(`Error: syscall '${name}' not found. Exiting.`);
}

/** Which system calls are made most, or take longest. */
export const syscount = tool({
  name: "syscount",
  summary: "Summarize syscall counts and latencies.",
  about: "tracepoint raw_syscalls:sys_exit, with -L also sys_enter; per-CPU hashes by call or process",
  options: {
    pid: { ...PID, help: "trace only this pid" },
    tid: { flags: ["-t", "--tid"], kind: "int", help: "trace only this tid" },
    interval: { flags: ["-i", "--interval"], kind: "int", help: "print summary at this interval (seconds)" },
    duration: { flags: ["-d", "--duration"], kind: "int", help: "total duration of trace, in seconds" },
    top: { flags: ["-T", "--top"], kind: "int", initial: 10, help: "print only the top syscalls by count or latency" },
    failures: { flags: ["-x", "--failures"], kind: "flag", help: "trace only failed syscalls (return < 0)" },
    errno: {
      flags: ["-e", "--errno"],
      kind: "text",
      help: "trace only syscalls that return this error (numeric or EPERM, etc.)",
    },
    latency: { flags: ["-L", "--latency"], kind: "flag", help: "collect syscall latency" },
    milliseconds: {
      flags: ["-m", "--milliseconds"],
      kind: "flag",
      help: "display latency in milliseconds (default: microseconds)",
    },
    process: { flags: ["-P", "--process"], kind: "flag", help: "count by process and not by syscall" },
    syscall: { flags: ["--syscall"], kind: "text", help: "trace this syscall only" },
  },
  plan: (o): Plan<SyscallUse> => {
    const conditions = [
      ...[is("pid", o.pid), is("tid", o.tid)],
      is("args.id", o.syscall === undefined ? undefined : syscallNumber(o.syscall)),
    ];
    const result = [
      o.failures && "(int64)args.ret < 0",
      o.errno !== undefined && `(int64)args.ret == -${errorNumber(o.errno)}`,
    ];
    const key = o.process ? "(uint64)pid" : "(uint64)args.id";
    const failed = o.failures ? "failed " : "";
    return {
      program: `
      ${o.latency ? `tracepoint:raw_syscalls:sys_enter ${filter(...conditions)} { @start[tid] = nsecs; }` : ""}
      tracepoint:raw_syscalls:sys_exit ${filter(...conditions, ...result, o.latency && "@start[tid]")} {
        @data[${key}] = stats(${o.latency ? "nsecs - @start[tid]" : "0"});
      }`,
      banner:
        o.syscall === undefined
          ? `Tracing ${failed}syscalls, printing top ${o.top}... Ctrl+C to quit.\n`
          : `Tracing ${failed}syscall '${o.syscall}'... Ctrl+C to quit.\n`,
      interval: o.interval,
      duration: o.duration,
      report: (look) => {
        const weight = (row: { count: number; total: number }): number => (o.latency ? row.total : row.count);
        const entries = [...look.stats("data")].sort((a, b) => weight(b) - weight(a)).slice(0, o.top);
        look.clear("data");
        const rows = entries.map(
          ({ key: [id], count, total }): SyscallUse => ({
            name: o.process ? String(num(id)) : (syscallByNumber(num(id))?.name ?? `[unknown: ${num(id)}]`),
            ...{ count, totalNs: total },
          }),
        );
        const unit = o.milliseconds ? "TIME (ms)" : "TIME (us)";
        const head = o.process ? "PID    COMM" : "SYSCALL";
        const label = (row: SyscallUse): string =>
          o.process ? format("%-6d %-15s", [Number(row.name), look.comm(Number(row.name)) ?? "[unknown]"]) : row.name;
        const lines = o.latency
          ? rows.map((row) =>
              o.milliseconds
                ? format("%-22s %8d %16.6f\n", [label(row), row.count, row.totalNs / 1e6])
                : format("%-22s %8d %16.3f\n", [label(row), row.count, row.totalNs / 1e3]),
            )
          : rows.map((row) => format("%-22s %8d\n", [label(row), row.count]));
        const title = o.latency
          ? format("%-22s %8s %16s\n", [head, "COUNT", unit])
          : format("%-22s %8s\n", [head, "COUNT"]);
        return { text: `[${look.clock()}]\n${title}${lines.join("")}\n`, rows };
      },
      farewell: "Detaching...\n",
    };
  },
});
