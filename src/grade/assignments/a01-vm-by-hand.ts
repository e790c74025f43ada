import { encode, toHex } from "../../isa/encode.ts";
import { asm } from "../../loader/asm.ts";
import { assignment } from "../assignment/assignment.ts";
import type { Inspector } from "../assignment/inspector.ts";

/** The program whose result a1/1 asks for. */
const arithmetic = ({ start, factor, shift, taken }: Record<"start" | "factor" | "shift" | "taken", number>): string =>
  ["r1 = -1", `r0 = ${start}`, `r0 *= ${factor}`, `w1 -= ${taken}`, `r1 >>= ${shift}`, "r0 += r1", "exit"].join("\n");

/** r0 of a program that needs no input. */
function resultOf(text: string, it: Inspector): number {
  return it
    .lab()
    .load(asm({ type: "raw" })(text))
    .run(new Uint8Array()).retval;
}

/** What a1/3 asks for. */
const weighed = (bytes: Uint8Array, { least, weight }: { readonly least: number; readonly weight: number }): number =>
  bytes.reduce((sum, byte) => (byte >= least ? sum + byte * weight : sum), 0);

function sums(
  answer: unknown,
  inputs: readonly Uint8Array[],
  params: { least: number; weight: number },
  it: Inspector,
): void {
  const spec = it.program(answer, "raw");
  const program = it.lab().load(spec);
  for (const data of inputs) {
    it.run(program, { data }, `${data.length} bytes: ${toHex(data.slice(0, 64))}`, ({ retval }) => {
      const all = data.reduce((sum, byte) => sum + byte * params.weight, 0);
      const above = data.reduce((sum, byte) => (byte > params.least ? sum + byte * params.weight : sum), 0);
      const count = data.filter((byte) => byte >= params.least).length * params.weight;
      const mistakes = { [count]: "counted", [above]: "strict", [all]: "all" };
      const want = weighed(data, params);
      it.equal("the sum", retval, want, Object.hasOwn(mistakes, want) ? {} : mistakes);
    });
  }
}

/** Registers, instructions and their bytes, on memory without any Linux around it. */
export const A01 = assignment({
  id: "a1",
  title: "The VM by hand",
  summary: "Compute as the machine does, write an instruction's bytes, program a loop.",
  lesson: "02",
  source: "a01-vm-by-hand",
  revision: 1,
  variant(v) {
    const numbers = {
      start: v.number("start", 11, 97),
      factor: v.number("factor", 3, 9),
      shift: v.number("shift", 20, 28),
      taken: v.number("taken", 2, 30),
    };
    const [dst, src] = v.sample("registers", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 2) as [number, number];
    const instruction = `r${dst} ${v.choice("operation", ["+=", "-=", "*=", "^=", "|="])} r${src}`;
    return {
      listing: arithmetic(numbers),
      instruction,
      least: v.number("least", 20, 120),
      weight: v.number("weight", 2, 7),
    };
  },
  tasks: [
    {
      id: "a1/1",
      title: "What is in r0?",
      points: 2,
      submit: { name: "r0", kind: "value" },
      visible: [
        {
          title: "it is a whole number",
          weight: 0,
          run: ({ answer, it }) => void it.that("a whole number", it.whole(answer) >= 0n),
        },
      ],
      hidden: [
        {
          title: "it is what the machine computes",
          run({ answer, params, it }) {
            const want = resultOf(params.listing, it);
            const narrow = resultOf(params.listing.replace("w1 -=", "r1 -="), it);
            it.answer("r0 at exit", it.whole(answer), want, narrow === want ? {} : { [narrow]: "width" });
          },
        },
      ],
      hints: [
        "Write the value of r0 and r1 beside each line. -1 has all 64 bits set.",
        "An operation on w1 computes with the lower 32 bits and clears the upper ones. Which of its bits are left after the shift?",
      ],
      mistakes: { width: "The subtraction is one of w1: 32 bits, and the upper half of r1 is 0 afterwards." },
    },
    {
      id: "a1/2",
      title: "Eight bytes",
      points: 2,
      submit: { name: "hex", kind: "value" },
      visible: [
        {
          title: "it is sixteen hexadecimal digits",
          weight: 0,
          run({ answer, it }) {
            const text = it.text(answer).replaceAll(/\s/g, "");
            it.that("sixteen hexadecimal digits", /^[0-9a-fA-F]{16}$/.test(text), `got ${text.length} characters`);
          },
        },
      ],
      hidden: [
        {
          title: "they are the instruction",
          run({ answer, params, it }) {
            const got = it.text(answer).replaceAll(/\s/g, "").toLowerCase();
            const want = toHex(encode(asm({ type: "raw" })(`${params.instruction}\nexit`).insns)).slice(0, 16);
            const swapped = want.slice(0, 2) + want[3] + want[2] + want.slice(4);
            it.answer("the bytes", got, want, { [JSON.stringify(swapped)]: "swapped" });
          },
        },
      ],
      hints: [
        "The code's byte says operation, source and class: lesson 02 has the table.",
        "The second byte: source register above, destination below.",
      ],
      mistakes: {
        swapped: "The registers are the other way round: the low half of the second byte is the one that changes.",
      },
    },
    {
      id: "a1/3",
      title: "A loop",
      points: 6,
      submit: { name: "loop", kind: "program" },
      visible: [
        {
          title: "it sums up some small pieces of memory",
          run({ answer, params, it }) {
            const { least } = params;
            sums(answer, [Uint8Array.of(least), Uint8Array.of(1, least + 5, 2), Uint8Array.of(least - 1)], params, it);
          },
        },
        {
          title: "it takes no bytes at all",
          run: ({ answer, params, it }) => sums(answer, [new Uint8Array()], params, it),
        },
      ],
      hidden: [
        {
          title: "it sums up bytes of all values",
          weight: 2,
          run({ answer, params, it, v }) {
            const { least } = params;
            const border = Uint8Array.of(least, least + 1, least - 1, 255, 0);
            const random = [1, 2, 3, 4].map((n) => v.bytes(`input ${n}`, v.number(`length ${n}`, 2, 60)));
            sums(answer, [border, ...random], params, it);
          },
        },
        {
          title: "it sums up more than fits in 16 bits",
          run: ({ answer, params, it, v }) =>
            sums(answer, [new Uint8Array(v.number("many", 900, 1400)).fill(255)], params, it),
        },
      ],
      hints: [
        "r1 is the address of the bytes, r2 how many there are. A loop tests, loads, adds, moves on and jumps back.",
        "Unsigned comparison: if r3 < LEAST goto next. Multiply before you add.",
      ],
      mistakes: {
        all: "Bytes below the limit are in the sum too: compare before you add.",
        strict: "A byte that is as large as the limit counts too.",
        counted: "That is how many bytes there are: load the byte, and add what it holds.",
      },
    },
  ],
});
