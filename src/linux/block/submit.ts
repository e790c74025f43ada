import { BIOS, cacheAlloc } from "../mm/slab.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import type { Disk } from "./disk.ts";
import { runQueue } from "./dispatch.ts";
import { Bio, BlockRequest, REQ_FUA, REQ_OP_FLUSH, REQ_PREFLUSH } from "./request.ts";
import { traceBio, tracePlug, traceRemap, traceRequest, traceUnplug } from "./trace.ts";

/** The most that one request carries: `max_sectors_kb`. */
export const MOST_BYTES = 1_280 * 1024;

/** Requests that a task collects before it hands them to the disk: `struct blk_plug`. */
export class Plug {
  readonly requests: BlockRequest[] = [];
}

/** `bio_alloc_bioset`: what a file system or the journal sends to a disk. */
export function newBio(t: Task, ...parts: ConstructorParameters<typeof Bio>): Bio {
  t.enter(F.bio_alloc_bioset, 0);
  const bio = new Bio(...parts);
  cacheAlloc(t, BIOS, bio);
  return t.leave(bio);
}

/** `submit_bio`: a request, new or grown, into the plug; or to the disk at once. */
export function submitBio(t: Task, bio: Bio, plug?: Plug): void {
  t.enter(F.submit_bio, 30, bio);
  t.enter(F.submit_bio_noacct, 40, bio);
  if (bio.partition.number !== 0) traceRemap(t, bio);
  t.enter(F.submit_bio_noacct_nocheck, 15, bio);
  traceBio(t, "block_bio_queue", bio);
  t.enter(F.__submit_bio, 15, bio);
  t.enter(F.blk_mq_submit_bio, 60, bio);
  if (plug === undefined || !merged(t, bio, plug)) newRequest(t, bio, plug);
  t.leave(undefined, 5);
}

/** `blk_attempt_plug_merge`: the bio lies behind one of the plug's requests, and becomes a part of it. */
function merged(t: Task, bio: Bio, plug: Plug): boolean {
  const last = plug.requests.at(-1);
  if (last === undefined) return false;
  t.enter(F.blk_attempt_plug_merge, 20, bio.partition.disk, bio);
  const fits = last.end === bio.sector && last.flags === bio.flags && last.disk === bio.partition.disk;
  if (!fits || last.bytes + bio.bytes > MOST_BYTES) return t.leave(false);
  t.enter(F.bio_attempt_back_merge, 30, last, bio);
  traceBio(t, "block_bio_backmerge", bio);
  last.bios.push(bio);
  last.bytes += bio.bytes;
  last.disk.countsOf(last).merged++;
  t.leave(undefined, 2);
  return true;
}

function newRequest(t: Task, bio: Bio, plug: Plug | undefined): void {
  traceBio(t, "block_getrq", bio);
  if ((bio.flags & (REQ_PREFLUSH | REQ_FUA)) !== 0) {
    insertFlush(t, bio);
    return;
  }
  const request = new BlockRequest(t, bio);
  begin(t, request);
  if (plug === undefined) issueDirectly(t, request);
  else {
    if (plug.requests.length === 0) tracePlug(t, request.disk);
    plug.requests.push(request);
  }
}

/** `blk_account_io_start`: from here on the request counts. */
function begin(t: Task, request: BlockRequest): void {
  t.enter(F.blk_account_io_start, 15, request);
  traceRequest(t, "block_io_start", request);
  t.leave(undefined);
}

/** Without a plug: past the scheduler where there is none, otherwise into it. */
function issueDirectly(t: Task, request: BlockRequest): void {
  t.enter(F.blk_mq_try_issue_directly, 30, request);
  insert(t, request.disk, [request]);
  t.leave(undefined);
}

/** `blk_insert_flush`: the disk has no FUA, so its cache is flushed before the data, and again after it. */
function insertFlush(t: Task, bio: Bio): void {
  const { flags, partition } = bio;
  const { disk } = partition;
  const { complete } = bio;
  if ((flags & REQ_FUA) !== 0) bio.complete = (current) => flush(current, disk, complete);
  const request = new BlockRequest(t, bio, flags & ~(REQ_PREFLUSH | REQ_FUA));
  begin(t, request);
  t.enter(F.blk_insert_flush, 60, request);
  if ((flags & REQ_PREFLUSH) !== 0 && bio.bytes > 0) flush(t, disk, (current) => insert(current, disk, [request]));
  else insert(t, disk, [request]);
  t.leave(undefined);
}

/** A request of the disk's own that empties its cache. */
function flush(t: Task, disk: Disk, then: (t: Task) => void): void {
  insert(t, disk, [new BlockRequest(t, new Bio(disk.whole, 0, 0, REQ_OP_FLUSH | REQ_PREFLUSH, then))]);
}

/** `blk_finish_plug`: what was collected goes to the disks. */
export function finishPlug(t: Task, plug: Plug): void {
  t.enter(F.blk_finish_plug, 20, plug);
  t.enter(F.__blk_flush_plug, 40, plug, 0);
  t.enter(F.blk_mq_flush_plug_list, 60, plug, 0);
  const { requests } = plug;
  while (requests.length > 0) {
    const { disk } = requests[0]!;
    const batch = requests.filter((request) => request.disk === disk);
    requests.splice(0, requests.length, ...requests.filter((request) => request.disk !== disk));
    t.enter(F.blk_mq_dispatch_list, 50);
    traceUnplug(t, disk, batch.length);
    insert(t, disk, batch);
    t.leave(undefined);
  }
  t.leave(undefined, 3);
}

/** Into the disk's scheduler, and from there as many to the device as it takes. */
function insert(t: Task, disk: Disk, batch: readonly BlockRequest[]): void {
  if (disk.model.scheduler === "mq-deadline" && batch[0]!.bytes > 0) {
    t.enter(F.dd_insert_requests, 40 * batch.length, disk);
    for (const request of batch) traceRequest(t, "block_rq_insert", request);
    t.leave(undefined);
  }
  disk.waiting.push(...batch);
  runQueue(t, disk);
}
