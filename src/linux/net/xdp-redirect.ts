import type { HeldProgram } from "../../helpers/packet-host.ts";
import { XskMap } from "../../maps/xskmap.ts";
import { ERRNO } from "../errno.ts";
import { irqExit } from "../interrupts.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import { receive } from "./dev-input.ts";
import { queueXmit } from "./dev-output.ts";
import type { NetDevice } from "./device.ts";
import { DROP } from "./drop-reason.ts";
import { xdpInMemory } from "./packet-memory.ts";
import type { Skb } from "./skb.ts";
import * as tracing from "./tracing.ts";
import type { Xsk } from "./xsk.ts";

const DROP_IT = 1;
const PASS = 2;
const XDP_REDIRECT = 4;
const BROADCAST = 8;
const EXCLUDE_INGRESS = 16;

/** A device of a map, and the program that sees what goes there. */
interface DeviceTarget {
  readonly dev: NetDevice;
  readonly program: HeldProgram | undefined;
}

/** What a target of a map is: devices by number, a CPU, or a socket. */
interface Targets {
  readonly devices: readonly DeviceTarget[];
  readonly cpu: { readonly index: number; readonly program: HeldProgram | undefined } | undefined;
  readonly xsk: Xsk | undefined;
  readonly mapId: number;
  readonly index: number;
  readonly asked: number;
}

/** A packet on its way by XDP: where it came in, and how. */
interface Way {
  readonly from: NetDevice;
  readonly mode: "native" | "generic";
  /** The queue that it came by, and the program that sent it on. */
  readonly queue: number;
  readonly program: HeldProgram | undefined;
}

/** `xdp_do_redirect`: sends the packet to what the program has chosen. False: it cannot, and the packet ends. */
export function xdpRedirect(t: Task, skb: Skb, way: Way): boolean {
  const { from: dev, mode, program } = way;
  if (mode === "native") t.enter(F.xdp_do_redirect, 60, dev, undefined, program);
  const targets = targetsOf(t, dev);
  const error = send(t, skb, way, targets);
  const values = [program?.id ?? 0, XDP_REDIRECT, dev.ifindex, error, targets.asked, targets.mapId, targets.index];
  tracing.xdp(t, error === 0 ? TP.xdp_redirect : TP.xdp_redirect_err, values, dev);
  if (mode === "native") t.leave(error);
  return error === 0;
}

