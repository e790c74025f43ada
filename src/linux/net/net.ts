import { ArgumentError, isObject, requireBytes, requireWhole } from "../../isa/argument.ts";
import type { CapturedPacket } from "../../packets/capture.ts";
import { Packet } from "../../packets/packet.ts";
import { write as writePcap } from "../../packets/pcap.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import type { Flow } from "../../plot/sankey.ts";
import type { Topology } from "../../plot/topology.ts";
import { type Duration, parseDuration } from "../duration.ts";
import type { Linux } from "../linux.ts";
import { ipOf, ipText, macText } from "./address.ts";
import type { DeviceCounters, DeviceKind, NetDevice, XdpMode } from "./device.ts";
import type { LinkOptions } from "./link.ts";
import type { NetNamespace } from "./namespace.ts";
import { topologyOf, xdpFlowsOf } from "./picture.ts";
import { Skb } from "./skb.ts";
import type { Xsk } from "./xsk.ts";

/** A device or namespace that does not exist, or cannot be made. */
export class NetworkError extends Error {
  readonly code: "ENODEV" | "EEXIST" | "EINVAL" | "EBUSY" | "EOPNOTSUPP";
  constructor(code: NetworkError["code"], message: string) {
    super(`${message} (${code})`);
    this.name = "NetworkError";
    this.code = code;
  }
}

/** One device as `ip -s link` and `ip addr` tell it. */
export interface DeviceRow extends Readonly<DeviceCounters> {
  readonly ifindex: number;
  readonly name: string;
  readonly kind: DeviceKind;
  readonly netns: string;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  readonly addresses: readonly string[];
  readonly xdp: { readonly program: string; readonly mode: XdpMode } | undefined;
  readonly ingress: readonly string[];
  readonly egress: readonly string[];
}

/** One end of a new pair of devices. */
export interface VethEnd {
  readonly name: string;
  /** With the length of its network: `"10.1.0.1/24"`. */
  readonly addresses?: readonly string[];
  /** Name of a namespace; made if it is new. Default: the machine's own. */
  readonly netns?: string;
}

/** How packets are sent by hand. */
export interface SendOptions {
  /** The device that they come in by, as `eth0` or, in a namespace, `blue/veth1`; default `eth0`. */
  readonly to?: string;
  /** Virtual time between one packet and the next; default 1 µs. Packets of a capture keep their own distances. */
  readonly every?: Duration;
}

/** Packets that were sent by hand, and what became of each so far. */
export class SentPackets implements Displayable {
  readonly packets: readonly Packet[];
  /** Where each packet is or ended: `"XDP_DROP"`, `"dropped: NO_SOCKET"`, `"received"`, ... */
  readonly fates: string[];

  constructor(packets: readonly Packet[]) {
    this.packets = packets;
    this.fates = packets.map(() => "on the wire");
  }

  /** How many packets had which fate. */
  get outcomes(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const fate of this.fates) counts[fate] = (counts[fate] ?? 0) + 1;
    return counts;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("sent-packets", this);
  }
}

/** What a device carries while it is watched. */
export class Capture implements Displayable {
  readonly packets: CapturedPacket[] = [];
  readonly #stop: () => void;

  constructor(stop: () => void) {
    this.#stop = stop;
  }

  /** Watches no longer; what was seen stays. */
  stop(): void {
    this.#stop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** The packets as a file that tcpdump and Wireshark read. */
  pcap(): Uint8Array {
    return writePcap(this.packets);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("capture", this);
  }
}

/** Packets that a capture holds at most; then the oldest go. */
const MOST_CAPTURED = 100_000;

/** A packet by its bytes, or one of a capture file with its time. */
export type Sendable = Uint8Array | CapturedPacket;

/**
 * The machine's network as notebooks see it: devices with addresses and counters, namespaces joined by pairs of devices, the
 * line to the world outside.
 *
 * @example
 * m.net.addVeth({ name: "veth0", addresses: ["10.1.0.1/24"] }, { name: "veth1", netns: "blue", addresses: ["10.1.0.2/24"] });
 * m.net.line({ loss: 0.01 });
 * m.net.device("eth0").rxPackets;
 */
export class Net implements Displayable {
  readonly #linux: Linux;

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  /** All devices of all namespaces. */
  get devices(): readonly DeviceRow[] {
    return this.#all().map(rowOf);
  }

