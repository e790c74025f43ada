/** What the explorer shows at each of its positions, made of the branches' beginnings and what each step changed. */
import type { ExplorerData } from "./explorer.client.ts";

/** Before a step, or (`step` undefined) at the end of a branch that an older state covers. */
export interface Position {
  readonly branch: number;
  readonly step?: number;
}

/** What is known somewhere: state numbers by frame and name. */
export interface KnownAt {
  readonly frames: readonly ReadonlyMap<string, number>[];
  /** `frame name` of what the step before changed. */
  readonly changed: ReadonlySet<string>;
}

/** All places in the order in which the verifier came to them. */
export function positionsOf({ branches, steps }: ExplorerData): Position[] {
  return branches.flatMap(({ first, count, older }, branch): Position[] => {
    const kept = Math.max(0, Math.min(count, steps.length - first));
    const before = Array.from({ length: kept }, (_, k): Position => ({ branch, step: first + k }));
    return older === undefined && kept > 0 ? before : [...before, { branch }];
  });
}

/** What is known at a position. */
export function knownAt({ branches, steps }: ExplorerData, { branch, step }: Position): KnownAt {
  const { entry, first, count } = branches[branch]!;
  const frames: Map<string, number>[] = [];
  const put = (frame: number, name: string, state: number): void => {
    while (frames.length <= frame) frames.push(new Map());
    frames[frame]!.set(name, state);
  };
  for (const [frame, name, state] of entry) put(frame, name, state);
  let changed = new Set<string>();
  for (const row of steps.slice(first, Math.min(step ?? first + count, first + count))) {
    changed = new Set();
    for (const [frame, name, state] of row[4]) {
      put(frame, name, state);
      changed.add(`${frame} ${name}`);
    }
    while (frames.length < row[2]) frames.push(new Map());
    frames.length = row[2];
  }
  return { frames, changed };
}