function targetsOf(t: Task, dev: NetDevice): Targets {
  const { programs } = t.linux.network;
  const { target } = programs;
  const none: Targets = { devices: [], cpu: undefined, xsk: undefined, mapId: 0, index: 0, asked: 0 };
  if (target === undefined) return none;
  if (target.kind !== "map") {
    const to = dev.netns.devices.get(target.ifindex);
    const devices = to === undefined ? [] : [{ dev: to, program: undefined }];
    return { ...none, devices, index: target.ifindex, asked: target.ifindex };
  }
  const map = t.linux.maps[target.map];
  if (map === undefined) return none;
  const { memory } = t.linux;
  const at = { ...none, mapId: target.map + 1, index: target.index };
  if (map instanceof XskMap) return { ...at, xsk: programs.xskOf(map.socketAt(target.index)) };
  const programAt = (value: number) =>
    map.spec.valueSize === 8 ? programs.held(memory.u32[(value >> 2) + 1]!) : undefined;
  const values = target.flags & BROADCAST ? allValues(t, target.map) : [valueAt(t, target.map, target.index)];
  if (map.spec.type === "cpumap")
    return { ...at, cpu: values[0] === 0 ? undefined : { index: target.index, program: programAt(values[0]!) } };
  const devices = values.flatMap((value) => {
    const to = value === 0 ? undefined : dev.netns.devices.get(memory.u32[value >> 2]!);
    const excluded = (target.flags & EXCLUDE_INGRESS) !== 0 && to === dev;
    return to === undefined || excluded ? [] : [{ dev: to, program: programAt(value) }];
  });
  return { ...at, devices, asked: devices[0]?.dev.ifindex ?? 0 };
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

function send(t: Task, skb: Skb, way: Way, { devices, cpu, xsk, mapId }: Targets): number {
  if (xsk !== undefined) return toSocket(t, skb, way, xsk);
  if (cpu !== undefined) return toCpu(t, skb, way, cpu, mapId);
  const [first, ...others] = devices;
  if (first === undefined) return -ERRNO.EINVAL!;
  if (!first.dev.up) return -ERRNO.ENETDOWN!;
  if (skb.networkLength > first.dev.mtu + 4) return -ERRNO.EMSGSIZE!;
  for (const other of others) toDevice(t, t.linux.network.adopt(skb.clone()), way, other);
  toDevice(t, skb, way, first);
  return 0;
}

/** `__xsk_map_redirect`: the frame is copied into a buffer of the socket, and Linux's network never sees it. */
function toSocket(t: Task, skb: Skb, { from, queue }: Way, xsk: Xsk): number {
  const error = xsk.receive(skb, from, queue);
  if (error === 0) t.linux.network.delivered(skb, "received by an AF_XDP socket");
  return error;
}

/** `dev_map_enqueue`, and the flush at the end of the poll: what the other driver refuses is dropped there. */
function toDevice(t: Task, skb: Skb, way: Way, { dev: to, program }: DeviceTarget): void {
  const { from, mode } = way;
  skb.fate?.(`redirected to ${to.name}`);
  from.redirected.set(to, (from.redirected.get(to) ?? 0) + 1);
  if (mode === "generic") {
    if (program !== undefined && runAtTarget(t, skb, way, program, to) !== PASS) {
      t.linux.network.drop(t, skb, DROP.XDP);
      return;
    }
    queueXmit(t, skb, to);
    return;
  }
  t.enter(F.dev_map_enqueue, 40, undefined, undefined, from);
  t.enter(F.bq_xmit_all, 80);
  const passed = program === undefined || runAtTarget(t, skb, way, program, to) === PASS;
  if (!passed) t.linux.network.end(skb, DROP.XDP, `dropped by ${program.name}, the program of ${to.name} in the map`);
  const error = passed ? transmitXdp(t, skb, to) : 0;
  const sent = passed && error === 0 ? 1 : 0;
  const values = [from.ifindex, XDP_REDIRECT, to.ifindex, 1 - sent, sent, error];
  tracing.xdp(t, TP.xdp_devmap_xmit, values, from, to, sent, 1 - sent, error);
  t.leave(undefined, 2);
}

/**
 * `dev_map_bpf_prog_run` and `cpu_map_bpf_prog_run`: the program of a target sees the packet with its ingress device, and for a
 * device the one that it leaves by. What it should not return ends the packet, as an exception.
 */
function runAtTarget(t: Task, skb: Skb, { from, queue }: Way, program: HeldProgram, egress?: NetDevice): number {
  const { memory, network } = t.linux;
  const place = xdpInMemory(memory, skb, from, egress === undefined ? {} : { queue, egress });
  const act = network.programs.run(t, program, skb, from, place);
  const known = act === PASS || act === DROP_IT || (act === XDP_REDIRECT && egress === undefined);
  if (!known) {
    const dev = egress ?? from;
    tracing.xdp(t, TP.xdp_exception, [program.id, act, dev.ifindex], dev, undefined, act);
  }
  return act;
}

/**
 * The driver's `ndo_xdp_xmit`: 0, or -errno, and the packet has ended. One end of a pair takes packets only if the other has
 * an XDP program in its driver, as on Linux (ENXIO): a program that lets all pass is enough.
 */
export function transmitXdp(t: Task, skb: Skb, dev: NetDevice): number {
  const { network } = t.linux;
  if (dev.kind === "loopback")
    return network.end(skb, DROP.XDP, "the device cannot send XDP frames", -ERRNO.EOPNOTSUPP!);
  if (dev.kind === "veth" && dev.peer?.xdp?.mode !== "native")
    return network.end(skb, DROP.XDP, `${dev.peer?.name ?? "the other end"} has no XDP program`, -ERRNO.ENXIO!);
  dev.counters.txPackets++;
  dev.counters.txBytes += skb.size;
  if (dev.kind === "veth") network.backlog(t, skb, dev.peer!);
  else network.leave(t, skb);
  return 0;
}

/**
 * A packet for another CPU: a thread of Linux there takes it out of its queue, runs the program of the target, and makes a
 * socket buffer of it.
 */
function toCpu(t: Task, skb: Skb, way: Way, { index, program }: NonNullable<Targets["cpu"]>, mapId: number): number {
  const { linux } = t;
  const cpu = linux.cpus[index];
  if (cpu === undefined) return -ERRNO.EINVAL!;
  t.enter(F.cpu_map_enqueue, 40);
  tracing.xdp(t, TP.xdp_cpumap_enqueue, [mapId, XDP_REDIRECT, t.cpu.id, 0, 1, index], mapId, 1, 0, index);
  t.leave(0);
  skb.fate?.(`redirected to CPU ${index}`);
  linux.interrupt(cpu, t.cpu.now + 2_000, (current) => {
    current.enter(F.cpu_map_kthread_run, 200);
    const act = program === undefined ? PASS : runAtTarget(current, skb, way, program);
    const redirected = act === XDP_REDIRECT && xdpRedirect(current, skb, { ...way, mode: "native", queue: 0, program });
    const [passed, dropped] = [act === PASS, act !== PASS && !redirected];
    const stats = program === undefined ? [0, 0, 0] : [passed, dropped, redirected].map(Number);
    const values = [mapId, XDP_REDIRECT, index, 0, 1, 0, ...stats];
    tracing.xdp(current, TP.xdp_cpumap_kthread, values, mapId, 1, 0, 0, undefined);
    if (passed) receive(current, skb, way.from);
    else if (dropped) linux.network.end(skb, DROP.XDP, `dropped by ${program?.name}, the program of CPU ${index}`);
    current.leave(0);
    if (redirected) irqExit(current);
  });
  return 0;
}
