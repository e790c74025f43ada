import { BpfObject } from "../../loader/object/bpf-object.ts";
import { Machine } from "../../machine.ts";
import type { Examiner, Stops } from "../examiner.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { shownAnswer } from "../shown-answer.ts";

const STEPS = ["clang", "gen skeleton", "open", "set constants", "load", "attach", "destroy"] as const;
const LEFT = ["gone", "stays", "stays", "stays"] as const;

/** A machine's processes read a file: each as many bytes at once as its list says. */
function read(machine: Machine, sizes: Readonly<Record<string, readonly number[]>>): void {
  machine.linux.files.create("/tmp/large", 1_000_000);
  for (const [comm, each] of Object.entries(sizes))
    machine.linux.process({
      comm,
      *program(sys) {
        const fd: number = yield sys.openat("/tmp/large", 0);
        for (const size of each) yield sys.read(fd, size);
      },
    });
  machine.linux.runUntil(machine.linux.ktimeNs() + 5e7);
}

/** What an answer makes of a machine: an object that is attached. */
function started<M extends string>(answer: unknown, machine: Machine, it: Examiner<M>, late?: M): BpfObject {
  if (typeof answer !== "function") return it.stop("the answer is a function", `got ${shownAnswer(answer)}`);
  let object: unknown;
  try {
    object = answer(machine);
  } catch (error) {
    const { message } = error as Error;
    return it.stop("it starts", message.split("\n")[0]!, message.includes("read-only since") ? late : undefined);
  }
  if (!(object instanceof BpfObject)) return it.stop("it gives the object", `got ${shownAnswer(object)}`);
  return object;
}

const programs = (machine: Machine): string[] => [...machine.bpf.programs.values()].map(({ spec }) => spec.name);

/** The sums that an answer gives for the records of an object, by name. */
function summed(answer: unknown, object: BpfObject, it: Stops): Map<string, number> {
  if (typeof answer !== "function") return it.stop("the answer is a function", `got ${shownAnswer(answer)}`);
  let given: unknown;
  try {
    given = answer(object);
  } catch (error) {
    return it.stop("it can be called", String((error as Error).message).split("\n")[0]!);
  }
  if (typeof given !== "object" || given === null)
    return it.stop("it gives a Map or an object", `got ${shownAnswer(given)}`);
  const entries = given instanceof Map ? [...given] : Object.entries(given);
  return new Map(entries.map(([comm, bytes]) => [String(comm), Number(bytes)]));
}

/** Sizes of the records that wait, by program. */
const RECORDS: Readonly<Record<string, readonly number[]>> = {
  cat: [10_000, 20_000],
  tar: [20_000],
  dd: [5_000, 5_000, 5_000],
};

/** What stands for an object of which only the records are looked at. */
function withRecords(): BpfObject {
  const waiting = Object.entries(RECORDS).flatMap(([comm, sizes], i) =>
    sizes.map((bytes) => ({ pid: 1000 + i, bytes, comm })),
  );
  const events = { read: () => waiting.splice(0) };
  return { maps: { events } } as unknown as BpfObject;
}

