/** Cgroups: of packets and sockets, what the caller of a system call is told, storages, sysctls. */
import { CgroupArrayMap } from "../maps/cgroup-array.ts";
import { CgroupStorageMap } from "../maps/cgroup-storage.ts";
import { ERRNO } from "../maps/errno.ts";
import type { Host } from "./host.ts";
import { mapAt } from "./map-helpers.ts";
import type { HelperImplementation } from "./row.ts";
import { u64Of } from "./u64.ts";

const PAGE = 4096;
/** `BPF_F_SYSCTL_BASE_NAME`: without the directories. */
const BASE_NAME = 1;

const cgroupsOf = (host: Host, object: number): readonly number[] => host.sockets?.cgroups(object) ?? [];

const cgroupId = (name: string): HelperImplementation => ({
  name,
  passing: "u64",
  implement: (host) => (object) => u64Of(host.memory, cgroupsOf(host, object!).at(-1) ?? 0),
});

const ancestorId = (name: string): HelperImplementation => ({
  name,
  passing: "u64",
  implement: (host) => (object, level) => u64Of(host.memory, cgroupsOf(host, object!)[level!] ?? 0),
});

/** Copies a text with its 0, cut to `size` bytes: its length, or -E2BIG where it was cut. */
function copyText(host: Host, text: string, at: number, size: number): number {
  if (size === 0) return -ERRNO.EINVAL;
  const bytes = new TextEncoder().encode(text);
  const kept = Math.min(bytes.length, size - 1);
  host.memory.u8.fill(0, at, at + size);
  host.memory.u8.set(bytes.subarray(0, kept), at);
  return kept < bytes.length ? -ERRNO.E2BIG : kept;
}

/** A value of a sysctl; where there is none the buffer is zeros. */
function copyValue(host: Host, value: string | undefined, at: number, size: number): number {
  if (value !== undefined) return copyText(host, value, at, size);
  host.memory.u8.fill(0, at, at + size);
  return -ERRNO.EINVAL;
}

export const CGROUP_HELPERS: readonly HelperImplementation[] = [
  cgroupId("skb_cgroup_id"),
  cgroupId("sk_cgroup_id"),
  ancestorId("skb_ancestor_cgroup_id"),
  ancestorId("sk_ancestor_cgroup_id"),
  // Classes are of cgroup v1's net_cls, which the machine does not have: none is set.
  { name: "get_cgroup_classid", passing: "i32", implement: () => () => 0 },
  { name: "skb_cgroup_classid", passing: "u64", implement: (host) => () => u64Of(host.memory, 0) },
  {
    name: "skb_under_cgroup",
    passing: "i32",
    implement: (host) => (skb, header, index) => {
      const map = mapAt(host, header!);
      const cgroups = cgroupsOf(host, skb!);
      if (cgroups.length === 0) return -ERRNO.ENOENT;
      if (!(map instanceof CgroupArrayMap)) return -ERRNO.EINVAL;
      if (index! >>> 0 >= map.spec.maxEntries) return -ERRNO.E2BIG;
      const id = map.slot(index!);
      if (id === 0) return -ERRNO.EAGAIN;
      return cgroups.includes(id) ? 1 : 0;
    },
  },
  { name: "get_retval", passing: "i32", implement: (host) => () => host.sockets?.retval ?? 0 },
  {
    name: "set_retval",
    passing: "i32",
    implement: (host) => (retval) => {
      if (host.sockets !== undefined) host.sockets.retval = retval!;
      return 0;
    },
  },
  {
    name: "get_local_storage",
    passing: "pointer",
    implement: (host) => (header) => {
      const map = mapAt(host, header!);
      const attached = host.sockets?.attached;
      if (!(map instanceof CgroupStorageMap)) return 0;
      // Run by hand the program is at no cgroup: a value that belongs to none.
      return map.storageOf(attached?.cgroup ?? 0, attached?.attachType ?? 0);
    },
  },
  {
    name: "sysctl_get_name",
    passing: "i32",
    implement: (host) => (_ctx, at, size, flags, flagsHigh) => {
      const name = host.sockets?.sysctl?.name;
      if (name === undefined || flagsHigh !== 0 || (flags! & ~BASE_NAME) !== 0) return -ERRNO.EINVAL;
      return copyText(host, flags === BASE_NAME ? name.slice(name.lastIndexOf("/") + 1) : name, at!, size!);
    },
  },
  {
    name: "sysctl_get_current_value",
    passing: "i32",
    implement: (host) => (_ctx, at, size) => copyValue(host, host.sockets?.sysctl?.current, at!, size!),
  },
  {
    name: "sysctl_get_new_value",
    passing: "i32",
    implement: (host) => (_ctx, at, size) => copyValue(host, host.sockets?.sysctl?.written, at!, size!),
  },
  {
    name: "sysctl_set_new_value",
    passing: "i32",
    implement: (host) => (_ctx, at, size) => {
      const sysctl = host.sockets?.sysctl;
      if (sysctl?.written === undefined || size === 0) return -ERRNO.EINVAL;
      if (size! > PAGE - 1) return -ERRNO.E2BIG;
      sysctl.written = new TextDecoder().decode(host.memory.u8.slice(at, at! + size!)).replace(/\0.*$/s, "");
      return 0;
    },
  },
];
