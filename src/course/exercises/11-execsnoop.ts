import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const TRACEPOINTS = ["sys_exit_execve", "sys_enter_execve", "sched_process_fork"] as const;

/** Minus 2, read as 32 bits without a sign. */
const ENOENT_UNSIGNED = 2 ** 32 - 2;

export const LESSON_11: readonly Exercise[] = [
  exercise({
    id: "11-1",
    title: "Where is it?",
    hints: [
      "The arguments begin at 16. How many bytes does each of them take in the context, whatever its type is?",
      "dfd is at 16, filename at 24.",
    ],
    mistakes: {
      packed: "An int has 4 bytes in the process, but each argument takes 8 in the context.",
      first: "Flags is the third argument: dfd and filename come before.",
      last: "That is mode, the fourth argument.",
    },
    check: (answer, it) =>
      it.answer("the offset", it.whole(answer), 32, { "28": "packed", "16": "first", "24": "first", "40": "last" }),
  }),
  exercise({
    id: "11-2",
    title: "What goes wrong?",
    hints: [
      "Results from 0 on are descriptors: leave at once. The comparison needs a sign.",
      "The key is 0 minus the result.",
      "if r6 s>= 0 goto out / r1 = 0 / r1 -= r6 / *(u32 *)(r10 - 4) = r1",
    ],
    mistakes: {
      success:
        "Calls that succeeded are counted as well: leave if the result is 0 or more, compared with a sign (s>=).",
      sign: "The keys are the negative results, read without a sign: turn the sign around before you store the key.",
      none: "Nothing is counted at all: without the s in s>= a negative number is a very large one, so everything leaves.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "tracepoint");
      it.accepted(program);
      const lab = new Lab(it);
      const loaded = lab.load(program);
      lab.attach(loaded, "tracepoint:syscalls:sys_exit_openat");
      lab.process(function* (sys) {
        yield sys.openat("/tmp/new", 0o101, 0o644);
        for (let i = 0; i < 3; i++) yield sys.openat(`/tmp/missing${i}`, 0);
        yield sys.openat("/tmp/new", 0);
      });
      const got = new Map(lab.entries(loaded).map(([key, value]) => [Number(key), Number(value)]));
      const mistake = got.has(ENOENT_UNSIGNED) ? "sign" : got.size === 0 ? "none" : undefined;
      const keys = [...got.keys()].filter((key) => key !== 2 && key < 1000);
      it.that("calls that succeed are not counted", keys.length === 0, `there is ${keys.join(", ")}`, "success");
      it.that("three calls under 2 (ENOENT)", got.get(2) === 3, `got ${got.get(2) ?? 0}`, mistake);
      it.equal("nothing else is counted", got.size, 1);
    },
  }),
  exercise({
    id: "11-3",
    title: "Which tracepoint?",
    hints: [
      "Which of them are raised when a path does not exist? And which at all, if nobody calls execve?",
      "At the end of execve there is a result and the new name; at the beginning the path that was asked for.",
    ],
    mistakes: {
      before: "(a) At the beginning the process has its old name, and nobody knows whether the call will work.",
      after:
        "(b) At the end the path is gone, and a program that looks there for new names sees no failed attempt's path.",
      exec: "(c) These children never call execve: only fork is seen.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of three names", `got ${shownAnswer(answer)}`);
      const names = answer.map((name: unknown) => String(name).trim().split(":").at(-1));
      it.answer("(a) really started", names[0], TRACEPOINTS[0], { '"sys_enter_execve"': "before" });
      it.answer("(b) tried", names[1], TRACEPOINTS[1], { '"sys_exit_execve"': "after" });
      it.answer("(c) children", names[2], TRACEPOINTS[2], {
        '"sys_enter_execve"': "exec",
        '"sys_exit_execve"': "exec",
      });
      it.that("there are three", names.length === 3, `got ${names.length}`);
    },
  }),
];
