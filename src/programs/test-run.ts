/**
 * What `BPF_PROG_TEST_RUN` does around a program: puts a packet and its context into memory, and reads the packet back.
 * Linux does this for socket filters, traffic control and XDP; the packet comes in as if on the loopback device.
 */
import { requireBytes } from "../isa/argument.ts";
import { DIRECT_MAP_HIGH, type LinearMemory } from "../memory/memory.ts";
import { type ObjectLayout, SK_BUFF, XDP_BUFF } from "./objects.ts";
import type { ObjectField } from "./row.ts";
import type { ProgramType } from "./types.ts";

/** Input that `BPF_PROG_TEST_RUN` refuses. */
export class TestRunError extends Error {
  readonly errno: "EINVAL" | "ENOMEM" | "ENOTSUPP";
  readonly hint: string;

  constructor(errno: TestRunError["errno"], problem: string, hint: string) {
    super(`test run: ${problem} (${errno}). ${hint}`);
    this.name = "TestRunError";
    this.errno = errno;
    this.hint = hint;
  }
}

/** A packet ready to run on. Running again goes on with what the run before left, as `repeat` does in Linux. */
export interface TestRun {
  /** Offset of the object that r1 points to. */
  readonly context: number;
  /** The packet as it is now: what Linux copies to `data_out`. */
  dataOut(): Uint8Array;
  /** Gives the memory back. */
  free(): void;
}

const ETHERNET = 14;
const LOOPBACK_IFINDEX = 1;
const PAGE = 4096;
/** Linux keeps this much after a packet for its own structure. */
const TAIL = 320;
const SKB_HEADROOM = 64;
const XDP_HEADROOM = 256;
/** What fits into the first page of an XDP frame; the rest lies in up to 17 fragments that programs reach by helpers. */
const XDP_LINEAR = PAGE - XDP_HEADROOM - TAIL;
const XDP_LARGEST = XDP_LINEAR + 17 * PAGE;

/** Writes members of an object; a member not given stays zero. */
function fill<Name extends string>(
  memory: LinearMemory,
  at: number,
  { members }: ObjectLayout<Name>,
  values: Partial<Readonly<Record<Name, number>>>,
): void {
  for (const [name, value] of Object.entries(values) as [Name, number][]) {
    const { offset, size }: ObjectField = members[name];
    if (size === 1) memory.view.setUint8(at + offset, value);
    else if (size === 2) memory.view.setUint16(at + offset, value, true);
    else memory.view.setUint32(at + offset, value, true);
  }
}

/** Writes members that are addresses, given as offsets. */
function fillPointers<Name extends string>(
  memory: LinearMemory,
  at: number,
  { members }: ObjectLayout<Name>,
  pointers: Partial<Readonly<Record<Name, number>>>,
): void {
  for (const [name, value] of Object.entries(pointers) as [Name, number][]) {
    memory.view.setUint32(at + members[name].offset, value, true);
    memory.view.setInt32(at + members[name].offset + 4, DIRECT_MAP_HIGH, true);
  }
}

const pointerAt = (memory: LinearMemory, at: number, { offset }: ObjectField): number =>
  memory.view.getUint32(at + offset, true);

/** `skb->protocol` of a frame, as its two bytes read in memory order. */
function protocolOf(data: Uint8Array): number {
  const type = (data[12] << 8) | data[13];
  const bigEndian = (value: number): number => ((value & 0xff) << 8) | (value >> 8);
  // From 0x0600 on it is a protocol. Below it is a length: of an old IPX frame if all ones follow, else of an LLC frame.
  if (type >= 0x600) return bigEndian(type);
  const raw = data.length >= ETHERNET + 2 && data[14] === 0xff && data[15] === 0xff;
  return bigEndian(raw ? 0x0001 : 0x0004);
}

/** `skb->pkt_type` on a device whose address and broadcast address are zero: for us, for a group, for others. */
function packetTypeOf(data: Uint8Array): number {
  const [host, multicast, otherHost] = [0, 2, 3];
  if (data.subarray(0, 6).every((byte) => byte === 0)) return host;
  return data[0] & 1 ? multicast : otherHost;
}

/** The shortest payload that Linux takes for a protocol: a whole header for IP. */
function shortestPayload(data: Uint8Array): number {
  const type = (data[12] << 8) | data[13];
  return type === 0x0800 ? 20 : type === 0x86dd ? 40 : 0;
}

