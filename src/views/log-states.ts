/** What the verifier's log tells about registers, read back from its text. */
import { shortState } from "./short-state.ts";

/** One instruction on a path, with the registers and stack slots that the log names after it. */
export interface LoggedStep {
  readonly index: number;
  /** `R0` to `R10` and `fp-8`, ... to their state as Linux prints it. */
  readonly state: ReadonlyMap<string, string>;
}

/** One change of a register on the way to an instruction. */
export interface RegisterChange {
  readonly at: number;
  readonly register: string;
  readonly value: string;
}

/** `3: (61) r2 = *(u32 *)(r1 +0)   ; R1=ctx() R2_w=pkt(r=0)`; what stands after the instruction may be missing. */
const STEP = /^(\d+): \([0-9a-f]{2}\) [^;]*?(?:\s*; ((?:R\d|fp-).*))?$/;
/** `from 5 to 9: R0=...`: the verifier takes up the other side of a branch. */
const BRANCH = /^from (\d+) to (\d+)(?: \(speculative execution\))?: (.*)$/;
/** `0: R1=ctx() R10=fp0`: a whole state before an instruction. */
const WHOLE = /^(\d+): ((?:R\d|frame).*)$/;

/**
 * The steps of the last path in the log, which for a rejected program is the one that ended at the error: where the
 * verifier took up a branch, the steps after that branch on its other side are dropped.
 */
export function lastPath(log: string): LoggedStep[] {
  let path: LoggedStep[] = [];
  for (const line of log.split("\n")) {
    const branch = BRANCH.exec(line);
    const step = branch ? undefined : STEP.exec(line);
    const whole = branch || step ? undefined : WHOLE.exec(line);
    if (branch) {
      const from = Number(branch[1]);
      path = path.slice(0, path.findLastIndex(({ index }) => index === from) + 1);
      path.push({ index: from, state: readState(branch[3]) });
    } else if (step) path.push({ index: Number(step[1]), state: readState(step[2] ?? "") });
    // A state that stands before an instruction belongs to the one before it, if there is one.
    else if (whole && path.length > 0) path.push({ index: path[path.length - 1].index, state: readState(whole[2]) });
  }
  return path;
}

/** What is known after an instruction. */
export interface KnownState {
  /** `R2=pkt(r=0)`: the states that were new when the verifier came there first. */
  readonly first: readonly string[];
  /** A later visit found something else there. */
  readonly varies: boolean;
}

/**
 * What the log tells after each instruction at the first visit: the states that are new on the path to it. The
 * verifier comes to an instruction of a loop, or behind a branch, again and with other states: that is only noted.
 */
export function firstStates(log: string): Map<number, KnownState> {
  const known = new Map<number, KnownState>();
  const visits = new Map<number, ReadonlyMap<string, string>>();
  let current = new Map<string, string>();
  let last: number | undefined;
  for (const line of log.split("\n")) {
    const branch = BRANCH.exec(line);
    const step = branch ? null : STEP.exec(line);
    const whole = branch || step ? null : WHOLE.exec(line);
    if (step) last = Number(step[1]);
    const text = branch?.[3] ?? step?.[2] ?? whole?.[2];
    if (branch) last = undefined;
    if (text === undefined) continue;
    const state = readState(text);
    if (last === undefined) {
      current = state;
      continue;
    }
    // A state on a line of its own belongs to the step before it: something else was logged in between.
    const fresh = [...state].filter(([name, value]) => !same(current.get(name), value));
    for (const [name, value] of state) current.set(name, value);
    const visit = visits.get(last);
    if (!visit) {
      visits.set(last, state);
      known.set(last, { first: fresh.map(([name, value]) => `${name}=${shortState(value)}`), varies: false });
    } else if ([...state].some(([name, value]) => visit.has(name) && !same(visit.get(name), value)))
      known.set(last, { first: known.get(last)?.first ?? [], varies: true });
  }
  return known;
}

/** Whether two states of a register say the same: numbers of pointers and marks of precision are no knowledge. */
function same(a: string | undefined, b: string): boolean {
  const plain = (state: string) => state.replace(/^P/, "").replace(/\b(?:ref_obj_)?id=\d+(?:[+-]\d+)?,?/g, "");
  return a !== undefined && plain(a) === plain(b);
}

/** Where one register got another state on a path, in order. */
export function registerChanges(path: readonly LoggedStep[], register: string): RegisterChange[] {
  const changes: RegisterChange[] = [];
  for (const { index, state } of path) {
    const value = state.get(register);
    if (value !== undefined && value !== changes.at(-1)?.value) changes.push({ at: index, register, value });
  }
  return changes;
}

/** `R1=ctx() R2_w=scalar(...)` to its parts; liveness marks (`_w`, `_rwP`) are left out. */
function readState(text: string): Map<string, string> {
  const names = [...text.matchAll(/(?:^|\s)(R\d+|fp-\d+)(?:_[rwDP]+)?=/g)];
  return new Map(
    names.map((name, i) => [name[1], text.slice(name.index + name[0].length, names[i + 1]?.index).trim()]),
  );
}
