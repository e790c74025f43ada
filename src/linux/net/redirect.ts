import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { ipAt } from "./address.ts";
import { receive } from "./dev-input.ts";
import { queueXmit } from "./dev-output.ts";
import type { NetDevice } from "./device.ts";
import { DROP } from "./drop-reason.ts";
import type { Skb } from "./skb.ts";

/** Sends a socket buffer out by a device, or lets it come in by it. */
export function redirectSkb(t: Task, skb: Skb, to: NetDevice, ingress: boolean): void {
  if (ingress) t.linux.network.backlog(t, skb, to);
  else queueXmit(t, skb, to);
}

/** `skb_do_redirect`: does what `bpf_redirect` and its kin have asked for when a program of traffic control returned. */
export function skbRedirect(t: Task, skb: Skb, dev: NetDevice, side: "ingress" | "egress"): void {
  const { network } = t.linux;
  const { target } = network.programs;
  t.enter(F.skb_do_redirect, 80, skb);
  dev.counters.tcRedirect++;
  const to = target === undefined || target.kind === "map" ? undefined : dev.netns.devices.get(target.ifindex);
  if (to === undefined || target === undefined || target.kind === "map" || !to.up)
    network.drop(t, skb, side === "ingress" ? DROP.TC_INGRESS : DROP.TC_EGRESS);
  else {
    skb.fate?.(`redirected to ${to.name}`);
    skb.ifindex = dev.ifindex;
    if (target.kind === "device") redirectSkb(t, skb, to, target.ingress);
    else if (target.kind === "neighbour") neighbour(t, skb, to, target.hop);
    else peer(t, skb, to, side);
  }
  t.leave(0);
}

/** `redirect_peer`: at once into the namespace of the other end, without another queue. Only for what came in. */
function peer(t: Task, skb: Skb, to: NetDevice, side: "ingress" | "egress"): void {
  const { network } = t.linux;
  if (side !== "ingress" || to.peer === undefined || to.peer.netns === to.netns) network.drop(t, skb, DROP.TC_INGRESS);
  else receive(t, skb, to.peer);
}

/** `redirect_neigh`: with the hardware address of the next hop, as routes or the program say. */
function neighbour(t: Task, skb: Skb, to: NetDevice, hop: Uint8Array | undefined): void {
  const { network } = t.linux;
  const next = hop === undefined ? (to.netns.route(skb.daddr)?.gateway ?? skb.daddr) : ipAt(hop, 0, hop.length);
  const mac = network.resolve(to, next);
  if (mac === undefined) {
    network.drop(t, skb, DROP.NEIGH_FAILED);
    return;
  }
  skb.setHop(to.mac, mac);
  queueXmit(t, skb, to);
}
