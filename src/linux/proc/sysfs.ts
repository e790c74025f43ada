import { machineBtf } from "../../btf/data/machine.ts";
import type { Disk } from "../block/disk.ts";
import type { Linux } from "../linux.ts";
import { macText } from "../net/address.ts";
import type { NetDevice } from "../net/device.ts";
import { formatText, TRACEPOINTS, type Tracepoint } from "../tracepoints.ts";
import { blockStat, rotational } from "./machine-files.ts";
import { type DirectoryNode, directory, file, type Node } from "./node.ts";

/** `/sys`. */
export function sysfsTree(linux: Linux): DirectoryNode {
  const cpus = file(() => (linux.cpus.length === 1 ? "0\n" : `0-${linux.cpus.length - 1}\n`));
  return directory({
    block: directory(Object.fromEntries(linux.disks.map((disk) => [disk.name, diskFiles(disk)]))),
    class: directory({ net: netDevices(linux) }),
    devices: directory({ system: directory({ cpu: directory({ online: cpus, possible: cpus, present: cpus }) }) }),
    fs: directory({ bpf: directory({}), cgroup: directory({}) }),
    kernel: directory({
      btf: directory({ vmlinux: file(() => machineBtf(linux.release).bytes) }),
      tracing: directory({}),
      debug: directory({}),
    }),
  });
}

/** `/sys/class/net`: devices of the machine's own namespace, as many as there are when somebody looks. */
function netDevices(linux: Linux): DirectoryNode {
  // The network is made after the files.
  const devices = () => linux.network.initial.devices.values();
  return {
    kind: "directory",
    find: (name) => {
      for (const dev of devices()) if (dev.name === name) return deviceFiles(dev);
      return undefined;
    },
    names: () => [...devices()].map(({ name }) => name),
  };
}

/** `/sys/class/net/NAME`. */
function deviceFiles(dev: NetDevice): DirectoryNode {
  const { counters, kind, ifindex } = dev;
  const text = (value: () => string | number) => file(() => `${value()}\n`);
  return directory({
    address: text(() => macText(dev.mac)),
    carrier: text(() => (dev.up ? 1 : 0)),
    ifindex: text(() => ifindex),
    mtu: text(() => dev.mtu),
    // A loopback device never says that it is up.
    operstate: text(() => (kind === "loopback" ? "unknown" : dev.up ? "up" : "down")),
    statistics: directory({
      rx_bytes: text(() => counters.rxBytes),
      rx_dropped: text(() => counters.rxDropped),
      rx_packets: text(() => counters.rxPackets),
      tx_bytes: text(() => counters.txBytes),
      tx_dropped: text(() => counters.txDropped),
      tx_packets: text(() => counters.txPackets),
    }),
    // ARPHRD_LOOPBACK, ARPHRD_ETHER.
    type: text(() => (kind === "loopback" ? 772 : 1)),
  });
}

/** `/sys/block/NAME`. */
function diskFiles(disk: Disk): DirectoryNode {
  const { dev, sectors, model, partitions } = disk;
  const scheduler = model.scheduler === "none" ? "[none] mq-deadline" : "none [mq-deadline]";
  const number = (n: number) => file(() => `${n}\n`);
  const parts = partitions.map((part): [string, Node] => [
    part.name,
    directory({
      dev: file(() => `${part.dev >>> 20}:${part.dev & 0xf_ffff}\n`),
      partition: number(part.number),
      size: number(part.sectors),
      start: number(part.start),
    }),
  ]);
  return directory({
    dev: file(() => `${dev >>> 20}:${dev & 0xf_ffff}\n`),
    inflight: file(() => `${String(disk.inFlight).padStart(8)} ${"0".padStart(8)}\n`),
    queue: directory({
      max_sectors_kb: number(1280),
      nr_requests: number(model.depth),
      read_ahead_kb: number(128),
      rotational: file(() => rotational(disk)),
      scheduler: file(() => `${scheduler}\n`),
    }),
    size: number(sectors),
    stat: file(() => blockStat(disk)),
    ...Object.fromEntries(parts),
  });
}

/** `/sys/kernel/tracing`. */
export function tracefsTree(linux: Linux): DirectoryNode {
  return directory({
    available_events: file(() => TRACEPOINTS.map(({ category, name }) => `${category}:${name}\n`).join("")),
    available_filter_functions: file(() =>
      linux.symbols
        .list()
        .filter(({ module }) => module === undefined)
        .map(({ name }) => `${name}\n`)
        .join(""),
    ),
    events: eventsTree(),
    trace: file(() => linux.tracePipe.map((line) => `${line}\n`).join("")),
    // Reading takes the lines away.
    trace_pipe: file(() =>
      linux.tracePipe
        .splice(0)
        .map((line) => `${line}\n`)
        .join(""),
    ),
    tracing_on: file(() => "1\n"),
  });
}

/** `events/CATEGORY/NAME/{id,format}`, made for those that somebody looks at. */
function eventsTree(): DirectoryNode {
  const categories = new Map<string, Map<string, Tracepoint>>();
  for (const row of TRACEPOINTS) {
    const rows = categories.get(row.category) ?? new Map<string, Tracepoint>();
    categories.set(row.category, rows.set(row.name, row));
  }
  const nodes = new Map<Tracepoint, DirectoryNode>();
  const event = (row: Tracepoint) => {
    const known = nodes.get(row);
    if (known !== undefined) return known;
    const node = directory({ format: file(() => formatText(row)), id: file(() => `${row.id}\n`) });
    nodes.set(row, node);
    return node;
  };
  const category = (rows: ReadonlyMap<string, Tracepoint>): DirectoryNode => ({
    kind: "directory",
    find: (name) => {
      const row = rows.get(name);
      return row && event(row);
    },
    names: () => [...rows.keys()],
  });
  return directory(Object.fromEntries([...categories].map(([name, rows]) => [name, category(rows)])));
}
