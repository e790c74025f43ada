import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const TOOLS = ["execsnoop", "biolatency", "runqlat", "profile", "tcplife"] as const;

/** Who opens what, on the machine on which a command line is tried. */
const OPENERS: readonly (readonly [comm: string, pid: number | undefined, paths: readonly string[]])[] = [
  ["reports", 1234, ["/etc/reports.conf", "/etc/hostname", "/etc/reports.d"]],
  ["other", undefined, ["/etc/other.conf", "/etc/hostname"]],
  ["reports", undefined, ["/etc/reports.old"]],
];

const TRIED = ["/etc/reports.conf", "/etc/reports.d"];

/** Milliseconds of requests: `slow` is usually slow, `outlier` once, `busy` has most requests and most time in all. */
const LATENCIES: Readonly<Record<string, readonly number[]>> = {
  outlier: [0.1, 0.2, 0.1, 900, 0.1],
  busy: Array.from({ length: 4_000 }, (_, i) => 0.3 + (i % 3) / 10),
  slow: [3, 5, 4, 6, 5, 4],
};

/** All requests, disks mixed: the busy one's first. */
function requests(): { disk: string; latencyMs: number }[] {
  const all = Object.entries(LATENCIES).flatMap(([disk, each]) => each.map((latencyMs) => ({ disk, latencyMs })));
  return all.sort((a, b) => ((a.latencyMs * 7919) % 13) - ((b.latencyMs * 7919) % 13));
}

export const LESSON_22: readonly Exercise[] = [
  exercise({
    id: "22-1",
    title: "Which tool?",
    hints: [
      "Names that end in snoop print each event; those with lat in them are histograms of times.",
      "A thread that waits for a CPU is on none, so no sample of a CPU's work can show it.",
    ],
    mistakes: {
      top: "(a) top looks every few seconds: what lives for two milliseconds is gone by then.",
      each: "(b) biosnoop prints each request; a distribution was asked for.",
      waits: "(c) profile samples what runs on the CPUs. Who waits for one does not run.",
      where: "(d) runqlat measures waiting; which tool samples the stacks of what runs?",
      begins: "(e) tcpconnect sees a connection begin, when no byte was sent. Which one sees its end?",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of five texts", `got ${shownAnswer(answer)}`);
      const tools = answer.map((tool: unknown) =>
        String(tool)
          .trim()
          .toLowerCase()
          .replace(/-bpfcc$/, ""),
      );
      it.answer("(a) short-lived programs", tools[0], TOOLS[0], { '"top"': "top" });
      it.answer("(b) the distribution", tools[1], TOOLS[1], { '"biosnoop"': "each" });
      it.answer("(c) threads wait", tools[2], TOOLS[2], { '"profile"': "waits", '"top"': "waits" });
      it.answer("(d) which function", tools[3], TOOLS[3], { '"runqlat"': "where", '"top"': "where" });
      it.answer("(e) bytes of connections", tools[4], TOOLS[4], { '"tcpconnect"': "begins" });
      it.that("there are five", tools.length === 5, `got ${tools.length}`);
    },
  }),
  exercise({
    id: "22-2",
    title: "As it is typed",
    hints: ["-h prints the options of a tool.", "One option chooses the process, another only what fails."],
    mistakes: {
      process: "Other processes are shown, too: which option takes a process id?",
      works: "Files that could be opened are shown, too: which option shows only failures?",
      name: "Another process with the same name is shown, too: choose by the number.",
      tool: "That is another tool: opensnoop shows who opens files.",
    },
    check: async (answer, it) => {
      const line = it.text(answer).trim();
      const { machine } = new Lab(it);
      for (const [comm, pid, paths] of OPENERS)
        machine.linux.process({
          comm,
          ...(pid === undefined ? {} : { pid }),
          *program(sys) {
            yield sys.nanosleep(1e6);
            for (const path of paths) yield sys.openat(path, 0);
          },
        });
      machine.linux.files.create("/etc/hostname", "lab\n");
      const { text, errors, exitCode } = await machine.shell(line, { for: "20ms" });
      const other = /^opensnoop/.test(line) ? undefined : "tool";
      if (!it.that("the shell takes it", exitCode === 0, (errors || text).trim().split("\n")[0], other)) return;
      const shown = OPENERS.flatMap(([, , paths]) => paths).filter((path) => text.includes(path));
      const mistake =
        other ??
        (text.includes("/etc/other.conf")
          ? "process"
          : text.includes("/etc/reports.old")
            ? "name"
            : text.includes("/etc/hostname")
              ? "works"
              : undefined);
      it.that("it shows reports.conf and reports.d", shown.join() === TRIED.join(), shown.join(", "), mistake);
    },
  }),
  exercise({
    id: "22-3",
    title: "The slowest disk",
    hints: [
      "Map.groupBy(rows, ({ disk }) => disk) puts the rows of each disk together.",
      "Sort the times of each disk: the median stands in the middle, at length >> 1.",
    ],
    mistakes: {
      outlier: "One request of 900 ms decided, by its size or through the mean: the median does not notice it.",
      sum: "This is the disk with most requests; all of them are fast. Take the median of each disk.",
    },
    check: (answer, it) => {
      if (typeof answer !== "function") return it.stop("the answer is a function", `got ${shownAnswer(answer)}`);
      let got: unknown;
      try {
        got = answer(requests());
      } catch (error) {
        return it.stop("it can be called", String((error as Error).message).split("\n")[0]!);
      }
      it.equal("the disk that is usually slow", got, "slow", { '"outlier"': "outlier", '"busy"': "sum" });
    },
  }),
];
