import { Linux, type LinuxOptions } from "../../src/linux/linux.ts";
import { SYSCALLS } from "../../src/linux/syscall-table.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import type { Workload } from "../../src/linux/workloads/workload.ts";

/** One event as a test sees it: everything that a program could have seen. */
export interface Recorded {
  readonly hook: string;
  readonly time: number;
  readonly cpu: number;
  readonly pid: number;
  readonly comm: string;
  /** The context record's bytes. */
  readonly record: string;
  /** Names of functions, innermost first. */
  readonly kernel: readonly string[];
  readonly user: readonly string[];
}

/** Hooks of all system calls, entry and exit. */
export const SYSCALL_HOOKS: readonly string[] = SYSCALLS.flatMap(({ entry }) => [
  `tracepoint:syscalls:sys_enter_${entry}`,
  `tracepoint:syscalls:sys_exit_${entry}`,
]);

/** The functions of the current stack by name. */
export function names(linux: Linux, kind: "kernel" | "user"): readonly string[] {
  const addresses = linux.stack(kind);
  const out: string[] = [];
  for (let i = 0; i < addresses.length; i += 2) {
    const address = (BigInt(addresses[i + 1]!) << 32n) | BigInt(addresses[i]!);
    out.push(linux.symbolize(address)?.name ?? `0x${address.toString(16)}`);
  }
  return out;
}

/** Attaches a recorder to hooks; the array fills while the machine runs. */
export function record(linux: Linux, hooks: readonly string[], bytes = 24): Recorded[] {
  const events: Recorded[] = [];
  for (const hook of hooks) {
    linux.hooks.attach(hook, {
      run(at) {
        const { pid, comm } = linux.task();
        events.push({
          hook,
          time: linux.ktimeNs(),
          cpu: linux.cpu(),
          pid,
          comm,
          record: Buffer.from(linux.memory.u8.slice(at, at + bytes)).toString("hex"),
          kernel: names(linux, "kernel"),
          user: names(linux, "user"),
        });
      },
    });
  }
  return events;
}

/** A server, a user and a daemon: a machine that is busy, and not too busy. */
export function office(rate = 300): Workload {
  const parts = [workloads.webServer({ rate }), workloads.readFiles(), workloads.logRotation()];
  return { name: "office", start: (linux) => parts.map((part) => part.start(linux))[0]! };
}

/** A machine with a workload, not yet run. */
export function machine(workload: Workload, options: LinuxOptions = {}): Linux {
  const linux = new Linux({ seed: 7, ...options });
  linux.spawn(workload);
  return linux;
}
