/** Random packets, all of them right. */
import fc from "fast-check";
import * as packet from "../../src/packets/build.ts";
import { DNS_TYPES, type DnsType, ICMP_MESSAGES, type IcmpMessage } from "../../src/packets/names.ts";
import type { Packet } from "../../src/packets/packet.ts";

export const port = fc.integer({ min: 0, max: 0xffff }).filter((number) => number !== 53 && number !== 5353);
export const mac = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":"));
export const payload = fc.uint8Array({ maxLength: 60 });

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6();
export const ipPair = fc.oneof(fc.record({ saddr: ipv4, daddr: ipv4 }), fc.record({ saddr: ipv6, daddr: ipv6 }));

const label = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
const common = fc.record({ ttl: fc.nat(255), tos: fc.nat(255) });

const untagged: fc.Arbitrary<Packet> = fc.oneof(
  fc
    .record({ ips: ipPair, common, sport: port, dport: port, payload })
    .map(({ ips, common, ...rest }) => packet.udp({ ...ips, ...common, ...rest })),
  fc
    .record({ ips: ipPair, common, sport: port, dport: port, payload, window: port })
    .map(({ ips, common, ...rest }) => packet.tcp({ ...ips, ...common, ...rest })),
  fc
    .record({
      ips: ipPair,
      type: fc.constantFrom(...(Object.keys(ICMP_MESSAGES) as IcmpMessage[])),
      code: fc.nat(255),
      payload,
    })
    .map(({ ips, ...rest }) => packet.icmp({ ...ips, ...rest })),
  fc
    .record({ saddr: ipv4, daddr: ipv4, op: fc.constantFrom("request", "reply") })
    .map((options) => packet.arp(options)),
  fc
    .record({
      labels: fc.array(label, { minLength: 1, maxLength: 5 }),
      type: fc.constantFrom(...(Object.keys(DNS_TYPES) as DnsType[])),
      answers: fc.option(fc.array(fc.oneof(ipv4, ipv6), { maxLength: 4 }), { nil: undefined }),
    })
    .map(({ labels, ...rest }) => packet.dns({ name: labels.join("."), ...rest })),
  fc.record({ payload }).map((options) => packet.ethernet(options)),
);

export const anyPacket: fc.Arbitrary<Packet> = fc
  .tuple(
    untagged,
    fc.array(fc.record({ id: fc.nat(4095), priority: fc.nat(7), service: fc.boolean() }), { maxLength: 2 }),
  )
  .map(([frame, tags]) => tags.reduce((inner, tag) => packet.vlan(inner, tag), frame));
