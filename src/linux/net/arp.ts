import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { ipAt, ipBytes, macAt, putMac } from "./address.ts";
import { queueXmit } from "./dev-output.ts";
import type { NetDevice } from "./device.ts";
import { DROP } from "./drop-reason.ts";
import { ETH_P_ARP } from "./protocol.ts";
import type { Skb } from "./skb.ts";

const REQUEST = 1;
const REPLY = 2;

/** `arp_rcv`: answers who asks for one of our addresses, and learns who asks. */
export function arpReceive(t: Task, skb: Skb, dev: NetDevice): void {
  const { network } = t.linux;
  t.enter(F.arp_rcv, 80, skb, dev, undefined, dev);
  const body = skb.data;
  if (skb.wrong !== 0 || body === undefined || body.length < 28) {
    network.drop(t, skb, skb.wrong || DROP.PKT_TOO_SMALL);
    t.leave(1);
    return;
  }
  t.enter(F.arp_process, 300, undefined, undefined, skb);
  const op = (body[6]! << 8) | body[7]!;
  const [sender, target] = [ipAt(body, 14, 4), ipAt(body, 24, 4)];
  dev.netns.neighbours.set(sender, macAt(body, 8));
  dev.netns.generation++;
  if (op === REQUEST && dev.netns.owner(target) !== undefined) {
    const reply = network.make();
    reply.protocol = ETH_P_ARP;
    reply.proto = 0;
    reply.smac = dev.mac;
    reply.dmac = macAt(body, 8);
    const answer = new Uint8Array(28);
    answer.set([0, 1, 8, 0, 6, 4, 0, REPLY]);
    putMac(answer, 8, dev.mac);
    answer.set(ipBytes(target), 14);
    answer.set(body.subarray(8, 18), 18);
    reply.data = answer;
    reply.length = answer.length;
    t.enter(F.arp_xmit, 40, reply);
    queueXmit(t, reply, dev);
    t.leave(undefined);
  }
  network.consume(t, skb);
  t.leave(0, 2);
}
