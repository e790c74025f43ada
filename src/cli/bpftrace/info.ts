import { machineSource } from "../../bpftrace/run/machine-source.ts";
import { HELPERS } from "../../helpers/table.ts";
import type { Machine } from "../../machine.ts";
import { packageVersion } from "../package.ts";

/** Helpers that programs of bpftrace call. */
const HELPERS_USED = [
  ...["probe_read", "probe_read_str", "probe_read_user", "probe_read_user_str", "probe_read_kernel"],
  ...[
    "probe_read_kernel_str",
    "get_current_cgroup_id",
    "send_signal",
    "override_return",
    "ktime_get_boot_ns",
    "d_path",
  ],
  ...["ktime_get_tai_ns", "get_func_ip", "jiffies64", "for_each_map_elem", "map_lookup_percpu_elem", "get_stack"],
  ...["ringbuf_output", "get_current_task", "skb_output"],
];

/** `--info`: what the machine's Linux can do, in the form of bpftrace. */
export function infoText({ linux }: Machine): string {
  const has = (name: string) => HELPERS.some((row) => row.name === name && "implement" in row);
  const kinds = new Map<string, number>();
  for (const hook of machineSource(linux).hooks()) {
    const kind = hook.slice(0, hook.indexOf(":"));
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const section = (title: string, rows: readonly (readonly [string, string | number])[]) =>
    [title, ...rows.map(([name, value]) => `  ${name}: ${value}`), ""].join("\n");
  return [
    section("System", [
      ["OS", new TextDecoder().decode(linux.files.bytes("/proc/version")).trim()],
      ["Arch", "x86_64"],
      ["CPUs", linux.cpus.length],
    ]),
    section("Build", [["version", `bpfbook ${packageVersion()}`]]),
    section(
      "Kernel helpers",
      HELPERS_USED.map((name) => [name, has(name) ? "yes" : "no"]),
    ),
    section("Kernel features", [
      ["Instruction limit", 1_000_000],
      ["Loop support", "yes"],
      ["btf", "yes"],
    ]),
    section(
      "Places for probes",
      [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  ].join("\n");
}
