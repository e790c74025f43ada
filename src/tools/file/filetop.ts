import { COUNT, EVERY_SECOND, filter, is, MAX_ROWS, NO_CLEAR, topHead } from "../frame/common.ts";
import type { Look, Value } from "../frame/look.ts";
import { tableText } from "../frame/run.ts";
import { type Column, type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** What a thread did with a file in an interval. */
export interface FileUse {
  readonly tid: number;
  readonly comm: string;
  readonly reads: number;
  readonly writes: number;
  /** Bytes that were asked for, not those that were got. */
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** `R` regular, `S` socket, `O` other. */
  readonly type: string;
  readonly file: string;
}

const COLUMNS: readonly Column<FileUse>[] = [
  ["TID", "%-7s", "%-7d", (row) => row.tid],
  ["COMM", "%-16s", "%-16s", (row) => row.comm],
  ["READS", "%-6s", "%-6d", (row) => row.reads],
  ["WRITES", "%-6s", "%-6d", (row) => row.writes],
  ["R_Kb", "%-7s", "%-7d", (row) => row.readBytes / 1024],
  ["W_Kb", "%-7s", "%-7d", (row) => row.writtenBytes / 1024],
  ["T", "%1s", "%1s", (row) => row.type],
  ["FILE", "%s", "%s", (row) => row.file],
];

const ORDERS: Readonly<Record<string, (row: FileUse) => number>> = {
  all: (row) => row.readBytes + row.writtenBytes + row.reads + row.writes,
  reads: (row) => row.reads,
  writes: (row) => row.writes,
  rbytes: (row) => row.readBytes,
  wbytes: (row) => row.writtenBytes,
};

/** What is added up for each thread and file. */
function uses(look: Look): FileUse[] {
  const all = new Map<
    string,
    { key: readonly Value[]; reads: number; writes: number; rbytes: number; wbytes: number }
  >();
  for (const [name, many, bytes] of [
    ["reads", "reads", "rbytes"],
    ["writes", "writes", "wbytes"],
  ] as const)
    for (const { key, count, total } of look.stats(name)) {
      const id = JSON.stringify(key);
      const found = all.get(id) ?? { key, reads: 0, writes: 0, rbytes: 0, wbytes: 0 };
      all.set(id, { ...found, [many]: count, [bytes]: total });
    }
  return [...all.values()].map(({ key: [tid, comm, file, mode], ...use }) => ({
    ...{ tid: num(tid), comm: text(comm), file: text(file), reads: use.reads, writes: use.writes },
    ...{ readBytes: use.rbytes, writtenBytes: use.wbytes },
    type: num(mode) === 0o100000 ? "R" : num(mode) === 0o140000 ? "S" : "O",
  }));
}

/** Which files are read and written, and by whom. */
export const filetop = tool({
  name: "filetop",
  summary: "File reads and writes by process",
  about: "kprobes on vfs_read and vfs_write; two per-CPU hashes by thread and file count calls and bytes",
  options: {
    all: { flags: ["-a", "--all-files"], kind: "flag", help: "include non-regular file types (sockets, FIFOs, etc)" },
    noclear: NO_CLEAR,
    maxrows: MAX_ROWS,
    sort: {
      flags: ["-s", "--sort"],
      kind: "text",
      initial: "all",
      choices: ["all", "reads", "writes", "rbytes", "wbytes"],
      help: "sort column, default all",
    },
    pid: { flags: ["-p", "--pid"], kind: "int", metavar: "PID", help: "trace this PID only" },
    interval: EVERY_SECOND,
    count: COUNT,
  },
  plan: (o): Plan<FileUse> => {
    const one = (hook: string, map: string) => `
      kprobe:${hook} ${filter(is("pid", o.pid))} {
        $file = (struct file *)arg0;
        $mode = $file->f_inode->i_mode & 0170000;
        $name = $file->f_path.dentry->d_name;
        if (${o.all ? "$name.len != 0" : "$name.len != 0 && $mode == 0100000"}) {
          @${map}[tid, comm, str($name.name, 32), (uint64)$mode] = stats(arg2);
        }
      }`;
    return {
      program: one("vfs_read", "reads") + one("vfs_write", "writes"),
      banner: `Tracing... Output every ${o.interval} secs. Hit Ctrl-C to end\n`,
      interval: o.interval,
      count: o.count,
      report: (look) => {
        const order = ORDERS[o.sort] ?? ORDERS["all"]!;
        const rows = uses(look)
          .sort((a, b) => order(b) - order(a))
          .slice(0, o.maxrows);
        look.clear("reads", "writes");
        return { text: topHead(look) + tableText(COLUMNS, rows), rows };
      },
      farewell: "Detaching...\n",
    };
  },
});