  /**
   * Devices and what lies between them, with the packets that went there.
   *
   * @example plot.topology(m.net.topology)
   */
  get topology(): Topology {
    return topologyOf(this.#all());
  }

  /**
   * What XDP programs decided, device by device.
   *
   * @example plot.sankey(m.net.xdpFlows)
   */
  get xdpFlows(): Flow[] {
    return xdpFlowsOf(this.#all());
  }

  #all(): readonly NetDevice[] {
    return this.#linux.network.namespaces.flatMap(({ devices }) => [...devices.values()]);
  }

  /** One device; throws `NetworkError` where there is none. */
  device(name: string): DeviceRow {
    return rowOf(deviceNamed(this.#linux, name));
  }

  /** What became of all packets of the machine: how many were made, dropped and why, are under way. */
  get packets(): {
    readonly made: number;
    readonly consumed: number;
    readonly lost: number;
    readonly underWay: number;
    readonly dropped: Readonly<Record<string, number>>;
  } {
    const { made, consumed, lost, underWay, dropped } = this.#linux.network.ledger;
    return { made, consumed, lost, underWay, dropped };
  }

  /** Two devices of which each gets what the other sends. */
  addVeth(one: VethEnd, other: VethEnd): readonly [DeviceRow, DeviceRow] {
    const ends = [one, other].map((end) => this.#end(end));
    if (ends[0]!.netns === ends[1]!.netns && one.name === other.name)
      throw new NetworkError("EEXIST", `both ends are called ${one.name}`);
    const [a, b] = ends.map(({ netns, name, addresses }, index) => {
      const { network } = this.#linux;
      const dev = network.addDevice(netns, name, "veth", 0x0200_0000_0000 + 0x1000 + network.devices * 2 + index, 1500);
      for (const { ip, bits } of addresses) netns.addAddress(dev, ip, bits);
      return dev;
    }) as [NetDevice, NetDevice];
    a.peer = b;
    b.peer = a;
    return [rowOf(a), rowOf(b)];
  }

  #end({ name, netns = "", addresses = [] }: VethEnd) {
    if (typeof name !== "string" || !/^[A-Za-z0-9_.-]{1,15}$/.test(name))
      throw new ArgumentError("name of the device", "at most 15 letters, digits, dots and dashes", name);
    const { network } = this.#linux;
    const place = network.namespaces.find((one) => one.name === netns) ?? network.addNamespace(netns);
    if (place.device(name) !== undefined) throw new NetworkError("EEXIST", `there is a device ${name} already`);
    return { name, netns: place, addresses: addresses.map(addressWithBits) };
  }

  /** Changes the line to the world outside: latency in nanoseconds, bandwidth in bytes a second, loss from 0 to 1. */
  line(options: LinkOptions): void {
    const { link } = this.#linux.network.outside;
    for (const [name, value] of Object.entries(options)) {
      const most = name === "loss" ? 1 : Number.MAX_SAFE_INTEGER;
      if (
        !["latency", "bandwidth", "loss"].includes(name) ||
        typeof value !== "number" ||
        !(value >= 0 && value <= most)
      )
        throw new ArgumentError(`line's ${name}`, "latency, bandwidth or loss, a number from 0", value);
      link[name as "latency" | "bandwidth" | "loss"] = value;
    }
  }

  /** Packets are sent on from one device to another (`net.ipv4.ip_forward`), in a namespace. */
  forward(on: boolean, netns = ""): void {
    namespaceNamed(this.#linux, netns).forwarding = on;
  }

  /** A route: `{ to: "10.2.0.0/16", via: "10.1.0.2", dev: "veth0" }`; `kind` says that nothing gets there. */
  route(options: {
    to: string;
    via?: string;
    dev: string;
    kind?: "unicast" | "blackhole" | "unreachable" | "prohibit";
  }): void {
    const dev = deviceNamed(this.#linux, options.dev);
    const { ip, bits } = addressWithBits(options.to);
    const gateway = options.via === undefined ? undefined : ipOf("via", options.via);
    dev.netns.addRoute({
      network: { ip, bits, text: options.to, bytes: bytesOf(options.to) },
      dev,
      gateway,
      kind: options.kind ?? "unicast",
    });
  }

  /**
   * An AF_XDP socket on a queue of a device: `eth0` has a queue for each CPU, others have one. Throws `NetworkError`: EINVAL for
   * a queue that the device has not, EBUSY where another socket has it.
   */
  xsk(name: string, { queue = 0, buffers = 2048 }: { queue?: number; buffers?: number } = {}): Xsk {
    const dev = deviceNamed(this.#linux, name);
    requireWhole("buffers of an AF_XDP socket", buffers, 1, 65_536);
    const queues = dev.queues(this.#linux.cpus.length);
    if (!Number.isInteger(queue) || queue < 0 || queue >= queues)
      throw new NetworkError("EINVAL", `${name} has queues 0 to ${queues - 1}, not ${String(queue)}`);
    if (dev.xsks.has(queue)) throw new NetworkError("EBUSY", `another AF_XDP socket has queue ${queue} of ${name}`);
    return this.#linux.packets.openXsk(dev, { queue, buffers });
  }

  /** Watches a device, as tcpdump does: what XDP in the driver drops is not seen. */
  capture(name: string): Capture {
    const dev = deviceNamed(this.#linux, name);
    const capture: Capture = new Capture(() => {
      dev.taps = dev.taps.filter((other) => other !== tap);
    });
    const tap = {
      keep({ packet, ...more }: CapturedPacket) {
        capture.packets.push({ packet: new Packet(packet), ...more });
        if (capture.packets.length > MOST_CAPTURED) capture.packets.splice(0, MOST_CAPTURED / 10);
      },
    };
    dev.taps = [...dev.taps, tap];
    return capture;
  }

  /** Lets packets come in by a device from the current virtual time on; they do while the machine runs. */
  send(given: Sendable | readonly Sendable[], { to = "eth0", every = 1000 }: SendOptions = {}): SentPackets {
    const dev = deviceNamed(this.#linux, to);
    if (dev.kind === "loopback") throw new NetworkError("EINVAL", "nobody outside can send to a loopback device");
    const gap = parseDuration(every);
    const list =
      given instanceof Uint8Array || !Array.isArray(given) ? [given as Sendable] : (given as readonly Sendable[]);
    const frames = list.map((each, index) => {
      const bytes = isObject(each) && !(each instanceof Uint8Array) ? (each as CapturedPacket).packet : each;
      requireBytes(`packets[${index}]`, bytes);
      return new Packet(bytes as Uint8Array);
    });
    const first = list[0];
    const start = first !== undefined && !(first instanceof Uint8Array) ? first.timeNs : 0n;
    const sent = new SentPackets(frames);
    for (const [index, frame] of frames.entries()) {
      const each = list[index]!;
      const after = each instanceof Uint8Array ? index * gap : Math.max(0, Number(each.timeNs - start));
      this.#inject(dev, frame, this.#linux.ktimeNs() + 1 + after, (fate) => {
        sent.fates[index] = fate;
      });
    }
    return sent;
  }

  #inject(dev: NetDevice, frame: Uint8Array, time: number, fate: (fate: string) => void): void {
    const { network } = this.#linux;
    const skb = network.adopt(Skb.from(frame.slice()));
    skb.fate = fate;
    network.inject(dev, skb, time);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("net", this);
  }
}

/** The device of a name, `NAMESPACE/NAME` outside of the machine's own namespace. */
export function deviceNamed(linux: Linux, name: string): NetDevice {
  if (typeof name !== "string") throw new ArgumentError("device", 'a name such as "eth0"', name);
  const [netns, short] = name.includes("/") ? (name.split("/", 2) as [string, string]) : ["", name];
  const found = namespaceNamed(linux, netns).device(short);
  if (found !== undefined) return found;
  const known = linux.network.namespaces.flatMap((one) =>
    [...one.devices.values()].map((dev) => (one.name === "" ? dev.name : `${one.name}/${dev.name}`)),
  );
  throw new NetworkError("ENODEV", `no device ${name}; there are ${known.join(", ")}`);
}

/** The namespace of a name; throws `NetworkError` where there is none. */
export function namespaceNamed(linux: Linux, name: string): NetNamespace {
  const found = linux.network.namespaces.find((one) => one.name === name);
  if (found === undefined) throw new NetworkError("ENODEV", `no network namespace "${name}"`);
  return found;
}

function addressWithBits(text: string): { ip: number | string; bits: number } {
  const [address, bits] = String(text).split("/");
  const ip = ipOf("address", address);
  const most = typeof ip === "number" ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  if (!Number.isInteger(length) || length < 0 || length > most)
    throw new ArgumentError("address", `an address with the length of its network, up to /${most}`, text);
  return { ip, bits: length };
}

function bytesOf(text: string): Uint8Array {
  const { ip } = addressWithBits(text);
  return typeof ip === "number" ? Uint8Array.of(ip >>> 24, ip >>> 16, ip >>> 8, ip) : new Uint8Array(16);
}

function rowOf(dev: NetDevice): DeviceRow {
  const { ifindex, name, kind, mtu, up, xdp } = dev;
  return {
    ...{ ifindex, name, kind, netns: dev.netns.name, mac: macText(dev.mac), mtu, up },
    addresses: dev.addresses.map(({ ip, network }) => `${ipText(ip)}/${network.bits}`),
    xdp: xdp && { program: xdp.program.name, mode: xdp.mode },
    ingress: dev.ingress.map((program) => program.name),
    egress: dev.egress.map((program) => program.name),
    ...dev.counters,
  };
}
