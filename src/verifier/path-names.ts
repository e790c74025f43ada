/** Where `bpf_d_path` may be called (`bpf_d_path_allowed` of Linux 6.18). */
import { SLEEPABLE_HOOKS } from "../programs/lsm-hooks.ts";
import type { Environment } from "./environment.ts";

/** Functions of Linux at which the name of a path may be asked for: none of them holds what that takes. */
const NAMES_PATHS: ReadonlySet<string> = new Set([
  "security_file_permission",
  "security_inode_getattr",
  "security_file_open",
  "security_path_truncate",
  "vfs_truncate",
  "vfs_fallocate",
  "dentry_open",
  "vfs_getattr",
  "filp_close",
]);

const HOOK = "bpf_lsm_";

/** Iterators may, too, and hooks of security modules that may wait. */
export function mayNamePaths({ spec, attach }: Environment): boolean {
  if (attach === undefined || attach.kind === "iterator") return true;
  return NAMES_PATHS.has(attach.name) || (spec.type === "lsm" && SLEEPABLE_HOOKS.has(attach.name.slice(HOOK.length)));
}
