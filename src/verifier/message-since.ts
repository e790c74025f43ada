import type { MessageName } from "./messages.ts";

/**
 * The release of Linux in which what a group of messages is about came: families by the beginning of the name, the longest
 * that fits counts. Messages of no family are as old as the verifier, or it is not known.
 */
const SINCE: Readonly<Record<string, string>> = {
  arena: "6.9",
  atomic: "5.12",
  attach: "5.5",
  buffer: "5.2",
  call_depth: "4.16",
  callback: "5.13",
  cast: "6.9",
  cast_context: "6.2",
  cast_struct: "6.2",
  cast_type: "6.2",
  cgroup_storages: "4.19",
  combined_stack: "4.16",
  constant: "5.2",
  direct_value: "5.2",
  dynptr: "5.19",
  exception: "6.7",
  flow_keys: "4.20",
  format: "5.13",
  func_info: "5.0",
  global: "5.6",
  global_sleeps: "6.14",
  global_tag: "6.8",
  graph: "6.2",
  infinite_loop: "5.3",
  irq: "6.14",
  iterator: "6.4",
  kfunc: "5.13",
  kptr: "5.19",
  line_info: "5.0",
  lock: "5.1",
  map_struct: "5.9",
  may_goto: "6.9",
  object: "6.2",
  one_arena: "6.9",
  operations: "5.6",
  preempt: "6.10",
  private_stack: "6.13",
  rcu: "6.2",
  reference: "4.20",
  release: "4.20",
  slice: "6.4",
  sleepable: "5.10",
  socket_access: "5.1",
  string: "5.13",
  struct: "5.5",
  struct_percpu: "5.10",
  symbol: "5.10",
  tail_call_subprogram: "5.10",
  task_work: "6.18",
  timer: "5.15",
  unlock: "5.1",
  uptr: "6.13",
  work: "6.10",
};

/** The release of Linux that brought what the message is about; undefined: it was always there, or nobody knows. */
export function sinceOf(name: MessageName): string | undefined {
  for (let end = name.length; end > 0; end = name.lastIndexOf("_", end - 1)) {
    const family = name.slice(0, end);
    if (Object.hasOwn(SINCE, family)) return SINCE[family];
  }
  return undefined;
}
