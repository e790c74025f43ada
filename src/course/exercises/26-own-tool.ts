import { asm } from "../../loader/asm.ts";
import type { MapSpec } from "../../maps/spec.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const HOOKS = ["tracepoints", "profile", "uprobe", "kprobe"] as const;

/** Notes the time under the thread's number in the student's map. */
const notes = (began: MapSpec) => asm({ type: "tracepoint", name: "notes" })`
    call bpf_get_current_pid_tgid
    *(u32 *)(r10 - 4) = r0
    call bpf_ktime_get_ns
    *(u64 *)(r10 - 16) = r0
    r1 = map[${began}]
    r2 = r10
    r2 += -4
    r3 = r10
    r3 += -16
    r4 = 0
    call bpf_map_update_elem
    r0 = 0
    exit
`;

/** Milliseconds that the exercise's process sleeps, and the least that is to be told. */
const SLEEPS = [1, 12, 3, 30];
const LEAST = 10_000_000n;

const mapNamed = (program: ProgramSpec, wanted: string) => program.maps.find(({ name }) => name === wanted);

export const LESSON_26: readonly Exercise[] = [
  exercise({
    id: "26-1",
    title: "Which hook?",
    hints: [
      "What do Linux's authors promise to keep? Which hook looks at what runs, again and again? Which is in a process, and which in Linux?",
      "Each of the four is right once.",
    ],
    mistakes: {
      promise: "(a) A function of Linux may have another name in the next version; tracepoints stay.",
      counting: "(b) There is no function to look at: ask, many times a second, what runs now.",
      inside: "(c) SSL_write is a function of a library in the process, not of Linux.",
      none: "(d) No tracepoint tells of it; and uprobes are for functions of processes.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of four texts", `got ${shownAnswer(answer)}`);
      const hooks = answer.map((hook: unknown) => String(hook).trim().toLowerCase());
      it.answer("(a) each read", hooks[0], HOOKS[0], { '"kprobe"': "promise" });
      it.answer("(b) the CPU's time", hooks[1], HOOKS[1], { '"tracepoints"': "counting", '"kprobe"': "counting" });
      it.answer("(c) SSL_write", hooks[2], HOOKS[2], { '"kprobe"': "inside", '"tracepoints"': "inside" });
      it.answer("(d) a function of Linux", hooks[3], HOOKS[3], { '"uprobe"': "none", '"tracepoints"': "none" });
      it.that("there are four", hooks.length === 4, `got ${hooks.length}`);
    },
  }),
  exercise({
    id: "26-2",
    title: "At least so slow",
    hints: [
      "Delete the element right after you have loaded the time: then it is gone on every way. The key is still on the stack.",
      "Look up least (key 0), load 8 bytes, and leave if the duration is below. Keep the duration in a register from r6 to r9.",
      "r7 = *(u64 *)(r0 + 0) / delete in began / call bpf_ktime_get_ns / r0 -= r7 / r7 = r0 / *(u32 *)(r10 - 4) = 0 / look up least / if r0 == 0 goto out / r1 = *(u64 *)(r0 + 0) / if r7 < r1 goto out / *(u64 *)(r10 - 16) = r7 / output",
    ],
    mistakes: {
      all: "Short sleeps are sent, too: compare with what stands in least.",
      reversed: "The short ones are sent, and the long ones not.",
      kept: "The element of began stays: after some time the hash is full of threads that are gone.",
      half: "The element is removed only when something is sent: remove it before you compare.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "tracepoint");
      it.accepted(program);
      const [began, least] = [mapNamed(program, "began"), mapNamed(program, "least")];
      if (began === undefined) return it.stop("it uses the map began", "it does not");
      const lab = new Lab(it);
      const [start, loaded] = lab.loadTogether([notes(began), program]);
      lab.attach(start!, "tracepoint:syscalls:sys_enter_nanosleep");
      lab.attach(loaded!, "tracepoint:syscalls:sys_exit_nanosleep");
      if (least !== undefined) lab.set(loaded!, "least", 0, LEAST);
      let slept = false;
      let left: number | undefined;
      lab.process(function* (sys) {
        for (const ms of SLEEPS) {
          yield sys.nanosleep(ms * 1e6);
          if (ms === SLEEPS[0]) left = lab.entries(loaded!, "began").length;
        }
        slept = true;
      });
      const told = lab.entries(loaded!, "slept").map(([, ns]) => Math.floor(Number(ns) / 1e6));
      const why = told.length === SLEEPS.length ? "all" : told.every((ms) => ms < 10) ? "reversed" : undefined;
      it.that("the process slept four times", slept);
      it.that("12 and 30 ms are told", told.join() === "12,30", `got ${told.join(", ") || "nothing"}`, why);
      const stays = lab.entries(loaded!, "began").length;
      it.that(
        "nothing is left of a call that ended",
        left === 0 && stays === 0,
        "an element is left",
        stays > 0 ? "kept" : "half",
      );
    },
  }),
  exercise({
    id: "26-3",
    title: "Nothing stays",
    hints: [
      "bpf_get_current_pid_tgid has two halves: which is the process, and which the thread?",
      "The lower half is the thread: store it as it is, 4 bytes.",
    ],
    mistakes: {
      process:
        "The upper half is the process. Only its first thread has this number: the others leave their elements behind.",
      none: "Nothing is removed: the key is the number of the thread that ends.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "tracepoint");
      it.accepted(program);
      const open = mapNamed(program, "open");
      if (open === undefined) return it.stop("it uses the map open", "it does not", "none");
      const lab = new Lab(it);
      const [start, loaded] = lab.loadTogether([notes(open), program]);
      lab.attach(start!, "tracepoint:syscalls:sys_enter_nanosleep");
      lab.attach(loaded!, "tracepoint:sched:sched_process_exit");
      const stays = lab.process(function* (sys) {
        for (;;) yield sys.nanosleep(1e6);
      });
      lab.process(function* (sys) {
        for (let i = 0; i < 3; i++)
          yield sys.thread(function* (thread) {
            yield thread.nanosleep(2e6);
          });
        yield sys.nanosleep(5e6);
      });
      const left = lab.entries(loaded!, "open").map(([tid]) => Number(tid));
      it.that("who is alive keeps its element", left.includes(stays), "it is gone");
      const gone = left.filter((tid) => tid !== stays);
      const why = gone.length === 4 ? "none" : "process";
      it.that("four threads that ended leave nothing", gone.length === 0, `${gone.length} are left`, why);
    },
  }),
];
