import { COUNT, INTERVAL, TIMESTAMP } from "../frame/common.ts";
import { format } from "../frame/format.ts";
import { linearText, section } from "../frame/histogram.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num } from "../frame/values.ts";

/** How often a run queue had a length. */
export interface QueueLength {
  /** -1: all CPUs together. */
  readonly cpu: number;
  /** Threads that wait, without the one that runs. */
  readonly length: number;
  readonly samples: number;
}

/** The member that counts a run queue's threads has had three names. */
const MEMBERS: Readonly<Record<string, string>> = { "6.1": "nr_running", "6.12": "nr_running" };

/** How long the run queues are. */
export const runqlen = tool({
  name: "runqlen",
  summary: "Summarize scheduler run queue length as a histogram",
  about:
    "a timer on each CPU (perf event, 99 Hertz) reads the length from struct cfs_rq; a per-CPU hash by CPU and length counts",
  options: {
    timestamp: TIMESTAMP,
    runqocc: { flags: ["-O", "--runqocc"], kind: "flag", help: "report run queue occupancy" },
    cpus: { flags: ["-C", "--cpus"], kind: "flag", help: "print output for each CPU separately" },
    interval: INTERVAL,
    count: COUNT,
  },
  plan: (o, linux): Plan<QueueLength> => ({
    program: `
      profile:hz:99 {
        $length = (uint64)curtask->se.cfs_rq->${MEMBERS[linux.release] ?? "nr_queued"};
        // The one that runs does not wait.
        if ($length > 0) { $length--; }
        @samples[cpu, $length] = count();
      }`,
    banner: `Sampling run queue length... Hit Ctrl-C to end.\n`,
    interval: o.interval,
    count: o.count,
    report: (look) => {
      const slots = new Map<number, number[]>();
      for (const {
        key: [cpu, length],
        value,
      } of look.entries("samples")) {
        const of = o.cpus ? num(cpu) : -1;
        const counts = slots.get(of) ?? [];
        counts[num(length)] = (counts[num(length)] ?? 0) + value;
        slots.set(of, counts);
      }
      look.clear("samples");
      const all = [...slots]
        .sort(([a], [b]) => a - b)
        .map(([cpu, counts]) => [cpu, Array.from(counts, (n) => n ?? 0)] as const);
      const occupied = (counts: readonly number[]): number => {
        const total = counts.reduce((sum, n) => sum + n, 0);
        return total === 0 ? 0 : (100 * (total - (counts[0] ?? 0))) / total;
      };
      const texts = all.map(([cpu, counts]) => {
        if (o.runqocc)
          return cpu < 0
            ? format("runqocc: %0.2f%%\n", [occupied(counts)])
            : format("runqocc, CPU %-3d %6.2f%%\n", [cpu, occupied(counts)]);
        return (cpu < 0 ? "" : section("cpu", cpu)) + linearText(counts, "runqlen");
      });
      return {
        text: `\n${o.timestamp ? `${look.clock()}\n` : ""}${texts.join("")}`,
        rows: all.flatMap(([cpu, counts]) => counts.map((samples, length) => ({ cpu, length, samples }))),
      };
    },
  }),
});
