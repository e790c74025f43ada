import type { Machine } from "../../machine.ts";
import { bpftraceAnswer, entriesOf } from "../bpftrace-answer.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

/** What processes read: name, file, how many bytes at once; `closed` files are open for writing only. */
const READS: readonly (readonly [comm: string, file: string, asked: readonly number[], closed: boolean])[] = [
  ["cat", "alpha", [400, 400, 400], false],
  ["tail", "alpha", [100], false],
  ["grep", "beta", [300, 300], false],
  ["oops", "gamma", [50, 50], true],
];

/** Bytes that a file has, and where none come from. */
const SIZES: Readonly<Record<string, number>> = { alpha: 1000, beta: 300, gamma: 100 };

/** Sizes of what the reads of one process gave. */
const given = (file: string, asked: readonly number[], closed: boolean): number[] => {
  let left = SIZES[file]!;
  return asked.map((bytes) => {
    const got = closed ? -9 : Math.min(bytes, left);
    left -= Math.max(got, 0);
    return got;
  });
};

function reading(machine: Machine): void {
  for (const [file, size] of Object.entries(SIZES)) machine.linux.files.create(`/tmp/${file}`, size);
  for (const [comm, file, asked, closed] of READS)
    machine.linux.process({
      comm,
      *program(sys) {
        const fd: number = yield sys.openat(`/tmp/${file}`, closed ? 1 : 0);
        for (const bytes of asked) yield sys.read(fd, bytes);
      },
    });
}

/** By file: the sum of what `of` makes of each read. */
function byFile(of: (got: number, asked: number) => number): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [, file, asked, closed] of READS)
    for (const [i, got] of given(file, asked, closed).entries()) {
      const more = of(got, asked[i]!);
      if (more !== 0) sums.set(file, (sums.get(file) ?? 0) + more);
    }
  return sums;
}

const listed = (entries: ReadonlyMap<string, unknown>) =>
  [...entries].map(([key, value]) => `${key}: ${shownAnswer(value)}`).join(", ") || "nothing";

/** System calls that each process makes. */
const CALLS: Readonly<Record<string, number>> = { first: 40, second: 30, third: 20, fourth: 10 };

/** Milliseconds that processes sleep. */
const SLEEPS: readonly (readonly [comm: string, ms: number])[] = [
  ["blink", 2],
  ["nap", 8],
  ["doze", 25],
];

function sleeping(machine: Machine): void {
  for (const [comm, ms] of SLEEPS)
    machine.linux.process({
      comm,
      *program(sys) {
        yield sys.nanosleep(ms * 1e6);
      },
    });
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");

export const LESSON_20: readonly Exercise[] = [
  exercise({
    id: "20-1",
    title: "Bytes by file",
    hints: [
      "fexit:vfs_read sees the arguments and retval. The name is at args.file->f_path.dentry->d_name.name.",
      "fexit:vfs_read /retval > 0/ { @[str(args.file->f_path.dentry->d_name.name)] = sum(...); }",
    ],
    mistakes: {
      comm: "The key is the name of the process; the file's name was asked for.",
      asked: "That is how much was asked for. What was read is the result: fexit, and retval.",
      calls: "Calls are counted here: add up their bytes with sum.",
      errors: "A read that fails returns minus an errno, and that was added, too: filter it out.",
    },
    check: async (answer, it) => {
      const { machine } = new Lab(it);
      reading(machine);
      const result = await bpftraceAnswer(answer, machine, it);
      const name = result.maps.find(({ entries }) => entries.some(({ key }) => key !== undefined))?.name;
      const got = name === undefined ? new Map<string, unknown>() : entriesOf(result, name);
      const is = (want: ReadonlyMap<string, number>) =>
        got.size === want.size && [...want].every(([file, sum]) => Number(got.get(file)) === sum);
      const mistake = READS.some(([comm]) => got.has(comm))
        ? "comm"
        : is(byFile((_, asked) => asked))
          ? "asked"
          : is(byFile((bytes) => (bytes > 0 ? 1 : 0))) || is(byFile(() => 1))
            ? "calls"
            : is(byFile((bytes) => bytes))
              ? "errors"
              : undefined;
      it.that("alpha: 1100, beta: 300", is(byFile((bytes) => Math.max(bytes, 0))), `got ${listed(got)}`, mistake);
    },
  }),
  exercise({
    id: "20-2",
    title: "The top two",
    hints: [
      "print takes the number of elements as its second argument. When does END run?",
      "What is in a map when the program ends is printed once more: END { print(@, 2); clear(@); }",
    ],
    mistakes: {
      all: "All processes are printed: print(@, 2) prints the two greatest.",
      twice: "The two are printed, and then the whole map again, as always at the end: clear it.",
      nothing: "Nothing is printed: the map is cleared before anybody has printed it.",
    },
    check: async (answer, it) => {
      const { machine } = new Lab(it);
      for (const [comm, calls] of Object.entries(CALLS))
        machine.linux.process({
          comm,
          *program(sys) {
            for (let i = 0; i < calls; i++) yield sys.nanosleep(10_000);
          },
        });
      const { text } = await bpftraceAnswer(answer, machine, it);
      const printed = lines(text).flatMap((line) => Object.keys(CALLS).filter((comm) => line.includes(`[${comm}]`)));
      const mistake =
        printed.length === 0 ? "nothing" : printed.length === 4 ? "all" : printed.length > 4 ? "twice" : undefined;
      it.that(
        "first and second are printed, nobody else",
        printed.toSorted().join() === "first,second",
        `printed: ${printed.join(", ") || "nothing"}`,
        mistake,
      );
    },
  }),
  exercise({
    id: "20-3",
    title: "A limit as a parameter",
    hints: [
      "A millisecond is 1,000,000 ns. $1 stands for the number that the tool is called with.",
      "if ($ms >= $1) { printf(...); } delete(@start, tid);",
      "Who still sleeps at the end has a start in the map: END { clear(@start); }",
    ],
    mistakes: {
      unit: "These are no milliseconds: divide nanoseconds by 1000000.",
      limit: "Short calls are printed, too: compare with $1.",
      fixed: "It works for the limit that you wrote down, not for others: $1 is what the tool is called with.",
      left: "The lines are right, but a map is printed at the end: delete what was used.",
    },
    check: async (answer, it) => {
      for (const limit of [5, 20]) {
        const { machine } = new Lab(it);
        sleeping(machine);
        const { text } = await bpftraceAnswer(answer, machine, it, { args: [limit] });
        const printed = lines(text);
        const said = printed.filter((line) => !line.startsWith("@")).map((line) => line.trim());
        const want = SLEEPS.filter(([, ms]) => ms >= limit).map(([comm, ms]) => `${comm} ${ms}`);
        const mistake = said.some((line) => Number(line.split(" ")[1]) > 1000)
          ? "unit"
          : limit > 5 && said.length > want.length
            ? "fixed"
            : said.length > want.length
              ? "limit"
              : undefined;
        it.that(
          `with ${limit}: ${want.join(", ")}`,
          said.join() === want.join(),
          said.join(", ") || "nothing",
          mistake,
        );
        it.that("nothing else is printed", said.length === printed.length, printed.at(-1), "left");
      }
    },
  }),
];
