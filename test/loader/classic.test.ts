import { describe, expect, test } from "vitest";
import { ClassicError } from "../../src/asm/classic/instruction.ts";
import { ArgumentError } from "../../src/isa/argument.ts";
import { classic } from "../../src/loader/classic.ts";
import { Machine } from "../../src/machine.ts";
import * as packet from "../../src/packets/build.ts";
import { renderClassic } from "../../src/views/classic.ts";

const RET = { code: 0x06, jt: 0, jf: 0, k: 5 };

describe("classic programs", () => {
  test("the text of tcpdump -ddd", () => {
    // arp
    const arp = classic("4\n40 0 0 12\n21 0 1 2054\n6 0 0 262144\n6 0 0 0\n");
    const loaded = new Machine().load(arp.program());
    expect([packet.arp(), packet.udp()].map((frame) => loaded.run(frame).retval)).toEqual([262144, 0]);
    expect(arp.toText()).toContain("(001) jeq      #0x806           jt 2\tjf 3");
  });

  test("both forms side by side", () => {
    const [label, ...lines] = (renderClassic(classic("arp")) as Record<string, string>)["text/plain"].split("\n");
    expect(label).toBe("arp: 4 classic instructions, 9 converted");
    expect(lines.map((line) => [line.slice(0, 42).trimEnd(), line.slice(43).trim()])).toEqual([
      ["", "(b4) w0 = 0"],
      ["", "(b4) w7 = 0"],
      ["", "(bf) r6 = r1"],
      ["(000) ldh      [12]", "(28) r0 = *(u16 *)skb[12]"],
      ["(001) jeq      #0x806           jt 2 jf 3", "(55) if r0 != 0x806 goto pc+2"],
      ["(002) ret      #262144", "(b4) w0 = 262144"],
      ["", "(95) exit"],
      ["(003) ret      #0", "(b4) w0 = 0"],
      ["", "(95) exit"],
    ]);
  });

  test("what Linux knows of a packet", () => {
    const load = (number: number) => ({ code: 0x20, jt: 0, jf: 0, k: 0xffff_f000 + number });
    const machine = new Machine();
    const value = (number: number) =>
      machine.load(classic([load(number), { code: 0x16, jt: 0, jf: 0, k: 0 }]).program()).run(packet.arp()).retval;
    // protocol, kind of receiver (broadcast counts as multicast on a device without addresses), device
    expect([0, 1, 2].map(value)).toEqual([0x0806, 2, 1]);
    expect(() => classic([load(3), RET])).toThrow(/the extension nlattr is not simulated/);
    expect(() => classic([load(16), RET])).toThrow(/no extension of Linux/);
  });

  test.each([
    ["3\n6 0 0 0\n", /first line is not the number of instructions \(1\)/],
    ["1\n6 0 0\n", /"6 0 0" is no instruction/],
    ["1\n6 0 0 4294967296\n", /is no instruction/],
    ["1\n255 0 0 0\n", /0xff is no opcode/],
    ["1\n0 0 0 0\n", /does not end with ret/],
    ["2\n21 1 0 0\n6 0 0 0\n", /a jump behind the last instruction/],
    ["2\n52 0 0 0\n6 0 0 0\n", /a division by the constant 0/],
    ["2\n96 0 0 3\n22 0 0 0\n", /M\[3\] is read before it is written/],
  ])("%j is refused with the instruction", (text, message) => {
    expect(() => classic(text)).toThrow(ClassicError);
    expect(() => classic(text)).toThrow(message);
  });

  test("what is no program at all is the caller's mistake", () => {
    for (const source of ["", [{ code: 6 }], 7]) expect(() => classic(source as never)).toThrow(ArgumentError);
  });
});