export const LESSON_18: readonly Exercise[] = [
  exercise({
    id: "18-1",
    title: "In order",
    hints: [
      "A skeleton is made from an object file. Who makes the object file?",
      "Constants are set when the object is open and not yet loaded; attach needs programs that are in Linux.",
    ],
    mistakes: {
      constants: "After load constants are frozen: the verifier has relied on them.",
      skeleton: "The skeleton is made from what clang has written.",
      attach: "Only what is loaded can be attached.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of seven texts", `got ${shownAnswer(answer)}`);
      const order = answer.map((step: unknown) => String(step).trim().toLowerCase());
      const before = (one: string, other: string) => order.indexOf(one) < order.indexOf(other);
      const mistake = before("load", "set constants")
        ? "constants"
        : before("gen skeleton", "clang")
          ? "skeleton"
          : before("attach", "load")
            ? "attach"
            : undefined;
      it.that(
        "all seven are there",
        STEPS.every((step) => order.includes(step)) && order.length === 7,
        order.join(", "),
      );
      it.that("they are in order", order.join() === STEPS.join(), "not yet", mistake);
    },
  }),
  exercise({
    id: "18-2",
    title: "Configure it",
    hints: [
      "Keep what open gives in a variable, change it, then load.",
      "const object = bigreads.open(machine); object.rodata.min_bytes = 10_000n; object.progs.on_exit.autoload = false;",
    ],
    mistakes: {
      constant: "The limit is still 4096, as the source says: set rodata.min_bytes (a bigint: 10_000n).",
      late: "The constant was set when the object was loaded already: set it between open and load.",
      autoload: "on_exit is in Linux: its autoload has to be false before the object is loaded.",
      attached: "It is loaded, and nothing runs: attach it.",
    },
    check: (answer, it) => {
      const machine = new Machine({ cpus: 1, seed: 11 });
      const object = started(answer, machine, it, "late");
      it.that("it is the object of bigreads", object.rodata["min_bytes"] !== undefined, "it has no min_bytes");
      it.equal("the limit", object.rodata["min_bytes"], 10_000, { 4096: "constant" });
      it.that("on_exit is not loaded", !programs(machine).includes("on_exit"), programs(machine).join(), "autoload");
      it.that("it is attached", object.state === "attached", `it is ${object.state}`, "attached");
      read(machine, { reader: [9_999, 10_000, 20_000] });
      const records = (object.maps["events"]?.isLoaded ? object.maps["events"].read() : []) as { bytes: number }[];
      it.equal("reports", records.map(({ bytes }) => bytes).join(), "10000,20000");
    },
  }),
  exercise({
    id: "18-3",
    title: "Sum up",
    hints: [
      "Each record has comm and bytes. What was summed up so far has to be looked up first.",
      "for (const { comm, bytes } of object.maps.events.read()) all.set(comm, (all.get(comm) ?? 0) + bytes);",
    ],
    mistakes: {
      ones: "Every sum is 1: add the bytes of the record.",
      count: "That counts the records: add their bytes.",
      last: "Only the last record of each program is left: add to what is there.",
    },
    check: (answer, it) => {
      const got = summed(answer, withRecords(), it);
      const all = Object.entries(RECORDS);
      const is = (of: (sizes: readonly number[]) => number) =>
        all.every(([comm, sizes]) => got.get(comm) === of(sizes));
      const mistake = is(() => 1)
        ? "ones"
        : is(({ length }) => length)
          ? "count"
          : is((sizes) => sizes.at(-1)!)
            ? "last"
            : undefined;
      for (const [comm, sizes] of all) {
        const sum = sizes.reduce((total, size) => total + size, 0);
        it.that(`the bytes of ${comm}`, got.get(comm) === sum, `expected ${sum}, got ${got.get(comm)}`, mistake);
      }
      it.equal("how many programs", got.size, all.length);
    },
  }),
  exercise({
    id: "18-4",
    title: "What is left?",
    hints: [
      "What goes when the process ends are its descriptors. What else refers to something?",
      "A link refers to its program, a program to its maps.",
    ],
    mistakes: {
      link: "(a) only the tool held this link: with its descriptor the link goes, and with it the program.",
      pinned: "What is pinned has a name in /sys/fs/bpf, and stays until the name is removed.",
      used: "(d) the program of (c) stays, and refers to its maps.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of four texts", `got ${shownAnswer(answer)}`);
      const left = answer.map((one: unknown) => String(one).trim().toLowerCase());
      it.answer("(a) a link", left[0], LEFT[0], { '"stays"': "link" });
      it.answer("(b) a pinned map", left[1], LEFT[1], { '"gone"': "pinned" });
      it.answer("(c) a pinned link", left[2], LEFT[2], { '"gone"': "pinned" });
      it.answer("(d) its map", left[3], LEFT[3], { '"gone"': "used" });
      it.that("there are four", left.length === 4, `got ${left.length}`);
    },
  }),
];
