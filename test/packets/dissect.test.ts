import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as packet from "../../src/packets/build.ts";
import { dissect } from "../../src/packets/dissect.ts";
import { packetSummary } from "../../src/packets/text.ts";
import { renderPacket } from "../../src/views/packet.ts";
import { anyPacket } from "./arbitrary.ts";

/** Any bytes, and packets that are nearly right: they get further. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(anyPacket, fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }), fc.nat(200))
    .map(([bytes, hits, length]) => {
      const hit = bytes.slice(0, length);
      for (const [at, byte] of hits) if (at < hit.length) hit[at] = byte;
      return hit;
    }),
);

describe("any bytes", () => {
  test("are taken: layers and fields lie within them, and the display holds", () => {
    fc.assert(
      fc.property(hostile, (bytes) => {
        const layers = dissect(bytes);
        expect(layers.length).toBeGreaterThan(0);
        for (const { offset, size, fields } of layers) {
          expect(offset + size).toBeLessThanOrEqual(bytes.length);
          for (const field of fields) expect(field.offset + field.size).toBeLessThanOrEqual(bytes.length);
        }
        expect(packetSummary(layers)).not.toBe("");
        const { "text/plain": text, "text/html": html } = renderPacket(packet.from(bytes)) as Record<string, string>;
        expect(text.length).toBeGreaterThan(0);
        expect(html).not.toMatch(/undefined|NaN/);
        expect(text).not.toMatch(/undefined|NaN/);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 50_000 : 1000 },
    );
  });

  test("a DNS name that refers to itself, and one that refers forward, end", () => {
    for (const pointer of [12, 13, 40]) {
      const bytes = packet.udp({
        dport: 53,
        payload: Uint8Array.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, pointer, 0, 1, 0, 1]),
      });
      expect(bytes.layers.at(-1)!.problems).toEqual(["a record does not fit the message"]);
    }
  });

  test("what a name holds cannot look like something else", () => {
    const bytes = packet.dns({ name: "a b<script>" });
    expect(bytes.layers.at(-1)!.summary).toBe("A? a\\032b<script>");
    expect((renderPacket(bytes) as Record<string, string>)["text/html"]).not.toContain("<script>");
  });

  test("chains of tags and of extension headers end", () => {
    const tags = packet.ethernet({
      etherType: 0x8100,
      payload: new Uint8Array(9000).map((_, at) => [0, 1, 0x81, 0][at % 4]!),
    });
    expect(tags.layers.length).toBe(2252);
    const extensions = packet.ipv6({ protocol: 0, payload: new Uint8Array(8000) });
    expect(extensions.layers.length).toBe(1003);
  });
});

describe("problems are told", () => {
  test("cut short, wrong lengths and versions, fragments, checksums that are not used", () => {
    const udp = packet.udp({ payload: "hello" });
    const change = (at: number, ...bytes: number[]) => {
      const copy = packet.from(udp);
      copy.set(bytes, at);
      return copy;
    };
    const told = (bytes: Uint8Array): string => packetSummary(dissect(bytes));
    expect(told(udp.subarray(0, 10))).toBe("Ethernet (Ethernet: cut short: 10 of 14 bytes)");
    expect(told(udp.subarray(0, 20))).toBe("IPv4 (IPv4: cut short: 6 of 20 bytes)");
    expect(told(udp.subarray(0, 40))).toContain("UDP (IPv4: cut short: 26 of 33 bytes; UDP: cut short: 6 of 8 bytes)");
    expect(told(change(14, 0x41))).toContain("header length 4 is below 20");
    expect(told(change(14, 0x65))).toContain("version 6 in a packet of type IPv4");
    expect(told(change(24, 0))).toBe("UDP 10.0.0.1:40000 > 10.0.0.2:9 (IPv4: wrong checksum)");
    expect(told(change(40, 0, 0))).toBe("UDP 10.0.0.1:40000 > 10.0.0.2:9");
    expect(change(40, 0, 0).toText()).toContain("checksum          0x0000 (not used)");
    expect(change(20, 0, 5).layers.map(({ protocol }) => protocol)).toEqual(["Ethernet", "IPv4", "Fragment"]);
    expect(change(20, 0x20, 0).toText()).toContain("not checked");
  });

  test("Ethernet's padding is not the datagram's", () => {
    const padded = new Uint8Array(60);
    padded.set(packet.udp());
    expect(dissect(padded).map(({ protocol, size }) => [protocol, size])).toEqual([
      ["Ethernet", 14],
      ["IPv4", 20],
      ["UDP", 8],
      ["Padding", 18],
    ]);
  });
});

test("a packet's text", () => {
  expect(
    (renderPacket(packet.arp()) as Record<string, string>)["text/plain"],
  ).toBe(`ARP who has 10.0.0.2? tell 10.0.0.1, 42 bytes
Ethernet: 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff
  destination  ff:ff:ff:ff:ff:ff
  source       02:00:00:00:00:01
  type         0x0806 (ARP)
ARP: who has 10.0.0.2? tell 10.0.0.1
  hardware type    1 (Ethernet)
  protocol type    0x0800 (IPv4)
  hardware size    6
  protocol size    4
  operation        1 (request)
  sender hardware  02:00:00:00:00:01
  sender           10.0.0.1
  target hardware  00:00:00:00:00:00
  target           10.0.0.2

0000  ff  ff  ff  ff  ff  ff  02  00  00  00  00  01  08  06  00  01  ................
0010  08  00  06  04  00  01  02  00  00  00  00  01  0a  00  00  01  ................
0020  00  00  00  00  00  00  0a  00  00  02                          ..........`);
});
