import { BTF_COMMANDS } from "./btf/dump.ts";
import { CGROUP_COMMANDS } from "./cgroup.ts";
import { FEATURE_COMMANDS } from "./feature.ts";
import { GEN_COMMANDS } from "./gen/commands.ts";
import { ITER_COMMANDS } from "./iter.ts";
import { LINK_COMMANDS } from "./link.ts";
import { MAP_COMMANDS } from "./map/commands.ts";
import { NET_COMMANDS } from "./net.ts";
import { PERF_COMMANDS } from "./perf.ts";
import { PROG_COMMANDS } from "./prog/commands.ts";
import { STRUCT_OPS_COMMANDS } from "./struct-ops.ts";
import type { Subcommand } from "./tool.ts";
import type { UsageName } from "./usage.ts";

/** What bpftool knows commands for. */
export interface BpftoolObject {
  readonly name: Exclude<UsageName, "bpftool">;
  readonly commands: readonly Subcommand[];
  /** Without a word behind it bpftool runs the first command of its table, for these its help. */
  readonly helpFirst?: true;
}

/** In bpftool's order: the beginning of a word means the first that fits. */
export const OBJECTS: readonly BpftoolObject[] = [
  { name: "prog", commands: PROG_COMMANDS },
  { name: "map", commands: MAP_COMMANDS },
  { name: "link", commands: LINK_COMMANDS },
  { name: "cgroup", commands: CGROUP_COMMANDS },
  { name: "perf", commands: PERF_COMMANDS },
  { name: "net", commands: NET_COMMANDS },
  { name: "feature", commands: FEATURE_COMMANDS },
  { name: "btf", commands: BTF_COMMANDS },
  { name: "gen", commands: GEN_COMMANDS },
  { name: "struct_ops", commands: STRUCT_OPS_COMMANDS },
  { name: "iter", commands: ITER_COMMANDS, helpFirst: true },
];
