import type { LoadedProgram } from "../../loader/loaded-program.ts";
import * as packet from "../../packets/build.ts";
import type { Packet } from "../../packets/packet.ts";
import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";
import { shownAnswer } from "../shown-answer.ts";

const PLACES = ["sched_cls", "xdp", "cgroup_sock_addr", "xdp"] as const;

/** Packets that leave, and whether they are mail over IPv4. */
const LEAVING: readonly (readonly [what: string, bytes: Uint8Array, drop: boolean])[] = [
  ["TCP to port 25", packet.tcp({ dport: 25 }), true],
  ["TCP to port 25, with data", packet.tcp({ dport: 25, flags: ["ack"], payload: "HELO" }), true],
  ["TCP to port 80", packet.tcp({ dport: 80 }), false],
  ["TCP to port 6400, whose bytes are those of 25 the other way round", packet.tcp({ dport: 6400 }), false],
  ["TCP from port 25", packet.tcp({ sport: 25, dport: 4000 }), false],
  ["UDP to port 25", packet.udp({ dport: 25 }), false],
  ["ARP", packet.arp(), false],
  ["14 bytes", packet.arp().slice(0, 14), false],
];

/** What UDP's checksum should be. */
const rebuilt = (daddr: string): Packet => packet.udp({ daddr, dport: 53, payload: "question" });

/** Servers that a program chose for 100 connections, and whether it chose the same again for later packets of each. */
function chosen(loaded: LoadedProgram): { servers: Set<number>; steady: boolean; byAddress: Set<number> } {
  const of = (bytes: Uint8Array) => loaded.run(bytes).dataOut[0]!;
  const connection = (i: number, saddr: string, payload: string) =>
    packet.tcp({ saddr, daddr: "10.0.0.100", sport: 30000 + 7 * i, dport: 443, flags: ["ack"], payload });
  const firsts = Array.from({ length: 100 }, (_, i) => of(connection(i, `198.51.100.${i}`, "")));
  const steady = firsts.every((server, i) => of(connection(i, `198.51.100.${i}`, "more")) === server);
  const one = Array.from({ length: 100 }, (_, i) => of(connection(i, "198.51.100.1", "")));
  return { servers: new Set(firsts), steady, byAddress: new Set(one) };
}

