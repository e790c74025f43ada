import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { receive } from "./dev-input.ts";
import type { NetDevice } from "./device.ts";
import type { Skb } from "./skb.ts";
import * as tracing from "./tracing.ts";
import { nativeXdp } from "./xdp.ts";

/** `net.core.netdev_max_backlog`: packets that wait for a CPU. */
export const BACKLOG = 1000;

/** `struct softnet_data`: a CPU's packets that came from within the machine, or that another CPU handed over. */
export class Softnet {
  readonly queue: Skb[] = [];
  /** The softirq that empties the queue runs. */
  running = false;
}

/** A system call or a timer has put packets into its CPU's queue: they are received before it goes on. */
export function runSoftirq(t: Task): void {
  const softnet = t.linux.network.softnet(t.cpu);
  if (softnet.queue.length === 0 || softnet.running) return;
  t.enter(F.__local_bh_enable_ip, 10);
  t.enter(F["do_softirq.part.0"], 15);
  t.enter(F.handle_softirqs, 60);
  t.enter(F.net_rx_action, 80);
  processBacklog(t, softnet);
  t.leave(undefined, 4);
}

/** `process_backlog`: one packet after the other, also those that the earlier ones cause. */
export function processBacklog(t: Task, softnet: Softnet): void {
  softnet.running = true;
  t.enter(F.__napi_poll, 40);
  t.enter(F.process_backlog, 60, undefined, 64);
  let work = 0;
  for (let skb = softnet.queue.shift(); skb !== undefined; skb = softnet.queue.shift()) {
    work++;
    const dev = skb.dev!;
    if (dev.kind === "veth" && dev.xdp !== undefined && dev.xdp.mode === "native") {
      if (!nativeXdp(t, skb, dev)) continue;
    }
    t.enter(F.__netif_receive_skb, 20, skb);
    receive(t, skb, dev);
    t.leave(undefined);
  }
  t.leave(work);
  tracing.napiPoll(t, "(no device)", work);
  t.leave(work);
  softnet.running = false;
}

/** The card has interrupted: packets from outside, in the softirq on top of whatever the CPU was doing. */
export function cardInterrupt(t: Task, dev: NetDevice, packets: readonly Skb[]): void {
  const softnet = t.linux.network.softnet(t.cpu);
  t.enter(F.asm_common_interrupt, 30);
  t.enter(F.common_interrupt, 120);
  t.enter(F.__irq_exit_rcu, 30);
  t.enter(F.handle_softirqs, 60);
  t.enter(F.net_rx_action, 80);
  t.enter(F.__napi_poll, 40);
  t.enter(F.virtnet_poll, 300, undefined, 64);
  softnet.running = true;
  for (const skb of packets) {
    skb.dev = dev;
    for (const passed of dev.xdp === undefined ? [skb] : offCard(t, skb, dev)) {
      t.enter(F.gro_receive_skb, 250, undefined, passed);
      receive(t, passed, dev);
      t.leave(undefined);
    }
  }
  t.leave(packets.length);
  tracing.napiPoll(t, dev.name, packets.length);
  t.leave(packets.length);
  softnet.running = false;
  if (softnet.queue.length > 0) processBacklog(t, softnet);
  t.leave(undefined, 5);
}

/** What XDP in the driver or on the card leaves of a packet: it sees what is on the wire, before packets are put together. */
function offCard(t: Task, skb: Skb, dev: NetDevice): readonly Skb[] {
  if (dev.xdp!.mode === "generic") return [skb];
  if (skb.segments === 1) return nativeXdp(t, skb, dev) ? [skb] : [];
  const parts = skb.segmented();
  t.linux.network.ledger.made += parts.length - 1;
  const passed = parts.filter((part) => nativeXdp(t, part, dev));
  const same = passed.length === parts.length && passed.every((part) => !part.changed);
  if (!same) return passed;
  // All of it, as it was: Linux puts it together again.
  t.linux.network.ledger.made -= parts.length - 1;
  return [skb];
}
