import { internetChecksum } from "../../packets/checksum.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { DROP } from "./drop-reason.ts";
import { ipXmit } from "./ip-output.ts";
import type { NetNamespace } from "./namespace.ts";
import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP } from "./protocol.ts";
import type { Skb } from "./skb.ts";
import { answerTo } from "./tcp/output.ts";

/** Echo requests and replies of ICMP and ICMPv6. */
const ECHO_REQUEST = { 4: 8, 6: 128 } as const;
const ECHO_REPLY = { 4: 0, 6: 129 } as const;

/** ICMPv6's own numbers for what ICMP says: unreachable, time exceeded. */
const V6_TYPES: Readonly<Record<number, number>> = { 3: 1, 11: 3 };
const V6_CODES: Readonly<Record<number, number>> = { 0: 0, 2: 4, 3: 4, 4: 0 };

/** A message as the rest of an IP packet: its bytes from ICMP's header on. */
function message(skb: Skb, bytes: Uint8Array): Skb {
  skb.data = bytes;
  skb.length = bytes.length;
  bytes[2] = bytes[3] = 0;
  if (skb.proto === IPPROTO_ICMP) {
    const sum = internetChecksum(bytes);
    bytes[2] = sum >> 8;
    bytes[3] = sum;
  }
  return skb;
}

/** `icmp_rcv`: a question is answered with the same bytes; news of errors end here. */
export function icmpReceive(t: Task, skb: Skb, netns: NetNamespace, six: boolean): void {
  const { network } = t.linux;
  t.enter(six ? F.icmpv6_rcv : F.icmp_rcv, 120, skb);
  const family = six ? 6 : 4;
  if (skb.data === undefined || skb.data.length < 8) {
    network.drop(t, skb, DROP.HDR_TRUNC);
    t.leave(1);
    return;
  }
  if (!six && internetChecksum(skb.data) !== 0) {
    network.drop(t, skb, DROP.ICMP_CSUM);
    t.leave(1);
    return;
  }
  if (skb.data[0] === ECHO_REQUEST[family]) {
    const bytes = skb.data.slice();
    bytes[0] = ECHO_REPLY[family];
    const reply = network.adopt(message(answerTo(skb), bytes));
    t.enter(F.icmp_echo, 20, skb);
    t.enter(F.icmp_reply, 200, undefined, skb);
    ipXmit(t, reply, netns);
    t.leave(0, 2);
  }
  network.consume(t, skb);
  t.leave(0);
}

/** `icmp_send`: tells the sender why its packet ended, with the packet's beginning. Never about errors or connections' resets. */
export function icmpError(
  t: Task,
  skb: Skb,
  netns: NetNamespace,
  { type, code }: { type: number; code: number },
): void {
  const six = typeof skb.saddr === "string";
  if (
    skb.proto === IPPROTO_ICMP ||
    skb.proto === IPPROTO_ICMPV6 ||
    (skb.proto === IPPROTO_TCP && type === 3 && code === 3)
  )
    return;
  const from = netns.sourceFor(skb.saddr);
  if (from === undefined) return;
  const answer = answerTo(skb);
  if (netns.owner(skb.daddr) === undefined) answer.saddr = from;
  answer.proto = six ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
  answer.sport = answer.dport = 0;
  // RFC 792: the header and eight bytes; Linux sends as much as fits into 576.
  const quoted = skb.frame.subarray(14, 14 + 548);
  const bytes = new Uint8Array(8 + quoted.length);
  bytes[0] = six ? (V6_TYPES[type] ?? type) : type;
  bytes[1] = six ? (V6_CODES[code] ?? code) : code;
  bytes.set(quoted, 8);
  t.enter(F.__icmp_send, 300, skb, type, code, 0, undefined);
  ipXmit(t, t.linux.network.adopt(message(answer, bytes)), netns);
  t.leave(undefined);
}
