import { type DominatorTree, dominates, dominatorTree } from "../../asm/flow/dominators.ts";
import type { FlowGraph } from "./graph.ts";

/** What structured control flow needs to know of a graph. */
export interface Structure {
  readonly tree: DominatorTree;
  /** Targets of backward edges: they become loops. */
  readonly loops: ReadonlySet<number>;
  /** Blocks that several forward edges enter: each is put behind a block that those edges leave. */
  readonly merges: ReadonlySet<number>;
  /** False if a loop can be entered at two places; such a graph has no structured form without copying code. */
  readonly reducible: boolean;
}

/** Classifies blocks and edges; an edge goes backward if its target does not have a higher number. */
export function structure(graph: FlowGraph): Structure {
  const tree = dominatorTree(graph);
  const loops = new Set<number>();
  const merges = new Set<number>();
  let reducible = true;
  graph.blocks.forEach((block, number) => {
    let forward = 0;
    for (const predecessor of block.predecessors) {
      if (predecessor < number) {
        forward++;
        continue;
      }
      loops.add(number);
      reducible &&= dominates(tree, number, predecessor);
    }
    if (forward > 1) merges.add(number);
  });
  return { tree, loops, merges, reducible };
}
