/**
 * What a path has taken and must give back: references to objects of Linux, locks, sections without preemption. The rows
 * are never changed in place, so states share them, and two states with the same object hold the same.
 */
export type ResourceKind = "reference" | "lock" | "res_lock" | "res_lock_irq" | "irq";

/** One thing that is held. */
export interface Resource {
  readonly kind: ResourceKind;
  readonly id: number;
  /** The instruction that took it. */
  readonly insn: number;
  /** Of a lock: which memory it lies in (a map's index, or the id of an object). */
  readonly pointer: string;
}

export interface Resources {
  /** Oldest first. */
  readonly held: readonly Resource[];
  /** Locks among `held`, and the one that was taken last. */
  readonly locks: number;
  readonly lockId: number;
  readonly lockPointer: string;
  /** Nesting of sections without preemption. */
  readonly preempt: number;
  /** Nesting of RCU sections. */
  readonly rcu: number;
  /** The newest saved interrupt state, 0 for none. */
  readonly irq: number;
}

export const NOTHING_HELD: Resources = {
  held: [],
  locks: 0,
  lockId: 0,
  lockPointer: "",
  preempt: 0,
  rcu: 0,
  irq: 0,
};

/** Whether what is held in both states is the same but for ids, which `matches` compares. */
export function sameResources(a: Resources, b: Resources, matches: (old: number, now: number) => boolean): boolean {
  if (a === b && a.held.length === 0) return true;
  if (a.held.length !== b.held.length || a.locks !== b.locks || a.preempt !== b.preempt || a.rcu !== b.rcu)
    return false;
  if (!matches(a.irq, b.irq) || !matches(a.lockId, b.lockId) || a.lockPointer !== b.lockPointer) return false;
  return a.held.every(
    (each, k) => matches(each.id, b.held[k].id) && each.kind === b.held[k].kind && each.pointer === b.held[k].pointer,
  );
}

/** ` refs=2,4` as the log ends a state, or nothing; locks in values that have no id are not shown, nor what follows one. */
export const formatResources = ({ held }: Resources): string =>
  held.length === 0 || held[0].id === 0
    ? ""
    : ` refs=${held
        .map(({ id }) => id)
        .filter((id) => id !== 0)
        .join()}`;
