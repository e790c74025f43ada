import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dominates, dominatorTree, type FlowNode } from "../../../src/asm/flow/dominators.ts";
import { reversePostorder } from "../../../src/asm/flow/order.ts";

/** Blocks from lists of successors. */
function graph(successors: readonly (readonly number[])[]): { blocks: FlowNode[] } {
  const predecessors: number[][] = successors.map(() => []);
  successors.forEach((list, block) => {
    for (const successor of new Set(list)) predecessors[successor].push(block);
  });
  return { blocks: successors.map((list, block) => ({ successors: list, predecessors: predecessors[block] })) };
}

/** Random graphs in which node 0 reaches everything: a chain through all nodes, and any edges besides. */
const wild = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc
    .array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 24 })
    .chain((edges) => fc.tuple(fc.constant(edges), fc.array(fc.nat(1000), { minLength: size, maxLength: size })))
    .map(([edges, from]) => {
      const successors: number[][] = Array.from({ length: size }, () => []);
      for (let node = 1; node < size; node++) successors[from[node] % node].push(node);
      for (const [a, b] of edges) successors[a].push(b);
      return successors;
    }),
);

function reached(successors: readonly (readonly number[])[], without: number): Set<number> {
  const seen = new Set<number>();
  const todo = without === 0 ? [] : [0];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    todo.push(...successors[at].filter((next) => next !== without));
  }
  return seen;
}

describe("the dominator tree", () => {
  test("of a diamond", () => {
    const tree = dominatorTree(graph([[1, 2], [3], [3], []]));
    expect(tree.parents).toEqual([0, 0, 0, 0]);
    expect(tree.children).toEqual([[1, 2, 3], [], [], []]);
  });

  test("of nothing, and of one block", () => {
    expect(dominatorTree({ blocks: [] }).parents).toEqual([]);
    expect(dominatorTree(graph([[0]])).parents).toEqual([0]);
  });

  test("says of any graph what the definition says", () => {
    fc.assert(
      fc.property(wild, (successors) => {
        const tree = dominatorTree(graph(successors));
        for (let a = 0; a < successors.length; a++) {
          const without = reached(successors, a);
          for (let b = 0; b < successors.length; b++) {
            expect([a, b, dominates(tree, a, b)]).toEqual([a, b, a === b || !without.has(b)]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("graphs that make other algorithms slow", () => {
  const SIZE = 100_000;
  const chain = (more: (node: number) => number[]) =>
    graph(Array.from({ length: SIZE }, (_, node) => (node === SIZE - 1 ? [] : [node + 1, ...more(node)])));

  // Each takes milliseconds here, and minutes where every step walks up a tree as deep as the program.
  test("a ladder: every block of a chain also jumps to its end", () => {
    const tree = dominatorTree(chain(() => [SIZE - 1]));
    expect(tree.parents[SIZE - 1]).toBe(0);
    expect(tree.parents[SIZE - 2]).toBe(SIZE - 3);
    expect(dominates(tree, 1, SIZE - 2)).toBe(true);
    expect(dominates(tree, 1, SIZE - 1)).toBe(false);
  });

  test("a ladder of loops: every block also jumps back to the first and to its half", () => {
    const tree = dominatorTree(chain((node) => [0, node >> 1]));
    expect(tree.parents.slice(1)).toEqual(Array.from({ length: SIZE - 1 }, (_, node) => node));
  });

  test("two chains with rungs between them", () => {
    const half = SIZE / 2;
    const rungs = Array.from({ length: SIZE }, (_, node) => {
      if (node === 0) return [1, half];
      const next = node === half - 1 || node === SIZE - 1 ? [] : [node + 1];
      return [...next, node < half ? node + half - 1 : node - half + 1];
    });
    // The second chain is one block longer, and only its last block has one way in.
    expect(new Set(dominatorTree(graph(rungs)).parents)).toEqual(new Set([0, SIZE - 2]));
  });
});

test("reverse postorder puts what leads somewhere before it, and leaves out what nothing reaches", () => {
  expect(reversePostorder(0, (node) => [[1, 2], [3], [3], [1], [0]][node])).toEqual([0, 2, 1, 3]);
  expect(reversePostorder(0, (node) => (node < 200_000 ? [node + 1] : []))).toHaveLength(200_001);
});
