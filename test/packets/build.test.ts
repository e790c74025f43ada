import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/isa/argument.ts";
import { formatIp, formatIpv6, parseIp } from "../../src/packets/address.ts";
import * as packet from "../../src/packets/build.ts";
import { internetSum } from "../../src/packets/checksum.ts";
import type { PacketLayer } from "../../src/packets/layer.ts";
import { TCP_FLAGS } from "../../src/packets/names.ts";
import { Packet } from "../../src/packets/packet.ts";
import { anyPacket, ipPair, mac, payload, port } from "./arbitrary.ts";

const value = (layers: readonly PacketLayer[], protocol: string, name: string): string | undefined =>
  layers.find((layer) => layer.protocol === protocol)?.fields.find((field) => field.name === name)?.value;

const protocols = (bytes: Packet): string[] => bytes.layers.map((layer) => layer.protocol);

describe("what is built is what is found", () => {
  test("any packet has no problems, its layers follow each other, and every checksum is right", () => {
    fc.assert(
      fc.property(anyPacket, (bytes) => {
        const { layers } = bytes;
        expect(layers.flatMap(({ problems }) => problems)).toEqual([]);
        let at = 0;
        for (const { offset, size } of layers) {
          expect(offset).toBe(at);
          at += size;
        }
        expect(at).toBe(bytes.length);
        const sums = layers.flatMap(({ fields }) => fields.filter(({ name }) => name === "checksum"));
        expect(sums.filter((field) => !field.value.endsWith("(right)"))).toEqual([]);
      }),
    );
  });

  test("UDP and TCP: addresses, ports, flags, payload", () => {
    const options = fc.record({ ips: ipPair, smac: mac, dmac: mac, sport: port, dport: port, payload, seq: fc.nat() });
    fc.assert(
      fc.property(options, fc.subarray([...TCP_FLAGS]), ({ ips, seq, ...rest }, flags) => {
        const [udp, tcp] = [packet.udp({ ...ips, ...rest }), packet.tcp({ ...ips, ...rest, seq, flags })];
        for (const [each, name] of [
          [udp, "UDP"],
          [tcp, "TCP"],
        ] as const) {
          const { layers } = each;
          const family = ips.saddr.includes(":") ? "IPv6" : "IPv4";
          expect(value(layers, "Ethernet", "source")).toBe(rest.smac);
          expect(value(layers, family, "destination")).toBe(formatIp(parseIp("", ips.daddr)));
          expect(value(layers, name, "source port")).toBe(String(rest.sport));
          expect(value(layers, name, "destination port")).toBe(String(rest.dport));
          expect(each.slice(each.length - rest.payload.length)).toEqual(rest.payload);
        }
        expect(value(tcp.layers, "TCP", "flags")).toBe(flags.join(" ") || "none");
        expect(value(tcp.layers, "TCP", "sequence number")).toBe(String(seq));
      }),
    );
  });

  test("a change of any bit under a checksum is found", () => {
    const built = packet.tcp({ payload: "abc" });
    for (let at = 14; at < built.length; at++) {
      const hit = packet.from(built);
      hit[at] ^= 0x10;
      expect([at, hit.layers.some(({ problems }) => problems.length > 0)]).toEqual([at, true]);
    }
  });

  test("known bytes: a datagram as RFC 768 and 791 lay it out", () => {
    const hex = Buffer.from(packet.udp({ dport: 53, payload: "hi" })).toString("hex");
    expect(hex).toBe(
      "020000000002020000000001" +
        "0800" +
        "4500001e0000400040" +
        "11" +
        "26cd" +
        "0a0000010a000002" +
        "9c400035000a" +
        "e6f8" +
        "6869",
    );
  });

  test("each builder's layers", () => {
    expect(protocols(packet.arp())).toEqual(["Ethernet", "ARP"]);
    expect(packet.arp({ daddr: "10.1.2.3" }).layers[1]!.summary).toBe("who has 10.1.2.3? tell 10.0.0.1");
    expect(packet.arp({ op: "reply" }).layers[1]!.summary).toBe("10.0.0.1 is at 02:00:00:00:00:01");
    expect(protocols(packet.icmp({ payload: "x" }))).toEqual(["Ethernet", "IPv4", "ICMP", "Payload"]);
    expect(packet.icmp({ daddr: "fd00::5" }).layers[2]!.summary).toBe("echo request");
    expect(protocols(packet.vlan(packet.vlan(packet.udp(), { id: 5 }), { id: 7, service: true }))).toEqual([
      ...["Ethernet", "VLAN", "VLAN", "IPv4", "UDP"],
    ]);
    expect(packet.dns({ name: "example.com", type: "AAAA" }).layers[3]!.summary).toBe("AAAA? example.com");
    const answer = packet.dns({ name: "example.com.", answers: ["10.9.8.7", "fd00::9"] });
    expect(answer.layers[3]!.summary).toBe("A? example.com, 10.9.8.7, fd00::9");
    expect(value(answer.layers, "UDP", "source port")).toBe("53");
    expect(protocols(packet.ipv6({ protocol: 253, payload: "raw" }))).toEqual(["Ethernet", "IPv6", "Payload"]);
    expect(protocols(packet.ethernet({ payload: "raw" }))).toEqual(["Ethernet", "Payload"]);
  });

  test("slices are plain bytes", () => {
    const slice: Uint8Array = packet.udp().slice(0, 4);
    expect(slice).not.toBeInstanceOf(Packet);
    expect([...slice]).toEqual([2, 0, 0, 0]);
  });
});

