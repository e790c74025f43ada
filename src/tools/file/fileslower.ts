import { filter, is, PID } from "../frame/common.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One slow read or write. */
export interface SlowFile {
  readonly seconds: number;
  readonly comm: string;
  readonly tid: number;
  readonly direction: "R" | "W";
  readonly bytes: number;
  readonly latencyMs: number;
  readonly file: string;
}

/** Reads and writes of files that took long. */
export const fileslower = tool({
  name: "fileslower",
  summary: "Trace slow synchronous file reads and writes",
  about: "kprobes and kretprobes on vfs_read and vfs_write; hashes by thread keep time, file and size until the return",
  options: {
    pid: PID,
    all: { flags: ["-a", "--all-files"], kind: "flag", help: "include non-regular file types (sockets, FIFOs, etc)" },
    minMs: { kind: "int", metavar: "min_ms", initial: 10, help: "minimum I/O duration to trace, in ms (default 10)" },
  },
  plan: (o): Plan<SlowFile> => ({
    program: `
      kprobe:vfs_read, kprobe:vfs_write ${filter(is("pid", o.pid))} {
        $file = (struct file *)arg0;
        if (${o.all ? "$file->f_path.dentry->d_name.len != 0" : "($file->f_inode->i_mode & 0170000) == 0100000 && $file->f_path.dentry->d_name.len != 0"}) {
          @start[tid] = nsecs;
          @file[tid] = arg0;
          @bytes[tid] = arg2;
        }
      }
      ${(["vfs_read", "vfs_write"] as const)
        .map(
          (name) => `kretprobe:${name} /@start[tid]/ {
        $took = nsecs - @start[tid];
        if ($took >= ${o.minMs * 1e6}) {
          print((nsecs, comm, tid, "${name === "vfs_read" ? "R" : "W"}", @bytes[tid], $took,
            str(((struct file *)@file[tid])->f_path.dentry->d_name.name)));
        }
        delete(@start, tid);
        delete(@file, tid);
        delete(@bytes, tid);
      }`,
        )
        .join("\n      ")}`,
    banner: `Tracing sync read/writes slower than ${o.minMs} ms\n`,
    event: ([ns, comm, tid, direction, bytes, took, file], look) => ({
      seconds: (num(ns) - look.start) / 1e9,
      ...{ comm: text(comm), tid: num(tid), direction: text(direction) === "W" ? "W" : "R", bytes: num(bytes) },
      ...{ latencyMs: num(took) / 1e6, file: text(file) },
    }),
    columns: [
      ["TIME(s)", "%-8s", "%-8.3f", (row) => row.seconds],
      ["COMM", "%-14s", "%-14.14s", (row) => row.comm],
      ["TID", "%-7s", "%-7d", (row) => row.tid],
      ["D", "%1s", "%1s", (row) => row.direction],
      ["BYTES", "%-7s", "%-7d", (row) => row.bytes],
      ["LAT(ms)", "%7s", "%7.2f", (row) => row.latencyMs],
      ["FILENAME", "%s", "%s", (row) => row.file],
    ],
  }),
});
