/**
 * What `BPF_PROG_TEST_RUN` does around a program: puts a packet and its context into memory, and reads the packet back.
 * Linux does this for socket filters, traffic control and XDP; the packet comes in as if on the loopback device.
 */
import { requireBytes } from "../isa/argument.ts";
import type { LinearMemory } from "../memory/memory.ts";
import { NO_HEADER, ObjectView, SK_BUFF, XDP_BUFF } from "../memory/objects.ts";
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
/**
 * Linux moves a packet that needs more room to a larger place; ours has room for the longest packet that helpers make, before
 * and behind.
 */
const SKB_ROOM = 16384;
const SKB_BLOCK = 2 * SKB_ROOM + PAGE;
const XDP_HEADROOM = 256;
/** What fits into the first page of an XDP frame; the rest lies in up to 17 fragments that programs reach by helpers. */
const XDP_LINEAR = PAGE - XDP_HEADROOM - TAIL;
const XDP_LARGEST = XDP_LINEAR + 17 * PAGE;

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
  const head = memory.allocate(SKB_BLOCK);
  const start = head + SKB_ROOM;
  const at = memory.allocate(SK_BUFF.size);
  memory.u8.set(data, start);
  const skb = new ObjectView(memory, SK_BUFF);
  const first = ethernet ? start : start + ETHERNET;
  skb.point(at, "head", head);
  skb.point(at, "data", first);
  skb.point(at, "data_meta", first);
  skb.point(at, "data_end", start + data.length);
  skb.point(at, "end", head + SKB_BLOCK);
  skb.set(at, "len", start + data.length - first);
  skb.set(at, "protocol", protocolOf(data));
  skb.set(at, "pkt_type", packetTypeOf(data));
  skb.set(at, "ifindex", LOOPBACK_IFINDEX);
  skb.set(at, "mac_header", SKB_ROOM);
  skb.set(at, "network_header", SKB_ROOM + ETHERNET);
  skb.set(at, "transport_header", NO_HEADER);
  skb.set(at, "headroom", first - start + SKB_HEADROOM);
  return {
    context: at,
    dataOut() {
      const packet = memory.u8.slice(skb.get(at, "data"), skb.get(at, "data_end"));
      if (ethernet) return packet;
      // Linux puts a header of zeros back before the payload.
      const out = new Uint8Array(ETHERNET + packet.length);
      out.set(packet, ETHERNET);
      return out;
    },
    free() {
      memory.free(head, SKB_BLOCK);
      memory.free(at, SK_BUFF.size);
    },
  };
}

/** A frame in a page of its own, and what does not fit there behind it. */
function xdpFrame(memory: LinearMemory, data: Uint8Array): TestRun {
  checkFrame(data, XDP_LARGEST, "ENOMEM");
  const page = memory.allocate(PAGE);
  const at = memory.allocate(XDP_BUFF.size);
  const linear = data.subarray(0, XDP_LINEAR);
  const rest = data.subarray(XDP_LINEAR);
  // Whole pages: the last may be filled by a program that makes the packet longer.
  const room = Math.ceil(rest.length / PAGE) * PAGE;
  const frags = room === 0 ? 0 : memory.allocate(room);
  const start = page + XDP_HEADROOM;
  memory.u8.set(linear, start);
  memory.u8.set(rest, frags);
  const xdp = new ObjectView(memory, XDP_BUFF);
  xdp.point(at, "data", start);
  xdp.point(at, "data_end", start + linear.length);
  xdp.point(at, "data_meta", start);
  xdp.point(at, "data_hard_start", page);
  xdp.point(at, "frags", frags);
  xdp.set(at, "frags_size", rest.length);
  xdp.set(at, "frame_size", PAGE);
  xdp.set(at, "ingress_ifindex", LOOPBACK_IFINDEX);
  return {
    context: at,
    dataOut() {
      const packet = memory.u8.subarray(xdp.get(at, "data_meta"), xdp.get(at, "data_end"));
      const size = xdp.get(at, "frags_size");
      const out = new Uint8Array(packet.length + size);
      out.set(packet);
      out.set(memory.u8.subarray(frags, frags + size), packet.length);
      return out;
    },
    free() {
      memory.free(page, PAGE);
      if (room > 0) memory.free(frags, room);
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
