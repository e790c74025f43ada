/** Watches a machine's tracepoints and programs, and tells what happens as rows. Nothing is attached, nothing changes the run. */
import type { BlockRequest } from "../block/request.ts";
import type { BpfSubsystem } from "../bpf/subsystem.ts";
import type { Linux } from "../linux.ts";
import { deviceId } from "../net/picture.ts";
import type { Skb } from "../net/skb.ts";
import type { Task } from "../task.ts";
import type { MachineEvent } from "./machine-event.ts";

/** Tells `keep` of each event from now on; what comes back ends that. */
export function watchMachine(linux: Linux, bpf: BpfSubsystem, keep: (event: MachineEvent) => void): () => void {
  const { hooks } = linux;
  const at = ({ cpu, pid }: Task) => ({ time: cpu.now, cpu: cpu.id, pid });
  const packet = (kind: "receive" | "send") => (t: Task, _: unknown, args: readonly unknown[]) => {
    const { dev, size } = args[0] as Skb;
    if (dev !== undefined) keep({ ...at(t), kind, device: deviceId(dev), bytes: size });
  };
  const block = (kind: "issue" | "complete") => (t: Task, _: unknown, args: readonly unknown[]) => {
    const { disk, bytes } = args[0] as BlockRequest;
    keep({ ...at(t), kind, device: disk.name, bytes });
  };
  const wakeup = (t: Task, [, task, , to]: readonly unknown[]) =>
    keep({ ...at(t), kind: "wakeup", task: Number(task), to: Number(to) });
  const ends = [
    hooks.watch("sched_switch", (t, [, , , state, , task]) =>
      keep({ ...at(t), kind: "switch", state: Number(state), task: Number(task) }),
    ),
    hooks.watch("sched_wakeup", wakeup),
    hooks.watch("sched_wakeup_new", wakeup),
    hooks.watch("sched_migrate_task", (t, [, task, , , to]) =>
      keep({ ...at(t), kind: "migrate", task: Number(task), to: Number(to) }),
    ),
    hooks.watch("sched_process_fork", (t, [, , name, task]) =>
      keep({ ...at(t), kind: "fork", task: Number(task), name: String(name) }),
    ),
    hooks.watch("task_rename", (t, [, , name]) => keep({ ...at(t), kind: "rename", name: String(name) })),
    hooks.watch("sched_process_exit", (t) => keep({ ...at(t), kind: "end" })),
    hooks.watch("sys_enter", (t, [nr]) => keep({ ...at(t), kind: "enter", nr: Number(nr) })),
    hooks.watch("sys_exit", (t, [nr, result]) =>
      keep({ ...at(t), kind: "exit", nr: Number(nr), result: Number(result) }),
    ),
    hooks.watch("block_rq_issue", block("issue")),
    hooks.watch("block_rq_complete", block("complete")),
    hooks.watch("netif_receive_skb", packet("receive")),
    hooks.watch("net_dev_start_xmit", packet("send")),
    hooks.watch("irq_handler_entry", (t, [, name]) => keep({ ...at(t), kind: "interrupt", name: String(name) })),
    bpf.watch(({ id }, result) => {
      const { moment } = hooks;
      if (moment === undefined) return;
      const { time, cpu, task } = moment;
      keep({ time, cpu, pid: task.pid, kind: "program", program: id, result });
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
