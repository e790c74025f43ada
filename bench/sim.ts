/**
 * Events per second of the simulated Linux: how fast it runs with nothing attached, with one cheap program on every
 * system call's entry and exit, and with profiling on top. Prints real time, events and virtual time per real time.
 *
 * Run with: node bench/sim.ts
 */
import { Linux } from "../src/linux/linux.ts";
import { SYSCALLS } from "../src/linux/syscall-table.ts";
import { workloads } from "../src/linux/workloads/index.ts";

const SPAN = "4s";
const GOAL = 1_000_000;

function syscallHooks(): readonly string[] {
  return SYSCALLS.flatMap(({ entry }) => [
    `tracepoint:syscalls:sys_enter_${entry}`,
    `tracepoint:syscalls:sys_exit_${entry}`,
  ]);
}

/** One run: everything is built anew, so that cases do not warm each other's caches more than they must. */
async function measure(name: string, hooks: readonly string[], stacks: boolean): Promise<void> {
  const linux = new Linux({ seed: 7 });
  linux.spawn(workloads.webServer({ rate: 6_000 }));
  let seen = 0;
  const program = stacks ? { run: () => void (seen += linux.stack("kernel").length) } : { run: () => void seen++ };
  for (const hook of hooks) linux.hooks.attach(hook, program);
  await linux.run("200ms");
  const begin = performance.now();
  const { events, syscalls, ns } = await linux.run(SPAN);
  const seconds = (performance.now() - begin) / 1000;
  const count = Object.values(events).reduce((all, n) => all + n, 0);
  const perSecond = (n: number) => `${(n / seconds / 1e6).toFixed(2)} M/s`;
  const goal = count > 0 ? `, ${(count / seconds / GOAL).toFixed(2)} of the goal` : "";
  console.log(
    `${name.padEnd(34)} ${perSecond(syscalls)} system calls, ${perSecond(count)} events${goal}; ` +
      `${(ns / 1e9 / seconds).toFixed(1)} virtual s per real s`,
  );
}

await measure("(warm-up)", syscallHooks(), false);
await measure("nothing attached", [], false);
await measure("one program on all system calls", syscallHooks(), false);
await measure("the same, taking kernel stacks", syscallHooks(), true);
await measure("the same, and profile:hz:99", [...syscallHooks(), "profile:hz:99"], true);
