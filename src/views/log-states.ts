/** What the verifier's log tells about registers, read back from its text. */

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

/** What the log tells first after each instruction, as one line: the states that are new on the path to it. */
export function firstStates(log: string): Map<number, string> {
  const known = new Map<number, string>();
  let current = new Map<string, string>();
  for (const line of log.split("\n")) {
    const whole = BRANCH.exec(line)?.[3] ?? WHOLE.exec(line)?.[2];
    if (whole !== undefined) current = readState(whole);
    const step = whole === undefined ? STEP.exec(line) : null;
    if (!step?.[2]) continue;
    const fresh = [...readState(step[2])].filter(([name, value]) => current.get(name) !== value);
    for (const [name, value] of fresh) current.set(name, value);
    const index = Number(step[1]);
    if (!known.has(index)) known.set(index, fresh.map(([name, value]) => `${name}=${value}`).join(" "));
  }
  return known;
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
