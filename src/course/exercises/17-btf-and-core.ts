import type { Btf } from "../../btf/btf.ts";
import { machineBtf, type Release } from "../../btf/data/machine.ts";
import type { Sys } from "../../linux/sys.ts";
import type { UserCode } from "../../linux/task.ts";
import type { Examiner } from "../examiner.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const FATES = ["moved", "refused", "left out", "same"] as const;

/** Members with their offset, found in the types themselves. */
const ASKED: readonly (readonly [release: Release, structure: string, member: string])[] = [
  ["6.18", "task_struct", "tgid"],
  ["6.1", "task_struct", "real_parent"],
  ["6.12", "task_struct", "comm"],
  ["teaching-1", "task_struct", "tgid"],
  ["6.1", "file", "f_inode"],
];
const NOWHERE: readonly (readonly [release: Release, structure: string, member: string])[] = [
  ["teaching-1", "task_struct", "nivcsw"],
  ["6.18", "no_such_struct", "tgid"],
];

function bitsOf(btf: Btf, structure: string, member: string): number {
  return Number(btf.byName(structure, "struct")!.members.find(({ name }) => name === member)!.bitOffset);
}

/** What an answer gives for a member; a fault of its own is its name. */
function asked(answer: (btf: Btf, ...names: string[]) => unknown, ...[release, ...names]: (typeof ASKED)[number]) {
  try {
    return answer(machineBtf(release), ...names);
  } catch (error) {
    return (error as Error).name;
  }
}

/** The parent that an answer's program notes on a machine of a release, for a child of process `pid`. */
function noted(answer: (btf: Btf) => unknown, release: Release, pid: number, it: Examiner): number {
  const lab = new Lab(it, { cpus: 1, seed: 11, release });
  let made: unknown;
  try {
    made = answer(machineBtf(release));
  } catch (error) {
    return it.stop(`it gives a program for ${release}`, String((error as Error).message).split("\n")[0]!);
  }
  const program = lab.load(it.program(made, "tracepoint"));
  lab.attach(program, "tracepoint:syscalls:sys_enter_openat");
  const { linux } = lab.machine;
  const sleeps = function* (sys: Sys): UserCode {
    yield sys.nanosleep(1e9);
  };
  const opens = function* (sys: Sys): UserCode {
    yield sys.openat("/etc/passwd", 0);
  };
  const parent = linux.process({ comm: "parent", pid, program: sleeps });
  linux.process({ comm: "child", parent, program: opens });
  lab.pass(0.01);
  return Number(lab.entries(program)[0]?.[1] ?? 0);
}

