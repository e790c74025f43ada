import type { FileSystem } from "../file-system.ts";
import type { FileSystemType } from "../fs/super-block.ts";
import { BPF, CGROUP2, PROC, SYSFS, TRACEFS } from "../fs/types.ts";
import type { Linux } from "../linux.ts";
import { CgroupDirectory } from "./cgroup-files.ts";
import { machineFiles } from "./machine-files.ts";
import { type DirectoryNode, directory, file, GeneratedDirectory, type Node } from "./node.ts";
import { ProcessDirectories } from "./process-files.ts";
import { sysctlTree } from "./sysctl.ts";
import { sysfsTree, tracefsTree } from "./sysfs.ts";

/** `/proc`, `/sys`, `/sys/kernel/tracing` and `/sys/fs/cgroup`: nothing of them is made before somebody looks. */
export function mountPseudo(linux: Linux, files: FileSystem): void {
  const mount = (type: FileSystemType, at: string, tree: () => DirectoryNode) => {
    const root = new GeneratedDirectory(lazy(tree));
    const sb = files.pseudo(type, root);
    root.sb = sb;
    files.mount(sb, type.name, at);
  };
  mount(PROC, "/proc", () => procTree(linux));
  mount(SYSFS, "/sys", () => sysfsTree(linux));
  mount(TRACEFS, "/sys/kernel/tracing", () => tracefsTree(linux));
  mount(BPF, "/sys/fs/bpf", () => pinTree(linux, ""));
  const cgroups = new CgroupDirectory(linux, linux.cgroups.root);
  cgroups.sb = files.pseudo(CGROUP2, cgroups);
  files.mount(cgroups.superBlock, CGROUP2.name, "/sys/fs/cgroup");
}

function lazy(tree: () => DirectoryNode): DirectoryNode {
  let made: DirectoryNode | undefined;
  const node = () => (made ??= tree());
  return { kind: "directory", find: (name) => node().find(name), names: () => node().names() };
}

function procTree(linux: Linux): DirectoryNode {
  const processes = new ProcessDirectories(linux);
  const self: Node = { kind: "link", target: () => String(linux.scheduler.active.current.tgid) };
  const fixed = directory({ ...machineFiles(linux), self, sys: sysctlTree(linux) });
  return {
    kind: "directory",
    find: (name) => fixed.find(name) ?? processes.find(name),
    names: () => [...processes.names(), ...fixed.names()],
  };
}

/** What is pinned, below a folder of bpf's file system: pins are empty files, which only bpf(2) opens. */
function pinTree(linux: Linux, folder: string): DirectoryNode {
  const inside = () =>
    linux.pins().flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []));
  const nodes = new Map<string, Node>();
  return {
    kind: "directory",
    find: (name) => {
      const paths = inside().filter((path) => path === name || path.startsWith(`${name}/`));
      if (paths.length === 0) return undefined;
      const isFolder = paths[0] !== name;
      const known = nodes.get(name);
      if (known !== undefined && (known.kind === "directory") === isFolder) return known;
      const node: Node = isFolder ? pinTree(linux, `${folder}/${name}`) : { ...file(() => ""), mode: 0o600 };
      nodes.set(name, node);
      return node;
    },
    names: () => [...new Set(inside().map((path) => path.replace(/\/.*$/, "")))],
  };
}
