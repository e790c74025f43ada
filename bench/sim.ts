/**
 * Events per second of the simulated Linux: how fast it runs with nothing attached, with one cheap program on every
 * system call's entry and exit, and with profiling on top. The web server answers 4,000 requests a second, which
 * it can; measured is what comes after four virtual seconds, when the code is compiled. Prints rates per
 * second of CPU time, the best of three spans.
 *
 * Run with: node bench/sim.ts
 */
import { Linux } from "../src/linux/linux.ts";
import { SYSCALLS } from "../src/linux/syscall-table.ts";
import { workloads } from "../src/linux/workloads/index.ts";

const WARM_UP = "4s";
const SPAN = "2s";
const GOAL = 1_000_000;
const RUNS = 3;

function syscallHooks(): readonly string[] {
  return SYSCALLS.flatMap(({ entry }) => [
    `tracepoint:syscalls:sys_enter_${entry}`,
    `tracepoint:syscalls:sys_exit_${entry}`,
  ]);
}

interface Measured {
  readonly syscalls: number;
  readonly events: number;
  readonly virtual: number;
}

/** A new machine, in spans one after the other. CPU time, not real time: the computer may have other things to do. */
async function measure(hooks: readonly string[], stacks: boolean): Promise<readonly Measured[]> {
  const linux = new Linux({ seed: 7 });
  linux.spawn(workloads.webServer({ rate: 4_000 }));
  let seen = 0;
  const program = stacks ? { run: () => void (seen += linux.stack("kernel").length) } : { run: () => void seen++ };
  for (const hook of hooks) linux.hooks.attach(hook, program);
  await linux.run(WARM_UP);
  const spans: Measured[] = [];
  for (let i = 0; i < RUNS; i++) {
    const begin = process.cpuUsage();
    const { events, syscalls, ns } = await linux.run(SPAN);
    const { user, system } = process.cpuUsage(begin);
    const seconds = (user + system) / 1e6;
    const count = Object.values(events).reduce((all, n) => all + n, 0);
    spans.push({ syscalls: syscalls / seconds, events: count / seconds, virtual: ns / 1e9 / seconds });
  }
  return spans;
}

/** The best of some spans, printed. */
async function report(name: string, hooks: readonly string[], stacks = false): Promise<void> {
  const best = (await measure(hooks, stacks)).reduce((a, b) => (b.syscalls > a.syscalls ? b : a));
  const goal = best.events > 0 ? `, ${(best.events / GOAL).toFixed(2)} of the goal` : "";
  console.log(
    `${name.padEnd(34)} ${(best.syscalls / 1e6).toFixed(2)} M system calls/s, ` +
      `${(best.events / 1e6).toFixed(2)} M events/s${goal}; ${best.virtual.toFixed(1)} virtual s per CPU s`,
  );
}

await report("nothing attached", []);
await report("one program on all system calls", syscallHooks());
await report("the same, taking kernel stacks", syscallHooks(), true);
await report("the same, and profile:hz:99", [...syscallHooks(), "profile:hz:99"], true);
await report("ten programs on all system calls", Array.from({ length: 10 }, syscallHooks).flat());
await report("one program on kprobe:*", ["kprobe:*"]);
await report("one program on kretprobe:*", ["kretprobe:*"]);
await report("one program on tp_btf:sched_switch", ["tp_btf:sched_switch"]);
