import { asm } from "../../loader/asm.ts";
import type { LoadedProgram } from "../../loader/loaded-program.ts";
import { u32 } from "../../maps/codec.ts";
import { MapDeclaration } from "../../maps/declaration.ts";
import type { MapSpec } from "../../maps/spec.ts";
import type { MapView } from "../../maps/view.ts";
import * as packet from "../../packets/build.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const WAYS = ["tail call", "global function", "static function", "bpf_loop"] as const;

/** A stage that says with its result that it ran. */
const says = (result: number) => asm({ type: "xdp", name: `says_${result}` })`
    r0 = ${result}
    exit
`;
const [TCP_RAN, UDP_RAN, ODD_RAN] = [70, 80, 90];

/** An ICMP packet, ARP with 17 where IPv4 has the protocol, and what is too short. */
const arp = packet.arp().slice();
arp[23] = 17;
const PASSED: readonly (readonly [string, Uint8Array])[] = [
  ["ICMP, without a handler", packet.icmp()],
  ["ARP", arp],
  ["20 bytes", packet.udp().slice(0, 20)],
];

/** Puts programs into a loaded program's array of programs; false where it has none. */
function fill(loaded: LoadedProgram, programs: Readonly<Record<number, LoadedProgram>>): boolean {
  const { spec, maps } = loaded.program;
  const index = spec.maps.findIndex(({ type }) => type === "prog_array");
  const [declaration, runtime] = [spec.maps[index], maps[index]];
  if (!(declaration instanceof MapDeclaration) || runtime === undefined) return false;
  const places = declaration.see(runtime) as MapView<number, number>;
  for (const [place, program] of Object.entries(programs)) places.set(Number(place), program.id);
  return true;
}

/** A first stage that leaves a number where `second` looks for it, and jumps to it. */
const leaves = (found: MapSpec, stages: MapSpec, number: number) => asm({ type: "xdp", name: "leaves" })`
    r6 = r1
    *(u32 *)(r10 - 4) = 0
    r1 = map[${found}]
    r2 = r10
    r2 += -4
    call bpf_map_lookup_elem
    if r0 == 0 goto out
    r1 = ${number}
    *(u64 *)(r0 + 0) = r1
    r7 = ${number}
    r1 = r6
    r2 = map[${stages}]
    r3 = 1
    call bpf_tail_call
out:
    r0 = 99
    exit
`;

/** What a packet gets from a first stage that found `number`, with the student's as the second. */
function afterStage(lab: Lab, program: ProgramSpec, number: number, data: Uint8Array): number | undefined {
  const found = program.maps.find(({ name }) => name === "found");
  if (found === undefined) return undefined;
  const stages = new MapDeclaration({ type: "prog_array", name: "stages", key: u32, value: u32, maxEntries: 2 });
  const [first, second] = lab.loadTogether([leaves(found, stages, number), program]);
  fill(first!, { 1: second! });
  return first!.run(data).retval;
}

