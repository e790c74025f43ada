import type { LinearMemory } from "../../memory/memory.ts";
import { NO_HEADER, ObjectView, SK_BUFF } from "../../memory/objects.ts";
import { TestRunError } from "./error.ts";
import {
  ETHERNET,
  LOOPBACK_IFINDEX,
  PAGE,
  requireFrame,
  requireZeros,
  TAIL,
  type TestRun,
  type TestRunInput,
  viewOf,
  wholeContext,
} from "./input.ts";
import { testSocket } from "./socket.ts";

const SKB_HEADROOM = 64;
/**
 * Linux moves a packet that needs more room to a larger place; ours has room for the longest packet that helpers make, before
 * and behind.
 */
const SKB_ROOM = 16384;
const SKB_BLOCK = 2 * SKB_ROOM + PAGE;

type Member = keyof typeof SK_BUFF.members;

/** `struct __sk_buff`: what a caller may choose, by offset; all else must be zero. The last is not copied back. */
const CHOSEN: readonly (readonly [offset: number, size: number, member: Member])[] = [
  [8, 4, "mark"],
  [32, 4, "priority"],
  [36, 4, "ingress_ifindex"],
  [40, 4, "ifindex"],
  [48, 20, "cb"],
  [152, 8, "tstamp"],
  [160, 4, "wire_len"],
  [164, 4, "gso_segs"],
  [176, 4, "gso_size"],
  [184, 8, "hwtstamp"],
];
const USER_SIZE = 192;
const IFINDEX = 40;
const WIRE_LEN = 160;
const GSO_SEGS = 164;
const LONGEST_WIRE = 65536;
const MOST_SEGMENTS = 65535;

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

/** What the caller wants a socket buffer's fields to be; checked as Linux does. */
function userContext(
  given: Uint8Array | undefined,
  length: number,
  hasDevice: (ifindex: number) => boolean,
): Uint8Array | undefined {
  const context = wholeContext(given, USER_SIZE);
  if (context === undefined) return undefined;
  const view = viewOf(context);
  const ifindex = view.getUint32(IFINDEX, true);
  if (ifindex > LOOPBACK_IFINDEX && !hasDevice(ifindex))
    throw new TestRunError("ENODEV", `there is no device ${ifindex}`, "`ifindex` is one that exists, or 0.");
  let end = 0;
  for (const [offset, size] of [...CHOSEN, [USER_SIZE, 0] as const]) {
    const names = CHOSEN.map(([, , member]) => member).join(", ");
    requireZeros(context, end, offset, `Of a socket buffer these can be chosen: ${names}.`);
    end = offset + size;
  }
  const wire = view.getUint32(WIRE_LEN, true);
  if (wire !== 0 && (wire < length || wire > LONGEST_WIRE))
    throw new TestRunError("EINVAL", `wire_len is ${wire}`, `It is 0, or ${length} (the packet) to ${LONGEST_WIRE}.`);
  if (view.getUint32(GSO_SEGS, true) > MOST_SEGMENTS)
    throw new TestRunError("EINVAL", "too many gso_segs", `At most ${MOST_SEGMENTS}.`);
  return context;
}

/**
 * A socket buffer as if it came in on the loopback device. Traffic control sees the frame from its Ethernet header
 * (`ethernet`), other types from what follows it.
 */
export function socketBuffer(memory: LinearMemory, input: TestRunInput, ethernet: boolean): TestRun {
  const { data = new Uint8Array(), hasDevice = () => false } = input;
  requireFrame(data, PAGE - SKB_HEADROOM - TAIL, "EINVAL");
  if (data.length - ETHERNET < shortestPayload(data))
    throw new TestRunError(
      "EINVAL",
      "an IP packet without its whole header",
      "Give it 20 bytes for IPv4, 40 for IPv6.",
    );
  const length = ethernet ? data.length : data.length - ETHERNET;
  const user = userContext(input.context, length, hasDevice);
  const head = memory.allocate(SKB_BLOCK);
  const start = head + SKB_ROOM;
  const at = memory.allocate(SK_BUFF.size);
  const socket = testSocket(memory, data);
  memory.u8.set(data, start);
  const skb = new ObjectView(memory, SK_BUFF);
  const first = ethernet ? start : start + ETHERNET;
  skb.point(at, "head", head);
  skb.point(at, "data", first);
  skb.point(at, "data_meta", first);
  skb.point(at, "data_end", start + data.length);
  skb.point(at, "end", head + SKB_BLOCK);
  skb.point(at, "sk", socket.at);
  socket.describe(skb, at);
  skb.set(at, "len", length);
  skb.set(at, "protocol", protocolOf(data));
  skb.set(at, "pkt_type", packetTypeOf(data));
  skb.set(at, "mac_header", SKB_ROOM);
  skb.set(at, "network_header", SKB_ROOM + ETHERNET);
  skb.set(at, "transport_header", NO_HEADER);
  skb.set(at, "headroom", first - start + SKB_HEADROOM);
  if (user) copyIn(memory, at, user);
  if (user && skb.get(at, "wire_len") === 0) skb.set(at, "wire_len", length);
  if (skb.get(at, "ifindex") === 0) skb.set(at, "ifindex", LOOPBACK_IFINDEX);
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
    contextOut: () => user && copyOut(memory, at, user),
    free() {
      memory.free(head, SKB_BLOCK);
      memory.free(at, SK_BUFF.size);
      socket.free();
    },
  };
}

function copyIn(memory: LinearMemory, at: number, user: Uint8Array): void {
  for (const [offset, size, name] of CHOSEN) {
    const member = SK_BUFF.members[name];
    memory.u8.set(user.subarray(offset, offset + Math.min(size, member.size)), at + member.offset);
  }
}

function copyOut(memory: LinearMemory, at: number, user: Uint8Array): Uint8Array {
  const out = user.slice();
  for (const [offset, size, name] of CHOSEN) {
    // What a program makes of it is not told.
    if (name === "gso_size") continue;
    const member = SK_BUFF.members[name];
    const bytes = Math.min(size, member.size);
    out.fill(0, offset, offset + size);
    out.set(memory.u8.subarray(at + member.offset, at + member.offset + bytes), offset);
  }
  return out;
}
