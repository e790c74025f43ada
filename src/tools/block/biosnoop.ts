import { type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";
import { REQUEST_PROGRAM } from "./requests.ts";

/** One request to a disk. */
export interface DiskRequest {
  readonly seconds: number;
  /** Who asked for it; `?` where that was before the tool was started. */
  readonly comm: string;
  readonly pid: number;
  readonly disk: string;
  readonly type: "R" | "W";
  readonly sector: number;
  readonly bytes: number;
  /** Milliseconds between being asked for and being given to the disk. */
  readonly queuedMs: number;
  readonly latencyMs: number;
}

/** Requests to disks, with their latency. */
export const biosnoop = tool({
  name: "biosnoop",
  summary: "Trace block I/O",
  about:
    "kprobes on blk_account_io_start, blk_mq_start_request and blk_account_io_done; hashes by request keep who asked and when",
  options: {
    queue: { flags: ["-Q", "--queue"], kind: "flag", help: "include OS queued time" },
    disk: { flags: ["-d", "--disk"], kind: "text", help: "trace this disk only" },
  },
  plan: (o): Plan<DiskRequest> => ({
    program: REQUEST_PROGRAM(`
        $disk = str($rq->q->disk->disk_name);
        print((nsecs, @comm[arg0], @pid[arg0], $disk, (uint64)$rq->cmd_flags, (uint64)$rq->__sector,
          @bytes[arg0], @start[arg0] - @asked[arg0], nsecs - @start[arg0], @asked[arg0] != 0));`),
    event: ([ns, comm, pid, disk, flags, sector, bytes, queued, took, known], look) => {
      if (o.disk !== undefined && text(disk) !== o.disk) return undefined;
      return {
        seconds: look.since(num(ns)),
        ...{ comm: num(known) === 1 ? text(comm) : "?", pid: num(pid), disk: text(disk), sector: num(sector) },
        type: (num(flags) & 0xff) === 1 ? "W" : "R",
        bytes: num(bytes),
        queuedMs: num(known) === 1 ? num(queued) / 1e6 : 0,
        latencyMs: num(took) / 1e6,
      };
    },
    columns: [
      ["TIME(s)", "%-11s", "%-11.6f", (row) => row.seconds],
      ["COMM", "%-14s", "%-14.14s", (row) => row.comm],
      ["PID", "%-6s", "%-6s", (row) => row.pid],
      ["DISK", "%-7s", "%-7s", (row) => row.disk],
      ["T", "%-1s", "%-1s", (row) => row.type],
      ["SECTOR", "%-10s", "%-10s", (row) => row.sector],
      ["BYTES", "%-7s", "%-7s", (row) => row.bytes],
      ...when<DiskRequest>(o.queue, ["QUE(ms)", "%7s", "%7.2f", (row) => row.queuedMs]),
      ["LAT(ms)", "%7s", "%7.2f", (row) => row.latencyMs],
    ],
  }),
});
