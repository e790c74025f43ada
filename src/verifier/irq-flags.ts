/** Saved interrupt states: one slot of the stack each, restored in the opposite order of saving. */
import { REG } from "../isa/constants.ts";
import { type Environment, registerAt } from "./environment.ts";
import { AUX, OFF, REF, TYPE, TYPES } from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { checkStackBounds, storeToStack } from "./stack.ts";
import {
  findStackObject,
  hasBytes,
  INVALID,
  OUTSIDE,
  placeStackObject,
  readStackObject,
  removeStackObject,
} from "./stack-objects.ts";
import { BYTE, slotAt } from "./state.ts";

/** Whose functions saved the state, in `AUX`. */
export const NATIVE = 0;
export const LOCK = 1;
const NAMES = ["native", "lock"] as const;

/** The argument must be a slot of the stack that holds no state; it holds one from now on. */
export function saveIrq(env: Environment, register: number, by: typeof NATIVE | typeof LOCK): void {
  const r = registerAt(register);
  if (env.words[r + TYPE] !== TYPES.STACK) reject("irq_stack", register - REG.R1);
  const before = findStackObject(env, register, "irq_flag", 1);
  if (before === INVALID || (before !== OUTSIDE && hasBytes(before, BYTE.IRQ_FLAG, true)))
    reject("irq_in_use", register - REG.R1);
  const offset = env.words[r + OFF];
  checkStackBounds(env, register, offset, 8, "write");
  storeToStack(env, register, offset, 8, -1);
  const place = findStackObject(env, register, "irq_flag", 1);
  if (typeof place === "string") throw new Rejection("internal", ["a saved state outside of the stack"]);
  const id = env.newId();
  const { resources } = env.state;
  const held = [...resources.held, { kind: "irq", id, insn: env.index, pointer: "" } as const];
  env.state.resources = { ...resources, held, irq: id };
  placeStackObject(env, place, BYTE.IRQ_FLAG, (w, at) => {
    w[at + REF] = id;
    w[at + AUX] = by;
  });
}

/** The argument must be the state that was saved last; it is restored. */
export function restoreIrq(env: Environment, register: number, by: typeof NATIVE | typeof LOCK): void {
  if (env.words[registerAt(register) + TYPE] !== TYPES.STACK) reject("irq_stack", register - REG.R1);
  const place = findStackObject(env, register, "irq_flag", 1);
  if (typeof place === "string" || !hasBytes(place, BYTE.IRQ_FLAG))
    throw new Rejection("irq_uninitialized", [register - REG.R1]);
  const { words } = place.frame;
  const at = slotAt(place.slot);
  const id = words[at + REF];
  if (id === 0) reject("irq_uninitialized", register - REG.R1);
  readStackObject(env, place);
  if (words[at + AUX] !== by) reject("irq_class", NAMES[words[at + AUX]], NAMES[by]);
  const { resources } = env.state;
  if (resources.irq !== id) {
    const last = resources.held.find((each) => each.id === resources.irq);
    reject("irq_order", resources.irq, last?.insn ?? 0);
  }
  const held = resources.held.filter((each) => each.kind !== "irq" || each.id !== id);
  const irq = held.findLast(({ kind }) => kind === "irq")?.id ?? 0;
  env.state.resources = { ...resources, held, irq };
  removeStackObject(env, place);
}
