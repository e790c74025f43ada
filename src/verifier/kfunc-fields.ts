/**
 * Arguments of kernel functions that are objects of the program or lie in one: allocated objects, lists, trees and their
 * nodes, workqueues, resilient locks, saved interrupt states.
 *
 * Behaviour and messages: `check_kfunc_args` and what it calls, of Linux 6.18.
 */
import type { SpecialField } from "../btf/special-fields.ts";
import { type BtfType, isComposite } from "../btf/type.ts";
import { REG } from "../isa/constants.ts";
import { checkPointerOffset } from "./argument-offset.ts";
import { structsMatch } from "./btf-pointers.ts";
import { inGraphCallback } from "./callbacks.ts";
import { type Environment, registerAt } from "./environment.ts";
import { toNumber } from "./int64.ts";
import { LOCK, NATIVE, restoreIrq, saveIrq } from "./irq-flags.ts";
import type { KfuncCall } from "./kfunc-arguments.ts";
import { wantsTrust } from "./kfunc-objects.ts";
import { hasKind, isAllocated, isNonOwning, mapRecord, recordBtf, recordOf } from "./records.ts";
import { ALLOC, AUX, BASE_TYPE, EXTRA, OFF, PERCPU, REF, TYPE, TYPES, VALUE } from "./registers.ts";
import { reject } from "./rejection.ts";
import { checkFieldPointer } from "./special-fields.ts";
import { giveLock, holdsLockOf, RESILIENT_IRQ_LOCK, RESILIENT_LOCK, takeLock } from "./spin-locks.ts";
import { tnumIsConst } from "./tnum.ts";
import { isTrusted } from "./trust.ts";

const OBJECT = TYPES.BTF_ID | ALLOC;

/** Kinds of arguments, by the end of the name or by the struct that is pointed to. */
const SUFFIXES = { __alloc: "object", __refcounted_kptr: "counted", __map: "map", __irq_flag: "irq" } as const;
const STRUCTS = {
  bpf_list_head: "root",
  bpf_rb_root: "root",
  bpf_list_node: "list_node",
  bpf_rb_node: "tree_node",
  bpf_wq: "work",
  bpf_task_work: "task_work",
  bpf_res_spin_lock: "lock",
} as const;

export type FieldArgument =
  | (typeof SUFFIXES)[keyof typeof SUFFIXES]
  | (typeof STRUCTS)[keyof typeof STRUCTS]
  | "callback";

/** Which of these kinds an argument is of, if any; `type`: what it points to. */
export function fieldArgument(name: string, type: BtfType): FieldArgument | undefined {
  const suffix = Object.keys(SUFFIXES).find((end) => name.endsWith(end)) as keyof typeof SUFFIXES | undefined;
  if (suffix) return SUFFIXES[suffix];
  if (type.kind === "func_proto") return "callback";
  return isComposite(type) && Object.hasOwn(STRUCTS, type.name)
    ? STRUCTS[type.name as keyof typeof STRUCTS]
    : undefined;
}

/** Checks an argument of one of these kinds. */
export function checkFieldArgument(
  env: Environment,
  call: KfuncCall,
  argument: number,
  kind: FieldArgument,
  struct: string,
): void {
  const register = REG.R1 + argument;
  const w = env.words;
  const r = registerAt(register);
  const type = w[r + TYPE];
  if (kind === "map") noteMap(env, call, register);
  if (wantsTrust(call.kfunc.row!.flags) && (kind === "object" || kind === "map") && !isTrusted(w, r))
    reject("kfunc_untrusted", register);
  checkPointerOffset(w, r, register, call.kfunc.row!.flags.has("release") && w[r + REF] !== 0);
  switch (kind) {
    case "object":
      checkDropped(env, call, argument);
      return;
    case "counted":
      if (!isAllocated(type)) reject("object_no_reference", argument);
      call.owning = !isNonOwning(type);
      if (!recordOf(env, w, r)?.some((field) => field.kind === "bpf_refcount")) reject("object_no_refcount", argument);
      call.object = { btf: w[r + EXTRA], id: w[r + AUX] };
      return;
    case "root":
      if (type !== TYPES.MAP_VALUE && type !== OBJECT) reject("graph_holder", argument);
      if (type === OBJECT && w[r + REF] === 0) reject("object_unreferenced");
      call.root = findRoot(env, register, struct as SpecialField["kind"]);
      return;
    case "list_node":
      checkOwned(env, argument);
      checkNode(env, call, register, "bpf_list_node");
      return;
    case "tree_node":
      if (call.kfunc.name === "bpf_rbtree_add_impl") checkOwned(env, argument);
      else {
        if (!isNonOwning(type) && w[r + REF] === 0) reject("graph_node_reference", call.kfunc.name);
        if (inGraphCallback(env)) reject("graph_callback", call.kfunc.name);
      }
      checkNode(env, call, register, "bpf_rb_node");
      return;
    case "work":
    case "task_work":
      if (type !== TYPES.MAP_VALUE) reject("field_holder", argument);
      checkFieldPointer(env, register, kind === "work" ? "bpf_wq" : "bpf_task_work", struct);
      call.map = w[r + AUX];
      call.mapLookup = w[r + EXTRA];
      return;
    case "lock": {
      if (type !== TYPES.MAP_VALUE && type !== OBJECT) reject("lock_holder", argument);
      const lock = /irq/.test(call.kfunc.name) ? RESILIENT_IRQ_LOCK : RESILIENT_LOCK;
      if (/unlock/.test(call.kfunc.name)) giveLock(env, register, lock);
      else takeLock(env, register, lock);
      return;
    }
    case "irq": {
      const by = /res_spin/.test(call.kfunc.name) ? LOCK : NATIVE;
      if (/restore/.test(call.kfunc.name)) restoreIrq(env, register, by);
      else saveIrq(env, register, by);
      return;
    }
    case "callback":
      if (type !== TYPES.FUNC) reject("callback_pointer", argument);
      call.callback = w[r + AUX];
      return;
    case "map":
      return;
  }
}

