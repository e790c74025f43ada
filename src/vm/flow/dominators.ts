import type { FlowGraph } from "./graph.ts";

/** The dominator tree of a graph: a block dominates another if every path from the entry to that one goes through it. */
export interface DominatorTree {
  /** The immediate dominator of each block; the entry's is itself. */
  readonly parents: readonly number[];
  /** The blocks that each block immediately dominates, ascending. */
  readonly children: readonly (readonly number[])[];
}

/** Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm": reverse postorder makes it two nested loops. */
export function dominatorTree({ blocks }: FlowGraph): DominatorTree {
  const parents = new Array<number>(blocks.length).fill(-1);
  parents[0] = 0;
  const meet = (a: number, b: number): number => {
    while (a !== b) {
      while (a > b) a = parents[a]!;
      while (b > a) b = parents[b]!;
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let block = 1; block < blocks.length; block++) {
      let parent = -1;
      for (const predecessor of blocks[block]!.predecessors) {
        if (parents[predecessor] === -1) continue;
        parent = parent === -1 ? predecessor : meet(parent, predecessor);
      }
      if (parents[block] !== parent) {
        parents[block] = parent;
        changed = true;
      }
    }
  }
  const children: number[][] = blocks.map(() => []);
  for (let block = 1; block < blocks.length; block++) children[parents[block]!]!.push(block);
  return { parents, children };
}

/** Whether `a` dominates `b`. A dominator never has a higher number than what it dominates. */
export function dominates({ parents }: DominatorTree, a: number, b: number): boolean {
  let at = b;
  while (at > a) at = parents[at]!;
  return at === a;
}
