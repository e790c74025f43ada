import { EVERY_SECOND, filter, is } from "../frame/common.ts";
import type { Look } from "../frame/look.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, stack, wide } from "../frame/values.ts";

/** What was allocated from one place and not freed. */
export interface Outstanding {
  readonly bytes: number;
  readonly allocations: number;
  /** Functions, innermost first. */
  readonly stack: readonly string[];
}

interface Group extends Outstanding {
  readonly frames: readonly string[];
  readonly addresses: readonly bigint[];
}

/** Allocations that are still there, by where they were made: those that take most last. */
function outstanding(look: Look, olderNs: number): Group[] {
  const groups = new Map<string, Group>();
  for (const {
    key: [address],
    value: [size, ns, frames],
  } of look.records("live")) {
    if (num(ns) > look.now - olderNs || wide(address) === 0n) continue;
    const { addresses, functions } = stack(frames);
    const id = addresses.join();
    const group = groups.get(id) ?? {
      ...{ bytes: 0, allocations: 0, stack: functions, addresses },
      frames: addresses.map((each) => `0x${each.toString(16).padStart(16, "0")}\t${look.symbol(each, true)}`),
    };
    groups.set(id, { ...group, bytes: group.bytes + num(size), allocations: group.allocations + 1 });
  }
  return [...groups.values()].sort((a, b) => a.bytes - b.bytes);
}

/** libc's functions that give memory, and the argument that is the size. */
const GIVES: Readonly<Record<string, string>> = {
  ...{ malloc: "arg0", calloc: "arg0 * arg1", realloc: "arg1", memalign: "arg1", aligned_alloc: "arg1" },
};

/** Memory that is allocated and not freed. */
export const memleak = tool({
  name: "memleak",
  summary: "Trace outstanding memory allocations that weren't freed.",
  about:
    "with -p uprobes and uretprobes on libc's allocator, else tracepoints of kmem; a hash by address keeps size, time and stack",
  options: {
    pid: {
      flags: ["-p", "--pid"],
      kind: "int",
      help: "the PID to trace; if not specified, trace kernel allocs",
    },
    showAllocs: {
      flags: ["-a", "--show-allocs"],
      kind: "flag",
      help: "show allocation addresses and sizes as well as call stacks",
    },
    older: {
      flags: ["-o", "--older"],
      kind: "int",
      initial: 500,
      help: "prune allocations younger than this age in milliseconds",
    },
    top: {
      flags: ["-T", "--top"],
      kind: "int",
      initial: 10,
      help: "display only this many top allocating stacks (by size)",
    },
    minSize: { flags: ["-z", "--min-size"], kind: "int", help: "capture only allocations larger than this size" },
    maxSize: { flags: ["-Z", "--max-size"], kind: "int", help: "capture only allocations smaller than this size" },
    interval: { ...EVERY_SECOND, initial: 5, help: "interval in seconds to print outstanding allocations" },
    count: { kind: "int", help: "number of times to print the report before exiting" },
  },
  plan: (o): Plan<Outstanding> => {
    const sizes = filter(
      o.minSize !== undefined && `$size >= ${o.minSize}`,
      o.maxSize !== undefined && `$size <= ${o.maxSize}`,
    ).replaceAll("/", "");
    const keep = (address: string, size: string, side: string) =>
      `$size = (uint64)${size}; if (${sizes || "true"}) { @live[(uint64)${address}] = ($size, nsecs, ${side}(perf)); }`;
    const of = filter(is("pid", o.pid));
    const user = [
      ...Object.entries(GIVES).map(
        ([name, size]) => `
      uprobe:libc:${name} ${of} { @asked[tid] = ${size}; }
      uretprobe:libc:${name} /@asked[tid]/ { ${keep("retval", "@asked[tid]", "ustack")} delete(@asked, tid); }`,
      ),
      `
      uprobe:libc:free, uprobe:libc:realloc ${of} { delete(@live, (uint64)arg0); }`,
    ].join("");
    const kernel = `
      tracepoint:kmem:kmalloc, tracepoint:kmem:kmem_cache_alloc { ${keep("args.ptr", "args.bytes_alloc", "kstack")} }
      tracepoint:kmem:kfree, tracepoint:kmem:kmem_cache_free { delete(@live, (uint64)args.ptr); }
      tracepoint:kmem:mm_page_alloc { ${keep("args.pfn", "(4096 << args.order)", "kstack")} }
      tracepoint:kmem:mm_page_free { delete(@live, (uint64)args.pfn); }`;
    return {
      program: `config = { max_map_keys = 65536; } ${o.pid === undefined ? kernel : user}`,
      banner: `Attaching to ${o.pid === undefined ? "kernel allocators" : `pid ${o.pid}`}, Ctrl+C to quit.\n`,
      interval: o.interval,
      count: o.count,
      report: (look) => {
        const all = outstanding(look, o.older * 1e6).slice(-o.top);
        const lines = all.map(
          ({ bytes, allocations, frames }) =>
            `\t${bytes} bytes in ${allocations} allocations from stack\n${frames.map((frame) => `\t\t${frame}\n`).join("")}`,
        );
        return {
          text: `[${look.clock()}] Top ${o.top} stacks with outstanding allocations:\n${lines.join("")}`,
          rows: all.map(({ bytes, allocations, stack: functions }) => ({ bytes, allocations, stack: functions })),
        };
      },
    };
  },
});
