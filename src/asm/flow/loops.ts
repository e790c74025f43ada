import { type DominatorTree, dominates, type Graph } from "./dominators.ts";

/** A natural loop: a header that dominates the blocks which jump back to it, and all that lies between. */
export interface Loop {
  readonly header: number;
  /** Blocks that jump back to the header. */
  readonly latches: readonly number[];
  /** Index of the smallest loop around this one. */
  readonly parent: number | undefined;
  /** 1 for a loop in no other loop. */
  readonly depth: number;
}

export interface LoopForest {
  /** Outer loops before those in them. */
  readonly loops: readonly Loop[];
  /** By block: the innermost loop that it is in, -1 where it is in none. */
  readonly innermost: Int32Array;
  /** False if some cycle can be entered at two places: such a cycle is no natural loop. */
  readonly reducible: boolean;
}

/**
 * The natural loops of a graph whose blocks are numbered in reverse postorder. Each loop that is found becomes one node
 * of what is left (Tarjan, "Testing Flow Graph Reducibility"), so deep nesting costs no more than none.
 *
 * @example
 * naturalLoops(graph, dominatorTree(graph)).loops[0].header; // 1
 */
export function naturalLoops({ blocks }: Graph, tree: DominatorTree): LoopForest {
  const latchesOf = new Map<number, number[]>();
  let reducible = true;
  blocks.forEach(({ predecessors }, header) => {
    const backward = predecessors.filter((from) => from >= header);
    const latches = backward.filter((from) => dominates(tree, header, from));
    if (latches.length < backward.length) reducible = false;
    if (latches.length > 0) latchesOf.set(header, latches);
  });

  // Inner headers have higher numbers than outer ones. `outer` is the header of the next loop around a block or header.
  const outer = new Int32Array(blocks.length).fill(-1);
  const merged = Int32Array.from(blocks.keys());
  const headers = [...latchesOf.keys()].sort((a, b) => b - a);
  for (const header of headers) {
    const todo = latchesOf.get(header)!.map((latch) => find(merged, latch));
    for (let block = todo.pop(); block !== undefined; block = todo.pop()) {
      if (block === header || find(merged, block) === header) continue;
      outer[block] = header;
      merged[block] = header;
      for (const from of blocks[block].predecessors) {
        // Edges from outside exist only where a cycle inside has two entries, and never pass by the header.
        if (dominates(tree, header, from)) todo.push(find(merged, from));
      }
    }
  }

  const loops: Loop[] = [];
  const indexOf = new Map<number, number>();
  for (const header of headers.reverse()) {
    const parent = outer[header] === -1 ? undefined : indexOf.get(outer[header]);
    const depth = parent === undefined ? 1 : loops[parent].depth + 1;
    indexOf.set(header, loops.length);
    loops.push({ header, latches: latchesOf.get(header)!, parent, depth });
  }
  const innermost = Int32Array.from(blocks.keys(), (block) => indexOf.get(block) ?? indexOf.get(outer[block]) ?? -1);
  return { loops, innermost, reducible };
}

/** The node that a block has become part of; the way there is halved. */
function find(merged: Int32Array, block: number): number {
  let at = block;
  while (merged[at] !== at) {
    merged[at] = merged[merged[at]];
    at = merged[at];
  }
  return at;
}