/** The map that a workqueue's value is of. */
function noteMap(env: Environment, call: KfuncCall, register: number): void {
  const w = env.words;
  const r = registerAt(register);
  // A value has a map too, and is not it.
  if (w[r + TYPE] === TYPES.MAP_VALUE || w[r + TYPE] === TYPES.MAP_KEY) reject("kfunc_untrusted", register);
  if (w[r + TYPE] !== TYPES.MAP_PTR) reject("map_expected", register);
  if (call.map !== undefined) {
    // Linux 6.18 looks into the map's fields without looking whether it has any.
    const record = mapRecord(env, env.maps[w[r + AUX]]);
    if (record.length === 0) reject("not_modelled", "maps without fields for workqueues");
    const inTask = hasKind(record, "bpf_task_work");
    if ((inTask || hasKind(record, "bpf_wq")) && (call.map !== w[r + AUX] || call.mapLookup !== w[r + EXTRA]))
      reject(inTask ? "task_work_map" : "work_map", call.mapLookup, w[r + EXTRA]);
  }
  call.map = w[r + AUX];
  call.mapLookup = w[r + EXTRA];
}

/** What `bpf_obj_drop` and its like take. */
function checkDropped(env: Environment, call: KfuncCall, argument: number): void {
  const w = env.words;
  const r = registerAt(REG.R1 + argument);
  const type = w[r + TYPE];
  const { name } = call.kfunc;
  if (type === OBJECT) {
    if (name !== "bpf_obj_drop_impl") reject("object_drop", argument, "bpf_obj_drop_impl");
  } else if (type === (OBJECT | PERCPU)) {
    if (name !== "bpf_percpu_obj_drop_impl") reject("object_drop", argument, "bpf_percpu_obj_drop_impl");
  } else reject("object_expected", argument);
  if (w[r + REF] === 0) reject("object_unreferenced");
  call.object = { btf: w[r + EXTRA], id: w[r + AUX] };
}

function checkOwned({ words: w }: Environment, argument: number): void {
  const r = registerAt(REG.R1 + argument);
  if (w[r + TYPE] !== OBJECT) reject("object_expected", argument);
  if (w[r + REF] === 0) reject("object_unreferenced");
}

/** A list's head or a tree's root: what is passed points exactly to it, and its lock is held. */
export interface Root {
  readonly kind: SpecialField["kind"];
  /** Whose types `struct` is of. */
  readonly btf: number;
  readonly struct: number;
  /** Bytes to the node. */
  readonly node: number;
}

/** The field that a register points exactly to, of what it points into. */
export function findRoot(env: Environment, register: number, kind: SpecialField["kind"], checksLock = true): Root {
  const w = env.words;
  const r = registerAt(register);
  if (!tnumIsConst(w, r + VALUE)) reject("special_offset", register, kind);
  const record = recordOf(env, w, r) ?? [];
  const at = w[r + OFF] + toNumber(w, r + VALUE);
  const field = record.find((each) => each.kind === kind && each.offset === at);
  if (field?.holds === undefined) return reject("graph_missing", kind, at >>> 0);
  if (checksLock && !holdsLockOf(env, register))
    reject("graph_lock", record.find((each) => each.kind === "bpf_spin_lock")?.offset ?? -22, kind);
  const { struct, node } = field.holds;
  return { kind, btf: env.btfIndex(recordBtf(env, w, r)), struct, node };
}

/** The node must be the one that the root's tag names, in a struct that the root holds. */
function checkNode(env: Environment, call: KfuncCall, register: number, kind: "bpf_list_node" | "bpf_rb_node"): void {
  const w = env.words;
  const r = registerAt(register);
  if (!tnumIsConst(w, r + VALUE)) reject("special_offset", register, kind);
  const at = w[r + OFF] + toNumber(w, r + VALUE);
  const base = w[r + TYPE] & BASE_TYPE;
  const fields = base === TYPES.BTF_ID ? (recordOf(env, w, r) ?? []) : [];
  if (!fields.some((each) => each.kind === kind && each.offset === at)) reject("graph_missing", kind, at >>> 0);
  const root = call.root!;
  const wanted = env.btfAt(root.btf).type(root.struct).name;
  const same = w[r + EXTRA] === root.btf && structsMatch(env, w[r + AUX], 0, root.struct, true, root.btf);
  const actual = env.btfAt(w[r + EXTRA]).type(w[r + AUX]).name;
  if (!same) reject("graph_node_type", root.kind, kind, root.node, wanted, at, actual);
  if (at !== root.node) reject("graph_node_offset", at, kind, root.node, wanted);
  call.object = { btf: w[r + EXTRA], id: w[r + AUX] };
}
