import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { DROP } from "./drop-reason.ts";
import { icmpError } from "./icmp.ts";
import type { NetNamespace } from "./namespace.ts";
import { selectSocket } from "./reuseport.ts";
import { skLookup } from "./sk-lookup.ts";
import type { Skb } from "./skb.ts";
import type { Sock } from "./sock.ts";

/** `net.core.rmem_default`: bytes that wait in a socket of datagrams, with what Linux itself needs for each. */
const RECEIVE_BUFFER = 212_992;
const OVERHEAD = 768;

/** `udp_rcv`: to the socket that has the port, or back with news that there is none. */
export function udpReceive(t: Task, skb: Skb, netns: NetNamespace, six: boolean): void {
  const { network } = t.linux;
  t.enter(six ? F.udpv6_rcv : F.udp_rcv, 20, skb);
  t.enter(six ? F.__udp6_lib_rcv : F.__udp4_lib_rcv, 200, skb, undefined, skb.proto);
  if (skb.wrong !== 0) network.drop(t, skb, skb.wrong);
  else {
    const sk = receiver(t, skb, netns);
    if (sk !== undefined) queue(t, skb, sk);
    else {
      icmpError(t, skb, netns, { type: 3, code: 3 });
      network.drop(t, skb, DROP.NO_SOCKET);
    }
  }
  t.leave(0, 2);
}

/** `__udp4_lib_lookup`: a connected socket first, then the one that programs name, then who has the port, or one of those who share it. */
function receiver(t: Task, skb: Skb, netns: NetNamespace): Sock | undefined {
  const usual = skb.assigned ?? netns.datagram(skb.daddr, skb.dport, skb.saddr, skb.sport);
  if (usual !== undefined && usual.dport !== 0) return usual;
  const chosen = skb.assigned === undefined ? skLookup(t, skb, netns) : undefined;
  const sk = chosen ?? (usual && selectSocket(t, skb, usual));
  return sk === "refused" ? undefined : sk;
}

function queue(t: Task, skb: Skb, sk: Sock): void {
  const { network } = t.linux;
  t.enter(F.udp_queue_rcv_one_skb, 100, sk, skb);
  const refused = network.filter(t, sk, skb);
  if (refused !== 0) network.drop(t, skb, refused, sk);
  else if (sk.available + skb.length + OVERHEAD * (sk.received.length + 1) > RECEIVE_BUFFER)
    network.drop(t, skb, DROP.SOCKET_RCVBUFF, sk);
  else {
    t.enter(F.__udp_enqueue_schedule_skb, 120, sk, skb);
    sk.received.push(skb);
    sk.available += skb.length;
    sk.bytesReceived += skb.length;
    skb.fate?.("received");
    network.wakeReaders(t, sk);
    t.leave(0);
  }
  t.leave(0);
}
