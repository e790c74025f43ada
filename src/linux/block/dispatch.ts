import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { completionInterrupt } from "./complete.ts";
import type { Disk } from "./disk.ts";
import type { BlockRequest } from "./request.ts";
import { traceRequest } from "./trace.ts";

/** Times that reads go before writes that wait (mq-deadline's `writes_starved`). */
const WRITES_STARVED = 2;

/** `blk_mq_run_hw_queue`: gives the device what waits for it, as many as it takes. */
export function runQueue(t: Task, disk: Disk): void {
  if (disk.waiting.length === 0 || disk.inFlight >= disk.model.depth) return;
  t.enter(F.blk_mq_run_hw_queue, 25);
  t.enter(F.blk_mq_sched_dispatch_requests, 10);
  t.enter(F.__blk_mq_sched_dispatch_requests, 30);
  t.enter(F.blk_mq_dispatch_rq_list, 40);
  while (disk.waiting.length > 0 && disk.inFlight < disk.model.depth) issue(t, disk, next(disk));
  t.enter(F.vp_notify, 900);
  t.leave(1);
  t.leave(undefined, 4);
}

/** `virtio_queue_rq`: the request goes into the device's ring. */
function issue(t: Task, disk: Disk, request: BlockRequest): void {
  t.enter(F.virtio_queue_rq, 250);
  t.enter(F.blk_mq_start_request, 30, request);
  request.issueNs = t.cpu.now;
  traceRequest(t, "block_rq_issue", request);
  t.leave(undefined);
  disk.start(t, request, (current) => completionInterrupt(current, request));
  t.leave(0);
}

/** Which request is next: without a scheduler the oldest; with `mq-deadline` reads first, then up the disk from the head. */
function next(disk: Disk): BlockRequest {
  const { waiting } = disk;
  const at = disk.model.scheduler === "none" || waiting.length === 1 ? 0 : waiting.indexOf(elevator(disk));
  return waiting.splice(at, 1)[0]!;
}

function elevator(disk: Disk): BlockRequest {
  const { waiting, head } = disk;
  const flush = waiting.find((request) => request.bytes === 0);
  if (flush !== undefined) return flush;
  const reads = waiting.filter((request) => !request.write);
  const writes = waiting.filter((request) => request.write);
  const starved = reads.length === 0 || (writes.length > 0 && disk.starved >= WRITES_STARVED);
  disk.starved = starved || writes.length === 0 ? 0 : disk.starved + 1;
  const all = starved ? writes : reads;
  const ahead = all.filter(({ sector }) => sector >= head);
  return (ahead.length > 0 ? ahead : all).reduce((best, other) => (other.sector < best.sector ? other : best));
}
