import { type BpftraceResult, bpftrace } from "../../bpftrace/bpftrace.ts";
import { faultOf, MYSTERY_KINDS } from "../../linux/faults/mystery.ts";
import type { Sys } from "../../linux/sys.ts";
import type { UserCode } from "../../linux/task.ts";
import { workloads } from "../../linux/workloads/index.ts";
import { Machine } from "../../machine.ts";
import { Meter } from "../../vm/meter.ts";
import { assignment } from "../assignment/assignment.ts";
import { INSTRUCTIONS, type Inspector } from "../assignment/inspector.ts";
import type { Variant } from "../assignment/variant.ts";

/** Virtual time that a detector has. */
const FOR = "800ms";

/** Programs that are there on every machine, and that people suspect. */
const USUAL: ReadonlySet<string> = new Set(["webserver", "postgres", "bash", "curl", "cron"]);

/** What a detector has to find. */
interface Family {
  /** What it is, for the notebook. */
  readonly asks: string;
  /** What keys of its map are. */
  readonly key: string;
  /** Lets the culprit do its work on a machine on which others do theirs. */
  readonly begin: (machine: Machine, culprit: string) => void;
  /** Whom who measures the wrong thing would name, by mistake. */
  readonly decoys: Readonly<Record<string, string>>;
}

/** A process that does something over and over. */
function busy(machine: Machine, comm: string, round: (sys: Sys) => UserCode): void {
  machine.linux.process({
    comm,
    uid: 1000,
    gid: 1000,
    *program(sys) {
      for (;;) yield* round(sys);
    },
  });
}

const tries = (path: string, pause: number) =>
  function* (sys: Sys): UserCode {
    const opened = yield sys.openat(path, 0);
    if (opened >= 0) yield sys.close(opened);
    yield sys.nanosleep(pause);
  };

export const FAMILIES = {
  processor: {
    asks: "which program takes the most processor time",
    key: "comm",
    begin: (machine, culprit) =>
      busy(machine, culprit, function* (sys) {
        yield sys.compute(6_000_000);
        yield sys.nanosleep(9e6);
      }),
    decoys: { "swapper/0": "idle", "swapper/1": "idle", swapper: "idle" },
  },
  missing: {
    asks: "which program most often tries to open files that there are not (openat, with a negative result)",
    key: "comm",
    begin(machine, culprit) {
      busy(machine, culprit, tries("/etc/no-such-file", 5e6));
      machine.linux.files.create("/etc/scanned", "it is there\n");
      busy(machine, "scanner", tries("/etc/scanned", 1e6));
    },
    decoys: { scanner: "all" },
  },
  disk: {
    asks: "on which disk a request takes the longest, on average, from block_rq_issue to block_rq_complete",
    key: "args.dev",
    begin: (machine, culprit) =>
      void machine.inject("disk:slow", { disk: culprit as "vda", factor: culprit === "vda" ? 20 : 40, at: "20ms" }),
    decoys: {},
  },
} as const satisfies Record<string, Family>;
type FamilyName = keyof typeof FAMILIES;

/** Numbers of devices, as `args.dev` has them: major << 20 | minor. */
const DISKS = { vda: (254 << 20) | 0, vdc: (254 << 20) | 32 } as const;

/** A machine of a family with its culprit. */
export interface Case {
  readonly seed: number;
  readonly culprit: string;
}

const drawn = (family: FamilyName, v: Variant, label: string, disk: keyof typeof DISKS): Case => ({
  seed: v.number(`${label} seed`, 100, 9999),
  culprit: family === "disk" ? disk : v.name(`${label} culprit`),
});

/** The key under which a map has its greatest value. */
function greatest(result: BpftraceResult, name: string, it: Inspector): string {
  const names = result.maps.map((map) => `@${map.name}`).join(", ");
  if (!result.maps.some((map) => map.name === name))
    return it.stop(`the program has the map @${name}`, `its maps: ${names || "none"}`, "name");
  const map = result.get(name);
  if (!(map instanceof Map)) return it.stop(`@${name} has an element for each suspect`, "it has no keys", "keyless");
  let best: readonly [key: string, value: number] | undefined;
  for (const [key, value] of map) {
    const number = typeof value === "bigint" || typeof value === "number" ? Number(value) : Number.NaN;
    if (Number.isNaN(number)) return it.stop(`@${name} holds numbers`, "count(), sum(), avg() and max() give numbers");
    if (best === undefined || number > best[1]) best = [String(key), number];
  }
  return best === undefined ? it.stop(`@${name} holds something`, "it is empty at the end") : best[0];
}

/** Runs a detector on a machine, and compares whom it names. */
async function detects(
  answer: unknown,
  { family, suspects }: { readonly family: FamilyName; readonly suspects: string },
  { seed, culprit }: Case,
  it: Inspector,
): Promise<void> {
  const machine = new Machine({ cpus: 2, seed, meter: new Meter(INSTRUCTIONS) });
  machine.spawn(workloads.webServer({ rate: 100 }));
  machine.spawn(workloads.database({ clients: 4, rate: 150, size: 40_000_000 }));
  machine.spawn(workloads.shellSession({ pause: 20 }));
  const { begin, decoys }: Family = FAMILIES[family];
  begin(machine, culprit);
  it.on(`a machine with seed ${seed}, for ${FOR}`);
  const named = greatest(await ran(machine, it.text(answer), it), suspects, it);
  const wanted = family === "disk" ? String(DISKS[culprit as keyof typeof DISKS]) : culprit;
  const mistakes = Object.fromEntries(Object.entries(decoys).map(([key, mistake]) => [JSON.stringify(key), mistake]));
  const usual = USUAL.has(named) || Object.values(DISKS).some((dev) => String(dev) === named);
  it.equal(`whom @${suspects} has at its top`, named, wanted, {
    ...(usual ? { [JSON.stringify(named)]: "busy" } : {}),
    ...mistakes,
  });
}

