import { machineBtf } from "../../btf/data/machine.ts";
import type { Disk } from "../block/disk.ts";
import type { Linux } from "../linux.ts";
import { formatText, TRACEPOINTS, type Tracepoint } from "../tracepoints.ts";
import { blockStat, rotational } from "./machine-files.ts";
import { type DirectoryNode, directory, file, type Node } from "./node.ts";

/** `/sys`. */
export function sysfsTree(linux: Linux): DirectoryNode {
  const cpus = file(() => (linux.cpus.length === 1 ? "0\n" : `0-${linux.cpus.length - 1}\n`));
  return directory({
    block: directory(Object.fromEntries(linux.disks.map((disk) => [disk.name, diskFiles(disk)]))),
    devices: directory({ system: directory({ cpu: directory({ online: cpus, possible: cpus, present: cpus }) }) }),
    fs: directory({ bpf: directory({}), cgroup: directory({}) }),
    kernel: directory({
      btf: directory({ vmlinux: file(() => machineBtf(linux.release).bytes) }),
      tracing: directory({}),
      debug: directory({}),
    }),
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
