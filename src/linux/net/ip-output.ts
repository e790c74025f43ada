import { ERRNO } from "../errno.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import type { Ip } from "./address.ts";
import { cgroupSkb } from "./cgroup-hooks.ts";
import { queueXmit } from "./dev-output.ts";
import type { NetDevice } from "./device.ts";
import { DROP } from "./drop-reason.ts";
import type { NetNamespace, Route } from "./namespace.ts";
import { ETH_P_IPV6 } from "./protocol.ts";
import type { Skb } from "./skb.ts";
import { TcpSock } from "./sock.ts";

/**
 * `__ip_queue_xmit` and its counterpart for IPv6: finds the way, and sends. 0, or -errno of what keeps it from leaving;
 * the packet has ended then.
 */
export function ipXmit(t: Task, skb: Skb, netns: NetNamespace): number {
  const six = skb.protocol === ETH_P_IPV6;
  if (six) {
    t.enter(F.inet6_csk_xmit, 30, skb.sk, skb, undefined);
    t.enter(F.ip6_xmit, 120, skb.sk, skb, undefined, skb.mark, undefined, skb.tos);
  } else t.enter(F.__ip_queue_xmit, 150, skb.sk, skb, undefined, skb.tos);
  const result = ipOutput(t, skb, netns);
  return t.leave(result, six ? 2 : 1);
}

/** From `ip_output` on. */
export function ipOutput(t: Task, skb: Skb, netns: NetNamespace): number {
  const { network } = t.linux;
  const six = skb.protocol === ETH_P_IPV6;
  // `__sk_dst_check`: the way that this socket's packets took before.
  const { sk } = skb;
  const dst = sk instanceof TcpSock ? sk.dst : undefined;
  if (dst !== undefined && sk!.netns === netns && dst.generation === netns.generation && dst.ip === skb.daddr) {
    return hop(t, skb, dst.dev, dst.mac, six, netns);
  }
  const own = netns.owner(skb.daddr);
  if (own !== undefined) {
    const lo = netns.device("lo")!;
    return hop(t, skb, lo, 0, six, netns);
  }
  const route = netns.route(skb.daddr);
  if (route === undefined || route.kind !== "unicast") {
    network.drop(t, skb, DROP.IP_OUTNOROUTES);
    return route?.kind === "prohibit" ? -ERRNO.EACCES! : -ERRNO.ENETUNREACH!;
  }
  return throughRoute(t, skb, route, six);
}

/** A packet that came in goes out again. */
export function forwardOutput(t: Task, skb: Skb, route: Route): void {
  throughRoute(t, skb, route, skb.protocol === ETH_P_IPV6);
}

function throughRoute(t: Task, skb: Skb, route: Route, six: boolean): number {
  const { network } = t.linux;
  const target: Ip = route.gateway ?? skb.daddr;
  const mac = network.resolve(route.dev, target);
  if (mac === undefined) {
    network.drop(t, skb, DROP.NEIGH_FAILED);
    return 0;
  }
  const { netns } = route.dev;
  // Not of one that comes through here from another namespace.
  if (skb.sk instanceof TcpSock && skb.sk.netns === netns && skb.sk.listener === undefined)
    skb.sk.dst = { ip: skb.daddr, dev: route.dev, mac, generation: netns.generation };
  return hop(t, skb, route.dev, mac, six, netns);
}

/** 0, or -errno where a program of the sender's cgroup lets the packet not pass. */
function hop(t: Task, skb: Skb, dev: NetDevice, mac: number, six: boolean, netns: NetNamespace): number {
  skb.setHop(dev.mac, mac);
  t.enter(six ? F.ip6_output : F.ip_output, 60, netns, skb.sk, skb);
  const { sk } = skb;
  if (sk !== undefined && t.linux.cgroups.use.generation !== 0 && sk.netns === netns) {
    skb.dev = dev;
    const refused = cgroupSkb(t, sk, skb, "egress");
    // 2: it goes on, and there is congestion.
    if (refused !== 0 && refused !== 2) {
      t.linux.network.drop(t, skb, DROP.BPF_CGROUP_EGRESS, sk);
      return t.leave(refused);
    }
  }
  t.enter(six ? F.ip6_finish_output2 : F.ip_finish_output2, 90, netns, skb.sk, skb);
  queueXmit(t, skb, dev);
  return t.leave(0, 2);
}
