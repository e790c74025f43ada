import * as packet from "../../packets/build.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const SIX = { saddr: "fd00::1", daddr: "fd00::2" };

/** A UDP packet over IPv4 of `length` bytes. */
const udp = (length: number) => packet.udp({ payload: new Uint8Array(length - 42) });

/** Packets, and whether they are UDP over IPv4. */
const MIXED: readonly (readonly [what: string, bytes: Uint8Array, drop: boolean])[] = [
  ["UDP", packet.udp({ dport: 53 }), true],
  ["UDP to another port", packet.udp({ dport: 4000 }), true],
  ["TCP", packet.tcp(), false],
  ["UDP behind a tag", packet.vlan(packet.udp({ dport: 53 }), { id: 7 }), true],
  ["TCP behind a tag", packet.vlan(packet.tcp(), { id: 7 }), false],
  ["ARP", packet.arp(), false],
  ["ARP behind a tag", packet.vlan(packet.arp(), { id: 7 }), false],
  ["UDP over IPv6", packet.udp(SIX), false],
  ["14 bytes", packet.udp().slice(0, 14), false],
];

const VERDICTS = ["XDP_TX", "XDP_PASS", "XDP_ABORTED", "XDP_DROP"] as const;

export const LESSON_14: readonly Exercise[] = [
  exercise({
    id: "14-1",
    title: "Which element?",
    hints: [
      "The bytes 81 00 lie in the packet, and the program loads them as a little-endian number.",
      "The first byte becomes the low one: 0x0081. Is that below 256?",
    ],
    mistakes: {
      order: "That would be 0x8100 in the processor's order; the program does not turn the bytes around.",
      inner: "The type of IPv4 stands behind the tag, at byte 16; the program reads bytes 12 and 13.",
    },
    check: (answer, it) =>
      it.answer("the element", it.whole(answer), 129, { "33024": "order", "8": "inner", "2048": "inner" }),
  }),
  exercise({
    id: "14-2",
    title: "Bytes by protocol",
    hints: [
      "The protocol is byte 23, and means something only where the EtherType is that of IPv4.",
      "The length is the packet's end minus its beginning. Both registers survive the call.",
      "if r5 != 8 goto pass / r5 = *(u8 *)(r6 + 23) ... after the lookup: r7 -= r6 / lock *(u64 *)(r0 + 0) += r7",
    ],
    mistakes: {
      type: "That counts by EtherType: the protocol of an IPv4 packet is its byte 23.",
      packets: "That counts packets: add the length, the end minus the beginning.",
      others: "Packets that are not IPv4 are counted, too: compare the EtherType first.",
      order: "No IPv4 packet is counted: 0x0800 loaded without be16 is 8.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const lab = new Lab(it);
      const loaded = lab.load(program);
      const packets = [udp(60), udp(100), packet.tcp(), packet.udp(SIX), packet.arp(), new Uint8Array(20)];
      for (const one of packets) it.equal("it passes", loaded.run(one).retval, 2);
      const sum = (value: unknown) => [value].flat().reduce((all: number, each) => all + Number(each), 0);
      const got = new Map(lab.entries(loaded).map(([key, value]) => [Number(key), sum(value)]));
      const all = [...got.values()].reduce((total, one) => total + one, 0);
      const byType = (got.get(8) ?? 0) > 0 && !got.get(17);
      it.equal("bytes of UDP", got.get(17) ?? 0, 160, {
        0: byType ? "type" : "order",
        2: "packets",
        3: "packets",
      });
      it.equal("bytes of TCP", got.get(6) ?? 0, packet.tcp().length, { 1: "packets" });
      it.equal(
        "bytes of all",
        all,
        160 + packet.tcp().length,
        all > 160 + packet.tcp().length ? { [all]: "others" } : {},
      );
    },
  }),
  exercise({
    id: "14-3",
    title: "UDP, tagged or not",
    hints: [
      "Begin as behindTag does: compare 34 bytes, look at the type, and step over the tag if there is one.",
      "Behind the tag stands a type again: compare it at the new place, and check 34 bytes from there. Only in IPv4 does byte 23 mean a protocol.",
      "if r5 != 0x81 goto plain / r2 += 4 / r4 = r2 / r4 += 34 / if r4 > r3 goto pass / plain: r5 = *(u16 *)(r2 + 12) / if r5 != 8 goto pass / r5 = *(u8 *)(r2 + 23) / if r5 != 17 goto pass / r0 = 1",
    ],
    mistakes: {
      tagged:
        "UDP behind a tag passes: its EtherType, at byte 12, is 0x8100, loaded as 0x81; the header of IP begins 4 bytes later.",
      protocol: "Not only UDP is dropped: compare the protocol, byte 23 (or 27 behind a tag), with 17.",
      all: "What is not IPv4 is dropped as well: compare the EtherType with 8 (0x0800 turned around) before you look at byte 23.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const loaded = new Lab(it).load(program);
      const wrong = new Set<string>();
      for (const [what, bytes, drop] of MIXED) {
        const { retval } = loaded.run(bytes);
        if (
          !it.that(what, retval === (drop ? 1 : 2), `expected ${drop ? "1 (XDP_DROP)" : "2 (XDP_PASS)"}, got ${retval}`)
        )
          wrong.add(what);
      }
      // Bytes that would read as UDP where no IPv4 is.
      const looksLike = packet.ethernet({ payload: new Uint8Array(60).fill(17) });
      it.equal("a frame of another type whose byte 23 is 17", loaded.run(looksLike).retval, 2, { 1: "all" });
      if (wrong.has("UDP")) return;
      if (wrong.has("TCP") || wrong.has("TCP behind a tag")) it.mistake = wrong.has("ARP") ? "all" : "protocol";
      else if (wrong.has("UDP behind a tag")) it.mistake ??= "tagged";
    },
  }),
  exercise({
    id: "14-4",
    title: "Which verdict?",
    hints: [
      "Two of the five verdicts end a packet. One of them can be watched with a tracepoint.",
      "Back out of the same card is XDP_TX; XDP_REDIRECT is for another card. Who is to handle (b)?",
    ],
    mistakes: {
      other: "(a) XDP_REDIRECT goes to another card, CPU or socket; the same card has a verdict of its own.",
      silent: "(c) XDP_DROP is silent: nobody would notice. Which verdict raises a tracepoint?",
      noisy:
        "(d) XDP_ABORTED would raise a tracepoint for each packet of the attack: that is for faults of the program.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of four names", `got ${shownAnswer(answer)}`);
      const names = answer.map((name: unknown) => `XDP_${String(name).trim().toUpperCase().replace("XDP_", "")}`);
      it.answer("(a) back out", names[0], VERDICTS[0], { '"XDP_REDIRECT"': "other" });
      it.answer("(b) the web server", names[1], VERDICTS[1]);
      it.answer("(c) impossible", names[2], VERDICTS[2], { '"XDP_DROP"': "silent" });
      it.answer("(d) an attack", names[3], VERDICTS[3], { '"XDP_ABORTED"': "noisy" });
      it.that("there are four", names.length === 4, `got ${names.length}`);
    },
  }),
];
