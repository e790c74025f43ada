/** The newer format of capture files: blocks, each with its length at both ends. */
import {
  type CapturedPacket,
  CaptureError,
  cutShort,
  ETHERNET_LINK,
  LONGEST_PACKET,
  requireEthernet,
} from "./capture.ts";
import { Packet } from "./packet.ts";

const BLOCK = { section: 0x0a0d0d0a, interface: 1, simplePacket: 3, packet: 6 } as const;
const BYTE_ORDER = 0x1a2b3c4d;
/** Options of an interface: how times count, and from when. */
const OPTION = { resolution: 9, timeOffset: 14 } as const;

const SECOND = 1_000_000_000n;

export const isPcapng = (file: Uint8Array): boolean =>
  file.length >= 12 && [0x0a, 0x0d, 0x0d, 0x0a].every((byte, at) => file[at] === byte);

/** How one interface's packets were captured. */
interface Interface {
  readonly snapLength: number;
  /** Nanoseconds of a number of ticks. */
  readonly time: (ticks: bigint) => bigint;
}

export function readPcapng(file: Uint8Array): readonly CapturedPacket[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const packets: CapturedPacket[] = [];
  let interfaces: Interface[] = [];
  let little = true;
  for (let at = 0; at < file.length; ) {
    if (at + 12 > file.length) throw cutShort(at);
    // The first block of a section says the byte order, its own included.
    const isSection = view.getUint32(at, true) === BLOCK.section;
    if (isSection) {
      little = view.getUint32(at + 8, true) === BYTE_ORDER;
      if (view.getUint32(at + 8, little) !== BYTE_ORDER) throw broken(at + 8, "no byte order");
      interfaces = [];
    }
    const type = view.getUint32(at, little);
    const size = view.getUint32(at + 4, little);
    if (size < 12 || size % 4 !== 0) throw broken(at + 4, `a block of ${size} bytes`);
    if (at + size > file.length) throw cutShort(at);
    if (view.getUint32(at + size - 4, little) !== size) throw broken(at, "the two lengths of a block differ");
    const block: Block = { view, file, little, start: at + 8, end: at + size - 4 };
    if (type === BLOCK.interface) interfaces.push(readInterface(block));
    else if (type === BLOCK.packet) packets.push(readPacket(block, interfaces));
    else if (type === BLOCK.simplePacket) packets.push(readSimplePacket(block, interfaces));
    at += size;
  }
  return packets;
}

const broken = (offset: number, problem: string): CaptureError =>
  new CaptureError(offset, problem, "The file is broken.");

interface Block {
  readonly view: DataView;
  readonly file: Uint8Array;
  readonly little: boolean;
  /** Its body. */
  readonly start: number;
  readonly end: number;
}

/** The word at `index` of a block that must have it. */
function word({ view, little, start, end }: Block, index: number): number {
  if (start + 4 * index + 4 > end) throw broken(start, "a block too short for its kind");
  return view.getUint32(start + 4 * index, little);
}

function readInterface(block: Block): Interface {
  const { view, little, start, end } = block;
  const first = word(block, 0);
  requireEthernet(start, little ? first & 0xffff : first >>> 16);
  // Microseconds unless an option says otherwise.
  let [perSecond, offset] = [1_000_000n, 0n];
  for (let at = start + 8; at + 4 <= end; ) {
    const [code, size] = [view.getUint16(at, little), view.getUint16(at + 2, little)];
    if (code === 0 || at + 4 + size > end) break;
    if (code === OPTION.resolution && size === 1) {
      const digit = view.getUint8(at + 4);
      perSecond = digit & 0x80 ? 2n ** BigInt(digit & 0x7f) : 10n ** BigInt(digit);
    }
    if (code === OPTION.timeOffset && size === 8) offset = view.getBigInt64(at + 4, little);
    at += 4 + Math.ceil(size / 4) * 4;
  }
  return { snapLength: word(block, 1), time: (ticks) => offset * SECOND + (ticks * SECOND) / perSecond };
}

function readPacket(block: Block, interfaces: readonly Interface[]): CapturedPacket {
  const { start } = block;
  const from = interfaces[word(block, 0)];
  if (from === undefined) throw broken(start, "a packet of an interface that the file does not describe");
  const ticks = (BigInt(word(block, 1)) << 32n) | BigInt(word(block, 2));
  return { packet: bytesAt(block, 20, word(block, 3)), timeNs: from.time(ticks), originalLength: word(block, 4) };
}

function readSimplePacket(block: Block, [from]: readonly Interface[]): CapturedPacket {
  if (from === undefined) throw broken(block.start, "a packet before any interface");
  const originalLength = word(block, 0);
  const size = from.snapLength === 0 ? originalLength : Math.min(originalLength, from.snapLength);
  return { packet: bytesAt(block, 4, size), timeNs: 0n, originalLength };
}

function bytesAt({ file, start, end }: Block, at: number, size: number): Packet {
  if (size > LONGEST_PACKET || start + at + size > end)
    throw broken(start, `a packet of ${size} bytes in a block of ${end - start}`);
  return new Packet(file.subarray(start + at, start + at + size));
}

/** One section, one interface that counts nanoseconds. */
export function writePcapng(packets: readonly CapturedPacket[]): Uint8Array {
  const section = [BYTE_ORDER, 1, 0xffff_ffff, 0xffff_ffff];
  // Options in their order: code and size in one word, the value, and the end.
  const resolution = [OPTION.resolution | (1 << 16), 9, 0];
  const blocks = [
    blockOf(BLOCK.section, section),
    blockOf(BLOCK.interface, [ETHERNET_LINK, LONGEST_PACKET, ...resolution]),
    ...packets.map(({ packet, timeNs, originalLength }) => {
      const words = [0, Number(timeNs >> 32n), Number(timeNs & 0xffff_ffffn), packet.length, originalLength];
      return blockOf(BLOCK.packet, words, packet);
    }),
  ];
  const file = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    file.set(block, at);
    at += block.length;
  }
  return file;
}

function blockOf(type: number, words: readonly number[], data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const size = 12 + 4 * words.length + Math.ceil(data.length / 4) * 4;
  const block = new Uint8Array(size);
  const view = new DataView(block.buffer);
  [type, size, ...words].forEach((value, index) => {
    view.setUint32(4 * index, value, true);
  });
  block.set(data, 8 + 4 * words.length);
  view.setUint32(size - 4, size, true);
  return block;
}
