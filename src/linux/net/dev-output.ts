import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import type { NetDevice } from "./device.ts";
import { DROP } from "./drop-reason.ts";
import type { Skb } from "./skb.ts";
import { runSoftirq } from "./softirq.ts";
import * as tracing from "./tracing.ts";
import { classify } from "./traffic-control.ts";

/** `NETDEV_TX_OK` and what `net_dev_xmit` reports of it. */
const OK = 0;

/** `__dev_queue_xmit`: a packet leaves by a device, past the programs of its egress. */
export function queueXmit(t: Task, skb: Skb, dev: NetDevice): void {
  skb.dev = dev;
  t.enter(F.__dev_queue_xmit, 200, skb, undefined);
  if (dev.egress.length === 0 || classify(t, skb, dev, "egress")) {
    tracing.queued(t, skb, dev);
    hardStartXmit(t, skb, dev);
  }
  t.leave(OK);
  runSoftirq(t);
}

/** `dev_hard_start_xmit`: those who watch see it, then the driver takes it. */
export function hardStartXmit(t: Task, skb: Skb, dev: NetDevice): void {
  const { network } = t.linux;
  t.enter(F.dev_hard_start_xmit, 80, skb, dev, undefined, undefined);
  const { size } = skb;
  if (!dev.up) {
    dev.counters.txDropped++;
    network.drop(t, skb, DROP.DEV_READY);
    t.leave(undefined);
    return;
  }
  if (dev.taps.length > 0) dev.tap(skb, t.cpu.now);
  dev.counters.txPackets += skb.segments;
  dev.counters.txBytes += size;
  tracing.startXmit(t, skb, dev);
  xmit(t, skb, dev);
  tracing.xmitted(t, skb, size, dev);
  t.leave(undefined);
}

/** The driver's `ndo_start_xmit`. */
function xmit(t: Task, skb: Skb, dev: NetDevice): void {
  const { network } = t.linux;
  switch (dev.kind) {
    case "loopback":
      t.enter(F.loopback_xmit, 60, skb, dev);
      network.backlog(t, skb, dev);
      break;
    case "veth":
      t.enter(F.veth_xmit, 150, skb, dev);
      if (dev.peer === undefined || !dev.peer.up) {
        dev.counters.txDropped++;
        network.drop(t, skb, DROP.DEV_READY);
      } else network.backlog(t, skb, dev.peer);
      break;
    case "ethernet":
      // One descriptor for each piece that the card cuts into packets.
      t.enter(F.start_xmit, 600, skb, dev);
      network.leave(t, skb);
      break;
    default:
      dev.kind satisfies never;
  }
  t.leave(OK);
}
