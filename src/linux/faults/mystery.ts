import type { Linux } from "../linux.ts";
import { nearest } from "../nearest.ts";
import { Random } from "../random.ts";
import { shown } from "../shown.ts";
import { workloads } from "../workloads/index.ts";
import type { Workload } from "../workloads/workload.ts";
import { FaultError, inject } from "./inject.ts";

/** What somebody who has investigated says: what kind of trouble it is, and who or what it comes from. */
export interface MysteryAnswer {
  /** One of `MYSTERY_KINDS`. */
  readonly kind: string;
  /** A program's name, a disk, `"network"` or `"name server"`. */
  readonly culprit: string;
}

/** How an answer was judged: each part by itself. */
export interface MysteryVerdict {
  readonly right: boolean;
  readonly kind: boolean;
  readonly culprit: boolean;
}

/** One hidden fault: what it is, and how it comes to be. */
interface MysteryRow {
  readonly kind: string;
  /** The culprit, and other names for it. */
  readonly culprits: readonly [string, ...string[]];
  readonly start: (linux: Linux) => void;
}

const spawned = (workload: () => Workload) => (linux: Linux) => void workload().start(linux);

const ROWS: readonly MysteryRow[] = [
  {
    kind: "slow disk",
    culprits: ["vda", "/"],
    start: (linux) => void inject(linux, "disk:slow", { disk: "vda", factor: 40, at: "500ms" }),
  },
  {
    kind: "slow disk",
    culprits: ["vdc", "/var/lib/postgresql"],
    start: (linux) => void inject(linux, "disk:slow", { disk: "vdc", factor: 60, at: "500ms" }),
  },
  {
    kind: "packet loss",
    culprits: ["network", "eth0", "line", "link"],
    start: (linux) => void inject(linux, "link:loss", { loss: 0.08, at: "500ms" }),
  },
  {
    kind: "dns timeouts",
    culprits: ["name server", "dns", "resolver"],
    start: (linux) => void inject(linux, "dns:timeout", { at: "500ms" }),
  },
  {
    kind: "cpu hog",
    culprits: ["updatedb"],
    start: (linux) => void inject(linux, "cpu:hog", { comm: "updatedb", at: "500ms" }),
  },
  {
    kind: "crypto miner",
    culprits: ["kworkerds", "php-fpm"],
    start: spawned(() => workloads.cryptoMiner({ share: 50 })),
  },
  { kind: "memory leak", culprits: ["collector"], start: spawned(() => workloads.leak({ rate: 500, size: 20_000 })) },
  {
    kind: "lock contention",
    culprits: ["worker"],
    start: spawned(() => workloads.lockContention({ threads: 12, held: 900 })),
  },
  { kind: "out of memory", culprits: ["python3"], start: spawned(() => workloads.memoryHog({ rate: 1_500, step: 8 })) },
  { kind: "syn flood", culprits: ["network", "eth0", "192.0.2.0/24"], start: spawned(() => workloads.synFlood()) },
  { kind: "port scan", culprits: ["203.0.113.66", "network", "eth0"], start: spawned(() => workloads.portScan()) },
];

/** Texts that begin so name a fault that the machine does not judge: whoever gave it does. */
const SEALED = "sealed:";

/** What a hidden fault can be. */
export const MYSTERY_KINDS: readonly string[] = [...new Set(ROWS.map(({ kind }) => kind))].sort();

/** A small server that works as it should, until something hidden does not. */
function usualWork(linux: Linux): void {
  workloads.webServer({ rate: 200 }).start(linux);
  workloads.database({ clients: 4, rate: 100, size: 40_000_000 }).start(linux);
  workloads.shellSession().start(linux);
  workloads.cron().start(linux);
  workloads.dnsTrouble({ every: 400, dead: 1e-9 }).start(linux);
}

const rowOf = (seed: number | string): MysteryRow => ROWS[new Random(numberOf(seed), 0x6d79).below(ROWS.length)]!;

/** What a seed stands for: for graders, and not for who is to find it. */
export const faultOf = (seed: number | string): Pick<MysteryRow, "kind" | "culprits"> => rowOf(seed);

/**
 * A machine's hidden fault. What it is cannot be read from the object; look at the machine with programs, then say what it
 * is.
 *
 * @example
 * const m = new Machine({ mystery: 7 });
 * await m.run("5s");
 * m.mystery.answer({ kind: "slow disk", culprit: "vda" }).right;
 */
export class Mystery {
  readonly seed: number | string;
  readonly #row: MysteryRow;

  constructor(linux: Linux, seed: number | string) {
    if (typeof seed !== "string" && !Number.isSafeInteger(seed))
      throw new FaultError(`a mystery's seed must be a whole number or a text, not ${shown(seed)}`);
    this.seed = seed;
    this.#row = rowOf(seed);
    usualWork(linux);
    this.#row.start(linux);
  }

  /** All that it can be. */
  get kinds(): readonly string[] {
    return MYSTERY_KINDS;
  }

  /** Judges an answer; throws `FaultError` for a kind that there is not, and on a machine whose seed is sealed ("sealed:..."). */
  answer(given: MysteryAnswer): MysteryVerdict {
    if (String(this.seed).startsWith(SEALED))
      throw new FaultError("this machine does not say whether it is right: hand the answer over to who gave it to you");
    if (typeof given?.kind !== "string" || typeof given.culprit !== "string")
      throw new FaultError(`an answer is { kind: "slow disk", culprit: "vda" }, not ${shown(given)}`, MYSTERY_KINDS);
    const kind = given.kind.trim().toLowerCase();
    if (!MYSTERY_KINDS.includes(kind)) {
      const near = nearest(kind, MYSTERY_KINDS);
      const similar = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
      throw new FaultError(
        `no such kind of trouble: ${shown(given.kind)}.${similar} There are: ${MYSTERY_KINDS.join(", ")}.`,
        MYSTERY_KINDS,
      );
    }
    const culprit = this.#row.culprits.includes(given.culprit.trim().toLowerCase());
    const right = { kind: kind === this.#row.kind, culprit };
    return { right: right.kind && right.culprit, ...right };
  }
}

/** A number from a text, the same everywhere (FNV-1a). */
function numberOf(seed: number | string): number {
  if (typeof seed === "number") return seed;
  let hash = 0x811c_9dc5;
  for (const byte of new TextEncoder().encode(seed)) hash = Math.imul(hash ^ byte, 0x0100_0193) >>> 0;
  return hash;
}
