import type { LoadedProgram } from "../../loader/loaded-program.ts";
import * as packet from "../../packets/build.ts";
import { explore } from "../../vm/schedule/explore.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

/** A packet of 62, 72, ... bytes from 10.0.0.`sender`. */
const long = (bytes: number, sender = 9) => packet.udp({ saddr: `10.0.0.${sender}`, payload: "x".repeat(bytes - 42) });

/** Everything that can be observed after two packets at the same time, one on each CPU. */
function endings(lab: Lab, program: LoadedProgram, packets: readonly Uint8Array[], observe: () => string): string[] {
  using both = lab.machine.interleave(packets.map((data) => ({ program, data })));
  return [...new Set(explore(both, { observe }).outcomes.map(({ observed }) => observed))].sort();
}

const twoCpus = { cpus: 2, seed: 11 };
const CMPXCHG = 0xf1;

export const LESSON_24: readonly Exercise[] = [
  exercise({
    id: "24-1",
    title: "Which endings?",
    hints: [
      "The best is that nobody comes in between. What is the worst that one interruption can do?",
      "One CPU may write last what it computed from the first value, over the work of both others; or of one of them.",
    ],
    mistakes: {
      best: "That is how it ends when nobody comes in between. Lesson and explore show other orders.",
      worst: "All three may read 5 before anybody writes. What is written then?",
      none: "Each run writes at least once, so 5 itself cannot stay.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of numbers", `got ${shownAnswer(answer)}`);
      it.answer("the endings", answer.map(Number), [15, 25, 35], {
        [shownAnswer([35])]: "best",
        [shownAnswer([25, 35])]: "worst",
        [shownAnswer([5, 15, 25, 35])]: "none",
      });
    },
  }),
  exercise({
    id: "24-2",
    title: "The shortest",
    hints: [
      "Between the comparison and the store another CPU may store something shorter. cmpxchg stores only if the value is still what was compared.",
      "Read into r9; leave if it is not 0 and r7 >= r9; r0 = r9; r0 = cmpxchg_64(r6 + 0, r0, r7); if r0 is not r9 try again, at most so many times.",
      "r8 = 8 / again: / r9 = *(u64 *)(r6 + 0) / if r9 == 0 goto mine / if r7 >= r9 goto out / mine: / r0 = r9 / r0 = cmpxchg_64(r6 + 0, r0, r7) / if r0 == r9 goto out / r8 -= 1 / if r8 != 0 goto again",
    ],
    mistakes: {
      lost: "Two CPUs can leave the longer one there: both compare, then the shorter is stored, then the longer.",
      once: "cmpxchg refused, as another CPU was faster, and the program gave up: look again, and decide anew.",
      zero: "Nothing is ever stored: 0 means that there was no packet yet, and is less than every length.",
      longest: "It keeps the longest.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const lab = new Lab(it, twoCpus);
      const loaded = lab.load(program);
      const kept = () => String(new Map(lab.entries(loaded)).get(0));
      loaded.run(long(200));
      it.equal("the first packet, of 200 bytes", kept(), "200", { [shownAnswer("0")]: "zero" });
      loaded.run(long(150));
      it.equal("150 bytes after it", kept(), "150", { [shownAnswer("200")]: "longest" });
      loaded.run(long(300));
      it.equal("then 300", kept(), "150", { [shownAnswer("300")]: "longest" });
      const race = program.insns.some(({ code, imm }) => code === 0xdb && imm === CMPXCHG) ? "once" : "lost";
      const ways = endings(lab, loaded, [long(62), long(82)], kept);
      it.that("62 and 82 at the same time", ways.join() === "62", `it can end with ${ways.join(" or ")}`, race);
    },
  }),
  exercise({
    id: "24-3",
    title: "By length",
    hints: [
      "Look up first: if the length is there, add atomically. If not, insert 1, but only if it is still not there: which flag?",
      "With r4 = 1 (BPF_NOEXIST) the update answers 0 or -17. After -17 the element is there: look it up again and add.",
      "The lesson's cell noexist has it all: look up / if r0 != 0 goto add / update with r4 = 1 / if r0 == 0 goto out / look up again / if r0 == 0 goto out / add: r1 = 1 / lock *(u64 *)(r0 + 0) += r1 / out:",
    ],
    mistakes: {
      overwrites: "Each packet writes 1 over the count: look up first, and add to what is there.",
      insert:
        "Two first packets of a length both find nothing, and the second insertion overwrites the first: BPF_NOEXIST.",
      once: "The insertion that came too late was refused, and its packet is not counted: look up again, and add.",
      plain: "Read, add and write can lose an update: add atomically.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const lab = new Lab(it, twoCpus);
      const loaded = lab.load(program);
      const count = (length: number) => String(new Map(lab.entries(loaded)).get(length) ?? 0);
      for (const bytes of [100, 100, 70]) loaded.run(long(bytes));
      const wrong = { [shownAnswer("1")]: "overwrites" } as const;
      it.equal("two packets of 100 bytes", count(100), "2", wrong);
      it.equal("one of 70", count(70), "1");
      const known = endings(lab, loaded, [long(70), long(70)], () => count(70));
      it.that("two at once of a known length", known.join() === "3", `it can end with ${known.join(" or ")}`, "plain");
      const noexist = program.insns.some(({ code, dst, imm }) => code === 0xb7 && dst === 4 && imm === 1);
      const ways = endings(lab, loaded, [long(82), long(82)], () => count(82));
      const why = noexist ? "once" : "insert";
      it.that("two at once of a new length", ways.join() === "2", `it can end with ${ways.join(" or ")}`, why);
    },
  }),
  exercise({
    id: "24-4",
    title: "Whose record is it?",
    hints: [
      "Lock before the comparison, unlock after the last store. Which ways lead out of the part in between?",
      "Both ways out have to unlock: let the comparison jump to a label before the unlocking.",
      "r1 = r6 / call bpf_spin_lock / r1 = *(u64 *)(r6 + 8) / if r1 >= r7 goto unlock / both stores / unlock: / r1 = r6 / call bpf_spin_unlock",
    ],
    mistakes: {
      mixed: "The length of one packet and the sender of another: both stores have to be under the lock.",
      late: "A shorter packet can win: what was compared before the lock was taken may not be true any more.",
      any: "A shorter packet replaces a longer one: compare first.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const lab = new Lab(it, twoCpus);
      const loaded = lab.load(program);
      const kept = () => {
        const { length, sender } = (new Map(lab.entries(loaded)).get(0) ?? {}) as { length?: bigint; sender?: number };
        return `${length} bytes from ${sender}`;
      };
      const ways = endings(lab, loaded, [long(82, 1), long(62, 2)], kept);
      const other = ways.filter((way) => way !== "82 bytes from 1");
      const both = other.some((way) => way !== "62 bytes from 2");
      loaded.run(long(90, 3));
      loaded.run(long(80, 4));
      it.equal("90 bytes, then 80", kept(), "90 bytes from 3", { [shownAnswer("80 bytes from 4")]: "any" });
      const why = both ? "mixed" : "late";
      it.that(
        "two at the same time",
        ways.length > 0 && other.length === 0,
        `it can end with ${other.join(", ")}`,
        why,
      );
    },
  }),
];
