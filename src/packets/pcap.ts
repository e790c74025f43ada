/** Files of packets as tcpdump and Wireshark write them: the classic format, and pcapng (see `pcapng.ts`). */
import { ArgumentError, isObject, requireBytes } from "../isa/argument.ts";
import {
  type CapturedPacket,
  CaptureError,
  cutShort,
  ETHERNET_LINK,
  LONGEST_PACKET,
  requireEthernet,
} from "./capture.ts";
import { Packet } from "./packet.ts";
import { isPcapng, readPcapng, writePcapng } from "./pcapng.ts";

const HEADER = 24;
const RECORD = 16;
/** The first word says how times count, and by its own byte order that of all numbers. */
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

const SECOND = 1_000_000_000n;

/**
 * The packets of a capture file, pcap or pcapng of any byte order. Throws `CaptureError` with the byte where the file is
 * broken, or where it holds other packets than Ethernet's.
 *
 * @example pcap.read(new Uint8Array(await readFile("dns.pcap"))).map(({ packet }) => xdp.run(packet).verdict)
 */
export function read(file: Uint8Array): readonly CapturedPacket[] {
  requireBytes("pcap.read's file", file);
  if (isPcapng(file)) return readPcapng(file);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER) throw noCapture();
  const little = [MICROSECONDS, NANOSECONDS].includes(view.getUint32(0, true));
  const magic = view.getUint32(0, little);
  if (magic !== MICROSECONDS && magic !== NANOSECONDS) throw noCapture();
  const unit = magic === NANOSECONDS ? 1n : 1000n;
  requireEthernet(20, view.getUint32(20, little) & 0xffff);
  const packets: CapturedPacket[] = [];
  for (let at = HEADER; at < file.length; ) {
    if (at + RECORD > file.length) throw cutShort(at);
    const word = (index: number): number => view.getUint32(at + 4 * index, little);
    const size = word(2);
    if (size > LONGEST_PACKET) throw new CaptureError(at + 8, `a packet of ${size} bytes`, "The file is broken.");
    if (at + RECORD + size > file.length) throw cutShort(at);
    packets.push({
      packet: new Packet(file.subarray(at + RECORD, at + RECORD + size)),
      timeNs: BigInt(word(0)) * SECOND + BigInt(word(1)) * unit,
      originalLength: word(3),
    });
    at += RECORD + size;
  }
  return packets;
}

const noCapture = (): CaptureError =>
  new CaptureError(0, "this is no pcap or pcapng file", "Write one with `tcpdump -w FILE`.");

/** A packet to be written: only its bytes, or with its time. */
export type Writable = Uint8Array | (Pick<CapturedPacket, "packet"> & Partial<CapturedPacket>);

export interface WriteOptions {
  /** Default `pcap`, with nanoseconds; every tool reads both. */
  readonly format?: "pcap" | "pcapng";
}

/**
 * A capture file of Ethernet packets. Those without a time come one microsecond after the one before, the first at 1970.
 *
 * @example await writeFile("mine.pcap", pcap.write([packet.udp({ dport: 53 }), packet.icmp()]))
 */
export function write(packets: Iterable<Writable>, { format = "pcap" }: WriteOptions = {}): Uint8Array {
  if (format !== "pcap" && format !== "pcapng") throw new ArgumentError("format", '"pcap" or "pcapng"', format);
  let last = -1000n;
  const captured = Array.from(packets, (each, index): CapturedPacket => {
    const bytes = each instanceof Uint8Array ? each : isObject(each) ? each.packet : each;
    requireBytes(`packets[${index}]`, bytes);
    if (bytes.length > LONGEST_PACKET)
      throw new ArgumentError(`packets[${index}]`, `at most ${LONGEST_PACKET} bytes`, bytes);
    const given: Partial<CapturedPacket> = each instanceof Uint8Array ? {} : each;
    last = given.timeNs ?? last + 1000n;
    return { packet: new Packet(bytes), timeNs: last, originalLength: given.originalLength ?? bytes.length };
  });
  return format === "pcapng" ? writePcapng(captured) : writeClassic(captured);
}

function writeClassic(packets: readonly CapturedPacket[]): Uint8Array {
  const size = packets.reduce((sum, { packet }) => sum + RECORD + packet.length, HEADER);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  const words = (at: number, values: readonly number[]): void =>
    values.forEach((value, index) => {
      view.setUint32(at + 4 * index, value, true);
    });
  // Version 2.4, stored as two halves; no correction of times.
  words(0, [NANOSECONDS, 2 | (4 << 16), 0, 0, LONGEST_PACKET, ETHERNET_LINK]);
  let at = HEADER;
  for (const { packet, timeNs, originalLength } of packets) {
    words(at, [Number(timeNs / SECOND), Number(timeNs % SECOND), packet.length, originalLength]);
    file.set(packet, at + RECORD);
    at += RECORD + packet.length;
  }
  return file;
}
