/** Taking and giving back what must be given back: references by helpers and kfuncs, and the check that nothing is left. */
import type { Environment } from "./environment.ts";
import { markUnknown, REF } from "./registers.ts";
import { reject } from "./rejection.ts";
import { forEachRegister, type State } from "./state.ts";

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
