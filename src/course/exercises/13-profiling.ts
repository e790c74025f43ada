import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const TOOLS = ["profile", "offcputime", "profile"] as const;

export const LESSON_13: readonly Exercise[] = [
  exercise({
    id: "13-1",
    title: "Read it",
    hints: [
      "All samples together are 100. In which lines does serve occur at all, and in which is it the last one?",
      "On the stack: every line with serve in it. Executed: the line that ends with serve.",
    ],
    mistakes: {
      callees: "The line that ends with serve counts as well: it was on the stack there, and executed.",
      self: "Executed itself is only the line in which nothing stands on it; what it calls is executed in its place.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of two numbers", `got ${shownAnswer(answer)}`);
      it.answer("serve on the stack", answer[0], 75, { 65: "callees", 10: "callees" });
      it.answer("serve executed", answer[1], 10, { 75: "self", 65: "self", 25: "self", 60: "self" });
      it.that("there are two", answer.length === 2, `got ${answer.length}`);
    },
  }),
  exercise({
    id: "13-2",
    title: "Who computes?",
    hints: [
      "Lesson 04 took the helper's number apart: which half is what users call the process id? And which process is the idle task?",
      "Shift right by 32. What is left is 0 for the idle task: leave then.",
      "r0 >>= 32 / if r0 == 0 goto out / *(u32 *)(r10 - 4) = r0",
    ],
    mistakes: {
      thread: "Threads of one process are counted apart: the lower half is the thread, the upper half the process.",
      idle: "The idle task, process 0, is counted: leave if the number is 0.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "perf_event");
      it.accepted(program);
      const lab = new Lab(it, { cpus: 2, seed: 11 });
      const loaded = lab.load(program);
      lab.attach(loaded, "profile:hz:99");
      const pid = lab.process(function* (sys) {
        yield sys.thread(function* (thread) {
          yield thread.compute(3e8);
        });
        yield sys.compute(3e8);
      });
      const got = new Map(lab.entries(loaded).map(([key, value]) => [Number(key), Number(value)]));
      const own = got.get(pid) ?? 0;
      const another = [...got].some(([key, count]) => key > pid && count > 10);
      it.that(
        "a process with two threads that compute for 0.3 s each",
        own >= 50 && own <= 70,
        `expected about 60 samples, got ${own}`,
        another ? "thread" : undefined,
      );
      it.that("the idle task is not counted", !got.has(0), `it has ${got.get(0)} samples`, "idle");
    },
  }),
  exercise({
    id: "13-3",
    title: "How many samples?",
    hints: [
      "Each CPU is looked at 99 times a second, whatever the others do. How often is one CPU looked at in 10 s?",
      "990 looks at that CPU, and a quarter of them find the function.",
    ],
    mistakes: {
      cpus: "The function runs on one CPU at a time: the other CPUs' samples do not belong to it.",
      second: "That is for one second: the profile lasts ten.",
      all: "That is as if it used the CPU all the time: it uses a quarter.",
    },
    check: (answer, it) => {
      const value = Number(it.whole(answer));
      const near = (right: number) => Math.abs(value - right) <= right / 10;
      const mistake = [495, 990 * 4].some(near) ? "cpus" : near(24.75) ? "second" : near(990) ? "all" : undefined;
      it.that("the number of samples", near(247.5), `it is not about ${value}`, mistake);
    },
  }),
  exercise({
    id: "13-4",
    title: "Which tool?",
    hints: [
      "Is somebody computing, or is somebody waiting?",
      "profile sees what runs; offcputime sees what does not. In (b) hardly anything runs.",
    ],
    mistakes: {
      computing: "Where CPUs are busy a profile shows with what; nobody waits there but for a CPU.",
      waiting: "(b) With CPUs at 3% a profile has hardly any samples of these requests: they wait.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of three names", `got ${shownAnswer(answer)}`);
      it.answer("(a) 100%", answer[0], TOOLS[0], { '"offcputime"': "computing" });
      it.answer("(b) 200 ms", answer[1], TOOLS[1], { '"profile"': "waiting" });
      it.answer("(c) 20 s", answer[2], TOOLS[2], { '"offcputime"': "computing" });
      it.that("there are three", answer.length === 3, `got ${answer.length}`);
    },
  }),
];
