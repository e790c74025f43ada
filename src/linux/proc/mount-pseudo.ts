import type { FileSystem } from "../file-system.ts";
import type { FileSystemType } from "../fs/super-block.ts";
import { CGROUP2, PROC, SYSFS, TRACEFS } from "../fs/types.ts";
import type { Linux } from "../linux.ts";
import { CgroupDirectory } from "./cgroup-files.ts";
import { machineFiles } from "./machine-files.ts";
import { type DirectoryNode, directory, GeneratedDirectory, type Node } from "./node.ts";
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
