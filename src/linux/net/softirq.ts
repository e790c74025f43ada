import { deviceInterrupt, handleSoftirqs, raiseSoftirq, SOFTIRQ } from "../interrupts.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { receive } from "./dev-input.ts";
import type { NetDevice } from "./device.ts";
import { Fifo } from "./fifo.ts";
import type { Skb } from "./skb.ts";
import * as tracing from "./tracing.ts";
import { nativeXdp } from "./xdp.ts";

/** `net.core.netdev_max_backlog`: packets that wait for a CPU. */
export const BACKLOG = 1000;

/** Packets that a poll takes at most; ours takes all. */
const BUDGET = 64;

/** `struct softnet_data`: a CPU's packets that came from within the machine or from another CPU, and those of its card's queue. */
export class Softnet {
  readonly queue = new Fifo<Skb>();
  readonly ring = new Fifo<Skb>();
}

/** The card's interrupt line of one CPU's queue. */
const LINES = Array.from({ length: 64 }, (_, cpu) => ({ irq: 40 + cpu, name: `virtio0-input.${cpu}` }));

/** `local_bh_enable`: a system call has put packets into its CPU's queue; they are received before it goes on. */
export function runSoftirq(t: Task): void {
  const { cpu } = t;
  if (cpu.inSoftirq || t.linux.network.softnet(cpu).queue.length === 0) return;
  t.enter(F.__local_bh_enable_ip, 10);
  t.enter(F["do_softirq.part.0"], 15);
  handleSoftirqs(t);
  t.leave(undefined, 2);
}

/** The card has interrupted: packets lie in this CPU's queue of it. */
export function cardInterrupt(t: Task, packets: readonly Skb[]): void {
  const { ring } = t.linux.network.softnet(t.cpu);
  for (const skb of packets) ring.push(skb);
  deviceInterrupt(t, LINES[t.cpu.id]!, vringInterrupt);
}

function vringInterrupt(t: Task): void {
  t.enter(F.vring_interrupt, 40);
  raiseSoftirq(t, SOFTIRQ.NET_RX);
  t.leave(undefined);
}

/** `net_rx_action`: the softirq of packets that come in. */
export function netRxAction(t: Task): void {
  const softnet = t.linux.network.softnet(t.cpu);
  t.enter(F.net_rx_action, 80);
  if (softnet.ring.length > 0) pollCard(t, softnet, t.linux.network.eth0);
  if (softnet.queue.length > 0) processBacklog(t, softnet);
  t.leave(undefined);
}

/** `process_backlog`: one packet after the other, also those that the earlier ones cause. */
function processBacklog(t: Task, { queue }: Softnet): void {
  t.enter(F.__napi_poll, 40);
  t.enter(F.process_backlog, 60, undefined, BUDGET);
  let work = 0;
  for (let skb = queue.shift(); skb !== undefined; skb = queue.shift()) {
    work++;
    const dev = skb.dev!;
    if (dev.kind === "veth" && dev.xdp?.mode === "native" && !nativeXdp(t, skb, dev)) continue;
    t.enter(F.__netif_receive_skb, 20, skb);
    receive(t, skb, dev);
    t.leave(undefined);
  }
  t.leave(work);
  tracing.napiPoll(t, "(no device)", work);
  t.leave(work);
}

/** The driver's poll: what has come since the interrupt, also what comes while it polls. */
function pollCard(t: Task, { ring }: Softnet, dev: NetDevice): void {
  t.enter(F.__napi_poll, 40);
  t.enter(F.virtnet_poll, 300, undefined, BUDGET);
  let work = 0;
  for (let skb = ring.shift(); skb !== undefined; skb = ring.shift()) {
    work++;
    skb.dev = dev;
    if (dev.xdp !== undefined) {
      for (const passed of offCard(t, skb, dev)) intoStack(t, passed, dev);
    } else intoStack(t, skb, dev);
  }
  t.leave(work);
  tracing.napiPoll(t, dev.name, work);
  t.leave(work);
}

function intoStack(t: Task, skb: Skb, dev: NetDevice): void {
  t.enter(F.gro_receive_skb, 250, undefined, skb);
  tracing.groEntry(t, skb, dev);
  receive(t, skb, dev);
  t.leave(undefined);
}

/** What XDP in the driver or on the card leaves of a packet: it sees what is on the wire, before packets are put together. */
function offCard(t: Task, skb: Skb, dev: NetDevice): readonly Skb[] {
  if (dev.xdp!.mode !== "native") return [skb];
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
