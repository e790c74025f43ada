import { readFileSync } from "node:fs";
import type { BpfObject } from "../../../src/loader/object/bpf-object.ts";
import type { Machine } from "../../../src/machine.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

const BYTES = new Uint8Array(
  readFileSync(new URL("../../../notebooks/lessons/data/c/bigreads.bpf.o", import.meta.url)),
);

/** Opens the lesson's object, changes it before and after it is loaded. */
const start =
  (before: (object: BpfObject) => void, after: (object: BpfObject) => void = (object) => void object.attach()) =>
  (machine: Machine): BpfObject => {
    const object = machine.open(BYTES, { name: "bigreads" });
    before(object);
    object.load();
    after(object);
    return object;
  };
const limit = (object: BpfObject) => {
  object.rodata["min_bytes"] = 10_000n;
};
const leaveOut = (object: BpfObject) => {
  object.progs["on_exit"]!.autoload = false;
};

interface Waiting {
  readonly maps: { readonly events: { read(): { comm: string; bytes: number }[] } };
}
const by = (next: (before: number, bytes: number) => number) => (object: Waiting) => {
  const all: Record<string, number> = {};
  for (const { comm, bytes } of object.maps.events.read()) all[comm] = next(all[comm] ?? 0, bytes);
  return all;
};

export const WRONG_18: WrongAnswers = {
  "18-1": [
    {
      answer: ["clang", "gen skeleton", "open", "load", "set constants", "attach", "destroy"],
      mistake: "constants",
    },
    {
      answer: ["gen skeleton", "clang", "open", "set constants", "load", "attach", "destroy"],
      mistake: "skeleton",
    },
    {
      answer: ["clang", "gen skeleton", "open", "set constants", "attach", "load", "destroy"],
      mistake: "attach",
    },
  ],
  "18-2": [
    { answer: start(leaveOut), mistake: "constant" },
    { answer: start(leaveOut, limit), mistake: "late" },
    { answer: start(limit), mistake: "autoload" },
    {
      answer: start(
        (object) => {
          limit(object);
          leaveOut(object);
        },
        () => undefined,
      ),
      mistake: "attached",
    },
  ],
  "18-3": [
    { answer: by(() => 1), mistake: "ones" },
    { answer: by((before) => before + 1), mistake: "count" },
    { answer: by((_, bytes) => bytes), mistake: "last" },
  ],
  "18-4": [
    { answer: ["stays", "stays", "stays", "stays"], mistake: "link" },
    { answer: ["gone", "gone", "stays", "stays"], mistake: "pinned" },
    { answer: ["gone", "stays", "stays", "gone"], mistake: "used" },
  ],
};
