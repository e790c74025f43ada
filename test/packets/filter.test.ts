import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClassicError } from "../../src/asm/classic/instruction.ts";
import { classic } from "../../src/loader/classic.ts";
import { Machine } from "../../src/machine.ts";
import * as packet from "../../src/packets/build.ts";
import { compileFilter } from "../../src/packets/filter/compile.ts";
import { anyPacket } from "./arbitrary.ts";
import { type Expression, expression, holds } from "./expression.ts";

const machine = new Machine();
const takes = (filter: string, frame: Uint8Array): boolean =>
  machine.load(classic(filter).program()).run(frame).retval !== 0;

describe("filter expressions", () => {
  test.each([
    ["udp port 53", packet.udp({ dport: 53 }), packet.tcp({ dport: 53 })],
    ["tcp and dst port 80", packet.tcp({ dport: 80 }), packet.tcp({ sport: 80, dport: 81 })],
    ["host 10.0.0.1", packet.udp(), packet.udp({ saddr: "10.0.0.7" })],
    ["src host 10.0.0.1", packet.udp(), packet.udp({ saddr: "10.0.0.2", daddr: "10.0.0.1" })],
    ["host 10.0.0.1", packet.arp(), packet.arp({ saddr: "10.0.0.3" })],
    ["host fd00::2", packet.udp({ daddr: "fd00::2" }), packet.udp({ daddr: "fd00::3" })],
    ["not icmp", packet.udp(), packet.icmp()],
    ["ip6", packet.udp({ daddr: "fd00::2" }), packet.udp()],
    ["icmp6", packet.icmp({ daddr: "fd00::2" }), packet.icmp()],
    ["vlan", packet.vlan(packet.udp(), { id: 5 }), packet.udp()],
    ["vlan 5 and udp", packet.vlan(packet.udp(), { id: 5 }), packet.vlan(packet.udp(), { id: 6 })],
    [
      "vlan && vlan 7 && port 53",
      packet.vlan(packet.vlan(packet.udp({ dport: 53 }), { id: 7 }), { id: 1, service: true }),
      packet.vlan(packet.udp({ dport: 53 }), { id: 7 }),
    ],
    // and, or: the same precedence, from the left, as in tcpdump.
    ["arp or udp and port 53", packet.udp({ dport: 53 }), packet.arp()],
    ["arp or (udp and port 53)", packet.arp(), packet.udp({ dport: 54 })],
    ["!(tcp || udp)", packet.arp(), packet.tcp()],
  ])("%s", (filter, yes, no) => {
    expect([takes(filter, yes), takes(filter, no)]).toEqual([true, false]);
  });

  test("only a first fragment has ports", () => {
    const fragment = packet.udp({ dport: 53 });
    fragment[21] = 5;
    expect([takes("port 53", fragment), takes("udp", fragment)]).toEqual([false, true]);
  });

  test("udp port 53 is what tcpdump's optimised listing says", () => {
    expect(classic("udp port 53").toText().replaceAll("\t", " ")).toBe(
      [
        "(000) ldh      [12]",
        "(001) jeq      #0x86dd          jt 2 jf 8",
        "(002) ldb      [20]",
        "(003) jeq      #0x11            jt 4 jf 19",
        "(004) ldh      [54]",
        "(005) jeq      #0x35            jt 18 jf 6",
        "(006) ldh      [56]",
        "(007) jeq      #0x35            jt 18 jf 19",
        "(008) jeq      #0x800           jt 9 jf 19",
        "(009) ldb      [23]",
        "(010) jeq      #0x11            jt 11 jf 19",
        "(011) ldh      [20]",
        "(012) jset     #0x1fff          jt 19 jf 13",
        "(013) ldxb     4*([14]&0xf)",
        "(014) ldh      [x + 14]",
        "(015) jeq      #0x35            jt 18 jf 16",
        "(016) ldh      [x + 16]",
        "(017) jeq      #0x35            jt 18 jf 19",
        "(018) ret      #262144",
        "(019) ret      #0",
      ].join("\n"),
    );
  });

  test("random expressions take what they say", () => {
    fc.assert(
      fc.property(expression, anyPacket, (filter: Expression, frame) => {
        expect([filter.text, takes(filter.text, frame)]).toEqual([filter.text, holds(filter, frame)]);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["udp prot 53", 4, /"prot" where and, or, or the end is expected/],
    ["udp port", 8, /the expression ends where a number from 0 to 65535/],
    ["port 65536", 5, /"65536" where a number/],
    ["(udp", 4, /the expression ends where \) is expected/],
    ["host 10.0.0.300", 5, /an address such as/],
    ["not", 3, /a protocol, host, port/],
    ["udp & tcp", 4, /"&" where/],
    [`${"(".repeat(200)}udp`, 100, /100 parentheses/],
  ])("%s", (text, at, message) => {
    expect(() => compileFilter(text)).toThrow(ClassicError);
    expect(() => compileFilter(text)).toThrow(message);
    try {
      compileFilter(text);
    } catch (error) {
      expect((error as ClassicError).at).toBe(at);
    }
  });

  test("a filter too long for 8-bit jumps is refused, not wrong", () => {
    const long = Array.from({ length: 60 }, (_, at) => `port ${at}`).join(" or ");
    expect(() => compileFilter(long)).toThrow(/too long for classic BPF's jumps/);
  });
});