export const LESSON_17: readonly Exercise[] = [
  exercise({
    id: "17-1",
    title: "Where is it?",
    hints: ['coreAccess("task_struct", "pid") has a row for each release.', "The row of 6.12, the column offset."],
    mistakes: {
      compiled: "That is its place in 6.18, for which the object was compiled.",
      other: "That is its place in 6.1.",
      bits: "BTF counts in bits, instructions in bytes.",
    },
    check: (answer, it) => {
      const bits = (release: Release) => bitsOf(machineBtf(release), "task_struct", "pid");
      it.answer("the offset", it.whole(answer), bits("6.12") / 8, {
        [bits("6.18") / 8]: "compiled",
        [bits("6.1") / 8]: "other",
        [bits("6.12")]: "bits",
      });
    },
  }),
  exercise({
    id: "17-2",
    title: "Your own CO-RE",
    hints: [
      'btf.byName(structure, "struct")?.members.find(({ name }) => name === member)',
      "bitOffset is in bits: divide by 8. What if find gives undefined?",
      "const found = ...; return found === undefined ? undefined : Number(found.bitOffset) / 8;",
    ],
    mistakes: {
      bits: "The offsets are in bits: an instruction wants bytes.",
      fixed: "The answer is the same for every Linux: look into the types that the function is given.",
      missing: "A member or a structure that is not there has no offset: give undefined, and do not fail.",
    },
    check: (answer, it) => {
      if (typeof answer !== "function") return it.stop("the answer is a function", `got ${shownAnswer(answer)}`);
      const ask = answer as (btf: Btf, ...names: string[]) => unknown;
      const got = ASKED.map((one) => asked(ask, ...one));
      const want = ASKED.map(([release, ...names]) => bitsOf(machineBtf(release), ...names) / 8);
      const mistake =
        got.every((one) => one === got[0]) || (got[0] === want[0] && got[1] !== want[1])
          ? "fixed"
          : got.every((one, i) => Number(one) === want[i]! * 8)
            ? "bits"
            : undefined;
      for (const [i, [release, structure, member]] of ASKED.entries())
        it.that(
          `${structure}.${member} of ${release}`,
          got[i] === want[i],
          `expected ${want[i]}, got ${shownAnswer(got[i])}`,
          mistake,
        );
      for (const one of NOWHERE) {
        const none = asked(ask, ...one);
        it.that(
          `${one[1]}.${one[2]} of ${one[0]}`,
          none === undefined,
          `expected undefined, got ${shownAnswer(none)}`,
          "missing",
        );
      }
    },
  }),
  exercise({
    id: "17-3",
    title: "What happens on teaching-1?",
    hints: [
      'coreAccess("task_struct", "pid") and its kin tell for each release where a member is, or that there is none.',
      "Two of them are about a member that teaching-1 lacks. One of these asks before.",
    ],
    mistakes: {
      moved: "(a) pid and tgid have changed places there: its offset is another one.",
      asked: "(c) The answer to the question is 0, so the read behind it is never reached, and does no harm.",
      unasked: "(b) There is no such member, and nobody asked: what could be written into the instruction?",
      stays: "(d) real_parent lies where it was in 6.18.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of four texts", `got ${shownAnswer(answer)}`);
      const fates = answer.map((fate: unknown) => String(fate).trim().toLowerCase());
      it.answer("(a) pid", fates[0], FATES[0], { '"same"': "moved", '"refused"': "moved" });
      it.answer("(b) nivcsw", fates[1], FATES[1], {
        '"left out"': "unasked",
        '"moved"': "unasked",
        '"same"': "unasked",
      });
      it.answer("(c) nivcsw, asked for", fates[2], FATES[2], { '"refused"': "asked", '"same"': "asked" });
      it.answer("(d) real_parent", fates[3], FATES[3], { '"moved"': "stays" });
      it.that("there are four", fates.length === 4, `got ${fates.length}`);
    },
  }),
  exercise({
    id: "17-4",
    title: "For any release",
    hints: [
      "The first read is at the address of the task_struct plus the offset of real_parent, the second at what was read plus that of tgid.",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is to be typed like this
      'In the text of the program: r3 += ${offsetIn(btf, "task_struct", "real_parent")!}',
    ],
    mistakes: {
      beginning: "That reads the beginning of a task_struct: add the members' offsets.",
      fixed:
        "It is right on one release and wrong on others: take the offsets from the types that the function is given.",
      itself: "That is the number of the process itself: follow real_parent first.",
    },
    check: (answer, it) => {
      if (typeof answer !== "function")
        return it.stop("the answer is a function", `got ${shownAnswer(answer)}: (btf) => asm({ ... })...`);
      const give = answer as (btf: Btf) => unknown;
      const releases = ["6.18", "6.1", "6.12"] as const;
      const got = releases.map((release, i) => noted(give, release, 4000 + i, it));
      const right = got.map((one, i) => one === 4000 + i);
      const mistake = right.some(Boolean) ? "fixed" : got[0] === 1000 ? "itself" : "beginning";
      for (const [i, release] of releases.entries())
        it.that(`on ${release}`, right[i]!, `expected ${4000 + i}, got ${got[i]}`, mistake);
    },
  }),
];
