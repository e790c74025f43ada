import type { BpfObject } from "../../loader/object/bpf-object.ts";
import { Machine } from "../../machine.ts";
import type { Stops } from "../examiner.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { shownAnswer } from "../shown-answer.ts";

const SECTIONS = [".data", ".rodata", ".maps", ".bss"] as const;

/** An answer that is an object: the class that `%%c` gives, an opened object's file, or bytes. */
function opened(answer: unknown, machine: Machine, it: Stops): BpfObject {
  const what = "the answer is an object";
  try {
    if (answer instanceof Uint8Array) return machine.open(answer, { name: "answer" });
    if (isSkeleton(answer)) return answer.open(machine);
  } catch (error) {
    return it.stop(what, String((error as Error).message).split("\n")[0]!);
  }
  return it.stop(what, `got ${shownAnswer(answer)}; hand over the name behind %%c, or the bytes of an object file`);
}

const isSkeleton = (answer: unknown): answer is { open(machine: Machine): BpfObject } =>
  typeof answer === "function" && "open" in answer && typeof answer.open === "function";

export const LESSON_09: readonly Exercise[] = [
  exercise({
    id: "09-1",
    title: "In which section?",
    hints: [
      "Two of them are variables. Which has a value from the start that is not zero?",
      "(b) is const, so nobody writes it; (c) has a SEC of its own in every example.",
    ],
    mistakes: {
      initial:
        "Variables with an initial value and those that begin as zero are in different sections: .data and .bss.",
      constant: "A const volatile is a constant for the program, whoever sets it before the object is loaded.",
      maps: "The loader finds maps in a section of their own.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of four texts", `got ${shownAnswer(answer)}`);
      const names = answer.map((name: unknown) => `.${String(name).trim().replace(/^\./, "")}`);
      it.answer("(a) verbose", names[0], SECTIONS[0], { '".bss"': "initial", '".rodata"': "constant" });
      it.answer("(b) target_pid", names[1], SECTIONS[1], { '".bss"': "constant", '".data"': "constant" });
      it.answer("(c) slots", names[2], SECTIONS[2], { '".bss"': "maps", '".data"': "maps", '".BTF"': "maps" });
      it.answer("(d) errors", names[3], SECTIONS[3], { '".data"': "initial" });
      it.that("there are four", names.length === 4, `got ${names.length}`);
    },
  }),
  exercise({
    id: "09-2",
    title: "What did clang know?",
    hints: [
      "Without volatile clang knows the value while it compiles. What did it do with the numbers from 1 to 100?",
      "The comparison in the instructions is one with a constant. Does the loader change instructions when rodata is set?",
    ],
    mistakes: {
      loader: "Setting rodata changes the bytes of the section, but no instruction reads them any more.",
      nothing: "The loop is still there; only its limit is fixed.",
    },
    check: (answer, it) =>
      it.answer("the rounds", it.whole(answer), 10, { "20": "loader", "0": "nothing", "1": "nothing" }),
  }),
  exercise({
    id: "09-3",
    title: "Your own object",
    hints: [
      "u32 user = bpf_get_current_uid_gid(); the conversion keeps the lower half. Then look it up: u64 *count = bpf_map_lookup_elem(&opens, &user);",
      "If there is none, insert one: u64 one = 1; bpf_map_update_elem(&opens, &user, &one, BPF_NOEXIST);",
      "Else __sync_fetch_and_add(count, 1); the attached section is tracepoint/syscalls/sys_enter_openat.",
    ],
    mistakes: {
      empty: "The map stays empty: a user who is not in it yet has to be inserted.",
      first: "The first call of each user is missing: insert with the value 1, not 0.",
      group: "These are not the users' numbers: those are the lower half of what the helper gives.",
      ones: "Every count is 1: if the user is there, add to its count.",
    },
    check: (answer, it) => {
      const machine = new Machine({ cpus: 1, seed: 11 });
      const object = opened(answer, machine, it);
      const map = object.mapList.find(({ name }) => name === "opens");
      if (map === undefined) {
        const names = object.mapList.map(({ name }) => name).join(", ");
        return it.stop("it has a map opens", `its maps: ${names || "none"}`);
      }
      try {
        object.load().attach();
      } catch (error) {
        it.stop("Linux accepts it", String((error as Error).message).split("\n")[0]!);
      }
      it.that("Linux accepts it", true);
      for (const [uid, calls] of [
        [1000, 3],
        [33, 1],
      ] as const)
        machine.linux.process({
          comm: "student",
          uid,
          gid: 7,
          *program(sys) {
            for (let i = 0; i < calls; i++) yield sys.openat("/etc/passwd", 0);
          },
        });
      machine.linux.runUntil(machine.linux.ktimeNs() + 1e8);
      const counts = new Map([...map].map(([user, count]) => [Number(user), Number(count)]));
      if (counts.size === 0) it.stop("calls are counted", "the map is empty", "empty");
      it.that(
        "users are the keys",
        counts.has(1000) && counts.has(33),
        `got ${[...counts.keys()].join(", ")}`,
        "group",
      );
      it.equal("three calls of user 1000", counts.get(1000) ?? 0, 3, { 1: "ones", 2: "first" });
      it.equal("one call of user 33", counts.get(33) ?? 0, 1, { 0: "first" });
    },
  }),
];
