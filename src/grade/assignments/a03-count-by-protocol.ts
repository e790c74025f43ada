import type { LoadedProgram } from "../../loader/loaded-program.ts";
import * as packet from "../../packets/build.ts";
import type { Packet } from "../../packets/packet.ts";
import { assignment } from "../assignment/assignment.ts";
import type { Inspector } from "../assignment/inspector.ts";
import type { Variant } from "../assignment/variant.ts";
import { readMap } from "./map-contents.ts";
import { drawnPacket, PROTOCOLS, strangePackets, type Transport } from "./packets.ts";

const NUMBER = 23;

/** IPv4 without options has the protocol there. */
const protocolOf = (bytes: Uint8Array): number | undefined =>
  bytes[12] === 8 && bytes[13] === 0 ? bytes[NUMBER] : undefined;

/** What each protocol has after these packets. */
function tally(packets: readonly Packet[], of: (packet: Packet) => number): ReadonlyMap<number, bigint> {
  const counts = new Map<number, bigint>();
  for (const each of packets) {
    const protocol = protocolOf(each);
    if (protocol !== undefined) counts.set(protocol, (counts.get(protocol) ?? 0n) + BigInt(of(each)));
  }
  return counts;
}

/** Runs a program on packets, and compares its map with what there should be. */
function counts(
  { answer, it }: { answer: unknown; it: Inspector },
  { name, packets, of }: { name: string; packets: readonly Packet[]; of: (packet: Packet) => number },
  each: (program: LoadedProgram, packet: Packet) => void,
): void {
  const program = it.lab().load(it.accept(answer, "xdp"));
  for (const one of packets) each(program, one);
  const found = readMap(it, program, name, 4, 8);
  const want = tally(packets, of);
  it.on(
    `${packets.length} packets: ${[...tally(packets, () => 1)].map(([p, n]) => `${n} of protocol ${p}`).join(", ")}`,
  );
  for (const [protocol, count] of want) {
    const mistakes = { 0: "missing", 1: "overwritten", [String(packets.length)]: "one-key" };
    const [got, wanted] = [found.get(BigInt(protocol)) ?? 0n, count];
    it.equal(`${name}[${protocol}]`, got, wanted, Object.hasOwn(mistakes, String(wanted)) ? {} : mistakes);
  }
  const more = [...found].filter(([key, value]) => value !== 0n && !want.has(Number(key))).map(([key]) => key);
  it.that("nothing else is counted", more.length === 0, `there is something under ${more.join(", ")}`, "not-ip");
}

/** Three of each at least, mixed. */
function mixture(v: Variant): readonly Packet[] {
  const kinds = Object.keys(PROTOCOLS) as Transport[];
  const drawn = Array.from({ length: v.number("count", 14, 24) }, (_, at) => v.choice(`kind ${at}`, kinds));
  return [...drawn, ...kinds, ...kinds].map((kind, at) => drawnPacket(v, `packet ${at}`, kind));
}

const small = (): readonly Packet[] => [packet.udp(), packet.udp(), packet.tcp(), packet.icmp()];
const passes = (it: Inspector) => (program: LoadedProgram, one: Packet) =>
  it.packet(
    program,
    one,
    ({ verdict }) => void it.equal("the packet passes", verdict, "XDP_PASS", { '"XDP_DROP"': "dropped" }),
  );

/** A map beside a program that sees every packet. */
export const A03 = assignment({
  id: "a3",
  title: "Count by protocol",
  summary: "An XDP program that counts the packets and bytes of each protocol in a hash, and drops one of them.",
  lesson: "05",
  source: "a03-count-by-protocol",
  revision: 1,
  variant(v) {
    const transport = v.choice("dropped", Object.keys(PROTOCOLS) as Transport[]);
    return {
      packets: `${v.name("packets")}_n`,
      bytes: `${v.name("bytes")}_b`,
      dropped: transport,
      number: PROTOCOLS[transport],
    };
  },
  tasks: [
    {
      id: "a3/1",
      title: "How many packets?",
      points: 4,
      submit: { name: "packets", kind: "program" },
      visible: [
        {
          title: "two UDP packets, a TCP and an ICMP one are counted and pass",
          run: ({ answer, params, it }) =>
            counts({ answer, it }, { name: params.packets, packets: small(), of: () => 1 }, passes(it)),
        },
      ],
      hidden: [
        {
          title: "a mixture is counted",
          weight: 2,
          run: ({ answer, params, it, v }) =>
            counts({ answer, it }, { name: params.packets, packets: mixture(v), of: () => 1 }, passes(it)),
        },
        {
          title: "what is no IPv4 passes uncounted",
          run: ({ answer, params, it }) =>
            counts(
              { answer, it },
              { name: params.packets, packets: [...strangePackets(), packet.udp()], of: () => 1 },
              passes(it),
            ),
        },
      ],
      hints: [
        "Compare the end of what you read with data_end before you read. EtherType lies at 12, IPv4's protocol at 23.",
        "Look the protocol up. If it is there, add 1 in place; if not, update the map with 1.",
      ],
      mistakes: {
        missing: "Nothing was counted: does the key have four bytes, all of them written?",
        overwritten: "A second packet of a protocol overwrites the count with 1: look up first.",
        "one-key": "All packets are counted under one key: the key is the protocol, at byte 23 of the frame.",
        "not-ip": "Something is counted that is no IPv4: look at the EtherType (0x0800, in network byte order) first.",
        dropped: "Counting must not change what becomes of a packet: return 2, XDP_PASS.",
      },
    },
    {
      id: "a3/2",
      title: "How many bytes, and one is dropped",
      points: 6,
      submit: { name: "bytes", kind: "program" },
      visible: [
        {
          title: "the bytes of four packets are counted",
          run: ({ answer, params, it }) =>
            counts(
              { answer, it },
              { name: params.bytes, packets: small(), of: (one) => one.length },
              dropsOnly(params.number, it),
            ),
        },
      ],
      hidden: [
        {
          title: "the bytes of a mixture are counted, one protocol is dropped",
          weight: 2,
          run: ({ answer, params, it, v }) =>
            counts(
              { answer, it },
              { name: params.bytes, packets: mixture(v), of: (one) => one.length },
              dropsOnly(params.number, it),
            ),
        },
        {
          title: "what is no IPv4 passes",
          run: ({ answer, params, it }) =>
            counts(
              { answer, it },
              { name: params.bytes, packets: strangePackets(), of: (one) => one.length },
              dropsOnly(params.number, it),
            ),
        },
      ],
      hints: ["A packet has data_end - data bytes.", "Count first, decide after: what is dropped is counted too."],
      mistakes: {
        missing: "Nothing was counted: what is dropped is counted too.",
        overwritten: "That is 1: the bytes are asked for, not the packets.",
        "one-key": "The key is the protocol, at byte 23 of the frame.",
        "not-ip": "Something is counted that is no IPv4: look at the EtherType first.",
        dropped: "Only the one protocol is dropped (1); everything else passes (2).",
        passed: "This protocol has to be dropped: return 1, XDP_DROP.",
      },
    },
  ],
});

function dropsOnly(number: number, it: Inspector) {
  return (program: LoadedProgram, one: Packet): void => {
    const drop = protocolOf(one) === number;
    const mistake = drop ? "passed" : "dropped";
    it.packet(program, one, ({ verdict }) => {
      it.equal("what becomes of it", verdict, drop ? "XDP_DROP" : "XDP_PASS", {
        '"XDP_PASS"': mistake,
        '"XDP_DROP"': mistake,
      });
    });
  };
}
