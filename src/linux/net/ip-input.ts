import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import type { NetDevice } from "./device.ts";
import { DROP } from "./drop-reason.ts";
import { icmpError, icmpReceive } from "./icmp.ts";
import { forwardOutput } from "./ip-output.ts";
import { ETH_P_IPV6, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP } from "./protocol.ts";
import type { Skb } from "./skb.ts";
import { tcpReceive } from "./tcp-receive.ts";
import { udpReceive } from "./udp.ts";

const BROADCAST = 0xffff_ffff;

/** `ip_rcv` and `ipv6_rcv`: is it whole, and for whom? */
export function ipReceive(t: Task, skb: Skb, dev: NetDevice): void {
  const { network } = t.linux;
  const six = skb.protocol === ETH_P_IPV6;
  t.enter(six ? F.ipv6_rcv : F.ip_rcv, 120, skb, dev, undefined, dev);
  if (dev.kind !== "loopback" && skb.dmac !== dev.mac && skb.dmac % 2 ** 48 < 2 ** 48 && !isGroup(skb.dmac)) {
    network.drop(t, skb, DROP.OTHERHOST);
    t.leave(1);
    return;
  }
  if (skb.wrong !== 0 && skb.wrong !== DROP.TCP_CSUM && skb.wrong !== DROP.UDP_CSUM) {
    network.drop(t, skb, skb.wrong);
    t.leave(1);
    return;
  }
  const { netns } = dev;
  if (netns.owner(skb.daddr) !== undefined || skb.daddr === BROADCAST) local(t, skb, dev, six);
  else if (netns.forwarding) forward(t, skb, dev);
  else network.drop(t, skb, DROP.IP_INADDRERRORS);
  t.leave(0);
}

const isGroup = (mac: number): boolean => Math.floor(mac / 2 ** 40) % 2 === 1;

/** `ip_local_deliver_finish`: to the transport. */
function local(t: Task, skb: Skb, dev: NetDevice, six: boolean): void {
  if (six) {
    t.enter(F.ip6_input, 40, skb);
    t.enter(F.ip6_protocol_deliver_rcu, 60, dev.netns, skb, skb.proto, 0);
  } else {
    t.enter(F.ip_local_deliver_finish, 40, dev.netns, undefined, skb);
    t.enter(F.ip_protocol_deliver_rcu, 30, dev.netns, skb, skb.proto);
  }
  switch (skb.proto) {
    case IPPROTO_TCP:
      tcpReceive(t, skb, dev.netns, six);
      break;
    case IPPROTO_UDP:
      udpReceive(t, skb, dev.netns, six);
      break;
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
      icmpReceive(t, skb, dev.netns, six);
      break;
    default:
      icmpError(t, skb, dev.netns, { type: 3, code: 2 });
      t.linux.network.drop(t, skb, DROP.IP_NOPROTO);
  }
  t.leave(0, 2);
}

/** `ip_forward`: one hop less, and on by the device that its route says. */
function forward(t: Task, skb: Skb, dev: NetDevice): void {
  const { network } = t.linux;
  t.enter(F.ip_forward, 150, skb);
  const route = dev.netns.route(skb.daddr);
  if (route === undefined || route.kind !== "unicast") {
    icmpError(t, skb, dev.netns, { type: 3, code: 0 });
    network.drop(t, skb, DROP.IP_INNOROUTES);
  } else if (skb.ttl <= 1) {
    icmpError(t, skb, dev.netns, { type: 11, code: 0 });
    network.drop(t, skb, DROP.IP_INHDR);
  } else if (skb.gsoSize === 0 && skb.networkLength > route.dev.mtu) {
    icmpError(t, skb, dev.netns, { type: 3, code: 4 });
    network.drop(t, skb, DROP.PKT_TOO_BIG);
  } else {
    // The bytes of the payload are as they came; the header is made anew.
    skb.shorten();
    forwardOutput(t, skb, route);
  }
  t.leave(0);
}
