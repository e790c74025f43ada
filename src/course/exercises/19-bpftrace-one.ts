import type { Machine } from "../../machine.ts";
import { bpftraceAnswer, entriesOf } from "../bpftrace-answer.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const PROBES = ["uprobe", "tracepoint", "profile", "interval"] as const;

/** Processes open files: of each name so many that are there, and so many that are not. */
function opening(machine: Machine, of: Readonly<Record<string, readonly [found: number, missing: number]>>): void {
  machine.linux.files.create("/tmp/there", 100);
  for (const [comm, [found, missing]] of Object.entries(of))
    machine.linux.process({
      comm,
      *program(sys) {
        for (let i = 0; i < found; i++) yield sys.close(yield sys.openat("/tmp/there", 0));
        for (let i = 0; i < missing; i++) yield sys.openat("/tmp/not-there", 0);
      },
    });
}

const OPENED = { careful: [3, 0], lost: [0, 4], both: [2, 1] } as const;

/** What `write` was asked for by each process; into a file, or a descriptor that is not open. */
const WRITTEN: readonly (readonly [comm: string, sizes: readonly number[], open: boolean])[] = [
  ["logger", [100, 250], true],
  ["copier", [4096], true],
  ["broken", [50, 50], false],
];

function writing(machine: Machine): void {
  for (const [comm, sizes, open] of WRITTEN)
    machine.linux.process({
      comm,
      *program(sys) {
        const fd: number = open ? yield sys.openat(`/tmp/${comm}`, 0o101) : 99;
        for (const size of sizes) yield sys.write(fd, size);
      },
    });
}

/** Milliseconds that each process sleeps, one after the other; `early` sleeps when tracing begins. */
const SLEEPS: readonly (readonly [comm: string, each: readonly number[]])[] = [
  ["short", [1, 2]],
  ["long", [1, 40]],
  ["often", Array.from({ length: 20 }, () => 3)],
];

function sleeping(machine: Machine): void {
  const sleeper = (comm: string, each: readonly number[]) =>
    machine.linux.process({
      comm,
      *program(sys) {
        for (const ms of each) yield sys.nanosleep(ms * 1e6);
      },
    });
  sleeper("early", [30]);
  machine.linux.runUntil(10e6);
  for (const [comm, each] of SLEEPS) sleeper(comm, each);
}

/** The maps' elements as `a: 1, b: 2`. */
const listed = (entries: ReadonlyMap<string, unknown>) =>
  [...entries].map(([key, value]) => `${key}: ${shownAnswer(value)}`).join(", ") || "nothing";

