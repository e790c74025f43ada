import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { arpReceive } from "./arp.ts";
import type { NetDevice } from "./device.ts";
import { DROP } from "./drop-reason.ts";
import { ipReceive } from "./ip-input.ts";
import { ETH_P_ARP, ETH_P_IP, ETH_P_IPV6 } from "./protocol.ts";
import type { Skb } from "./skb.ts";
import * as tracing from "./tracing.ts";
import { classify } from "./traffic-control.ts";
import { genericXdp } from "./xdp.ts";

/** Programs may send a packet back in as often as this (`XMIT_RECURSION_LIMIT`). */
export const MOST_REDIRECTS = 8;

/** `__netif_receive_skb_core`: XDP on socket buffers, those who watch, the programs of ingress, then its protocol. */
export function receive(t: Task, skb: Skb, dev: NetDevice): void {
  t.enter(F.__netif_receive_skb_one_core, 90, skb, 0);
  skb.dev = dev;
  const { counters } = dev;
  if (!dev.up) {
    counters.rxDropped++;
    t.linux.network.drop(t, skb, DROP.DEV_READY);
    t.leave(1);
    return;
  }
  counters.rxPackets += skb.segments;
  counters.rxBytes += skb.size;
  tracing.received(t, skb, dev);
  const passed = dev.xdp === undefined || dev.xdp.mode !== "generic" || genericXdp(t, skb, dev);
  if (passed) {
    if (dev.taps.length > 0) dev.tap(skb, t.cpu.now);
    if (dev.ingress.length === 0 || classify(t, skb, dev, "ingress")) deliver(t, skb, dev);
  }
  t.leave(0);
}

function deliver(t: Task, skb: Skb, dev: NetDevice): void {
  switch (skb.protocol) {
    case ETH_P_IP:
    case ETH_P_IPV6:
      ipReceive(t, skb, dev);
      break;
    case ETH_P_ARP:
      arpReceive(t, skb, dev);
      break;
    default:
      t.linux.network.drop(t, skb, DROP.UNHANDLED_PROTO);
  }
}