function checkFrame(data: Uint8Array, largest: number, tooLarge: "EINVAL" | "ENOMEM"): void {
  requireBytes("packet", data);
  if (data.length < ETHERNET)
    throw new TestRunError(
      "EINVAL",
      `a packet of ${data.length} bytes`,
      "Give it at least an Ethernet header, 14 bytes.",
    );
  if (data.length > largest)
    throw new TestRunError(tooLarge, `a packet of ${data.length} bytes`, `Linux takes at most ${largest} bytes here.`);
}

/** A socket buffer. Traffic control sees the frame from its Ethernet header, a socket filter from the payload. */
function socketBuffer(memory: LinearMemory, data: Uint8Array, ethernet: boolean): TestRun {
  checkFrame(data, PAGE - SKB_HEADROOM - TAIL, "EINVAL");
  if (data.length - ETHERNET < shortestPayload(data))
    throw new TestRunError(
      "EINVAL",
      "an IP packet without its whole header",
      "Give it 20 bytes for IPv4, 40 for IPv6.",
    );
  const head = memory.allocate(PAGE);
  const start = head + SKB_HEADROOM;
  const at = memory.allocate(SK_BUFF.size);
  memory.u8.set(data, start);
  const first = ethernet ? start : start + ETHERNET;
  fillPointers(memory, at, SK_BUFF, {
    head,
    data: first,
    data_meta: first,
    data_end: start + data.length,
    end: head + PAGE - TAIL,
  });
  fill(memory, at, SK_BUFF, {
    len: start + data.length - first,
    protocol: protocolOf(data),
    pkt_type: packetTypeOf(data),
    ifindex: LOOPBACK_IFINDEX,
    mac_header: SKB_HEADROOM,
    network_header: SKB_HEADROOM + ETHERNET,
  });
  return {
    context: at,
    dataOut() {
      const from = pointerAt(memory, at, SK_BUFF.members.data);
      const packet = memory.u8.slice(from, pointerAt(memory, at, SK_BUFF.members.data_end));
      if (ethernet) return packet;
      // Linux puts a header of zeros back before the payload.
      const out = new Uint8Array(ETHERNET + packet.length);
      out.set(packet, ETHERNET);
      return out;
    },
    free() {
      memory.free(head, PAGE);
      memory.free(at, SK_BUFF.size);
    },
  };
}

/** A frame in a page of its own. */
function xdpFrame(memory: LinearMemory, data: Uint8Array): TestRun {
  checkFrame(data, XDP_LARGEST, "ENOMEM");
  const page = memory.allocate(PAGE);
  const at = memory.allocate(XDP_BUFF.size);
  const linear = data.subarray(0, XDP_LINEAR);
  const fragments = data.slice(XDP_LINEAR);
  const start = page + XDP_HEADROOM;
  memory.u8.set(linear, start);
  fillPointers(memory, at, XDP_BUFF, {
    data: start,
    data_meta: start,
    data_end: start + linear.length,
    data_hard_start: page,
  });
  fill(memory, at, XDP_BUFF, { frame_size: PAGE, ingress_ifindex: LOOPBACK_IFINDEX });
  return {
    context: at,
    dataOut() {
      const from = pointerAt(memory, at, XDP_BUFF.members.data);
      const packet = memory.u8.subarray(from, pointerAt(memory, at, XDP_BUFF.members.data_end));
      const out = new Uint8Array(packet.length + fragments.length);
      out.set(packet);
      out.set(fragments, packet.length);
      return out;
    },
    free() {
      memory.free(page, PAGE);
      memory.free(at, XDP_BUFF.size);
    },
  };
}

/**
 * Puts a packet and its context into memory for a test run of a program of this type; throws `TestRunError` where
 * Linux refuses: a packet too short or too long (EINVAL, ENOMEM), a type that has no test run (ENOTSUPP).
 *
 * @example
 * const run = prepareTestRun(memory, "xdp", packet);
 * const verdict = instance.run(run.context);
 * console.log(run.dataOut());
 */
export function prepareTestRun(memory: LinearMemory, type: ProgramType, data: Uint8Array): TestRun {
  switch (type) {
    case "xdp":
      return xdpFrame(memory, data);
    case "sched_cls":
      return socketBuffer(memory, data, true);
    case "socket_filter":
      return socketBuffer(memory, data, false);
    default:
      throw new TestRunError(
        "ENOTSUPP",
        `programs of type ${type} take no packet`,
        "Attach it and make its event happen.",
      );
  }
}