export const LESSON_15: readonly Exercise[] = [
  exercise({
    id: "15-1",
    title: "Which place?",
    hints: [
      "Which of the places sees packets that leave? Which changes nothing in any packet?",
      "Two of the four answers are the same type. (b) and (d) have the same reason: as early as possible.",
    ],
    mistakes: {
      leaving: "(a) XDP does not see what leaves.",
      late: "There the packet has been through more of Linux than it must: what is the earliest place?",
      packets: "(c) is about the calls of a group of processes: changed at the call, no packet needs to be changed.",
    },
    check: (answer, it) => {
      if (!Array.isArray(answer)) return it.stop("the answer is a list of four texts", `got ${shownAnswer(answer)}`);
      const types = answer.map((type: unknown) => String(type).trim().toLowerCase());
      it.answer("(a) what leaves", types[0], PLACES[0], { '"xdp"': "leaving" });
      it.answer("(b) a flood", types[1], PLACES[1], { '"sched_cls"': "late", '"socket_filter"': "late" });
      it.answer("(c) connect", types[2], PLACES[2], {
        '"sched_cls"': "packets",
        '"xdp"': "packets",
        '"cgroup_skb"': "packets",
      });
      it.answer("(d) a balancer", types[3], PLACES[3], { '"sched_cls"': "late" });
      it.that("there are four", types.length === 4, `got ${types.length}`);
    },
  }),
  exercise({
    id: "15-2",
    title: "No mail",
    hints: [
      "The context of tc has data at offset 76 and data_end at 80. The port is at byte 36, for TCP as for UDP.",
      "TCP is protocol 6, at byte 23. Port 25 is 0x0019, so it loads as 0x1900. Which number drops in tc, and which lets through?",
      "... if r5 != 8 goto out / r5 = *(u8 *)(r2 + 23) / if r5 != 6 goto out / r5 = *(u16 *)(r2 + 36) / if r5 != 0x1900 goto out / r0 = 2 / exit / out: r0 = 0 / exit",
    ],
    mistakes: {
      xdp: "These are XDP's numbers. In tc 2 is TC_ACT_SHOT, which drops; 0 is TC_ACT_OK.",
      order: "Ports are stored with the high byte first: 25 = 0x0019 loads as 0x1900.",
      protocol: "Not only TCP is dropped: compare the protocol, byte 23, with 6.",
      sender: "That is the port of the sender, at byte 34. The destination's is at byte 36.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "sched_cls");
      it.accepted(program);
      const loaded = new Lab(it).load(program);
      const wrong = new Map<string, number>();
      for (const [what, bytes, drop] of LEAVING) {
        const got = loaded.run(bytes).retval | 0;
        const right = drop ? got === 2 : got === 0 || got === -1 || got === 3;
        if (!it.that(what, right, `expected ${drop ? "2 (TC_ACT_SHOT)" : "0 (TC_ACT_OK)"}, got ${got}`))
          wrong.set(what, got);
      }
      if (wrong.get("TCP to port 80") === 2 && wrong.get("ARP") === 2) it.mistake ??= "xdp";
      else if (wrong.has("TCP from port 25")) it.mistake ??= "sender";
      else if (wrong.has("UDP to port 25")) it.mistake ??= "protocol";
      else if (wrong.has("TCP to port 25")) it.mistake ??= "order";
    },
  }),
  exercise({
    id: "15-3",
    title: "Another address",
    hints: [
      "10.0.0.7 lies in the packet as 0a 00 00 07 and loads as 0x0700000a; the new one is 0x0200000a.",
      "Store four bytes at 30, then mend both checksums: bpf_l3_csum_replace(skb, 24, old, new, 4) and bpf_l4_csum_replace(skb, 40, old, new, 0x14).",
      "r1 to r5 are lost in each call: keep the context in r6, and load old (0x0700000a) and new (0x0200000a) before each.",
    ],
    mistakes: {
      header: "The checksum of the IPv4 header (byte 24) covers its addresses: bpf_l3_csum_replace.",
      udp: "UDP's checksum (byte 40) includes the addresses: bpf_l4_csum_replace with the flags 0x14.",
      others: "Packets that are not for 10.0.0.7 are changed, too.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "sched_cls");
      it.accepted(program);
      const loaded = new Lab(it).load(program);
      const out = loaded.run(rebuilt("10.0.0.7")).dataOut;
      const want = rebuilt("10.0.0.2");
      const part = (bytes: Uint8Array, from: number, to: number) => [...bytes.slice(from, to)].join(".");
      it.equal("the destination", part(out, 30, 34), "10.0.0.2");
      if (part(out, 30, 34) === "10.0.0.2") {
        const header = part(out, 24, 26) === part(want, 24, 26);
        it.that("the checksum of the header", header, "it does not fit", "header");
        it.that("the checksum of UDP", part(out, 40, 42) === part(want, 40, 42), "it does not fit", "udp");
      }
      it.that("nothing else", shownAnswer(part(out, 0, 24)) === shownAnswer(part(want, 0, 24)), "other bytes changed");
      for (const other of [rebuilt("10.0.0.9"), packet.arp(), packet.tcp({ daddr: "10.0.0.70" }), new Uint8Array(20)])
        it.that(
          "another packet stays as it is",
          part(loaded.run(other).dataOut, 0, 99) === part(other, 0, 99),
          "it was changed",
          "others",
        );
    },
  }),
  exercise({
    id: "15-4",
    title: "Always the same",
    hints: [
      "The lesson's balancer has all that is needed: mix the sender's address (26) and the ports (34) into one number.",
      "Four servers: the number modulo 4. Chance (bpf_get_prandom_u32) is not the same twice.",
      "r5 = *(u32 *)(r2 + 26) / r4 = *(u32 *)(r2 + 34) / r5 ^= r4 / r5 *= 0x61c88647 / r5 <<= 32 / r5 >>= 48 / r5 %= 4 / *(u8 *)(r2 + 0) = r5",
    ],
    mistakes: {
      chance: "Two packets of one connection got different servers. What is the same in all packets of a connection?",
      address:
        "All connections of one address get the same server: a whole company behind one address would. Use the ports, too.",
      few: "Not all four servers are used.",
      beyond: "There are servers 0 to 3: take the number modulo 4.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "xdp");
      it.accepted(program);
      const loaded = new Lab(it).load(program);
      const { servers, steady, byAddress } = chosen(loaded);
      it.equal("it returns XDP_TX", loaded.run(packet.tcp()).retval, 3);
      it.that("a connection stays with its server", steady, "it changed", "chance");
      const beyond = [...servers].filter((server) => server > 3);
      it.that("servers are 0 to 3", beyond.length === 0, `got ${beyond.slice(0, 3).join(", ")}`, "beyond");
      const used = [...servers].sort().join(", ");
      it.that(
        "connections of one address use several",
        byAddress.size > 1,
        "all go to one server",
        servers.size > 1 ? "address" : "few",
      );
      it.that("100 connections use all servers", servers.size === 4, `only ${used}`, "few");
    },
  }),
];
