import type { Sys } from "../../linux/sys.ts";
import type { UserCode } from "../../linux/task.ts";
import type { LoadedProgram } from "../../loader/loaded-program.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

/** What is in the named map of a program, by key. */
function counts(lab: Lab, program: ReturnType<Lab["load"]>): ReadonlyMap<number, number> {
  const sum = (value: unknown) => [value].flat().reduce((all: number, one) => all + Number(one), 0);
  return new Map(lab.entries(program).map(([key, value]) => [Number(key), sum(value)]));
}

/** Sizes that are written, and the bucket where each belongs. */
const WRITES: readonly (readonly [size: number, bucket: number])[] = [
  [1023, 0],
  [1024, 1],
  [5000, 4],
  [15_360, 15],
  [16_383, 15],
  [16_384, 15],
  [900_000, 15],
];

function* writeAll(sys: Sys): UserCode<void> {
  yield sys.write(99, 10);
  const file = yield sys.openat("/tmp/written", 0o101, 0o644);
  for (const [size] of WRITES) yield sys.write(file, size);
}

/** Three threads of one process sleep at the same time; what that adds up to, in seconds. */
const SLEEPS = [0.3, 0.2, 0.1];
const SLEPT = 0.6;

function* sleepTogether(sys: Sys): UserCode<void> {
  for (const seconds of SLEEPS.slice(1))
    yield sys.thread(function* (thread) {
      yield thread.nanosleep(seconds * 1e9);
    });
  yield sys.nanosleep(SLEEPS[0]! * 1e9);
}

export const LESSON_12: readonly Exercise[] = [
  exercise({
    id: "12-1",
    title: "Which bucket?",
    hints: [
      "Between which two powers of two does 5000 lie?",
      "4096 is 2 to the power of 12, 8192 to the power of 13. A bucket has the number of its lower edge.",
    ],
    mistakes: {
      upper: "That is the upper edge: bucket n begins at 2 to the power of n, and 8192 is more than 5000.",
      edge: "That is the bucket's lower edge in bytes; its number is the power of two.",
    },
    check: (answer, it) =>
      it.answer("the bucket", it.whole(answer), 12, { "13": "upper", "4096": "edge", "8192": "edge" }),
  }),
  exercise({
    id: "12-2",
    title: "Linear, and nothing lost",
    hints: [
      "Which results are negative, and what does r6 >>= 10 make of them? And which key does a write of 900,000 bytes get?",
      "Leave with a signed comparison before you shift. After it, everything above 15 becomes 15.",
      "if r6 s< 0 goto out / r6 >>= 10 / if r6 <= 15 goto good / r6 = 15 / good: *(u32 *)(r10 - 4) = r6 ...",
    ],
    mistakes: {
      lost: "The largest writes are in no bucket: a key of 16 or more is in no array of 16. Make it 15.",
      errors: "A write that failed is counted: leave if the result is negative, with a sign (s<).",
    },
    check: (answer, it) => {
      const program = it.program(answer, "tracepoint");
      it.accepted(program);
      const lab = new Lab(it);
      const loaded = lab.load(program);
      lab.attach(loaded, "tracepoint:syscalls:sys_exit_write");
      lab.process(writeAll);
      const got = counts(lab, loaded);
      const of = (bucket: number) => WRITES.filter(([, one]) => one === bucket).length;
      const all = [...got.values()].reduce((sum, one) => sum + one, 0);
      const last = got.get(15) ?? 0;
      it.that(
        "the last bucket has all from 15360 on",
        last === of(15),
        `expected ${of(15)}, got ${last}`,
        last < of(15) ? "lost" : all > WRITES.length ? "errors" : undefined,
      );
      for (const bucket of [0, 1, 4])
        it.equal(`writes in bucket ${bucket}`, got.get(bucket) ?? 0, of(bucket), bucket === 0 ? { 2: "errors" } : {});
      it.equal("writes in all", all, WRITES.length, { [String(WRITES.length + 1)]: "errors" });
    },
  }),
  exercise({
    id: "12-3",
    title: "p95",
    hints: [
      "p95 is the latency that 95 of 100 requests do not exceed. How many of the 1000 are that?",
      "Add up from the small ones: 600, 900, 930 ... In which bucket is the sum 950 reached?",
    ],
    mistakes: {
      early: "Up to the end of that bucket there are 930 of 1000: p95 is the 950th.",
      fullest: "That is the bucket with most requests, so the median lies there; p95 is further up.",
      empty: "No request at all lies in that bucket: the sum stays at 930 there.",
    },
    check: (answer, it) =>
      it.answer("its lower edge", it.whole(answer), 1024, {
        "256": "early",
        "128": "early",
        "64": "fullest",
        "512": "empty",
      }),
  }),
  exercise({
    id: "12-4",
    title: "How long do they sleep?",
    hints: [
      "Two threads of one process have the same key. What does the second do to the first one's time?",
      "bpf_get_current_pid_tgid names process and thread in 64 bits. Which instruction throws the thread away?",
      "Take out r0 >>= 32, in both programs.",
    ],
    mistakes: {
      process: "Threads of one process still share a key: the last one to start overwrites the others' times.",
      half: "One program has another key than the other: what the first writes, the second does not find.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer) || answer.length !== 2)
        return it.stop("the answer is a list of two programs", `got ${shownAnswer(answer)}`);
      const programs = answer.map((one: unknown) => it.program(one, "tracepoint"));
      for (const program of programs) it.accepted(program);
      const lab = new Lab(it, { cpus: 2, seed: 11 });
      const [first, second] = lab.loadTogether(programs) as [LoadedProgram, LoadedProgram];
      lab.attach(first, "tracepoint:syscalls:sys_enter_nanosleep");
      lab.attach(second, "tracepoint:syscalls:sys_exit_nanosleep");
      lab.process(sleepTogether);
      const names = second.program.spec.maps.map(({ name }) => name);
      const sum = lab.entries(second, Math.max(names.indexOf("slept"), 0))[0]?.[1];
      const seconds = Number(sum ?? 0) / 1e9;
      const mistake = seconds === 0 ? "half" : seconds < SLEPT ? "process" : undefined;
      it.that(
        `threads that sleep ${SLEEPS.join(", ")} s give ${SLEPT} s`,
        Math.abs(seconds - SLEPT) < 0.01,
        `got ${seconds.toFixed(3)} s`,
        mistake,
      );
    },
  }),
];
