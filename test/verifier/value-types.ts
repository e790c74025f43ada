/** BTF with types of map values that hold what Linux knows: locks, timers, kernel pointers. */
import { type Btf, parseBtf } from "../../src/btf/btf.ts";
import { buildBtf } from "../../src/btf/build.ts";
import type { BtfTypeSpec } from "../../src/btf/type.ts";
import type { MapSpec, MapType } from "../../src/maps/spec.ts";

const types: BtfTypeSpec[] = [];
const add = (type: BtfTypeSpec): number => types.push(type);
export const INT_TYPE = add({ kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" });
const u64 = add({ kind: "int", name: "unsigned long", size: 8, bits: 64, bitOffset: 0, encoding: "" });

type Field = readonly [name: string, type: number, offset: number];

const struct = (name: string, size: number, ...members: readonly Field[]): number =>
  add({
    kind: "struct",
    name,
    size,
    members: members.map(([member, type, offset]) => ({ name: member, type, bitOffset: offset * 8, bitSize: 0 })),
  });
const array = (type: number, length: number): number =>
  add({ kind: "array", name: "", type, indexType: INT_TYPE, length });
const tagged = (tag: string, type: number): number =>
  add({ kind: "ptr", name: "", type: add({ kind: "type_tag", name: tag, type, attribute: false }) });

const lock = struct("bpf_spin_lock", 4, ["val", INT_TYPE, 0]);
const resilient = struct("bpf_res_spin_lock", 4, ["val", INT_TYPE, 0]);
const timer = struct("bpf_timer", 16, ["a", u64, 0], ["b", u64, 8]);
const work = struct("bpf_wq", 16, ["a", u64, 0], ["b", u64, 8]);
const taskWork = struct("bpf_task_work", 8, ["a", u64, 0]);
const refcount = struct("bpf_refcount", 4, ["a", INT_TYPE, 0]);
const task = struct("task_struct", 8, ["a", u64, 0]);
const kptr = tagged("kptr", task);
const inner = struct("inner", 8, ["lock", lock, 4]);
const two = struct("two_pointers", 24, ["count", u64, 0], ["pointers", array(kptr, 2), 8]);

const plain = struct("plain", 16, ["a", u64, 0], ["b", u64, 8]);

const head = struct("bpf_list_head", 16, ["a", u64, 0], ["b", u64, 8]);
const node = struct("bpf_list_node", 24, ["a", array(u64, 3), 0]);
const root = struct("bpf_rb_root", 16, ["a", u64, 0], ["b", u64, 8]);
const treeNode = struct("bpf_rb_node", 32, ["a", array(u64, 4), 0]);
const pair = struct("t_plain", 16, ["a", u64, 0], ["b", u64, 8]);
const big = struct("t_big", 520, ["a", array(u64, 65), 0]);
const mixed = struct("t_mixed", 16, ["a", u64, 0], ["p", add({ kind: "ptr", name: "", type: pair }), 8]);

/** Objects that programs allocate. */
export const OBJECT_TYPES = {
  pair,
  big,
  mixed,
  item: struct("t_item", 64, ["key", u64, 0], ["list", node, 8], ["other", node, 32], ["value", u64, 56]),
  leaf: struct("t_leaf", 40, ["key", u64, 0], ["node", treeNode, 8]),
  shared: struct("t_shared", 72, ["key", u64, 0], ["refs", refcount, 8], ["list", node, 16], ["tree", treeNode, 40]),
  guarded: struct("t_guarded", 32, ["lock", lock, 0], ["head", head, 8], ["count", u64, 24]),
  resilientList: struct("t_resilient", 32, ["lock", resilient, 0], ["head", head, 8], ["count", u64, 24]),
  holder: struct(
    "t_holder",
    24,
    ["pair", tagged("kptr", pair), 0],
    ["a", u64, 8],
    ["weak", tagged("kptr_untrusted", pair), 16],
  ),
} as const;
export type ObjectType = keyof typeof OBJECT_TYPES;

const contains = (type: number, component: number, what: string): void =>
  void add({ kind: "decl_tag", name: `contains:${what}`, type, component, attribute: false });
contains(OBJECT_TYPES.guarded, 1, "t_item:list");
contains(OBJECT_TYPES.resilientList, 1, "t_item:list");

const queue = struct("queue", 48, ["lock", lock, 0], ["head", head, 8], ["others", head, 24], ["count", u64, 40]);
contains(queue, 1, "t_item:list");
contains(queue, 2, "t_shared:list");
const tree = struct("tree", 48, ["lock", lock, 0], ["root", root, 8], ["shared", root, 24], ["count", u64, 40]);
contains(tree, 1, "t_leaf:node");
contains(tree, 2, "t_shared:tree");
const cgroup = struct("cgroup", 8, ["a", u64, 0]);
const file = struct("file", 8, ["a", u64, 0]);

/** Functions: the program, and static ones that take anything. */
const anything = add({ kind: "ptr", name: "", type: 0 });
const contextOf = (name: string): number => add({ kind: "ptr", name: "", type: struct(name, 4, ["a", INT_TYPE, 0]) });
const func = (name: string, linkage: "global" | "static", ...params: readonly number[]): number => {
  const list = params.map((type, k) => ({ name: `p${k}`, type }));
  const proto = add({ kind: "func_proto", name: "", type: INT_TYPE, params: list });
  return add({ kind: "func", name, type: proto, linkage });
};
export const MAIN_FUNCTION = func("main", "global", contextOf("__sk_buff"));
export const CALLBACK_FUNCTION = func("called", "static", anything, anything, anything);

/** Types of values, each named after its struct. */
export const VALUE_TYPES = {
  plain,
  queue,
  tree,
  stash: struct(
    "stash",
    64,
    ["pair", tagged("kptr", pair), 0],
    ["item", tagged("kptr", OBJECT_TYPES.item), 8],
    ["shared", tagged("kptr", OBJECT_TYPES.shared), 16],
    ["task", kptr, 24],
    ["weak", tagged("kptr_untrusted", task), 32],
    ["each", tagged("percpu_kptr", pair), 40],
    ["group", tagged("kptr", cgroup), 48],
    ["a", u64, 56],
  ),
  unreleasable: struct("unreleasable", 16, ["file", array(tagged("kptr", file), 1), 0], ["a", u64, 8]),
  weakFile: struct("weak_file", 16, ["file", tagged("kptr_untrusted", file), 0], ["a", u64, 8]),
  userPage: struct("user_page", 8, ["page", tagged("uptr", struct("t_page", 4104, ["a", array(u64, 513), 0])), 0]),
  userNothing: struct("user_nothing", 8, ["nothing", tagged("uptr", struct("t_nothing", 0)), 0]),
  user: struct("user", 16, ["pair", tagged("uptr", pair), 0], ["a", u64, 8]),
  resilientPair: struct("resilient_pair", 24, ["a", u64, 0], ["lock", resilient, 8], ["b", u64, 16]),
  tasks: struct("tasks", 24, ["a", u64, 0], ["work", taskWork, 8], ["b", u64, 16]),
  works: struct("works", 32, ["a", u64, 0], ["work", work, 8], ["b", u64, 24]),
  locked: struct("locked", 16, ["lock", lock, 0], ["count", u64, 8]),
  nested: struct("nested", 24, ["count", u64, 0], ["inner", inner, 8], ["more", u64, 16]),
  resilient: struct("resilient", 16, ["lock", resilient, 0], ["count", u64, 8]),
  timed: struct("timed", 32, ["count", u64, 0], ["timer", timer, 8], ["more", u64, 24]),
  timedAndLocked: struct("timed_locked", 24, ["timer", timer, 0], ["lock", lock, 16]),
  twoTimers: struct("two_timers", 32, ["first", timer, 0], ["second", timer, 16]),
  timerArray: struct("timer_array", 32, ["timers", array(timer, 2), 0]),
  misaligned: struct("misaligned", 24, ["count", INT_TYPE, 0], ["timer", timer, 4]),
  working: struct("working", 16, ["work", work, 0]),
  taskWorking: struct("task_working", 16, ["count", u64, 0], ["work", taskWork, 8]),
  counted: struct("counted", 16, ["count", refcount, 0], ["a", u64, 8]),
  pointing: struct("pointing", 16, ["task", kptr, 0], ["a", u64, 8]),
  pointingUntrusted: struct("pointing_untrusted", 16, ["task", tagged("kptr_untrusted", task), 0], ["a", u64, 8]),
  pointingArray: struct("pointing_array", 48, ["each", array(two, 2), 0]),
  unknownTag: struct("unknown_tag", 16, ["task", tagged("rcu", task), 0], ["a", u64, 8]),
  number: u64,
} as const;

export type ValueType = keyof typeof VALUE_TYPES;

export const VALUE_BTF: Btf = parseBtf(buildBtf(types));

const bytes = (name: ValueType): number => {
  const type = VALUE_BTF.type(VALUE_TYPES[name]);
  return type.kind === "struct" || type.kind === "int" ? type.size : 0;
};

/** A map of four elements whose values are of that type. */
export const mapOf = (type: MapType, name: string, value: ValueType, more: Partial<MapSpec> = {}): MapSpec => ({
  type,
  name,
  keySize: 4,
  valueSize: bytes(value),
  maxEntries: 4,
  flags: 0,
  btf: { btf: VALUE_BTF, keyType: INT_TYPE, valueType: VALUE_TYPES[value] },
  ...more,
});