export const LESSON_25: readonly Exercise[] = [
  exercise({
    id: "25-1",
    title: "Ping and pong",
    hints: [
      "How many tail calls are there in all, and how many runs of a program? Nobody counts A and B apart.",
      "33 tail calls are 34 runs, by turns, and A begins.",
    ],
    mistakes: {
      first: "33 tail calls, and the run before the first of them: A ran without being jumped to.",
      each: "The 33 are not for each program: all tail calls of one packet are counted together.",
      turn: "A begins, and then they take turns: they run equally often.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of two numbers", `got ${shownAnswer(answer)}`);
      it.answer("how often A and B run", answer.map(Number), [17, 17], {
        [shownAnswer([17, 16])]: "first",
        [shownAnswer([33, 33])]: "each",
        [shownAnswer([34, 34])]: "each",
        [shownAnswer([34, 33])]: "each",
        [shownAnswer([18, 16])]: "turn",
        [shownAnswer([16, 17])]: "turn",
      });
    },
  }),
  exercise({
    id: "25-2",
    title: "A dispatcher",
    hints: [
      "r1 has to be the context when you call, so do not use it for anything else. The index goes into r3.",
      "Compare the bounds, then the type at byte 12 with 8, then load byte 23 into r3. Behind the call stands the answer for no handler.",
      "r2 = *(u32 *)(r1 + 0) / r3 = *(u32 *)(r1 + 4) / r4 = r2 / r4 += 34 / if r4 > r3 goto pass / r5 = *(u16 *)(r2 + 12) / if r5 != 8 goto pass / r3 = *(u8 *)(r2 + 23) / r2 = map[handlers] / call bpf_tail_call / pass: / r0 = 2 / exit",
    ],
    mistakes: {
      fixed: "All packets go to the same place: the index is the packet's protocol, byte 23.",
      offset: "No handler was found: the protocol is byte 23 of the packet (14 of Ethernet, and byte 9 of IPv4).",
      others: "Only IPv4 has its protocol at byte 23: ask first whether bytes 12 and 13 say IPv4.",
      behind: "Where there is no handler the packet is passed: 2 has to stand behind the call.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const lab = new Lab(it);
      const loaded = lab.load(program);
      const handlers = { 6: lab.load(says(TCP_RAN)), 17: lab.load(says(UDP_RAN)), 23: lab.load(says(ODD_RAN)) };
      if (!fill(loaded, handlers)) it.stop("it uses an array of programs", "the program has none", "offset");
      const of = (data: Uint8Array) => loaded.run(data).retval;
      const got = { tcp: of(packet.tcp()), udp: of(packet.udp()) };
      const why = got.tcp === got.udp && got.tcp >= TCP_RAN ? "fixed" : "offset";
      it.that("the handler of TCP runs", got.tcp === TCP_RAN, "it did not", why);
      it.that("the handler of UDP runs", got.udp === UDP_RAN, "it did not", why);
      for (const [what, data] of PASSED)
        it.that(`passed: ${what}`, of(data) === 2, `got ${of(data)}`, of(data) >= TCP_RAN ? "others" : "behind");
    },
  }),
  exercise({
    id: "25-3",
    title: "The second stage",
    hints: [
      "Nothing in a register survives the tail call. Look the number up: key 0 of found.",
      "A lookup in a per-CPU array gives this CPU's value, or 0: ask, then load 8 bytes.",
      "*(u32 *)(r10 - 4) = 0 / r1 = map[found] / r2 = r10 / r2 += -4 / call bpf_map_lookup_elem / if r0 == 0 goto pass / r1 = *(u64 *)(r0 + 0) / if r1 > 100 goto drop / pass: / r0 = 2 / exit / drop: / r0 = 1 / exit",
    ],
    mistakes: {
      own: "That is the packet's length, and not what the first stage found: look it up in found.",
      register: "The first stage's registers are forgotten: nothing is in this one.",
      reversed: "Above 100 is to be dropped (1), and everything else passed (2).",
      edge: "100 itself is not above 100.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program, ({ error }) => (/!read_ok/.test(error ?? "") ? "register" : undefined));
      const lab = new Lab(it);
      const after = (number: number) => afterStage(lab, program, number, packet.udp());
      const [low, edge, high] = [after(7), after(100), after(5000)];
      if (low === undefined) it.stop("it uses the map found", "it does not", "own");
      const why = low === 1 && high === 2 ? "reversed" : low === high ? "own" : undefined;
      it.that("7 was found", low === 2, `got ${low}`, why);
      it.that("5000 were found", high === 1, `got ${high}`, why);
      it.that("100 was found", edge === 2, `got ${edge}`, "edge");
    },
  }),
  exercise({
    id: "25-4",
    title: "Which way to cut?",
    hints: [
      "(a) What can be changed at run time? (b) What is verified once, whoever calls? (d) What is looked at once, however often it runs?",
      "Each of the four is right once. In (c) the function needs what the caller has checked.",
    ],
    mistakes: {
      again: "(b) A static function is verified again at each of the ten calls.",
      checked: "(c) A global function is verified alone: it does not know what the caller has checked.",
      many: "(d) 33 is the most for tail calls, and a function that is called in a loop is followed round by round.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of four texts", `got ${shownAnswer(answer)}`);
      const ways = answer.map((way: unknown) => String(way).trim().toLowerCase());
      it.answer("(a) a rule to be exchanged", ways[0], WAYS[0]);
      it.answer("(b) a parser, ten times", ways[1], WAYS[1], { '"static function"': "again" });
      it.answer("(c) a checked pointer", ways[2], WAYS[2], { '"global function"': "checked" });
      it.answer("(d) 20,000 elements", ways[3], WAYS[3], { '"tail call"': "many", '"static function"': "many" });
      it.that("there are four", ways.length === 4, `got ${ways.length}`);
    },
  }),
];
