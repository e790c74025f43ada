/** Sockets that share a port (`SO_REUSEPORT`), and the programs that choose one of them for a packet. */

import { REUSEPORT_HEADERS, REUSEPORT_SIZE } from "../../helpers/packet/reuseport-packet.ts";
import type { HeldProgram } from "../../helpers/packet-host.ts";
import { DIRECT_MAP_HIGH } from "../../memory/memory.ts";
import { ObjectView, SK_BUFF } from "../../memory/objects.ts";
import { SK_REUSEPORT_CONTEXT } from "../../programs/socket-contexts.ts";
import type { Task } from "../task.ts";
import { isAny } from "./address.ts";
import type { Skb } from "./skb.ts";
import type { Sock } from "./sock.ts";
import { headerOf, packetOf, transportOf } from "./socket-filter.ts";

const SK_PASS = 1;
const ETHERNET = 14;

/** `struct sock_reuseport`: the sockets of one port and address, in the order in which they came, and their program. */
export class ReuseportGroup {
  readonly socks: Sock[] = [];
  program: HeldProgram | undefined;

  add(sk: Sock): void {
    sk.reuseport = this;
    this.socks.push(sk);
  }

  /** As Linux does it: the last takes the place of the one that goes, so that the others keep theirs. */
  remove(sk: Sock): void {
    const at = this.socks.indexOf(sk);
    if (at < 0) return;
    const last = this.socks.pop()!;
    if (last !== sk) this.socks[at] = last;
    sk.reuseport = undefined;
  }

  /** `reuseport_select_sock_by_hash`: by the upper bits; connected sockets take no new senders. */
  byHash(hash: number): Sock | undefined {
    const { length } = this.socks;
    const first = Math.floor(((hash >>> 0) * length) / 2 ** 32);
    for (let step = 0; step < length; step++) {
      const sk = this.socks[(first + step) % length]!;
      if (sk.state !== 1) return sk;
    }
    return undefined;
  }
}

/** Whether two sockets may have the same port at once: both say so, and one user owns both. */
export const mayShare = (a: Sock, b: Sock): boolean => a.reusePort && b.reusePort && a.uid === b.uid;

/** A socket has got its port (or listens): it joins those that have the same, or founds a group of its own. */
export function joinGroup(sk: Sock, others: readonly Sock[]): void {
  if (!sk.reusePort) return;
  const same = others.find(
    (other) => other !== sk && other.reuseport !== undefined && other.saddr === sk.saddr && mayShare(other, sk),
  );
  if (same === undefined) {
    if (sk.reuseport === undefined) new ReuseportGroup().add(sk);
    return;
  }
  sk.reuseport?.remove(sk);
  same.reuseport!.add(sk);
}

/** A number from addresses and ports, all of whose bits count; the namespace keeps others from foreseeing it. */
export function flowHash(skb: Skb, seed: number): number {
  let hash = seed | 0;
  const mix = (word: number) => {
    hash = Math.imul(hash ^ word, 0x9e37_79b1);
    hash ^= hash >>> 15;
  };
  for (const ip of [skb.daddr, skb.saddr]) {
    if (typeof ip === "number") mix(ip);
    else for (let i = 0; i < ip.length; i++) mix(ip.charCodeAt(i));
  }
  mix((skb.dport << 16) | skb.sport);
  // The last steps of MurmurHash3 (Austin Appleby, public domain).
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** `reuseport_select_sock`: the one of the group of `sk` that gets a packet; "refused": a program wants nobody to have it. */
export function selectSocket(t: Task, skb: Skb, sk: Sock): Sock | "refused" {
  const { reuseport: group } = sk;
  if (group === undefined || (group.socks.length < 2 && group.program === undefined)) return sk;
  const hash = flowHash(skb, sk.netns.inum);
  const { program } = group;
  let chosen: Sock | "refused" | undefined;
  if (program?.type === "sk_reuseport") chosen = byProgram(t, skb, sk, program, hash);
  else if (program !== undefined) chosen = byIndex(t, skb, sk, program, group);
  return chosen ?? group.byHash(hash) ?? sk;
}

/** A socket filter sees what follows the transport's header, and returns the place of a socket in the group. */
function byIndex(t: Task, skb: Skb, sk: Sock, program: HeldProgram, group: ReuseportGroup): Sock | undefined {
  const { network } = t.linux;
  const place = packetOf(t, sk, skb, transportOf(skb) + headerOf(skb));
  try {
    return group.socks[network.sockets.during(t, { sk }, () => program.run(place.context)) >>> 0];
  } finally {
    place.free();
  }
}

const MEMBERS = new Map(SK_REUSEPORT_CONTEXT.fields.map(({ name, offset }) => [name, offset]));

/** `bpf_run_sk_reuseport`: the program names a socket, or leaves it to the hash, or refuses. */
function byProgram(t: Task, skb: Skb, sk: Sock, program: HeldProgram, hash: number): Sock | "refused" | undefined {
  const { memory, network } = t.linux;
  const place = packetOf(t, sk, skb, transportOf(skb));
  const packet = new ObjectView(memory, SK_BUFF);
  const at = memory.allocate(REUSEPORT_SIZE);
  const socket = network.sockets.view(sk);
  const word = (name: string, value: number) => memory.view.setUint32(at + MEMBERS.get(name)!, value, true);
  const point = (name: string, to: number) => {
    word(name, to);
    memory.view.setInt32(at + MEMBERS.get(name)! + 4, DIRECT_MAP_HIGH, true);
  };
  try {
    memory.u8.fill(0, at, at + REUSEPORT_SIZE);
    const data = packet.get(place.context, "data");
    point("data", data);
    point("data_end", packet.get(place.context, "data_end"));
    word("len", packet.get(place.context, "len"));
    word("eth_protocol", ((skb.protocol & 0xff) << 8) | (skb.protocol >> 8));
    word("ip_protocol", sk.proto);
    word("bind_inany", Number(isAny(sk.saddr)));
    word("hash", hash);
    point("sk", socket);
    const frame = data - transportOf(skb);
    memory.view.setUint32(at + REUSEPORT_HEADERS, frame, true);
    memory.view.setUint32(at + REUSEPORT_HEADERS + 4, frame + ETHERNET, true);
    const { result, sk: chosen } = network.sockets.select(t, sk, () => program.run(at));
    return result === SK_PASS ? chosen : "refused";
  } finally {
    memory.free(at, REUSEPORT_SIZE);
    place.free();
  }
}
