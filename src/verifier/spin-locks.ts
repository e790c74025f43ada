/** Locks in map values: taken once, given back through the same pointer, and nothing called in between. */
import { CALL } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { type Environment, registerAt } from "./environment.ts";
import { findKfunc } from "./kfunc.ts";
import { AUX, ID } from "./registers.ts";
import { reject } from "./rejection.ts";
import type { ResourceKind, Resources } from "./resources.ts";
import { checkFieldPointer } from "./special-fields.ts";

const UNLOCK = 94;
const KPTR_XCHG = 194;

/** Kernel functions that may be called while a lock is held. */
const CALLED_LOCKED: ReadonlySet<string> = new Set(["bpf_iter_num_new", "bpf_iter_num_next", "bpf_iter_num_destroy"]);

/** While a lock is held only few calls are allowed; functions of the program are followed. */
export function checkCallUnlocked(env: Environment, insn: Instruction): void {
  if (env.state.resources.locks === 0) return;
  if (insn.src === CALL.HELPER && insn.imm !== UNLOCK && insn.imm !== KPTR_XCHG) reject("lock_call");
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

/** `bpf_spin_lock`. */
export function takeLock(env: Environment, register: number): void {
  checkFieldPointer(env, register, "bpf_spin_lock", "bpf_spin_lock");
  const { resources } = env.state;
  const taken = { kind: "lock", ...lockAt(env, register), insn: env.index } as const;
  env.state.resources = withHeld(resources, [...resources.held, taken]);
}

/** `bpf_spin_unlock`. */
export function giveLock(env: Environment, register: number): void {
  checkFieldPointer(env, register, "bpf_spin_lock", "bpf_spin_lock");
  const { resources } = env.state;
  const { id, pointer } = lockAt(env, register);
  const kind: ResourceKind = "lock";
  if (resources.locks === 0) reject("unlock_nothing", "bpf_spin");
  const at = resources.held.findIndex((each) => each.kind === kind && each.id === id && each.pointer === pointer);
  if (at < 0) reject("unlock_other", "bpf_spin");
  if (resources.lockId !== id || resources.lockPointer !== pointer) reject("unlock_order", "bpf_spin");
  env.state.resources = withHeld(resources, resources.held.toSpliced(at, 1));
}

/** Which lock the pointer means: the lookup that it came from, and the map. */
function lockAt(env: Environment, register: number): { id: number; pointer: string } {
  const w = env.words;
  const r = registerAt(register);
  return { id: w[r + ID], pointer: `map ${w[r + AUX]}` };
}