describe("mistakes are told with the option's name", () => {
  test.each([
    [() => packet.udp({ port: 53 } as never), /one of .*dport.*got "port"\. Did you mean sport\?|got "port"/],
    [() => packet.udp({ dport: 65536 }), /packet\.udp: dport must be a whole number from 0 to 65535, got 65536/],
    [() => packet.udp({ saddr: "10.0.0" }), /packet\.udp: saddr must be an address such as "10\.0\.0\.1"/],
    [() => packet.udp({ saddr: "10.0.0.1", daddr: "fd00::1" }), /daddr must be an IPv4 address as the other one/],
    [() => packet.tcp({ flags: ["sny"] as never }), /flags must be a list of fin, syn/],
    [() => packet.icmp({ type: "ping" as never }), /type must be a number or one of echo-reply/],
    [() => packet.vlan(packet.udp(), {} as never), /packet\.vlan: id must be a whole number from 0 to 4095/],
    [() => packet.vlan(new Uint8Array(3), { id: 1 }), /an Ethernet frame of at least 14 bytes/],
    [() => packet.dns({ name: "a..b" }), /name must be a name such as example\.com/],
    [() => packet.udp({ payload: new Uint8Array(70000) }), /payload must be short enough/],
    [() => packet.udp("x" as never), /packet\.udp's options must be an object/],
    [() => packet.ipv4({ protocol: 1, daddr: "fd00::1" }), /daddr must be an IPv4 address/],
  ])("%#", (call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });
});

describe("addresses", () => {
  test("IPv6 text is read back as the same bytes, and written in RFC 5952's form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(parseIp("x", formatIpv6(bytes))).toEqual(bytes);
      }),
    );
    for (const [text, wanted] of [
      ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["::", "::"],
      ["1::", "1::"],
      ["0:0:0:0:0:0:0:1", "::1"],
      ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["::ffff:10.0.0.1", "::ffff:10.0.0.1"],
      ["64:ff9b::10.0.0.1", "64:ff9b::a00:1"],
    ])
      expect(formatIpv6(parseIp("x", text))).toBe(wanted);
    for (const text of ["", "1", ":::", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "::10.0.0.256", "1:2:3:4:5:6:7::8"])
      expect(() => parseIp("x", text), text).toThrow(ArgumentError);
  });
});

test("sums of more words than 32 bits hold", () => {
  expect(internetSum(new Uint8Array(200_000).fill(0xff))).toBe(0xffff);
});