async function ran(machine: Machine, text: string, it: Inspector): Promise<BpftraceResult> {
  try {
    return await bpftrace(machine, text, { for: FOR, banner: false, warnings: false });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return it.stop("bpftrace takes the program", error.message.split("\n")[0]!);
  }
}

/** An answer to a9/1 as texts; the check ends where it is none. */
function diagnosis(answer: unknown, it: Inspector): { readonly kind: string; readonly culprit: string } {
  const { kind, culprit } = (typeof answer === "object" && answer !== null ? answer : {}) as Record<string, unknown>;
  if (typeof kind !== "string" || typeof culprit !== "string")
    return it.stop('the answer is { kind: "...", culprit: "..." }', "two texts are asked for");
  return { kind: kind.trim().toLowerCase(), culprit: culprit.trim().toLowerCase() };
}

/** Something is wrong with a machine; then a program that finds out by itself, on machines that nobody has seen. */
export const A09 = assignment({
  id: "a9",
  title: "A hidden fault",
  summary:
    "Find what is wrong with a machine of your own; then write a program that names the culprit on machines you have not seen.",
  lesson: "22",
  source: "a09-hidden-machine",
  revision: 1,
  variant(v) {
    const family = v.choice("family", Object.keys(FAMILIES) as FamilyName[]);
    return {
      machine: `sealed:${Array.from(v.bytes("machine", 12), (byte) => byte.toString(16).padStart(2, "0")).join("")}`,
      family,
      asks: FAMILIES[family].asks,
      key: FAMILIES[family].key,
      suspects: `${v.name("suspects")}_x`,
      example: drawn(family, v, "example", "vdc"),
    };
  },
  tasks: [
    {
      id: "a9/1",
      title: "What is wrong?",
      points: 4,
      submit: { name: "diagnosis", kind: "value" },
      visible: [
        {
          title: "it names a kind of trouble that there is, and a culprit",
          weight: 0,
          run({ answer, it }) {
            const { kind, culprit } = diagnosis(answer, it);
            it.that("a kind of trouble", MYSTERY_KINDS.includes(kind), `there are ${MYSTERY_KINDS.join(", ")}`);
            it.that("a culprit", culprit !== "", "it is empty");
          },
        },
      ],
      hidden: [
        {
          title: "the kind",
          run({ answer, params, it }) {
            const { kind } = diagnosis(answer, it);
            it.answer("the kind", kind, faultOf(params.machine).kind);
          },
        },
        {
          title: "the culprit",
          run({ answer, params, it }) {
            const { culprit } = diagnosis(answer, it);
            const mistake = USUAL.has(culprit) ? "busy" : undefined;
            it.that("the culprit", faultOf(params.machine).culprits.includes(culprit), `it is not ${culprit}`, mistake);
          },
        },
      ],
      hints: [
        "Look at everything a little before you look at anything closely: processors (profile:hz:99), disks (block_rq_issue to block_rq_complete), memory (mmap, brk), the line (tcp_retransmit_skb, tcp_send_reset, tcp_conn_request).",
        "What is usual you see on a machine that is healthy: new Machine() with workloads.webServer and workloads.database. Then ask who does what differs: [comm], or [args.dev].",
      ],
      mistakes: {
        busy: "That program is there on every machine, and does only what it always does.",
      },
    },
    {
      id: "a9/2",
      title: "A detector",
      points: 6,
      submit: { name: "detector", kind: "bpftrace" },
      visible: [
        {
          title: "it names the culprit of your example",
          run: ({ answer, params, it }) => detects(answer, params, params.example, it),
        },
      ],
      hidden: [
        {
          title: "it names the culprit on three other machines",
          weight: 3,
          partial: true,
          async run({ answer, params, it, v }) {
            for (const [n, disk] of (["vda", "vdc", "vda"] as const).entries())
              await detects(answer, params, drawn(params.family, v, `hidden ${n}`, disk), it);
          },
        },
      ],
      hints: [
        "One map, one element a suspect: what is greatest at the end is your answer. Measure what is asked for, not how busy somebody is.",
        "The processors' idle tasks have pid 0. An open that failed has a negative args.ret at sys_exit_openat. A request is known by args.dev and args.sector; avg() gives an average.",
      ],
      mistakes: {
        name: "The map has to have the name that your notebook says.",
        keyless: "The map needs a key: whom each number belongs to.",
        idle: "That is nobody: when a processor has nothing to do, its idle task runs (pid 0). Leave it out.",
        all: "That program opens many files, and they are there: count only what fails.",
        busy: "That one is busy, but is not the worst by what is asked for.",
      },
    },
  ],
});
