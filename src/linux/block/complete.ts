import { deviceInterrupt } from "../interrupts.ts";
import { BIOS, cacheFree } from "../mm/slab.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { runQueue } from "./dispatch.ts";
import type { BlockRequest } from "./request.ts";
import { traceComplete, traceRequest } from "./trace.ts";

/** The disk's interrupt, on top of whatever the CPU was doing. */
export function completionInterrupt(t: Task, request: BlockRequest): void {
  deviceInterrupt(t, request.disk.line, () => {
    t.enter(F.vring_interrupt, 90, request.disk.line.irq);
    t.enter(F.virtblk_done, 350);
    completeRequest(t, request);
    runQueue(t, request.disk);
    t.leave(undefined);
    t.leave(1);
  });
}

/** `blk_mq_end_request`: all of a request is done; its bios learn of it. */
function completeRequest(t: Task, request: BlockRequest): void {
  const { disk } = request;
  t.enter(F.blk_mq_end_request, 40, request, 0);
  t.enter(F.blk_update_request, 150, request, 0, request.bytes);
  request.done = true;
  traceComplete(t, request);
  for (const bio of request.bios) {
    t.enter(F.bio_endio, 60, bio);
    bio.complete(t);
    if (bio.bytes > 0) {
      t.enter(F.bio_free, 0, bio);
      cacheFree(t, BIOS, bio);
      t.leave(undefined);
    }
    t.leave(undefined);
  }
  t.leave(0);
  t.enter(F.__blk_mq_end_request, 40, request, 0);
  t.enter(F.blk_account_io_done, 25, request, t.cpu.now);
  const counts = disk.countsOf(request);
  counts.completed++;
  counts.sectors += request.sectors;
  counts.ns += t.cpu.now - request.startNs;
  traceRequest(t, "block_io_done", request);
  t.leave(undefined, 3);
  for (const bio of request.bios) t.linux.objects.forget(bio);
  t.linux.objects.forget(request);
}
