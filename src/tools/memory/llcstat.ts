import { tableText } from "../frame/run.ts";
import { type Column, type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** How often a process looked into the last level of cache, and in vain. */
export interface CacheMisses {
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  readonly cpu: number;
  readonly references: number;
  readonly misses: number;
  /** Percent. */
  readonly hit: number;
}

/** Hits and misses of the last level of cache. */
export const llcstat = tool({
  name: "llcstat",
  summary: "Summarize cache references and misses by PID",
  about:
    "hardware counters cache-references and cache-misses (perf events); two per-CPU hashes by process count samples",
  options: {
    samplePeriod: {
      flags: ["-c", "--sample_period"],
      kind: "int",
      metavar: "SAMPLE_PERIOD",
      initial: 100,
      help: "Sample one in this many number of cache reference / miss events",
    },
    duration: { kind: "int", initial: 10, help: "Duration, in seconds, to run" },
    tid: { flags: ["-t", "--tid"], kind: "flag", help: "Summarize cache references and misses by PID/TID" },
  },
  plan: (o): Plan<CacheMisses> => {
    const key = `[cpu, pid, ${o.tid ? "tid" : "pid"}, comm]`;
    const columns: readonly Column<CacheMisses>[] = [
      ["PID", "%-8s", "%-8d", (row) => row.pid],
      ...when<CacheMisses>(o.tid, ["TID", "%-8s", "%-8d", (row) => row.tid]),
      ["NAME", "%-16s", "%-16s", (row) => row.comm],
      ["CPU", "%-4s", "%-4d", (row) => row.cpu],
      ["REFERENCE", "%12s", "%12d", (row) => row.references],
      ["MISS", "%12s", "%12d", (row) => row.misses],
      ["HIT%", "%7s", "%6.2f%%", (row) => row.hit],
    ];
    return {
      program: `
      hardware:cache-misses:${o.samplePeriod} { @miss${key} = count(); }
      hardware:cache-references:${o.samplePeriod} { @ref${key} = count(); }`,
      banner: `Running for ${o.duration} seconds or hit Ctrl-C to end.\n`,
      duration: o.duration,
      report: (look) => {
        const missed = new Map(look.entries("miss").map(({ key: id, value }) => [JSON.stringify(id), value]));
        const rows = look.entries("ref").map(({ key: id, value }): CacheMisses => {
          const [cpu, pid, tid, comm] = id;
          const [references, misses] = [value, missed.get(JSON.stringify(id)) ?? 0].map((n) => n * o.samplePeriod) as [
            number,
            number,
          ];
          const hit = (100 * Math.max(0, references - misses)) / references;
          return { ...{ pid: num(pid), tid: num(tid), comm: text(comm), cpu: num(cpu), references, misses, hit } };
        });
        const [all, lost] = [
          rows.reduce((sum, row) => sum + row.references, 0),
          rows.reduce((sum, row) => sum + row.misses, 0),
        ];
        const rate = all === 0 ? 0 : (100 * (all - lost)) / all;
        return {
          text: `${tableText(columns, rows)}Total References: ${all} Total Misses: ${lost} Hit Rate: ${rate.toFixed(2)}%\n`,
          rows,
        };
      },
    };
  },
});
