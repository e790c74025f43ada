import { ClassicProgram } from "../../loader/classic.ts";
import * as packet from "../../packets/build.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const WAY = ["text", "instructions", "verifier", "xlated", "jit", "hook", "map", "plot"] as const;

/** A packet of so many bytes, headers and all. */
const ofSize = (size: number): Uint8Array => packet.udp({ payload: new Uint8Array(size - packet.udp().length) });

/** Sizes of packets around the limit of exercise 3, what is to become of them, and which other result means what. */
const SIZES: readonly (readonly [
  size: number,
  verdict: number,
  wrong: Readonly<Record<string, "inverted" | "passes" | "limit">>,
])[] = [
  [60, 2, { 1: "inverted" }],
  [511, 2, { 1: "inverted" }],
  [513, 1, { 2: "passes" }],
  [1400, 1, { 2: "passes" }],
  [512, 2, { 1: "limit" }],
];

export const LESSON_01: readonly Exercise[] = [
  exercise({
    id: "01-1",
    title: "The way",
    hints: [
      "It begins with the text that you write and ends with the plot. What does Linux get, and who looks at it first?",
      "Nothing is rewritten or compiled before the verifier has accepted it: it looks at what you wrote.",
      "text, instructions, verifier, xlated, jit, ... and then: where does it run, and where does it leave what it learns?",
    ],
    mistakes: {
      unverified:
        "The verifier comes before xlated and jit: Linux neither rewrites nor compiles what it has not checked.",
      swapped: "The JIT compiles what the rewriting left: xlated comes before jit.",
      early: "A program writes into its map when it runs, and it runs only when it is attached to a hook.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of texts", `got ${shownAnswer(answer)}`);
      const way = answer.map((one: unknown) => String(one).toLowerCase());
      it.equal("it has the eight stations, each once", [...way].sort(), [...WAY].sort());
      const before = (one: (typeof WAY)[number], other: (typeof WAY)[number]) => way.indexOf(one) < way.indexOf(other);
      const checked = before("verifier", "xlated") && before("verifier", "jit");
      it.that("Linux checks before it changes anything", checked, "not in this order", "unverified");
      it.that("Linux rewrites, then compiles", before("xlated", "jit"), "not in this order", "swapped");
      it.that("the map is filled after the program is attached", before("hook", "map"), "not in this order", "early");
      it.that("it begins with the text", before("text", "instructions") && way[0] === "text", `with ${way[0]}`);
      it.that("all stations are in order", way.join() === WAY.join(), "not yet");
    },
  }),
  exercise({
    id: "01-2",
    title: "Only the answers",
    hints: [
      "An answer of a DNS server comes from its port 53: 53 is the port of the source.",
      "`src port 53` is right about the port, but TCP has ports as well.",
      'classic("udp src port 53")',
    ],
    mistakes: {
      both: "Questions are still kept: say of which side port 53 shall be, with src or dst.",
      questions: "These are the questions: they go to port 53. Answers come from it.",
      tcp: "A TCP packet from port 53 is kept as well: the filter has to begin with udp.",
    },
    check: (answer, it) => {
      if (!(answer instanceof ClassicProgram))
        return it.stop("the answer is a filter", `got ${shownAnswer(answer)}; hand over what classic("...") gives`);
      const lab = new Lab(it);
      const loaded = lab.load(answer.program());
      const keeps = (bytes: Uint8Array) => loaded.run(bytes).retval !== 0;
      const fromServer = keeps(packet.udp({ sport: 53, dport: 40_001 }));
      const toServer = keeps(packet.udp({ sport: 40_001, dport: 53 }));
      it.that("an answer, UDP from port 53, is kept", fromServer, "it is not", toServer ? "questions" : undefined);
      it.that("a question, UDP to port 53, is not kept", !toServer, "it is", fromServer ? "both" : "questions");
      it.that("TCP from port 53 is not kept", !keeps(packet.tcp({ sport: 53, dport: 40_001 })), "it is", "tcp");
      it.that("UDP from port 5353 is not kept", !keeps(packet.udp({ sport: 5353, dport: 40_001 })), "it is");
      it.that(
        "an answer over IPv6 is kept",
        keeps(packet.udp({ saddr: "fe80::1", daddr: "fe80::2", sport: 53 })),
        "it is not",
      );
    },
  }),
  exercise({
    id: "01-3",
    title: "A size limit",
    hints: [
      "Load where the packet begins and ends, subtract, and compare the difference with 512.",
      "There are two ways out: one with r0 = 1, one with r0 = 2, each with an exit.",
      "r6 -= r2 / if r6 > 512 goto drop / r0 = 2 / exit / drop: r0 = 1 / exit",
    ],
    mistakes: {
      passes: "Everything passes: compare the length with 512, and return 1 on one of the two ways.",
      inverted: "Now the small ones are dropped. The jump to where r0 = 1 is for packets of more than 512 bytes.",
      limit: "A packet of exactly 512 bytes is not more than 512 bytes: compare with >, not with >=.",
      aborted: "0 is XDP_ABORTED: it drops too, but says that the program failed. XDP_DROP is 1.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const loaded = new Lab(it).load(program);
      for (const [size, verdict, wrong] of SIZES)
        it.equal(`a packet of ${size} bytes`, loaded.run(ofSize(size)).retval, verdict, { 0: "aborted", ...wrong });
    },
  }),
];
