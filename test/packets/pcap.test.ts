import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as packet from "../../src/packets/build.ts";
import { CaptureError } from "../../src/packets/capture.ts";
import * as pcap from "../../src/packets/pcap.ts";
import { anyPacket } from "./arbitrary.ts";

const formats = ["pcap", "pcapng"] as const;

const captured = fc
  .tuple(anyPacket, fc.bigInt(0n, 4_000_000_000_000_000_000n), fc.nat(100))
  .map(([packet, timeNs, more]) => ({ packet, timeNs, originalLength: packet.length + more }));

/** The same file with every 16- and 32-bit number in the other byte order, where numbers are. */
function classic(words: readonly number[], data: Uint8Array, little: boolean): Uint8Array {
  const file = new Uint8Array(4 * words.length + data.length);
  const view = new DataView(file.buffer);
  words.forEach((word, at) => {
    view.setUint32(4 * at, word, little);
  });
  file.set(data, 4 * words.length);
  return file;
}

describe.each(formats)("%s", (format) => {
  test("what is written is read", () => {
    fc.assert(
      fc.property(fc.array(captured, { maxLength: 5 }), (packets) => {
        expect(pcap.read(pcap.write(packets, { format }))).toEqual(packets);
      }),
    );
  });

  test("a broken file is refused with the place, never with another error", () => {
    const whole = pcap.write([packet.udp(), packet.arp()], { format });
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 3 }),
        (length, hits) => {
          const file = whole.slice(0, length);
          for (const [at, byte] of hits) if (at < length) file[at] = byte;
          try {
            pcap.read(file);
          } catch (error) {
            expect(error).toBeInstanceOf(CaptureError);
            expect((error as CaptureError).offset).toBeLessThanOrEqual(file.length);
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(() => pcap.read(whole.subarray(0, -1))).toThrow("the file ends within a packet");
  });

  test("packets without times come one after the other", () => {
    const times = pcap.read(pcap.write([packet.udp(), packet.arp()], { format })).map(({ timeNs }) => timeNs);
    expect(times).toEqual([0n, 1000n]);
  });
});

test.each([true, false])("microseconds and nanoseconds in either byte order (little %s)", (little) => {
  const data = packet.arp();
  const version = little ? 2 | (4 << 16) : (2 << 16) | 4;
  for (const [magic, timeNs] of [
    [0xa1b2c3d4, 7_000_005_000n],
    [0xa1b23c4d, 7_000_000_005n],
  ] as const) {
    const words = [magic, version, 0, 0, 65535, 1, 7, 5, data.length, 99];
    expect(pcap.read(classic(words, data, little))).toEqual([{ packet: data, timeNs, originalLength: 99 }]);
  }
});

test("blocks that are not known are skipped, and interfaces say how their times count", () => {
  const bytes = packet.icmp();
  const block = (type: number, words: readonly number[], data = new Uint8Array(0)): Uint8Array => {
    const size = 12 + 4 * words.length + Math.ceil(data.length / 4) * 4;
    const padded = new Uint8Array(Math.ceil(data.length / 4) * 4 + 4);
    padded.set(data);
    new DataView(padded.buffer).setUint32(padded.length - 4, size, true);
    return classic([type, size, ...words], padded, true);
  };
  const file = Buffer.concat([
    block(0x0a0d0d0a, [0x1a2b3c4d, 1, 0xffffffff, 0xffffffff]),
    block(5, [1, 2, 3]),
    block(1, [1, 0]),
    block(1, [1, 0, 9 | (1 << 16), 0x8a, 14 | (8 << 16), 10, 0]),
    block(6, [0, 0, 2_000_001, bytes.length, bytes.length], bytes),
    block(6, [1, 0, 512, bytes.length, bytes.length], bytes),
    block(3, [bytes.length], bytes),
  ]);
  expect(pcap.read(new Uint8Array(file)).map(({ timeNs }) => timeNs)).toEqual([2_000_001_000n, 10_500_000_000n, 0n]);
});

test("what is no capture, and what is not of Ethernet, is refused", () => {
  expect(() => pcap.read(new TextEncoder().encode("this is a text, not a capture"))).toThrow(/no pcap or pcapng file/);
  const cooked = pcap.write([]);
  cooked[20] = 113;
  expect(() => pcap.read(cooked)).toThrow(/link type 113 is not Ethernet/);
  expect(() => pcap.write([], { format: "snoop" as never })).toThrow(/format must be "pcap" or "pcapng"/);
  expect(() => pcap.write([7 as never])).toThrow(/packets\[0\] must be bytes/);
});
