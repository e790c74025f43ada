import type { Random } from "../random.ts";

/** How a kind of disk behaves. */
export interface DiskModel {
  readonly rotational: boolean;
  /** Requests that the driver gives to the device at once; the others wait in the scheduler. */
  readonly depth: number;
  /** Requests that the device works on at the same time. */
  readonly channels: number;
  readonly scheduler: "none" | "mq-deadline";
  /** Nanoseconds for each byte on the way. */
  readonly transfer: number;
  /** Nanoseconds until a flush of its write cache is over. */
  readonly flush: number;
  /** Nanoseconds until the first byte; `distance` is what lies between this request and the one before, in sectors. */
  readonly latency: (random: Random, write: boolean, distance: number, sectors: number) => number;
}

/** One turn of a disk at 7200 revolutions a minute. */
const TURN = 8_333_333;

/** To the neighbouring track, and from one edge to the other. */
const SHORTEST_SEEK = 600_000;
const LONGEST_SEEK = 14_000_000;

/** The kinds of disks that a machine can have. */
export const DISK_MODELS = {
  /** Heads that move: requests one after the other cost nothing but the transfer, all others a seek and half a turn. */
  hdd: {
    rotational: true,
    depth: 1,
    channels: 1,
    scheduler: "mq-deadline",
    transfer: 1 / 0.15,
    flush: 9_000_000,
    latency(random, _write, distance, sectors) {
      if (distance === 0) return 40_000;
      const seek = SHORTEST_SEEK + (LONGEST_SEEK - SHORTEST_SEEK) * Math.sqrt(distance / sectors);
      return Math.round(seek + random.unit() * TURN);
    },
  },
  /** Most requests take about this long, a few much longer. */
  ssd: {
    rotational: false,
    depth: 256,
    channels: 4,
    scheduler: "mq-deadline",
    transfer: 0.5,
    flush: 350_000,
    latency: (random) => random.lognormal(85_000, 0.35),
  },
  /** Writes end in its cache; reads now and then wait for a block that is being erased. */
  nvme: {
    rotational: false,
    depth: 1024,
    channels: 32,
    scheduler: "none",
    transfer: 0.3,
    flush: 25_000,
    latency: (random, write) => (random.unit() < 0.004 ? 900_000 : random.lognormal(write ? 11_000 : 24_000, 0.3)),
  },
} as const satisfies Record<string, DiskModel>;

export type DiskKind = keyof typeof DISK_MODELS;
