import { asm } from "../../loader/asm.ts";
import { Machine } from "../../machine.ts";
import { u32, u64 } from "../../maps/codec.ts";
import { map } from "../../maps/map.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

/** Programs of a machine by name, with the maps that each uses, in the order of its list. */
const USES: Readonly<Record<string, readonly string[]>> = {
  count_all: ["packets"],
  gate: ["blocked", "packets"],
  report: ["packets", "blocked"],
  nothing: [],
};

/** Programs that use maps together: their lookups do nothing else. */
function programs(): ProgramSpec[] {
  const declared = new Map(
    ["packets", "blocked"].map((name) => [name, map.hash({ name, key: u32, value: u64, maxEntries: 16 })]),
  );
  return Object.entries(USES).map(([name, uses]) =>
    asm({ type: "xdp", name, maps: uses.map((one) => declared.get(one)!) })(
      ["*(u32 *)(r10 - 4) = 0", ...uses.flatMap(lookup), "r0 = 2", "exit"].join("\n"),
    ),
  );
}

const lookup = (name: string) => [`r1 = map[${name}]`, "r2 = r10", "r2 += -4", "call bpf_map_lookup_elem"];

const NAMES = ["gate", "report"];

export const LESSON_21: readonly Exercise[] = [
  exercise({
    id: "21-1",
    title: "Reading",
    hints: [
      "(b) The lowest byte stands first. (c) An address lies in memory as one reads it; 10 is 0a.",
      "(b) 0x00002710.",
    ],
    mistakes: {
      bytes: "(a) 168 is in bytes, and a slot has 8 of them.",
      order: "(b) The lowest byte lies first: 0x2710.",
      reversed: "(c) Addresses lie in the network's order, the first part first.",
      decimal: "(c) map dump prints bytes in hexadecimal, two digits each.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer))
        return it.stop("the answer is a list of two numbers and a text", `got ${shownAnswer(answer)}`);
      const [slots, value, key] = answer as readonly unknown[];
      it.answer("(a) slots", slots, 21, { 168: "bytes" });
      it.answer("(b) the value", value, 10_000, { 270991360: "order", 4135: "order", 10027: "order" });
      const bytes = String(key).trim().toLowerCase().replaceAll("0x", "").replaceAll(/\s+/g, " ");
      it.answer("(c) the key", bytes, "0a 00 00 09", {
        '"09 00 00 0a"': "reversed",
        '"10 0 0 9"': "decimal",
        '"10 00 00 09"': "decimal",
      });
    },
  }),
  exercise({
    id: "21-2",
    title: "The command",
    hints: [
      "bpftool map update id 456 key ... value ...: four bytes, and one.",
      "1234 is 0x04d2. Its lowest byte comes first.",
    ],
    mistakes: {
      order: "The key was written as on paper: the lowest byte, d2, comes first.",
      byte: "Each word is one byte: of 1234 only the lowest one, d2, was taken, and another element was set.",
      value: "Values of this map have one byte.",
      short: "The key has four bytes: write all of them.",
    },
    check: (answer, it) => {
      const text = it.text(answer).trim();
      const machine = Machine.syllabus();
      const { errors, exitCode } = machine.bpftool(text.replace(/^(sudo )?bpftool /, ""));
      const mistake = /key expected|error parsing byte/.test(errors)
        ? "short"
        : /value expected|expected key or value/.test(errors)
          ? "value"
          : undefined;
      if (!it.that("bpftool takes it", exitCode === 0, errors.trim().split("\n")[0], mistake)) return;
      const elementOf = (key: number) => {
        const bytes = [key & 255, (key >> 8) & 255, (key >> 16) & 255, (key >> 24) & 255].join(" ");
        const { data } = machine.bpftool(`map lookup id 456 key ${bytes}`);
        return Number((data as { formatted?: { value?: unknown } } | undefined)?.formatted?.value ?? Number.NaN);
      };
      it.that(
        "key 1234 has the value 7",
        elementOf(1234) === 7,
        "it has not",
        elementOf(0xd204) === 7 || elementOf(0xd2040000) === 7 ? "order" : elementOf(0xd2) === 7 ? "byte" : undefined,
      );
    },
  }),
  exercise({
    id: "21-3",
    title: "Who uses it?",
    hints: [
      '`machine.bpftool("map list").data` has id and name of each map; a program\'s map_ids are ids.',
      "programs.filter(({ map_ids }) => map_ids?.includes(id)).map(({ name }) => name)",
    ],
    mistakes: {
      all: "These are all programs: which of them have the map's id among their map_ids?",
      first: "Only the first of a program's maps was looked at: a program may have several.",
      fixed: "No program was found. Was an id written down? It differs from machine to machine.",
      ids: "These are ids; the names of the programs were asked for.",
    },
    check: (answer, it) => {
      if (typeof answer !== "function") return it.stop("the answer is a function", `got ${shownAnswer(answer)}`);
      const lab = new Lab(it);
      lab.loadTogether(programs());
      let got: unknown;
      try {
        got = answer(lab.machine);
      } catch (error) {
        return it.stop("it can be called", String((error as Error).message).split("\n")[0]!);
      }
      if (!Array.isArray(got)) return it.stop("it gives a list", `got ${shownAnswer(got)}`);
      const names = got.map(String).toSorted();
      const is = (wanted: readonly string[]) => names.join() === wanted.toSorted().join();
      const mistake = is(Object.keys(USES))
        ? "all"
        : is(["gate"])
          ? "first"
          : names.length === 0
            ? "fixed"
            : names.every((name) => /^\d+$/.test(name))
              ? "ids"
              : undefined;
      it.that("gate and report use it", is(NAMES), `got ${shownAnswer(names)}`, mistake);
    },
  }),
];
