/**
 * Locks in map values and allocated objects: taken once, given back through the same pointer, and nothing called in
 * between that could take long.
 *
 * Behaviour and messages: `process_spin_lock` of Linux 6.18.
 */
import { CALL } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { inGraphCallback } from "./callbacks.ts";
import { type Environment, registerAt } from "./environment.ts";
import { toBigInt } from "./int64.ts";
import { findKfunc } from "./kfunc.ts";
import { isNonOwning, recordOf } from "./records.ts";
import { AUX, EXTRA, ID, markUnknown, OFF, TYPE, TYPES, VALUE } from "./registers.ts";
import { reject } from "./rejection.ts";
import type { ResourceKind, Resources } from "./resources.ts";
import { forEachRegister } from "./state.ts";
import { tnumIsConst } from "./tnum.ts";

const UNLOCK = 94;

/** Kernel functions that may be called while a lock is held. */
const CALLED_LOCKED: ReadonlySet<string> = new Set(
  `bpf_iter_num_new bpf_iter_num_next bpf_iter_num_destroy bpf_list_push_front_impl bpf_list_push_back_impl
  bpf_list_pop_front bpf_list_pop_back bpf_list_front bpf_list_back bpf_rbtree_add_impl bpf_rbtree_remove
  bpf_rbtree_first bpf_rbtree_root bpf_rbtree_left bpf_rbtree_right bpf_refcount_acquire_impl bpf_res_spin_lock
  bpf_res_spin_unlock bpf_res_spin_lock_irqsave bpf_res_spin_unlock_irqrestore`.split(/\s+/),
);

/** While a lock is held only few calls are allowed; functions of the program are followed. */
export function checkCallUnlocked(env: Environment, insn: Instruction): void {
  if (env.state.resources.locks === 0) return;
  if (insn.src === CALL.HELPER && insn.imm !== UNLOCK) reject("lock_call");
  if (insn.src !== CALL.KFUNC) return;
  const name = insn.offset === 0 ? findKfunc(env, insn.imm)?.name : undefined;
  if (name === undefined || !CALLED_LOCKED.has(name)) reject("lock_call");
}

/** What `held` says of locks: how many, and the one taken last. */
function withHeld(resources: Resources, held: Resources["held"]): Resources {
  const locks = held.filter(({ kind }) => kind !== "reference" && kind !== "irq");
  const last = locks.at(-1);
  return { ...resources, held, locks: locks.length, lockId: last?.id ?? 0, lockPointer: last?.pointer ?? "" };
}

/** A kind of lock. */
interface LockKind {
  readonly kind: Exclude<ResourceKind, "reference" | "irq">;
  /** Its struct, and the beginning of its functions' names. */
  readonly struct: "bpf_spin_lock" | "bpf_res_spin_lock";
  readonly prefix: "bpf_spin" | "bpf_res_spin";
}

export const PLAIN_LOCK: LockKind = { kind: "lock", struct: "bpf_spin_lock", prefix: "bpf_spin" };
export const RESILIENT_LOCK: LockKind = { kind: "res_lock", struct: "bpf_res_spin_lock", prefix: "bpf_res_spin" };
/** Interrupts are disabled while it is held. */
export const RESILIENT_IRQ_LOCK: LockKind = { ...RESILIENT_LOCK, kind: "res_lock_irq" };

/** Helpers may not take or give the lock that is held around a comparison. */
export function checkHelperLock(env: Environment, register: number, takes: boolean): void {
  if (inGraphCallback(env)) reject("graph_callback_lock");
  if (takes) takeLock(env, register, PLAIN_LOCK);
  else giveLock(env, register, PLAIN_LOCK);
}

export function takeLock(env: Environment, register: number, lock: LockKind): void {
  const { id, pointer } = lockAt(env, register, lock);
  const { resources } = env.state;
  const { held } = resources;
  // A plain lock is not even called for while another one is held.
  if (
    lock.kind !== "lock" &&
    held.some((each) => /^res_lock/.test(each.kind) && each.id === id && each.pointer === pointer)
  )
    reject("lock_again");
  env.state.resources = withHeld(resources, [...held, { kind: lock.kind, id, pointer, insn: env.index }]);
}

export function giveLock(env: Environment, register: number, lock: LockKind): void {
  const { id, pointer } = lockAt(env, register, lock);
  const { resources } = env.state;
  if (resources.locks === 0) reject("unlock_nothing", lock.prefix);
  const at = resources.held.findIndex((each) => each.kind === lock.kind && each.id === id && each.pointer === pointer);
  if (at < 0) reject("unlock_other", lock.prefix);
  if (resources.lockId !== id || resources.lockPointer !== pointer) reject("unlock_order", lock.prefix);
  env.state.resources = withHeld(resources, resources.held.toSpliced(at, 1));
  // What a list or tree owns may go away from now on.
  forEachRegister(env.state, (w, r) => {
    if (isNonOwning(w[r + TYPE])) markUnknown(w, r);
  });
}

/** Which memory a pointer is of, for telling locks apart. */
export const allocationOf = ({ words: w }: Environment, r: number): string =>
  w[r + TYPE] === TYPES.MAP_VALUE ? `map ${w[r + AUX]}` : `types ${w[r + EXTRA]}`;

/** Whether the lock is held that lies in the same value or object as the pointer. */
export function holdsLockOf(env: Environment, register: number): boolean {
  const r = registerAt(register);
  const id = env.words[r + ID];
  const pointer = allocationOf(env, r);
  const { resources } = env.state;
  if (resources.locks === 0) return false;
  if (resources.held.some((each) => /lock/.test(each.kind) && each.id === id && each.pointer === pointer)) return true;
  env.log.write("held lock and object are not in the same allocation\n");
  return false;
}

/** Which lock the pointer means: the lookup or allocation that it came from, and the map or types. */
function lockAt(env: Environment, register: number, { struct }: LockKind): { id: number; pointer: string } {
  const w = env.words;
  const r = registerAt(register);
  if (!tnumIsConst(w, r + VALUE)) reject("special_offset", register, struct);
  const inMap = w[r + TYPE] === TYPES.MAP_VALUE;
  const map = inMap ? env.maps[w[r + AUX]] : undefined;
  const name = map?.name.slice(0, 15) ?? "kptr";
  if (map && (map.btf === undefined || map.btf.valueType === 0)) reject("special_no_btf", name, struct);
  const field = recordOf(env, w, r)?.find(({ kind }) => kind === struct);
  if (field === undefined) return reject("special_missing", inMap ? "map" : "local", name, struct);
  const offset = toBigInt(w, r + VALUE) + BigInt(w[r + OFF]);
  if (offset !== BigInt(field.offset)) reject("special_elsewhere", String(offset), struct, field.offset);
  return { id: w[r + ID], pointer: allocationOf(env, r) };
}
