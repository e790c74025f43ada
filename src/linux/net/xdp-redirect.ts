import { ERRNO } from "../errno.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import { receive } from "./dev-input.ts";
import { queueXmit } from "./dev-output.ts";
import type { NetDevice } from "./device.ts";
import type { Skb } from "./skb.ts";
import * as tracing from "./tracing.ts";

const XDP_REDIRECT = 4;
const BROADCAST = 8;
const EXCLUDE_INGRESS = 16;

/** What a target of a map is: devices by number, or a CPU. */
interface Targets {
  readonly devices: readonly NetDevice[];
  readonly cpu: number | undefined;
  readonly mapId: number;
  readonly index: number;
  readonly asked: number;
}

/** `xdp_do_redirect`: sends the packet to what the program has chosen. False: it cannot, and the packet ends. */
export function xdpRedirect(t: Task, skb: Skb, dev: NetDevice, mode: "native" | "generic"): boolean {
  if (mode === "native") t.enter(F.xdp_do_redirect, 60, dev, undefined, dev.xdp?.program);
  const targets = targetsOf(t, dev);
  const error = send(t, skb, dev, targets, mode);
  const id = dev.xdp?.program.id ?? 0;
  const values = [id, XDP_REDIRECT, dev.ifindex, error, targets.asked, targets.mapId, targets.index];
  tracing.xdp(t, error === 0 ? TP.xdp_redirect : TP.xdp_redirect_err, values, dev);
  if (mode === "native") t.leave(error);
  return error === 0;
}

function targetsOf(t: Task, dev: NetDevice): Targets {
  const { target } = t.linux.network.programs;
  const none = { devices: [], cpu: undefined, mapId: 0, index: 0, asked: 0 };
  if (target === undefined) return none;
  if (target.kind !== "map") {
    const to = dev.netns.devices.get(target.ifindex);
    return { ...none, devices: to === undefined ? [] : [to], index: target.ifindex, asked: target.ifindex };
  }
  const map = t.linux.maps[target.map];
  if (map === undefined) return none;
  const { memory } = t.linux;
  const values = target.flags & BROADCAST ? allValues(t, target.map) : [valueAt(t, target.map, target.index)];
  const at = { mapId: target.map + 1, index: target.index };
  if (map.spec.type === "cpumap") return { ...none, ...at, cpu: values[0] === 0 ? undefined : target.index };
  const devices = values.flatMap((value) => {
    const to = value === 0 ? undefined : dev.netns.devices.get(memory.u32[value >> 2]!);
    return to === undefined || (target.flags & EXCLUDE_INGRESS && to === dev) ? [] : [to];
  });
  return { ...at, devices, cpu: undefined, asked: devices[0]?.ifindex ?? 0 };
}

/** The place of an element, as programs look it up. */
function valueAt(t: Task, map: number, index: number): number {
  const { memory } = t.linux;
  const key = memory.allocate(8);
  memory.view.setUint32(key, index, true);
  const value = t.linux.maps[map]!.lookup(key);
  memory.free(key, 8);
  return value;
}

function allValues(t: Task, index: number): readonly number[] {
  const { memory } = t.linux;
  const map = t.linux.maps[index]!;
  const [key, next] = [memory.allocate(8), memory.allocate(8)];
  const values: number[] = [];
  for (let end = map.nextKey(0, next); end === 0; end = map.nextKey(key, next)) {
    memory.view.setUint32(key, memory.view.getUint32(next, true), true);
    const value = map.lookup(key);
    if (value !== 0) values.push(value);
  }
  memory.free(key, 8);
  memory.free(next, 8);
  return values;
}

function send(t: Task, skb: Skb, dev: NetDevice, targets: Targets, mode: "native" | "generic"): number {
  if (targets.cpu !== undefined) return toCpu(t, skb, dev, targets.cpu, targets.mapId);
  const [first, ...others] = targets.devices;
  if (first === undefined) return -ERRNO.EINVAL!;
  if (!first.up) return -ERRNO.ENETDOWN!;
  if (skb.networkLength > first.mtu + 4) return -ERRNO.EMSGSIZE!;
  for (const other of others) toDevice(t, t.linux.network.adopt(skb.clone()), dev, other, mode);
  toDevice(t, skb, dev, first, mode);
  return 0;
}

/** `dev_map_enqueue`, and the flush at the end of the poll: what the other driver refuses is dropped there. */
function toDevice(t: Task, skb: Skb, from: NetDevice, to: NetDevice, mode: "native" | "generic"): void {
  skb.fate?.(`redirected to ${to.name}`);
  if (mode === "generic") {
    queueXmit(t, skb, to);
    return;
  }
  t.enter(F.dev_map_enqueue, 40, undefined, undefined, from);
  t.enter(F.bq_xmit_all, 80);
  const error = transmitXdp(t, skb, to);
  const sent = error === 0 ? 1 : 0;
  const values = [from.ifindex, XDP_REDIRECT, to.ifindex, 1 - sent, sent, error];
  tracing.xdp(t, TP.xdp_devmap_xmit, values, from, to, sent, 1 - sent, error);
  t.leave(undefined, 2);
}

/**
 * The driver's `ndo_xdp_xmit`: 0, or -errno, and the packet has ended. One end of a pair takes packets only if the other has
 * an XDP program in its driver, as on Linux (ENXIO): a program that lets all pass is enough.
 */
export function transmitXdp(t: Task, skb: Skb, dev: NetDevice): number {
  const { network } = t.linux;
  if (dev.kind === "loopback") return network.end(skb, 72, "the device cannot send XDP frames", -ERRNO.EOPNOTSUPP!);
  if (dev.kind === "veth" && dev.peer?.xdp?.mode !== "native")
    return network.end(skb, 72, `${dev.peer?.name ?? "the other end"} has no XDP program`, -ERRNO.ENXIO!);
  dev.counters.txPackets++;
  dev.counters.txBytes += skb.size;
  if (dev.kind === "veth") network.backlog(t, skb, dev.peer!);
  else network.leave(t, skb);
  return 0;
}

/** A packet for another CPU: a thread of Linux there takes it out of its queue and makes a socket buffer of it. */
function toCpu(t: Task, skb: Skb, dev: NetDevice, index: number, mapId: number): number {
  const { linux } = t;
  const cpu = linux.cpus[index];
  if (cpu === undefined) return -ERRNO.EINVAL!;
  t.enter(F.cpu_map_enqueue, 40);
  tracing.xdp(t, TP.xdp_cpumap_enqueue, [mapId, XDP_REDIRECT, t.cpu.id, 0, 1, index], mapId, 1, 0, index);
  t.leave(0);
  skb.fate?.(`redirected to CPU ${index}`);
  linux.interrupt(cpu, t.cpu.now + 2_000, (current) => {
    current.enter(F.cpu_map_kthread_run, 200);
    const values = [mapId, XDP_REDIRECT, index, 0, 1, 0, 0, 0, 0];
    tracing.xdp(current, TP.xdp_cpumap_kthread, values, mapId, 1, 0, 0, undefined);
    receive(current, skb, dev);
    current.leave(0);
  });
  return 0;
}
