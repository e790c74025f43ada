import { COUNT, EVERY_SECOND } from "../frame/common.ts";
import { headText, lineText } from "../frame/run.ts";
import { type Column, type Plan, tool, when } from "../frame/tool.ts";
import { text } from "../frame/values.ts";

/** How well the page cache did in an interval. */
export interface CacheUse {
  readonly time: string;
  readonly hits: number;
  readonly misses: number;
  readonly dirties: number;
  /** Percent. */
  readonly hitRatio: number;
  readonly buffersMb: number;
  readonly cachedMb: number;
}

/** A line of `/proc/meminfo` in MB. */
const megabytes = (meminfo: string, name: string): number =>
  Number(new RegExp(`^${name}: +(\\d+)`, "m").exec(meminfo)?.[1] ?? 0) / 1024;

/** Hits and misses of the page cache. */
export const cachestat = tool({
  name: "cachestat",
  summary: "Count cache kernel function calls",
  about:
    "kprobes on filemap_add_folio, folio_mark_accessed, folio_account_dirtied and mark_buffer_dirty; a per-CPU hash counts by function",
  options: {
    timestamp: { flags: ["-T", "--timestamp"], kind: "flag", help: "include timestamp on output" },
    interval: EVERY_SECOND,
    count: COUNT,
  },
  plan: (o): Plan<CacheUse> => {
    const columns: readonly Column<CacheUse>[] = [
      ...when<CacheUse>(o.timestamp, ["TIME", "%-8s", "%-8s", (row) => row.time]),
      ["HITS", "%8s", "%8d", (row) => row.hits],
      ["MISSES", "%8s", "%8d", (row) => row.misses],
      ["DIRTIES", "%8s", "%8d", (row) => row.dirties],
      ["HITRATIO", "%8s", "%7.2f%%", (row) => row.hitRatio],
      ["BUFFERS_MB", "%12s", "%12.0f", (row) => row.buffersMb],
      ["CACHED_MB", "%10s", "%10.0f", (row) => row.cachedMb],
    ];
    return {
      program: `
        kprobe:filemap_add_folio, kprobe:folio_mark_accessed, kprobe:folio_account_dirtied, kprobe:mark_buffer_dirty {
          @calls[func] = count();
        }`,
      banner: headText(columns),
      interval: o.interval,
      count: o.count,
      report: (look) => {
        const counts = new Map(look.entries("calls").map(({ key: [name], value }) => [text(name), value]));
        look.clear("calls");
        const calls = (name: string): number => counts.get(name) ?? 0;
        // Accesses without those of dirtied buffers; pages that came into the cache without those that were written.
        const total = Math.max(0, calls("folio_mark_accessed") - calls("mark_buffer_dirty"));
        const added = Math.max(0, calls("filemap_add_folio") - calls("folio_account_dirtied"));
        // Read-ahead adds pages that nobody asked for yet.
        const misses = Math.min(added, total);
        const hits = total - misses;
        const meminfo = look.file("/proc/meminfo");
        const row: CacheUse = {
          ...{ time: look.clock(), hits, misses, dirties: calls("mark_buffer_dirty") },
          hitRatio: total === 0 ? 0 : (100 * hits) / total,
          ...{ buffersMb: megabytes(meminfo, "Buffers"), cachedMb: megabytes(meminfo, "Cached") },
        };
        return { text: lineText(columns, row), rows: [row] };
      },
    };
  },
});
