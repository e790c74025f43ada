/**
 * What a path has taken and must give back: references to objects of Linux, locks, sections without preemption. The rows
 * are never changed in place, so states share them, and two states with the same object hold the same.
 */
import type { Environment } from "./environment.ts";
import { markUnknown, REF } from "./registers.ts";
import { reject } from "./rejection.ts";
import { forEachRegister, type State } from "./state.ts";

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

/** The helper or kfunc at the current instruction hands out a reference; returns its id. */
export function acquireReference(env: Environment): number {
  const id = env.newId();
  const { resources } = env.state;
  env.state.resources = {
    ...resources,
    held: [...resources.held, { kind: "reference", id, insn: env.index, pointer: "" }],
  };
  return id;
}

/** Takes a reference off the list, whatever registers still hold; false if it is not there. */
export function dropReference(state: State, id: number): boolean {
  const { resources } = state;
  const held = resources.held.filter((each) => each.kind !== "reference" || each.id !== id);
  if (held.length === resources.held.length) return false;
  state.resources = { ...resources, held };
  return true;
}

/** The reference is given back: no register points to the object any more. False: it was not held. */
export function releaseReference(env: Environment, id: number): boolean {
  if (!dropReference(env.state, id)) return false;
  forEachRegister(env.state, (w, r) => {
    if (w[r + REF] === id) markUnknown(w, r);
  });
  return true;
}

/** Where nothing may be held: at the end of the program, and where it is left otherwise. `place` begins the message. */
export function checkNothingHeld(env: Environment, place: string, end: "program" | "function" | "throw"): void {
  const { resources, frames } = env.state;
  if (resources.held.length === 0 && resources.rcu === 0 && resources.preempt === 0) return;
  const checksSections = end !== "function";
  if (checksSections && resources.locks > 0) reject("held_lock", place);
  const leaks = resources.held.filter((each) => each.kind === "reference");
  if (leaks.length > 0 && (end === "throw" || frames.length === 1)) {
    for (const { id, insn } of leaks) env.log.write(`Unreleased reference id=${id} alloc_insn=${insn}\n`);
    reject("reference_leak", place);
  }
  if (!checksSections) return;
  if (resources.irq !== 0) reject("held_irq", place);
  if (resources.rcu > 0) reject("held_rcu", place);
  if (resources.preempt > 0) reject("held_preempt", place);
}

/** Whether what is held in both states is the same but for ids, which `matches` compares. */
export function sameResources(a: Resources, b: Resources, matches: (old: number, now: number) => boolean): boolean {
  if (a === b && a.held.length === 0) return true;
  if (a.held.length !== b.held.length || a.locks !== b.locks || a.preempt !== b.preempt || a.rcu !== b.rcu)
    return false;
  if (!matches(a.irq, b.irq) || !matches(a.lockId, b.lockId) || a.lockPointer !== b.lockPointer) return false;
  return a.held.every(
    (each, k) =>
      matches(each.id, b.held[k].id) && each.kind === b.held[k].kind && each.pointer === b.held[k].pointer,
  );
}

/** ` refs=2,4` as the log ends a state, or nothing. */
export const formatResources = ({ held }: Resources): string =>
  held.length === 0 ? "" : ` refs=${held.map(({ id }) => id).join()}`;
