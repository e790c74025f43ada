import type { Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import type { Partition } from "./disk.ts";
import { type Bio, type BlockRequest, rwbs } from "./request.ts";

/** Best effort, in the middle: what a task's requests have that asked for nothing else. */
const IOPRIO_NONE = 0;

type BioEvent = "block_bio_queue" | "block_getrq" | "block_bio_backmerge" | "block_bio_frontmerge";

/** A tracepoint of the `block_bio` class. */
export function traceBio(t: Task, name: BioEvent, bio: Bio): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP[name]];
  if (hook === undefined) return;
  hooks.trace(hook, t, [bio.partition.dev, bio.sector, bio.sectors, rwbs(bio.flags), t.comm], bio);
}

/** `block_bio_remap`: a partition's bio becomes one of the whole disk. */
export function traceRemap(t: Task, bio: Bio): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP.block_bio_remap];
  if (hook === undefined) return;
  const { partition, sector, sectors, flags } = bio;
  const { dev } = partition.disk;
  hooks.trace(
    hook,
    t,
    [dev, sector, sectors, partition.dev, sector - partition.start, rwbs(flags)],
    bio,
    partition.dev,
    sector - partition.start,
  );
}

type RequestEvent = "block_rq_insert" | "block_rq_issue" | "block_io_start" | "block_io_done" | "block_rq_merge";

/** A tracepoint of the `block_rq` class. */
export function traceRequest(t: Task, name: RequestEvent, request: BlockRequest): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP[name]];
  if (hook === undefined) return;
  const { disk, sector, sectors, bytes, flags } = request;
  // A flush has no sector: it is told as 0.
  const at = bytes === 0 ? 0 : sector;
  hooks.trace(hook, t, [disk.dev, at, sectors, bytes, IOPRIO_NONE, rwbs(flags), t.comm, ""], request);
}

/** `block_rq_complete`. */
export function traceComplete(t: Task, request: BlockRequest): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP.block_rq_complete];
  if (hook === undefined) return;
  const { disk, sector, sectors, bytes, flags } = request;
  const at = bytes === 0 ? 0 : sector;
  hooks.trace(hook, t, [disk.dev, at, sectors, 0, IOPRIO_NONE, rwbs(flags), ""], request, 0, bytes);
}

export function tracePlug(t: Task, queue: object): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP.block_plug];
  if (hook !== undefined) hooks.trace(hook, t, [t.comm], queue);
}

export function traceUnplug(t: Task, queue: object, depth: number): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP.block_unplug];
  if (hook !== undefined) hooks.trace(hook, t, [depth, t.comm], queue, depth, 1);
}

/** `block_touch_buffer` and `block_dirty_buffer`: a block of metadata in memory. */
export function traceBuffer(
  t: Task,
  name: "block_touch_buffer" | "block_dirty_buffer",
  on: Partition,
  block: number,
): void {
  const { hooks } = t.linux;
  const hook = hooks.live[TP[name]];
  if (hook !== undefined) hooks.trace(hook, t, [on.dev, block, 4096]);
}
