import type { CurrentTask } from "../helpers/host.ts";

/**
 * One line of `/sys/kernel/tracing/trace_pipe` for `bpf_trace_printk`: task and pid in 16 + 7 columns, CPU, flags,
 * seconds with microseconds.
 *
 * @example
 * traceLine({ comm: "bash", pid: 1234, ... }, 0, 1234567890123, "hi")
 * // "            bash-1234    [000] ...21  1234.567890: bpf_trace_printk: hi"
 */
export function traceLine(task: CurrentTask, cpu: number, ns: number, text: string): string {
  const comm = task.pid === 0 ? "<idle>" : task.comm;
  const who = `${comm.padStart(16)}-${String(task.pid).padEnd(7)}`;
  const micros = Math.floor(ns / 1000);
  const seconds = String(Math.floor(micros / 1e6)).padStart(5);
  const fraction = String(micros % 1e6).padStart(6, "0");
  return `${who} [${String(cpu).padStart(3, "0")}] ...21 ${seconds}.${fraction}: bpf_trace_printk: ${text}`;
}
