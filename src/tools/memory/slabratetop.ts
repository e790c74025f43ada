import { COUNT, EVERY_SECOND, MAX_ROWS, NO_CLEAR, topHead } from "../frame/common.ts";
import { tableText } from "../frame/run.ts";
import { type Column, type Plan, tool } from "../frame/tool.ts";
import { text } from "../frame/values.ts";

/** What was taken from one slab cache in an interval. */
export interface SlabUse {
  readonly cache: string;
  readonly allocations: number;
  readonly bytes: number;
}

const COLUMNS: readonly Column<SlabUse>[] = [
  ["CACHE", "%-32s", "%-32s", (row) => row.cache],
  ["ALLOCS", "%6s", "%6d", (row) => row.allocations],
  ["BYTES", "%10s", "%10d", (row) => row.bytes],
];

/** From which slab caches Linux takes objects most. */
export const slabratetop = tool({
  name: "slabratetop",
  summary: "Kernel SLAB/SLUB memory cache allocation rate top",
  about: "a kprobe on kmem_cache_alloc_noprof reads name and size from struct kmem_cache; a per-CPU hash by name",
  options: { noclear: NO_CLEAR, maxrows: MAX_ROWS, interval: EVERY_SECOND, count: COUNT },
  plan: (o): Plan<SlabUse> => ({
    program: `
      kprobe:kmem_cache_alloc_noprof {
        $cache = (struct kmem_cache *)arg0;
        @allocs[str($cache->name, 32)] = stats((uint64)$cache->size);
      }`,
    banner: `Tracing... Output every ${o.interval} secs. Hit Ctrl-C to end\n`,
    interval: o.interval,
    count: o.count,
    report: (look) => {
      const rows = look
        .stats("allocs")
        .map(({ key: [cache], count, total }): SlabUse => ({ cache: text(cache), allocations: count, bytes: total }))
        .sort((a, b) => b.bytes - a.bytes)
        .slice(0, o.maxrows);
      look.clear("allocs");
      return { text: topHead(look) + tableText(COLUMNS, rows), rows };
    },
    farewell: "Detaching...\n",
  }),
});
