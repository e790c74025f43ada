import type { JitSetting } from "../bpf/jit-setting.ts";
import { ERRNO } from "../errno.ts";
import type { Linux } from "../linux.ts";
import { cgroupSysctl } from "../net/cgroup-hooks.ts";
import { releaseOf } from "./machine-files.ts";
import { type DirectoryNode, directory, type FileNode, file, type Node } from "./node.ts";

/** One setting below `/proc/sys`. */
interface Sysctl {
  readonly value: string | number;
  /** The least and the greatest that it takes; without them it cannot be changed. */
  readonly range?: readonly [least: number, most: number];
  /** Of a text: takes another one, or says false. */
  readonly take?: (text: string) => boolean;
  /** What it is now, where others change it too. */
  readonly now?: () => string;
  /** What follows from a new value. */
  readonly set?: (value: number) => void;
}

/** Settings that programs and tools look at, with the values of a usual machine. */
function rows(linux: Linux): Readonly<Record<string, Sysctl>> {
  return {
    "fs/file-max": { value: 9_223_372_036_854_775_807n.toString() },
    "fs/nr_open": { value: 1_048_576, range: [8, 2_147_483_584] },
    "kernel/bpf_stats_enabled": { value: 0, range: [0, 1] },
    "kernel/hostname": { value: "bpfbook" },
    "kernel/kptr_restrict": { value: 0, range: [0, 2] },
    "kernel/osrelease": { value: releaseOf(linux) },
    "kernel/ostype": { value: "Linux" },
    "kernel/perf_event_max_sample_rate": { value: 100_000, range: [1, 2_147_483_647] },
    "kernel/perf_event_max_stack": { value: 127, range: [0, 640] },
    "kernel/perf_event_paranoid": { value: 2, range: [-1, 4] },
    "kernel/pid_max": { value: 4_194_304, range: [301, 4_194_304] },
    "kernel/randomize_va_space": { value: 0, range: [0, 2] },
    "kernel/unprivileged_bpf_disabled": { value: 2, range: [0, 2] },
    // A Linux with CONFIG_BPF_JIT_ALWAYS_ON takes 1 only; this one also takes 0 and 2, for courses.
    "net/core/bpf_jit_enable": {
      ...{ value: 1, range: [0, 2] },
      set: (value) => {
        linux.jitSetting = value as JitSetting;
      },
    },
    "net/core/bpf_jit_harden": { value: 0, range: [0, 2] },
    "net/core/bpf_jit_kallsyms": { value: 1, range: [0, 1] },
    "net/core/bpf_jit_limit": { value: 528_482_304, range: [1, 1_000_000_000_000] },
    "net/core/somaxconn": { value: 4096, range: [0, 2_147_483_647] },
    "net/ipv4/tcp_available_congestion_control": {
      ...{ value: "reno", now: () => linux.network.congestion.names.join(" ") },
    },
    "net/ipv4/tcp_congestion_control": {
      value: "reno",
      now: () => linux.network.congestion.initial.name,
      take: (name) => {
        const { congestion } = linux.network;
        const found = congestion.find(name);
        congestion.initial = found ?? congestion.initial;
        return found !== undefined;
      },
    },
    "vm/dirty_background_ratio": { value: 10, range: [0, 100] },
    // Six times shorter than usual, so that pages written in a run are on the disk at its end.
    "vm/dirty_expire_centisecs": { value: 500 },
    "vm/dirty_ratio": { value: 20, range: [0, 100] },
    "vm/dirty_writeback_centisecs": { value: 500 },
    "vm/swappiness": { value: 60, range: [0, 200] },
  };
}

/** A setting as a file: numbers in its range are taken, everything else is refused with EINVAL. */
function sysctlFile(path: string, { value, range, set, take, now: current }: Sysctl): FileNode {
  let now = String(value);
  const text = () => `${current?.() ?? now}\n`;
  const guard: FileNode["guard"] = (t, sent) => {
    const { error, written } = cgroupSysctl(t, path, text(), sent);
    return error !== 0 ? error : written;
  };
  if (take !== undefined) return { ...file(text, (written) => (take(written.trim()) ? 0 : -ERRNO.ENOENT!)), guard };
  if (range === undefined) return { ...file(text), guard };
  const write = (written: string) => {
    const number = Number(written);
    if (!/^-?\d+$/.test(written) || number < range[0] || number > range[1]) return -ERRNO.EINVAL!;
    now = written;
    set?.(number);
    return 0;
  };
  return { ...file(text, write), guard };
}

/** `/proc/sys`. */
export function sysctlTree(linux: Linux): DirectoryNode {
  const folders: Record<string, Record<string, Node>> = {};
  for (const [path, row] of Object.entries(rows(linux))) {
    const cut = path.lastIndexOf("/");
    (folders[path.slice(0, cut)] ??= {})[path.slice(cut + 1)] = sysctlFile(path, row);
  }
  const tree: Record<string, Record<string, Node>> = {};
  for (const [path, files] of Object.entries(folders)) {
    const [top, below] = path.split("/");
    const nodes = (tree[top!] ??= {});
    if (below === undefined) Object.assign(nodes, files);
    else nodes[below] = directory(files);
  }
  return directory(Object.fromEntries(Object.entries(tree).map(([name, nodes]) => [name, directory(nodes)])));
}
