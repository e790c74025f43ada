/** Where something that is still held was taken: a reference, a lock, a section. */
import type { ProgramSpec } from "../programs/spec.ts";
import { calleeName } from "./callee-name.ts";
import type { MessageName } from "./messages.ts";
import type { ResourceKind } from "./resources.ts";
import { CALL_CODE } from "./structure.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

interface Held {
  readonly kinds: readonly ResourceKind[];
  /** Of sections, which leave nothing in a register: the function that begins one. */
  readonly begins?: string;
  /** What the call has done. */
  readonly learned: string;
}

const LOCKS: Held = { kinds: ["lock", "res_lock", "res_lock_irq"], learned: "takes the lock" };

/** Messages about something that is held. */
const ABOUT: Readonly<Partial<Record<MessageName, Held>>> = {
  reference_leak: { kinds: ["reference"], learned: "hands out something that must be given back" },
  held_lock: LOCKS,
  lock_call: LOCKS,
  held_irq: { kinds: ["irq"], learned: "disables interrupts" },
  held_rcu: { kinds: [], begins: "bpf_rcu_read_lock", learned: "begins an RCU section" },
  held_preempt: { kinds: [], begins: "bpf_preempt_disable", learned: "disables preemption" },
};

/** The call that took what a refusal is about; undefined for other refusals. */
export function heldHistory(program: ProgramSpec, verdict: Verdict): HistoryStep[] | undefined {
  const { message, path = [], held = [] } = verdict;
  const about = message === undefined ? undefined : ABOUT[message];
  if (about === undefined) return undefined;
  const taken = held.findLast(({ kind }) => about.kinds.includes(kind))?.insn;
  const step = path.findLast(({ insn: at }) => {
    const insn = program.insns[at];
    if (insn.code !== CALL_CODE) return false;
    return about.begins === undefined ? at === taken : calleeName(verdict, at, insn) === about.begins;
  });
  if (step === undefined) return [];
  const { insn: at, changed } = step;
  const [register, value] = [...changed].find(([, text]) => /\bref_(obj_)?id=/.test(text)) ?? ["R0", ""];
  const line = program.lines?.[at];
  const learned = `${calleeName(verdict, at, program.insns[at])} ${about.learned}`;
  return [{ at, register, value, learned, ...(line ? { line } : {}) }];
}
