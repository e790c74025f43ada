import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FunctionFlow, functionFlows } from "../../../src/asm/flow/control-flow.ts";
import { dominatorTree } from "../../../src/asm/flow/dominators.ts";
import { naturalLoops } from "../../../src/asm/flow/loops.ts";
import { program, slots } from "../../isa/arbitrary.ts";
import { asm } from "../names.ts";

const flows = (text: string): FunctionFlow[] => functionFlows(asm(text).insns);
const shape = ({ blocks }: FunctionFlow) =>
  blocks.map(({ start, end, edges, leaves }) =>
    [`${start}..${end}`, ...edges.map(({ to, kind, back }) => `${kind}${back ? " back" : ""} ${to}`), leaves]
      .filter((word) => word !== undefined)
      .join(", "),
  );

describe("blocks and edges", () => {
  test("a branch, a loop, and what nothing reaches", () => {
    const [main] = flows("r0 = 0\nloop: r0 += 1\nif r0 < 9 goto loop\nexit\nr0 = 1 ll\ngoto loop");
    expect(shape(main)).toEqual(["0..1, next 1", "1..3, next 2, branch back 1", "3..4, exit", "4..7, jump 1"]);
    expect(main.blocks.map(({ reachable }) => reachable)).toEqual([true, true, true, false]);
    expect(main.blocks.map(({ dominator }) => dominator)).toEqual([undefined, 0, 1, undefined]);
    expect(main.blocks.map(({ loop }) => loop)).toEqual([undefined, 0, undefined, undefined]);
    expect(main.loops).toEqual([{ header: 1, latches: [1], parent: undefined, depth: 1 }]);
  });

  test("subprograms and callbacks are functions of their own", () => {
    const found = flows("call f\nr2 = func[g]\nexit\nf: r0 = 1\nexit\ng: r0 = 2\nexit");
    expect(found.map(({ name, start, end }) => [name, start, end])).toEqual([
      ["main", 0, 4],
      ["func_4", 4, 6],
      ["func_6", 6, 8],
    ]);
  });

  test("jumps that lead outside are no edges", () => {
    expect(shape(flows("if r1 == 0 goto +7\ngoto -9")[0])).toEqual(["0..1, next 1, outside", "1..2, outside"]);
    expect(shape(flows("goto +1\nr1 = 5 ll\nexit")[0])).toEqual(["0..1, outside", "1..4, exit"]);
    expect(shape(flows("r0 = 1")[0])).toEqual(["0..1, outside"]);
    expect(shape(flows("goto f\ncall f\nexit\nf: exit")[0])).toEqual(["0..1, outside", "1..3, exit"]);
  });

  test("may_goto and gotol", () => {
    expect(shape(flows("a: may_goto b\ngotol a\nb: exit")[0])).toEqual([
      "0..1, next 1, branch 2",
      "1..2, jump back 0",
      "2..3, exit",
    ]);
  });

  test("an empty program has none", () => expect(flows("")).toEqual([]));
});

describe("loops", () => {
  test("lie in one another", () => {
    const [main] = flows("a: r1 += 1\nb: r2 += 1\nif r2 < 5 goto b\nif r1 < 5 goto a\nif r1 < 9 goto a\nexit");
    expect(main.loops).toEqual([
      { header: 0, latches: [2, 3], parent: undefined, depth: 1 },
      { header: 1, latches: [1], parent: 0, depth: 2 },
    ]);
    expect(main.blocks.map(({ loop }) => loop)).toEqual([0, 1, 0, 0, undefined]);
  });

  test("a cycle with two entries is none", () => {
    const [main] = flows("if r1 == 0 goto middle\nloop: r1 += 1\nmiddle: r2 += 1\nif r2 < 5 goto loop\nexit");
    expect(main).toMatchObject({ reducible: false, loops: [] });
  });

  test("100,000 of them in one another", () => {
    const SIZE = 100_000;
    // Block i goes on to i + 1; the second half jumps back to the first, innermost first.
    const blocks = Array.from({ length: SIZE }, (_, node) => {
      const back = node >= SIZE / 2 ? [SIZE - 1 - node] : [];
      const successors = node === SIZE - 1 ? back : [node + 1, ...back];
      const predecessors = node === 0 ? [SIZE - 1] : node < SIZE / 2 ? [node - 1, SIZE - 1 - node] : [node - 1];
      return { successors, predecessors };
    });
    const { loops, innermost } = naturalLoops({ blocks }, dominatorTree({ blocks }));
    expect(loops).toHaveLength(SIZE / 2);
    expect(loops.at(-1)).toEqual({ header: SIZE / 2 - 1, latches: [SIZE / 2], parent: SIZE / 2 - 2, depth: SIZE / 2 });
    expect(innermost[SIZE - 1]).toBe(0);
  });
});

/** Blocks that reach `to` without passing `without`. */
function reaching(flow: FunctionFlow, to: readonly number[], without: number): Set<number> {
  const seen = new Set<number>();
  const todo = [...to];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (seen.has(at) || at === without) continue;
    seen.add(at);
    todo.push(...flow.blocks[at].predecessors.filter((from) => flow.blocks[from].reachable));
  }
  return seen;
}

describe("any slots whatever", () => {
  test("are covered by blocks once, and edges lead to their starts", () => {
    fc.assert(
      fc.property(fc.oneof(program, slots), (insns) => {
        const found = functionFlows(insns);
        const spans = found.flatMap(({ blocks }) => blocks.map(({ start, end }) => [start, end]));
        expect(spans.map(([start]) => start)).toEqual([0, ...spans.map(([, end]) => end)].slice(0, spans.length));
        expect(spans.at(-1)?.[1] ?? 0).toBe(insns.length);
        for (const { blocks } of found) {
          blocks.forEach(({ edges, predecessors, reachable }, from) => {
            for (const { to } of edges) {
              expect(blocks[to].predecessors).toContain(from);
              if (reachable) expect(blocks[to].reachable).toBe(true);
            }
            expect(predecessors).toEqual([...new Set(predecessors)].sort((a, b) => a - b));
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  test("a block is in a loop if it is its header, or reaches a latch without it", () => {
    fc.assert(
      fc.property(program, (insns) => {
        for (const flow of functionFlows(insns)) {
          flow.loops.forEach(({ header, latches }, index) => {
            const inside = reaching(flow, latches, header).add(header);
            flow.blocks.forEach(({ loop }, block) => {
              let at = loop;
              while (at !== undefined && at !== index) at = flow.loops[at].parent;
              expect([block, at === index]).toEqual([block, inside.has(block)]);
            });
          });
        }
      }),
      { numRuns: 200 },
    );
  });
});
