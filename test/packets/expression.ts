/** Random filter expressions, and whether a frame fits them, said by the dissector. */
import fc from "fast-check";
import type { Packet } from "../../src/packets/packet.ts";

export interface Expression {
  readonly text: string;
  readonly test: (frame: Packet) => boolean;
}

const PROTOCOLS = { ip: "IPv4", ip6: "IPv6", arp: "ARP", tcp: "TCP", udp: "UDP", icmp: "ICMP", icmp6: "ICMPv6" };

const has = (frame: Packet, protocol: string): boolean =>
  frame.layers[1]?.protocol !== "VLAN" && frame.layers.some((layer) => layer.protocol === protocol);

const port = (frame: Packet, name: string): number =>
  Number(
    frame.layers
      .find(({ protocol }) => protocol === "UDP" || protocol === "TCP")
      ?.fields.find((field) => field.name === name)?.value,
  );

const primitive: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom(...(Object.keys(PROTOCOLS) as (keyof typeof PROTOCOLS)[])).map(
    (name): Expression => ({
      text: name,
      test: (frame) => has(frame, PROTOCOLS[name]),
    }),
  ),
  fc.constantFrom(53, 0, 40000).chain((number) =>
    fc.constantFrom("", "src ", "dst ").map(
      (direction): Expression => ({
        text: `${direction}port ${number}`,
        test: (frame) =>
          (has(frame, "UDP") || has(frame, "TCP")) &&
          ((direction !== "dst " && port(frame, "source port") === number) ||
            (direction !== "src " && port(frame, "destination port") === number)),
      }),
    ),
  ),
);

export const expression: fc.Arbitrary<Expression> = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    primitive,
    tie("any").map(({ text, test }) => ({ text: `not (${text})`, test: (frame: Packet) => !test(frame) })),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => ({
      text: `(${a.text}) and (${b.text})`,
      test: (frame: Packet) => a.test(frame) && b.test(frame),
    })),
    fc.tuple(tie("any"), tie("any")).map(([a, b]) => ({
      text: `(${a.text}) or (${b.text})`,
      test: (frame: Packet) => a.test(frame) || b.test(frame),
    })),
  ),
})).any;

export const holds = ({ test }: Expression, frame: Packet): boolean => test(frame);
