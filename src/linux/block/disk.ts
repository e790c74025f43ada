import type { IrqLine } from "../interrupts.ts";
import type { Linux } from "../linux.ts";
import type { Task } from "../task.ts";
import { DISK_MODELS, type DiskKind, type DiskModel } from "./disk-models.ts";
import type { BlockRequest } from "./request.ts";

/** Major number of virtio's disks; minors are 16 apart. */
const VIRTBLK_MAJOR = 254;
const MINORS = 16;

/** The first disk's interrupt, and its number among virtio's devices. */
const FIRST_IRQ = 27;
const FIRST_DEVICE = 2;

/** Sectors in front of the first partition. */
const FIRST_SECTOR = 2048;

/** A part of a disk, or all of it: `struct block_device`. */
export class Partition {
  readonly disk: Disk;
  /** 0: the whole disk. */
  readonly number: number;
  readonly start: number;
  readonly sectors: number;

  constructor(disk: Disk, number: number, start: number, sectors: number) {
    this.disk = disk;
    this.number = number;
    this.start = start;
    this.sectors = sectors;
  }

  /** major << 20 | minor, as tracepoints show it. */
  get dev(): number {
    return this.disk.dev + this.number;
  }

  get name(): string {
    return this.number === 0 ? this.disk.name : `${this.disk.name}${this.number}`;
  }
}

/** What has gone through a disk in one direction, as `/proc/diskstats` counts it. */
export interface DiskCounts {
  completed: number;
  merged: number;
  sectors: number;
  /** Nanoseconds that requests took, from their begin on. */
  ns: number;
}

function counts(): DiskCounts {
  return { completed: 0, merged: 0, sectors: 0, ns: 0 };
}

/** A disk behind virtio, with its queue of requests: `struct gendisk` and `struct request_queue`. */
export class Disk {
  readonly name: string;
  readonly kind: DiskKind;
  readonly model: DiskModel;
  readonly dev: number;
  /** All of it, in sectors of 512 bytes. */
  readonly sectors: number;
  /** Its interrupt. */
  readonly line: IrqLine;
  readonly whole: Partition;
  readonly partitions: readonly Partition[];
  readonly reads = counts();
  readonly writes = counts();
  readonly flushes = counts();
  /** A fault to inject: every request takes so many times as long. */
  slowdown = 1;
  /** Requests that the scheduler holds back. */
  readonly waiting: BlockRequest[] = [];
  /** Requests that the device has and has not completed. */
  inFlight = 0;
  /** Writes that were passed over for reads. */
  starved = 0;
  /** Virtual nanoseconds in which the device had something to do. */
  busyNs = 0;
  /** Requests and bytes handed to the device. */
  requests = 0;
  bytes = 0;
  readonly #linux: Linux;
  /** When each channel is free again. */
  readonly #free: number[];
  #busySince = 0;
  /** Where the last request ended. */
  head = 0;

  constructor(linux: Linux, index: number, kind: DiskKind, sectors: number) {
    this.#linux = linux;
    this.name = `vd${String.fromCharCode(97 + index)}`;
    this.kind = kind;
    this.model = DISK_MODELS[kind];
    this.dev = (VIRTBLK_MAJOR << 20) | (index * MINORS);
    this.sectors = sectors;
    this.line = { irq: FIRST_IRQ + index, name: `virtio${FIRST_DEVICE + index}-req.0` };
    this.whole = new Partition(this, 0, 0, sectors);
    this.partitions = [new Partition(this, 1, FIRST_SECTOR, sectors - FIRST_SECTOR)];
    this.#free = new Array<number>(this.model.channels).fill(0);
  }

  /** The device starts to work on a request; `done` runs as an interrupt when it has finished. */
  start(t: Task, request: BlockRequest, done: (current: Task) => void): void {
    const { model, head, sectors } = this;
    const { random32 } = this.#linux;
    const channel = this.#free.indexOf(Math.min(...this.#free));
    const begin = Math.max(t.cpu.now, this.#free[channel]!);
    const work =
      request.bytes === 0
        ? model.flush
        : model.latency(random32, request.write, Math.abs(request.sector - head), sectors) +
          request.bytes * model.transfer;
    const end = Math.round(begin + work * this.slowdown);
    this.#free[channel] = end;
    this.head = request.end;
    if (this.inFlight++ === 0) this.#busySince = t.cpu.now;
    this.requests++;
    this.bytes += request.bytes;
    this.#linux.interrupt(t.cpu, end, (current) => {
      if (--this.inFlight === 0) this.busyNs += current.cpu.now - this.#busySince;
      done(current);
    });
  }

  /** What counts a request's direction. */
  countsOf(request: BlockRequest): DiskCounts {
    return request.bytes === 0 ? this.flushes : request.write ? this.writes : this.reads;
  }
}