export const LESSON_19: readonly Exercise[] = [
  exercise({
    id: "19-1",
    title: "Which probe?",
    hints: [
      "Is it a function of Linux or of a program? Which kind keeps its names from release to release?",
      "profile runs many times a second on every CPU, interval once on one.",
    ],
    mistakes: {
      linux: "(a) ExecutorRun is a function of a program in user space; kprobes are for functions of Linux.",
      stable: "(b) Functions of Linux are renamed and merged: which kind is a promise?",
      once: "(c) interval runs on one CPU only; the others compute, too.",
      every: "(d) profile runs on every CPU: the map would be printed once for each of them.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of four texts", `got ${shownAnswer(answer)}`);
      const kinds = answer.map((kind: unknown) => String(kind).trim().toLowerCase());
      it.answer("(a) ExecutorRun", kinds[0], PROBES[0], { '"kprobe"': "linux", '"tracepoint"': "linux" });
      it.answer("(b) system calls", kinds[1], PROBES[1], { '"kprobe"': "stable" });
      it.answer("(c) the CPUs", kinds[2], PROBES[2], { '"interval"': "once" });
      it.answer("(d) once a second", kinds[3], PROBES[3], { '"profile"': "every" });
      it.that("there are four", kinds.length === 4, `got ${kinds.length}`);
    },
  }),
  exercise({
    id: "19-2",
    title: "What is not found",
    hints: [
      "At the end of the call, args.ret is a descriptor, or minus an errno.",
      "tracepoint:syscalls:sys_exit_openat /args.ret < 0/ { ... }",
    ],
    mistakes: {
      all: "Those that succeeded are counted, too: a filter is missing.",
      succeeded: "These are the calls that succeeded: minus an errno is less than 0.",
      key: "The map's key has to be the name of the process: @[comm].",
    },
    check: async (answer, it) => {
      const { machine } = new Lab(it);
      opening(machine, OPENED);
      const result = await bpftraceAnswer(answer, machine, it);
      const name = result.maps[0]?.name;
      if (name === undefined) return it.stop("it has a map", "it has none");
      const got = entriesOf(result, name);
      const names = Object.entries(OPENED);
      const counts = (of: (found: number, missing: number) => number) =>
        names.every(([comm, [found, missing]]) => Number(got.get(comm) ?? 0) === of(found, missing));
      const mistake = counts((found, missing) => found + missing)
        ? "all"
        : counts((found) => found)
          ? "succeeded"
          : names.every(([comm]) => !got.has(comm))
            ? "key"
            : undefined;
      it.that("both: 1, lost: 4", counts((_, missing) => missing) && got.size === 2, `got ${listed(got)}`, mistake);
    },
  }),
  exercise({
    id: "19-3",
    title: "Who writes how much?",
    hints: [
      "What was asked for stands at the beginning of the call, what was written at its end.",
      "tracepoint:syscalls:sys_exit_write /args.ret > 0/ { ... }",
    ],
    mistakes: {
      asked: "That is what was asked for. What was really written is the call's result.",
      calls: "Calls are counted here: add up their bytes with sum.",
      errors: "A call that fails returns minus an errno, and that was added, too: filter it out.",
    },
    check: async (answer, it) => {
      const { machine } = new Lab(it);
      writing(machine);
      const result = await bpftraceAnswer(answer, machine, it);
      const name = result.maps[0]?.name;
      if (name === undefined) return it.stop("it has a map", "it has none");
      const got = entriesOf(result, name);
      const sums = (of: (sizes: readonly number[], open: boolean) => number) =>
        WRITTEN.every(([comm, sizes, open]) => Number(got.get(comm) ?? 0) === of(sizes, open));
      const total = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);
      const right = sums((sizes, open) => (open ? total(sizes) : 0));
      const mistake = sums(total)
        ? "asked"
        : sums(({ length }) => length) || sums(({ length }, open) => (open ? length : 0))
          ? "calls"
          : sums((sizes, open) => (open ? total(sizes) : -9 * sizes.length))
            ? "errors"
            : undefined;
      it.that("copier: 4096, logger: 350", right, `got ${listed(got)}`, mistake);
    },
  }),
  exercise({
    id: "19-4",
    title: "The longest sleep",
    hints: [
      "@start[tid] is the start of one thread. Which filter leaves out calls without a start?",
      "Microseconds are nanoseconds / 1000. delete(@start, tid) takes the element away.",
      "tracepoint:syscalls:sys_exit_nanosleep /@start[tid]/ { @us[comm] = max((nsecs - @start[tid]) / 1000); delete(@start, tid); }",
    ],
    mistakes: {
      scratch: "$start lives as long as one action runs. What stays until the next one?",
      shared: "One start for all: while one process sleeps, another writes its own over it. The key is tid.",
      unstarted:
        "`early` slept when you began to look: it has no start, and got the time since the machine was started.",
      unit: "These are nanoseconds; microseconds were asked for.",
      left: "The sums are right, and @start still holds something: delete each element when it was used.",
    },
    check: async (answer, it) => {
      const { machine } = new Lab(it);
      sleeping(machine);
      const result = await bpftraceAnswer(answer, machine, it, {
        mistakes: (message) => (/undeclared variable/i.test(message) ? "scratch" : undefined),
      });
      if (!result.maps.some(({ name }) => name === "us")) return it.stop("it has the map @us", "it has not");
      const got = entriesOf(result, "us");
      const near = (value: unknown, ms: number) => Number(value) >= ms * 1000 && Number(value) < ms * 1000 + 600;
      const all = (by: number) =>
        SLEEPS.every(([comm, each]) => near(Math.trunc(Number(got.get(comm) ?? 0) / by), Math.max(...each)));
      const mistake = !all(1) && !all(1000) ? "shared" : got.has("early") ? "unstarted" : "unit";
      it.that("short: 2 ms, long: 40 ms, often: 3 ms", all(1), `got ${listed(got)}`, mistake);
      it.that("`early` is not there", !got.has("early"), `got ${listed(got)}`, "unstarted");
      const left = result.maps.filter(({ name, entries }) => name !== "us" && entries.length > 0);
      it.that("nothing else is left", left.length === 0, left.map(({ name }) => `@${name}`).join(), "left");
    },
  }),
];
