import type { Task } from "../task.ts";
import type { Disk, Partition } from "./disk.ts";

/** Kinds of requests: `REQ_OP_*`. */
export const REQ_OP_READ = 0;
export const REQ_OP_WRITE = 1;
export const REQ_OP_FLUSH = 2;

/** Flags above the kind: `REQ_*` of Linux 6.18. */
export const REQ_SYNC = 1 << 11;
export const REQ_META = 1 << 12;
export const REQ_FUA = 1 << 17;
export const REQ_PREFLUSH = 1 << 18;
export const REQ_RAHEAD = 1 << 19;

const REQ_OP_MASK = 0xff;

/** Bytes of a sector. */
export const SECTOR = 512;

/** What somebody wants from a disk: `struct bio`. */
export class Bio {
  readonly partition: Partition;
  /** On the whole disk. */
  readonly sector: number;
  readonly bytes: number;
  readonly flags: number;
  /** Runs in the interrupt that reports the request done: `bi_end_io`. */
  complete: (t: Task) => void;

  /** `sector` counts from the partition's start. */
  constructor(partition: Partition, sector: number, bytes: number, flags: number, complete: (t: Task) => void) {
    this.partition = partition;
    this.sector = partition.start + sector;
    this.bytes = bytes;
    this.flags = flags;
    this.complete = complete;
  }

  get sectors(): number {
    return this.bytes / SECTOR;
  }
}

/** What a disk is given: one or more bios that lie next to each other: `struct request`. */
export class BlockRequest {
  readonly disk: Disk;
  readonly partition: Partition;
  readonly flags: number;
  sector: number;
  bytes: number;
  readonly bios: Bio[];
  /** Virtual nanoseconds: when it was made, and when the device got it. */
  readonly startNs: number;
  issueNs = 0;
  /** Who made it. */
  readonly comm: string;
  readonly pid: number;
  /** It has been completed: once. */
  done = false;

  constructor(t: Task, bio: Bio, flags = bio.flags) {
    this.disk = bio.partition.disk;
    this.partition = bio.partition;
    this.flags = flags;
    this.sector = bio.sector;
    this.bytes = bio.bytes;
    this.bios = [bio];
    this.startNs = t.cpu.now;
    this.comm = t.comm;
    this.pid = t.pid;
  }

  get write(): boolean {
    return (this.flags & REQ_OP_MASK) !== REQ_OP_READ;
  }

  get sectors(): number {
    return this.bytes / SECTOR;
  }

  /** The first sector behind it. */
  get end(): number {
    return this.sector + this.sectors;
  }
}

/** `blk_fill_rwbs`: a request's kind and flags as tracepoints show them, `WS`, `RA`, `FF`. */
export function rwbs(flags: number): string {
  const op = flags & REQ_OP_MASK;
  return (
    (flags & REQ_PREFLUSH ? "F" : "") +
    (op === REQ_OP_READ ? "R" : op === REQ_OP_WRITE ? "W" : "F") +
    (flags & REQ_FUA ? "F" : "") +
    (flags & REQ_RAHEAD ? "A" : "") +
    (flags & REQ_SYNC ? "S" : "") +
    (flags & REQ_META ? "M" : "")
  );
}
