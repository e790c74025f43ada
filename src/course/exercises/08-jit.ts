import * as packet from "../../packets/build.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { Stops } from "../examiner.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";

const CALL = 0x85;
const LOAD_64 = 0x18;

/** Below this one has to keep the sum in a register; with the lookup alone before the loop it is more. */
const MOST_STEPS = 120;

/** What a program does with a packet: instructions executed and calls among them, its result, and the sum in its map after each of two runs. */
function work(program: ProgramSpec, data: Uint8Array, it: Stops) {
  const lab = new Lab(it);
  const loaded = lab.load(program);
  const { steps } = loaded.trace(data).run;
  const calls = steps.filter(({ slot }) => program.insns[slot]?.code === CALL).length;
  const result = loaded.run(data).retval;
  const sum = () => Number(lab.entries(loaded)[0]?.[1]);
  const once = sum();
  loaded.run(data);
  return { steps: steps.length, calls, result, once, twice: sum() };
}

const DATA = Uint8Array.from({ length: 60 }, (_, i) => 3 * i + 1);
const SUM = DATA.subarray(0, 16).reduce((sum, byte) => sum + byte, 0);

const SECRET = 0x3c909090;

/** All constants of a program as hexadecimal digits; those of 64 bits whole. */
const constants = ({ insns }: ProgramSpec): readonly string[] =>
  insns.map(({ code, imm }, at) => {
    const hex = (imm >>> 0).toString(16).padStart(8, "0");
    const upper = code === LOAD_64 ? (insns[at + 1]!.imm >>> 0).toString(16).padStart(8, "0") : "";
    return upper + hex;
  });

export const LESSON_08: readonly Exercise[] = [
  exercise({
    id: "08-1",
    title: "Predict the size",
    hints: [
      "count has 11 slots as written and 17 afterwards. How many more is that for one lookup?",
      "Seven instructions take the place of one call: 6 more for each lookup.",
    ],
    mistakes: {
      call: "Seven instructions come for each lookup, but the call goes: how many more is that?",
      one: "There are two lookups.",
      unchanged: "A lookup in an array is written into the program: it gets longer.",
    },
    check: (answer, it) =>
      it.answer("the number of slots", it.whole(answer), 42, {
        "44": "call",
        "36": "one",
        "37": "one",
        "30": "unchanged",
      }),
  }),
  exercise({
    id: "08-2",
    title: "Once is enough",
    hints: [
      "Which of the instructions between next and the jump back would do the same in each round?",
      "Look up before the loop, and keep the address in r8 or r9. That is not yet enough: what else can wait for the end?",
      "Add up in a register in the loop (r5 = 0 before it), and after the loop lock *(u64 *)(r8 + 0) += r5.",
    ],
    mistakes: {
      lookup: "It still looks up in each round: do it once before the loop, and keep the address in a register.",
      memory:
        "The sum still goes to memory and back in each round: keep it in a register, and write it once behind the loop.",
      replaced: "The sum of a second packet takes the place of the first: add to what lies in the map.",
      fewer: "The sum is not that of the first 16 bytes.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const { steps, calls, result, once, twice } = work(program, DATA, it);
      it.equal("the packet passes", result, 2);
      it.that("the sum of the first 16 bytes", once === SUM, `expected ${SUM}, got ${once}`, "fewer");
      it.that("a second packet is added", twice === 2 * once, `after it there is ${twice}`, "replaced");
      const mistake = calls > 1 ? "lookup" : "memory";
      it.that(`fewer than ${MOST_STEPS} instructions`, steps < MOST_STEPS, `it executes ${steps}`, mistake);
      it.equal("a packet that is too short passes", new Lab(it).load(program).run(DATA.slice(0, 15)).retval, 2);
    },
  }),
  exercise({
    id: "08-3",
    title: "Blind it",
    hints: [
      "blinded above does it: a number that is combined with another one, and the other one again.",
      "Any number will do that changes all of the bytes. TypeScript computes it with ^.",
      "0x3c909090 ^ 0x5a17c3e9 is 0x66875379: w0 = 0x66875379 / w0 ^= 0x5a17c3e9",
    ],
    mistakes: {
      visible: "The number still stands in the program as it is.",
      halves: "There is a constant with 9090 in it: combine with a number that changes all bytes, such as 0x5a17c3e9.",
      result:
        "The result is another number: the same constant has to be combined twice, and only the lower 32 bits count.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const found = constants(program);
      const whole = found.some((hex) => hex.includes(SECRET.toString(16)));
      const mistake = whole ? "visible" : "halves";
      const bad = found.find((hex) => hex.includes("9090") || hex.includes("3c90"));
      it.that("no constant gives it away", bad === undefined, `there is 0x${bad}`, mistake);
      const result = new Lab(it).load(program).run(packet.udp()).retval >>> 0;
      it.that("the result is 0x3c909090", result === SECRET, `it is 0x${result.toString(16)}`, "result");
    },
  }),
];
