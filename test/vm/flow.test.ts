import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dominates, dominatorTree } from "../../src/asm/flow/dominators.ts";
import { decode } from "../../src/vm/decode.ts";
import { type FlowGraph, flowGraph } from "../../src/vm/flow/graph.ts";
import { structure } from "../../src/vm/flow/structure.ts";
import { wildProgram } from "./arbitrary.ts";
import { assembleText } from "./support.ts";

const graphOf = (text: string): FlowGraph => flowGraph(decode(assembleText(text)), 0);
const spans = ({ blocks }: FlowGraph): string[] =>
  blocks.map(({ start, end, successors }) => `${start}..${end} -> ${successors}`);

/** By definition: `a` dominates `b` if without `a` nothing leads to `b`. */
function dominatesByDefinition({ blocks }: FlowGraph, a: number, b: number): boolean {
  if (a === b) return true;
  const seen = new Set<number>();
  const todo = a === 0 ? [] : [0];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    todo.push(...blocks[at]!.successors.filter((next) => next !== a));
  }
  return !seen.has(b);
}

describe("blocks", () => {
  test("straight code is one block, ld_imm64 takes two slots", () => {
    expect(spans(graphOf("r0 = 1 ll\nr0 += 1\nexit"))).toEqual(["0..4 -> "]);
  });

  test("a branch with two sides that meet", () => {
    const text = "if r1 == 0 goto a\nr0 = 1\ngoto b\na: r0 = 2\nb: exit";
    // Reverse postorder: what follows the branch first, then its target, then where they meet.
    expect(spans(graphOf(text))).toEqual(["0..1 -> 2,1", "1..3 -> 3", "3..4 -> 3", "4..5 -> "]);
  });

  test("a loop, and code that nothing reaches", () => {
    expect(spans(graphOf("a: r1 += 1\nif r1 < 5 goto a\nexit\nr0 = 1\nexit"))).toEqual(["0..2 -> 0,1", "2..3 -> "]);
  });

  test("both sides of a branch may be the same", () => {
    expect(spans(graphOf("if r1 == 0 goto +0\nexit"))).toEqual(["0..1 -> 1,1", "1..2 -> "]);
  });
});

describe("dominators", () => {
  test("are what their definition says, on random graphs", () => {
    fc.assert(
      fc.property(wildProgram, (insns) => {
        const graph = flowGraph(decode(insns), 0);
        const tree = dominatorTree(graph);
        for (let a = 0; a < graph.blocks.length; a++) {
          for (let b = 0; b < graph.blocks.length; b++) {
            expect([a, b, dominates(tree, a, b)]).toEqual([a, b, dominatesByDefinition(graph, a, b)]);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("structure", () => {
  test("names loops and merges", () => {
    const graph = graphOf("if r1 == 0 goto a\nr0 = 1\na: r1 += 1\nif r1 < 5 goto a\nexit");
    const { loops, merges, reducible } = structure(graph);
    expect(reducible).toBe(true);
    expect([...loops]).toEqual([2]);
    expect([...merges]).toEqual([2]);
  });

  test("a jump into the middle of a loop is not reducible", () => {
    const text = "if r1 == 0 goto middle\nloop: r1 += 1\nmiddle: r2 += 1\nif r2 < 5 goto loop\nexit";
    expect(structure(graphOf(text)).reducible).toBe(false);
  });
});
