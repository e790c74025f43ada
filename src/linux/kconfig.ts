/** The configuration of the simulated Linux, as far as programs ask for it with `__kconfig`. */
import { type Release, sourceOf } from "../btf/data/machine.ts";

/** What is built in, by name without `CONFIG_`. */
const BUILT_IN = [
  ...["64BIT", "X86", "X86_64", "SMP", "NET", "INET", "IPV6", "BPF", "BPF_SYSCALL", "BPF_JIT", "BPF_JIT_ALWAYS_ON"],
  ...["BPF_EVENTS", "CGROUPS", "CGROUP_BPF", "DEBUG_INFO_BTF", "EVENT_TRACING", "FTRACE_SYSCALLS", "PERF_EVENTS"],
  ...["TRACEPOINTS", "PREEMPT_DYNAMIC", "XDP_SOCKETS", "MMU", "BLOCK", "SYSFS", "PROC_FS"],
];

/** `LINUX_VERSION_CODE` of a release: from 255 on the last number stays the same. */
function versionCode(release: Release): number {
  const [, major, minor, patch] = [...sourceOf(release).matchAll(/(\d+)\.(\d+)\.(\d+)/g)].at(-1)!;
  return Number(major) * 65536 + Number(minor) * 256 + Math.min(255, Number(patch));
}

/**
 * All settings by name, as a `.config` writes them; and the three that libbpf itself answers.
 *
 * @example kconfigOf("6.18").CONFIG_HZ // "250"
 */
export const kconfigOf = (release: Release): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(BUILT_IN.map((name) => [`CONFIG_${name}`, "y"])),
  CONFIG_HZ: "250",
  CONFIG_NR_CPUS: "64",
  CONFIG_DEFAULT_HOSTNAME: '"(none)"',
  LINUX_KERNEL_VERSION: String(versionCode(release)),
  LINUX_HAS_BPF_COOKIE: "y",
  LINUX_HAS_SYSCALL_WRAPPER: "y",
});
