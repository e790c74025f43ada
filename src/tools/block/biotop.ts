import { COUNT, EVERY_SECOND, filter, is, MAX_ROWS, NO_CLEAR, topHead } from "../frame/common.ts";
import { tableText } from "../frame/run.ts";
import { type Column, type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** What a process did with a disk in an interval. */
export interface DiskUse {
  readonly pid: number;
  readonly comm: string;
  readonly type: "R" | "W";
  readonly major: number;
  readonly minor: number;
  readonly disk: string;
  readonly requests: number;
  readonly bytes: number;
  readonly averageMs: number;
}

const COLUMNS: readonly Column<DiskUse>[] = [
  ["PID", "%-7s", "%-7d", (row) => row.pid],
  ["COMM", "%-16s", "%-16s", (row) => row.comm],
  ["D", "%1s", "%1s", (row) => row.type],
  ["MAJ", "%-3s", "%-3d", (row) => row.major],
  ["MIN", "%-3s", "%-3d", (row) => row.minor],
  ["DISK", "%-8s", "%-8s", (row) => row.disk],
  ["I/O", "%5s", "%5s", (row) => row.requests],
  ["Kbytes", "%7s", "%7s", (row) => Math.floor(row.bytes / 1024)],
  ["AVGms", "%6s", "%6.2f", (row) => row.averageMs],
];

/** Which processes use disks most. */
export const biotop = tool({
  name: "biotop",
  summary: "Block device (disk) I/O by process",
  about:
    "kprobes on blk_account_io_start, blk_mq_start_request and blk_account_io_done; hashes by request, two per-CPU hashes add up bytes and time",
  options: {
    noclear: NO_CLEAR,
    maxrows: MAX_ROWS,
    pid: { flags: ["-p", "--pid"], kind: "int", metavar: "PID", help: "trace this PID only" },
    interval: EVERY_SECOND,
    count: COUNT,
  },
  plan: (o): Plan<DiskUse> => ({
    program: `
      kprobe:blk_account_io_start ${filter(is("pid", o.pid))} { @comm[arg0] = comm; @pid[arg0] = pid; }
      kprobe:blk_mq_start_request {
        @start[arg0] = nsecs;
        @size[arg0] = (uint64)((struct request *)arg0)->__data_len;
      }
      kprobe:blk_account_io_done /@start[arg0]/ {
        $rq = (struct request *)arg0;
        if (${o.pid === undefined ? "true" : "@pid[arg0] != 0"}) {
          $disk = $rq->q->disk;
          $write = (uint64)(($rq->cmd_flags & 0xff) == 1);
          @bytes[@pid[arg0], @comm[arg0], $write, $disk->major, $disk->first_minor, str($disk->disk_name)] = stats(@size[arg0]);
          @us[@pid[arg0], @comm[arg0], $write, $disk->major, $disk->first_minor, str($disk->disk_name)] = sum((nsecs - @start[arg0]) / 1000);
        }
        delete(@start, arg0);
        delete(@size, arg0);
        delete(@comm, arg0);
        delete(@pid, arg0);
      }`,
    banner: `Tracing... Output every ${o.interval} secs. Hit Ctrl-C to end\n`,
    interval: o.interval,
    count: o.count,
    report: (look) => {
      const times = new Map(look.entries("us").map(({ key, value }) => [JSON.stringify(key), value]));
      const rows = look
        .stats("bytes")
        .map(({ key, count, total }): DiskUse => {
          const [pid, comm, write, major, minor, disk] = key;
          return {
            ...{
              pid: num(pid),
              comm: text(comm),
              type: num(write) === 1 ? "W" : "R",
              major: num(major),
              minor: num(minor),
            },
            ...{ disk: text(disk), requests: count, bytes: total },
            averageMs: (times.get(JSON.stringify(key)) ?? 0) / 1000 / count,
          };
        })
        .sort((a, b) => b.bytes - a.bytes)
        .slice(0, o.maxrows);
      look.clear("bytes", "us");
      return { text: topHead(look) + tableText(COLUMNS, rows), rows };
    },
    farewell: "Detaching...\n",
  }),
});
