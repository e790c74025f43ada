import { ArgumentError, isObject } from "../isa/argument.ts";
import { type Codec, u32, u64 } from "./codec.ts";
import { MapDeclaration } from "./declaration.ts";
import { remember } from "./latest.ts";
import type { MapType } from "./spec.ts";
import { struct } from "./struct.ts";

/** What every declaration of targets says. */
export interface TargetsDescription {
  /** At most 15 letters, digits, underscores and dots. */
  readonly name: string;
  readonly maxEntries: number;
  /** `MAP_FLAGS`, or-ed. */
  readonly flags?: number;
}

/** A device of a devmap, and the id of an XDP program (section `xdp/devmap`) that sees what goes there; 0 for none. */
export interface DeviceTarget {
  readonly ifindex: number;
  readonly program: number;
}

/** The most packets that wait for a CPU of a cpumap, and the id of an XDP program (section `xdp/cpumap`) that sees them there; 0 for none. */
export interface CpuTarget {
  readonly packets: number;
  readonly program: number;
}

type Programs = TargetsDescription & { readonly programs: true };
type Plain = TargetsDescription & { readonly programs?: false };

const DEVICE = struct({ ifindex: u32, program: u32 });
const CPU = struct({ packets: u32, program: u32 });

/** A declaration by index or by a key of 4 bytes; with `programs` values name a program, too. */
function targets<V>(type: MapType, maker: string, value: Codec<V>, spec: TargetsDescription) {
  if (!isObject(spec))
    throw new ArgumentError(`the argument of map.${maker}(...)`, "an object such as { name, maxEntries }", spec);
  const { name, maxEntries, flags = 0 } = spec;
  return remember(new MapDeclaration({ type, key: u32, value, name, maxEntries, flags }));
}

function devmap(spec: Programs): MapDeclaration<number, DeviceTarget>;
function devmap(spec: Plain): MapDeclaration<number, number>;
function devmap(spec: Programs | Plain): MapDeclaration<number, DeviceTarget> | MapDeclaration<number, number> {
  return spec?.programs ? targets("devmap", "devmap", DEVICE, spec) : targets("devmap", "devmap", u32, spec);
}

function devmapHash(spec: Programs): MapDeclaration<number, DeviceTarget>;
function devmapHash(spec: Plain): MapDeclaration<number, number>;
function devmapHash(spec: Programs | Plain): MapDeclaration<number, DeviceTarget> | MapDeclaration<number, number> {
  const [type, maker] = ["devmap_hash", "devmapHash"] as const;
  return spec?.programs ? targets(type, maker, DEVICE, spec) : targets(type, maker, u32, spec);
}

function cpumap(spec: Programs): MapDeclaration<number, CpuTarget>;
function cpumap(spec: Plain): MapDeclaration<number, number>;
function cpumap(spec: Programs | Plain): MapDeclaration<number, CpuTarget> | MapDeclaration<number, number> {
  return spec?.programs ? targets("cpumap", "cpumap", CPU, spec) : targets("cpumap", "cpumap", u32, spec);
}

/** Makers of maps whose values say where packets, data and connections go; spread into `map`. */
export const TARGET_MAKERS = {
  /**
   * Devices by index, for `bpf_redirect_map`; a value is a device's number, with `programs` also the id of a program that runs there.
   *
   * @example m.map(map.devmap({ name: "ports", maxEntries: 4 })).set(0, m.net.device("eth0").ifindex)
   */
  devmap,

  /** Devices by key. @example map.devmapHash({ name: "by_port", maxEntries: 100, programs: true }) */
  devmapHash,

  /** CPUs by number; a value is how many packets may wait for it. @example m.map(map.cpumap({ name: "cpus", maxEntries: 2 })).set(1, 192) */
  cpumap,

  /** AF_XDP sockets by index, mostly a queue's; a value is a socket's id, and cannot be read. @example m.map(map.xskmap({ name: "xsks", maxEntries: 2 })).set(0, m.net.xsk("eth0").id) */
  xskmap: (spec: TargetsDescription): MapDeclaration<number, number> => targets("xskmap", "xskmap", u32, spec),

  /** Sockets by index, for programs that redirect data; a value is a socket's cookie. @example map.sockmap({ name: "peers", maxEntries: 2 }) */
  sockmap: (spec: TargetsDescription): MapDeclaration<number, bigint> => targets("sockmap", "sockmap", u64, spec),

  /** Sockets by key. @example map.sockhash({ name: "peers", key: u32, maxEntries: 100 }) */
  sockhash: <K>(spec: TargetsDescription & { readonly key: Codec<K> }): MapDeclaration<K, bigint> =>
    remember(new MapDeclaration({ type: "sockhash", value: u64, ...spec })),

  /** Sockets that share a port, for `bpf_sk_select_reuseport`; a value is a socket's cookie. @example map.reuseportArray({ name: "workers", maxEntries: 4 }) */
  reuseportArray: (spec: TargetsDescription): MapDeclaration<number, bigint> =>
    targets("reuseport_sockarray", "reuseportArray", u64, spec),
};
