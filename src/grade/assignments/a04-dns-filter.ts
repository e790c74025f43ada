import * as packet from "../../packets/build.ts";
import type { Packet } from "../../packets/packet.ts";
import { assignment } from "../assignment/assignment.ts";
import type { Inspector } from "../assignment/inspector.ts";
import type { Variant } from "../assignment/variant.ts";
import { drawnPacket, strangePackets } from "./packets.ts";

/** A packet, and whether the filter drops it. */
type Case = readonly [packet: Packet, dropped: boolean];

function filter(answer: unknown, cases: readonly Case[], it: Inspector): void {
  const program = it.lab().load(it.accept(answer, "xdp"));
  for (const [one, dropped] of cases) {
    it.packet(program, one, ({ verdict }) => {
      const mistake = dropped ? "passed" : "dropped";
      const want = dropped ? "XDP_DROP" : "XDP_PASS";
      it.equal("what becomes of it", verdict, want, { '"XDP_PASS"': mistake, '"XDP_DROP"': mistake });
    });
  }
}

/** Packets that are no queries: other ports, answers, other transports, no IPv4. */
function others(v: Variant): readonly Case[] {
  const drawn = (["udp", "tcp", "icmp"] as const).map((kind): Case => [drawnPacket(v, kind, kind), false]);
  const tcp = packet.tcp({ dport: 53, saddr: v.address("tcp"), payload: "no query" });
  const answer = packet.dns({ name: "example.com", answers: ["192.0.2.7"] });
  return [...drawn, [tcp, false], [answer, false], ...strangePackets().map((one): Case => [one, false])];
}

/** Queries for the name and for names that are nearly it. */
function queries(label: string, v: Variant): readonly Case[] {
  const from = { saddr: v.address("from"), id: v.number("id", 0, 65535) };
  const query = (name: string): Packet => packet.dns({ ...from, name });
  const end = label.slice(0, -1);
  return [
    [query(`${label}.${v.name("domain")}`), true],
    [query(label), true],
    [query(`${end}${label.endsWith("x") ? "y" : "x"}.test`), false],
    [query(`${label}x.test`), false],
    [query(`${end}.test`), false],
    [query(`www.${label}.test`), false],
  ];
}

/** Packets taken apart without help, every byte tested before it is read. */
export const A04 = assignment({
  id: "a4",
  title: "A DNS filter",
  summary: "XDP programs that drop questions to name servers: all of them, then those for one name.",
  lesson: "14",
  source: "a04-dns-filter",
  revision: 1,
  variant: (v) => ({ label: v.name("label"), example: `${v.name("example")}.test` }),
  tasks: [
    {
      id: "a4/1",
      title: "No questions at all",
      points: 4,
      submit: { name: "silent", kind: "program" },
      visible: [
        {
          title: "a question is dropped, a web request and ARP pass",
          run: ({ answer, params, it }) =>
            filter(
              answer,
              [
                [packet.dns({ name: params.example }), true],
                [packet.tcp(), false],
                [packet.arp(), false],
              ],
              it,
            ),
        },
      ],
      hidden: [
        {
          title: "questions of all kinds are dropped, all else passes",
          weight: 2,
          run: ({ answer, it, v }) =>
            filter(answer, [...queries(v.name("any"), v).map(([one]): Case => [one, true]), ...others(v)], it),
        },
      ],
      hints: [
        "EtherType at 12 (0x0800), protocol at 23 (17 is UDP), destination port at 36: two bytes in network byte order.",
        "Test once that 42 bytes are there (14 + 20 + 8), then read all three. Port 53 reads as 0x3500.",
      ],
      mistakes: {
        passed: "This question should have been dropped. Is the port compared in network byte order?",
        dropped: "This is no question to a name server: look at EtherType, protocol and destination port, all three.",
      },
    },
    {
      id: "a4/2",
      title: "One name",
      points: 6,
      submit: { name: "filter", kind: "program" },
      visible: [
        {
          title: "your name is dropped, another passes",
          run: ({ answer, params: { label, example }, it }) =>
            filter(
              answer,
              [
                [packet.dns({ name: `${label}.test` }), true],
                [packet.dns({ name: example }), false],
                [packet.tcp(), false],
              ],
              it,
            ),
        },
      ],
      hidden: [
        {
          title: "names that are nearly it pass, in any domain it is dropped",
          weight: 2,
          run: ({ answer, params, it, v }) => filter(answer, [...queries(params.label, v), ...others(v)], it),
        },
      ],
      hints: [
        "The name begins at byte 54, behind the 12 bytes of DNS' header: a byte with the label's length, then its letters.",
        "Test that the packet is long enough for the whole label. Compare the length first: a longer label may begin with the same letters.",
      ],
      mistakes: {
        passed: "This question should have been dropped: its first label is yours, whatever follows.",
        dropped: "This one should pass: compare the length of the first label, and each of its letters.",
      },
    },
  ],
});
