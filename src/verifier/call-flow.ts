/** How values cross the border of a function: arguments on the way in, and what a call takes from its caller's registers. */
import { helperById } from "../helpers/table.ts";
import { CALL } from "../isa/constants.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { calleeName } from "./callee-name.ts";
import { stateAtEnd } from "./path-state.ts";
import { CALL_CODE, isSubprogramCall } from "./structure.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** What a helper passes to the function that it calls: a register of its caller, or something of its own. */
const CALLBACKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  loop: { R1: "the number of the round", R2: "R3" },
  for_each_map_elem: { R1: "R1", R2: "the element's key", R3: "the element's value", R4: "R3" },
  find_vma: { R1: "R1", R2: "the area of memory", R3: "R3" },
  user_ringbuf_drain: { R1: "the record", R2: "R3" },
};
const ARGUMENTS = ["R1", "R2", "R3", "R4", "R5"] as const;

/** Leads what a function wants of its arguments over to its caller; what the caller does not have is told. */
export function passArguments(
  { insns }: ProgramSpec,
  verdict: Verdict,
  at: number,
  inner: ReadonlySet<string>,
  outer: Set<string>,
): HistoryStep[] {
  const insn = insns[at];
  const passes = insn.src === CALL.HELPER ? CALLBACKS[helperById(insn.imm)?.name ?? ""] : undefined;
  const told: HistoryStep[] = [];
  for (const register of ARGUMENTS) {
    if (!inner.has(register)) continue;
    if (isSubprogramCall(insn)) outer.add(register);
    const from = passes?.[register];
    if (from === undefined) continue;
    if (/^R\d$/.test(from)) outer.add(from);
    const name = register.replace("R", "r");
    const what = /^R\d$/.test(from) ? `what ${from.replace("R", "r")} holds here` : from;
    const learned = `${calleeName(verdict, at, insn)} passes ${what} to the function as ${name}`;
    told.push({ at, register, value: valueThroughout(verdict, register), learned });
  }
  return told;
}

/** What a register of the innermost function held from its beginning, if nothing there has changed it. */
export function valueThroughout(verdict: Verdict, register: string): string {
  const { path = [] } = verdict;
  const frame = path.at(-1)?.frame ?? 0;
  const last = stateAtEnd(verdict).get(register) ?? "?";
  for (let k = path.length - 1; k >= 0 && path[k].frame >= frame; k--)
    if (path[k].frame === frame && (path[k].changed.get(register) ?? last) !== last) return "?";
  return last;
}

/** A function that was called and has returned took away what a register of its caller pointed to: which call inside did. */
export function lostInFunction(
  { insns }: ProgramSpec,
  verdict: Verdict,
  call: number,
  wanted: ReadonlySet<string>,
): HistoryStep | undefined {
  const { path = [] } = verdict;
  const { frame } = path[call];
  let back = call + 1;
  while (back < path.length && path[back].frame > frame) back++;
  for (const register of wanted) {
    const held = path.slice(0, call).findLast((step) => step.frame === frame && step.changed.has(register));
    const before = held?.changed.get(register) ?? "";
    const changed = path.slice(back).find((step) => step.frame === frame && step.changed.has(register));
    const after = changed?.changed.get(register) ?? stateAtEnd(verdict).get(register) ?? "";
    if (!/^[a-z_]+\w*\(/.test(before) || /^scalar/.test(before) || !/^(scalar|untrusted)/.test(after)) continue;
    const isPacket = before.startsWith("pkt");
    const culprit = path.slice(call + 1, back).findLast(({ insn: at }) => {
      const insn = insns[at];
      if (insn.code !== CALL_CODE || isSubprogramCall(insn)) return false;
      if (isPacket) return insn.src === CALL.HELPER && helperById(insn.imm)?.changesPacket === true;
      return ENDS.test(calleeName(verdict, at, insn));
    });
    if (culprit === undefined) continue;
    const callee = calleeName(verdict, culprit.insn, insns[culprit.insn]);
    const name = /^R/.test(register) ? register.replace("R", "r") : `what lies at ${register}`;
    const why = isPacket ? `may move the packet, so ${name}` : `ends what ${name} pointed to, so it`;
    const learned = `in a function that is called, ${callee} ${why} points ${isPacket ? "into it " : ""}no more`;
    return {
      ...{ at: culprit.insn, register, value: after, learned, lost: true },
      ...{ by: callee },
    };
  }
  return undefined;
}

/** Functions of Linux that end the life of what they are given. */
const ENDS = /release|submit|discard|destroy|drop|put$|kptr_xchg/;
