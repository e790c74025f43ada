import { COUNT, EVERY_SECOND, filter, is, PID } from "../frame/common.ts";
import { format } from "../frame/format.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { text } from "../frame/values.ts";

/** Calls a second, averaged over an interval. */
export interface VfsRates {
  readonly time: string;
  readonly read: number;
  readonly write: number;
  readonly fsync: number;
  readonly open: number;
  readonly create: number;
}

const HEADS = ["READ/s", "WRITE/s", "FSYNC/s", "OPEN/s", "CREATE/s"] as const;

/** How often the calls of the virtual file system come. */
export const vfsstat = tool({
  name: "vfsstat",
  summary: "Count some VFS calls.",
  about: "kprobes on vfs_read, vfs_write, vfs_fsync_range, vfs_open and vfs_create; a per-CPU hash counts by function",
  options: { pid: PID, interval: EVERY_SECOND, count: COUNT },
  plan: (o): Plan<VfsRates> => ({
    program: `
      kprobe:vfs_read, kprobe:vfs_write, kprobe:vfs_fsync_range, kprobe:vfs_open, kprobe:vfs_create
      ${filter(is("pid", o.pid))} { @calls[func] = count(); }`,
    banner: `${"TIME".padEnd(8)}  ${HEADS.map((head) => format(" %8s", [head])).join("")}\n`,
    interval: o.interval,
    count: o.count,
    report: (look, last) => {
      if (last && look.entries("calls").length === 0) return { text: "", rows: [] };
      const counts = new Map(look.entries("calls").map(({ key: [name], value }) => [text(name), value / o.interval]));
      look.clear("calls");
      const rate = (name: string): number => Math.floor(counts.get(name) ?? 0);
      const row: VfsRates = {
        time: look.clock(),
        ...{ read: rate("vfs_read"), write: rate("vfs_write"), fsync: rate("vfs_fsync_range") },
        ...{ open: rate("vfs_open"), create: rate("vfs_create") },
      };
      const { time, ...rates } = row;
      return {
        text: `${format("%-8s: ", [time])}${Object.values(rates)
          .map((n) => format(" %8d", [n]))
          .join("")}\n`,
        rows: [row],
      };
    },
  }),
});
