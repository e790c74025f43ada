import * as packet from "../../packets/build.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { Examiner } from "../examiner.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";

/** Packets that a DNS filter must tell apart, with what it must return. */
const DNS_CASES: readonly (readonly [what: string, bytes: Uint8Array, action: number])[] = [
  ["a UDP packet to port 53", packet.udp({ dport: 53 }), 1],
  ["a UDP packet to port 54", packet.udp({ dport: 54 }), 2],
  ["a UDP packet from port 53", packet.udp({ sport: 53, dport: 4000 }), 2],
  ["a TCP packet to port 53", packet.tcp({ dport: 53 }), 2],
  ["a packet of 24 bytes", packet.udp({ dport: 53 }).slice(0, 24), 2],
  ["a packet of 14 bytes", new Uint8Array(14), 2],
];

/** Runs an accepted XDP program on each packet, and gives the values it returned. */
function actions<M extends string>(program: ProgramSpec, it: Examiner<M>): readonly number[] {
  const loaded = new Lab(it).load(program);
  return DNS_CASES.map(([, bytes]) => loaded.run(bytes).retval);
}

export const LESSON_05: readonly Exercise[] = [
  exercise({
    id: "05-1",
    title: "How far?",
    hints: [
      "The load takes two bytes. Which is the last of them?",
      "A packet whose last byte is number 37 has how many bytes? Bytes are counted from 0.",
    ],
    mistakes: {
      first: "That reaches to the first byte of the port only; the load takes two.",
      last: "Byte 37 is the 38th: bytes are counted from 0.",
    },
    check: (answer, it) => it.answer("the number of bytes", it.whole(answer), 38, { "36": "first", "37": "last" }),
  }),
  exercise({
    id: "05-2",
    title: "Drop DNS",
    hints: [
      "Start from careful: compare once, with the bytes that the last load needs, and go to an end that returns 2 if the packet is shorter.",
      "Two tests follow: the byte at 23 must be 17, and the two bytes at 36 must be 0x3500. If one fails, go to the end that returns 2.",
      "if r0 != 17 goto pass / r5 = *(u16 *)(r2 + 36) / if r5 != 0x3500 goto pass / r0 = 1 / exit / pass: r0 = 2 / exit",
    ],
    mistakes: {
      order:
        "Packets to port 53 pass: 53 is 0x35, and the high byte comes first in a packet, so a load of two bytes gives 0x3500.",
      protocol: "TCP packets are dropped, too: test the byte at 23 as well.",
      returns: "It returns something else than 1 or 2: an XDP program says 1 to drop and 2 to let pass.",
      length: "A short packet is looked at beyond its end: compare with the packet's end first.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program, ({ error }) => (error?.includes("outside of the packet") ? "length" : undefined));
      const got = actions(program, it);
      for (const [at, [what, , action]] of DNS_CASES.entries()) it.equal(what, got[at], action);
      if (got.some((action) => action !== 1 && action !== 2)) it.mistake = "returns";
      else if (got[0] === 2) it.mistake = "order";
      else if (got[3] === 1) it.mistake = "protocol";
    },
  }),
  exercise({
    id: "05-3",
    title: "Count by protocol",
    hints: [
      "Lesson 00 has the pattern: look the key up; if it is there add 1, else put 1 in.",
      "The key is a u32 on the stack: load the byte at 23, store it with *(u32 *)(r10 - 4) = r0, and give the lookup r10 - 4.",
      "The first packet of a protocol finds no element: bpf_map_update_elem(map, key, value, 0) with a value of 1 on the stack.",
    ],
    mistakes: {
      first: "The first packet of each protocol is missing: what happens when the lookup returns 0?",
      null: "The result of the lookup may be 0: compare it before you use it.",
      drops: "The packets do not pass: return 2.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program, ({ error }) => (error?.includes("or_null") ? "null" : undefined));
      const lab = new Lab(it);
      const loaded = lab.load(program);
      const packets = [packet.udp({}), packet.udp({}), packet.tcp({}), packet.udp({}), new Uint8Array(20)];
      const returned = packets.map((bytes) => loaded.run(bytes).retval);
      it.that(
        "all packets pass",
        returned.every((value) => value === 2),
        `returned ${returned.join(", ")}`,
        "drops",
      );
      const counts = new Map(lab.entries(loaded).map(([key, value]) => [Number(key), Number(value)]));
      const short = { "2": "first", "0": "first" } as const;
      it.equal("three UDP packets, under key 17", counts.get(17) ?? 0, 3, short);
      it.equal("one TCP packet, under key 6", counts.get(6) ?? 0, 1, short);
      it.equal("protocols that were counted", counts.size, 2);
    },
  }),
];
