import type { Linux } from "../linux.ts";
import { dnsService } from "../net/name-server.ts";
import { sendSignal } from "../signal-send.ts";
import { SI_USER, SIGKILL } from "../signals.ts";
import type { Task } from "../task.ts";
import { leak } from "../workloads/leak.ts";
import { lockContention } from "../workloads/lock-contention.ts";
import { memoryHog } from "../workloads/memory-hog.ts";
import type { Workload } from "../workloads/workload.ts";

/** A parameter that is a number: its usual value and its limits. */
export interface FaultNumber {
  readonly usual: number;
  readonly least: number;
  readonly most: number;
  readonly is: string;
}

/** A parameter that is one of some words. */
export interface FaultWord {
  readonly usual: string;
  readonly oneOf: readonly string[];
  readonly is: string;
}

export type FaultParameter = FaultNumber | FaultWord;

/** One kind of fault. */
export interface FaultRow {
  readonly doc: string;
  readonly parameters: Readonly<Record<string, FaultParameter>>;
  /** Makes it happen, now; gives back what ends it. */
  readonly begin: (linux: Linux, options: FaultValues) => () => void;
}

/** All parameters with their values. */
export type FaultValues = Readonly<Record<string, number | string>>;

const DISKS = ["vda", "vdb", "vdc"] as const;
const diskOf = (linux: Linux, name: string | number) => linux.disks.find((disk) => disk.name === name)!;

const number = (usual: number, least: number, most: number, is: string): FaultNumber => ({ usual, least, most, is });

/** Everything that can be made to go wrong, by name. */
export const FAULTS = {
  "disk:slow": {
    doc: "each request of a disk takes `factor` times as long",
    parameters: {
      disk: { usual: "vda", oneOf: DISKS, is: "the disk" },
      factor: number(20, 1, 100_000, "how much longer"),
    },
    begin(linux, { disk, factor }) {
      const slow = diskOf(linux, disk!);
      slow.slowdown *= Number(factor);
      return () => {
        slow.slowdown /= Number(factor);
      };
    },
  },
  "link:loss": {
    doc: "the line to the world outside loses packets",
    parameters: { loss: number(0.05, 0, 1, "how many of all") },
    begin: (linux, { loss }) => changeLine(linux, "loss", Number(loss)),
  },
  "link:slow": {
    doc: "packets take longer on the line to the world outside",
    parameters: { latency: number(50, 0, 60_000, "milliseconds in each direction") },
    begin: (linux, { latency }) => changeLine(linux, "latency", Number(latency) * 1e6),
  },
  "dns:timeout": {
    doc: "name servers do not answer any more",
    parameters: {},
    begin(linux) {
      linux.network.outside.answer(53, () => undefined);
      return () => linux.network.outside.answer(53, dnsService);
    },
  },
  "cpu:hog": {
    doc: "a program computes and never stops",
    parameters: {
      comm: { usual: "indexer", oneOf: ["indexer", "updatedb", "node", "java"], is: "its name" },
      threads: number(2, 1, 64, "how many of it"),
    },
    begin(linux, { comm, threads }) {
      const binary = `/usr/bin/${comm}`;
      const tasks = Array.from({ length: Number(threads) }, () =>
        linux.process({
          comm: String(comm),
          uid: 1000,
          gid: 1000,
          *program(sys) {
            sys.enter(sys.text(binary, "main"));
            sys.enter(sys.text(binary, "rebuild_index"));
            for (;;) yield sys.compute(50_000_000);
          },
        }),
      );
      return () => tasks.forEach((task) => void linux.remove(task));
    },
  },
  "memory:leak": {
    doc: "a program loses memory and open files with each failed request",
    parameters: { rate: number(400, 1, 100_000, "requests a second") },
    begin: (linux, { rate }) => untilKilled(linux, leak({ rate: Number(rate) })),
  },
  "memory:hog": {
    doc: "a program takes all memory that there is, again and again",
    parameters: { rate: number(500, 1, 100_000, "megabytes a second") },
    begin: (linux, { rate }) => untilKilled(linux, memoryHog({ rate: Number(rate) })),
  },
  "lock:contention": {
    doc: "threads of a program wait for each other",
    parameters: { threads: number(8, 2, 1_000, "how many"), held: number(800, 1, 1e7, "microseconds with the lock") },
    begin: (linux, { threads, held }) =>
      untilKilled(linux, lockContention({ threads: Number(threads), held: Number(held) })),
  },
} as const satisfies Readonly<Record<string, FaultRow>>;

/** A program that goes wrong; in the end somebody kills it with all that it has started, and Linux takes back what they hold. */
function untilKilled(linux: Linux, workload: Workload): () => void {
  const first = workload.start(linux);
  const isOf = (task: Task | undefined): boolean => task === first || (task !== undefined && isOf(task.parent));
  return () => {
    const info = { signal: SIGKILL, errno: 0, code: SI_USER, pid: 0 };
    for (const p of linux.tasks().filter((task) => task.pid === task.tgid && isOf(task))) {
      linux.interrupt(p.cpu, linux.ktimeNs(), (t) => sendSignal(t, p, info, true));
    }
  };
}

function changeLine(linux: Linux, what: "loss" | "latency", value: number): () => void {
  const { link } = linux.network.outside;
  const before = link[what];
  link[what] = value;
  return () => {
    link[what] = before;
  };
}
