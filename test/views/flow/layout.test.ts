import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { functionFlows } from "../../../src/asm/flow/control-flow.ts";
import { layOut, type Place } from "../../../src/views/flow/layout.ts";
import { asm } from "../../asm/names.ts";
import { program } from "../../isa/arbitrary.ts";

const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const layoutsOf = (insns: Parameters<typeof functionFlows>[0]) =>
  functionFlows(insns).map((flow) => ({
    flow,
    layout: layOut(
      flow,
      flow.blocks.map(({ start, end }) => ({ width: 100 + 10 * (start % 7), height: 20 * (end - start) })),
    ),
  }));

describe("layers", () => {
  test("a diamond has its sides beside each other", () => {
    const [{ layout }] = layoutsOf(asm("if r1 == 0 goto a\nr0 = 1\ngoto b\na: r0 = 2\nb: exit").insns);
    const [top, left, right, bottom] = layout.places;
    expect(left.y).toBe(right.y);
    expect(top.y).toBeLessThan(left.y);
    expect(bottom.y).toBeGreaterThan(right.y);
    expect(left.x + left.width).toBeLessThan(right.x);
  });

  test("a loop's edge runs up at the right side, outside all blocks", () => {
    const [{ layout }] = layoutsOf(asm("a: r1 += 1\nr2 = 3\nif r1 < 5 goto a\nexit").insns);
    const back = layout.routes.find(({ points }) => points.at(-1)!.y < points[0].y)!;
    const right = Math.max(...layout.places.map(({ x, width }) => x + width));
    expect(Math.max(...back.points.map(({ x }) => x))).toBeGreaterThan(right);
  });
});

test("of any program: blocks do not overlap, lie inside, and edges go down unless they go back", () => {
  fc.assert(
    fc.property(program, (insns) => {
      for (const { flow, layout } of layoutsOf(insns)) {
        layout.places.forEach((place, index) => {
          expect(place.x).toBeGreaterThanOrEqual(-0.001);
          expect(place.x + place.width).toBeLessThanOrEqual(layout.width);
          expect(place.y + place.height).toBeLessThanOrEqual(layout.height);
          for (const other of layout.places.slice(index + 1)) expect(overlap(place, other)).toBe(false);
        });
        expect(layout.routes).toHaveLength(flow.blocks.reduce((sum, { edges }) => sum + edges.length, 0));
        for (const { from, edge, points } of layout.routes) {
          const { to, back } = flow.blocks[from].edges[edge];
          const [above, below] = [layout.places[from], layout.places[to]];
          expect(points[0].y).toBe(above.y + above.height);
          expect(points.at(-1)!.y).toBe(below.y);
          if (flow.blocks[from].reachable && !back) expect(below.y).toBeGreaterThan(above.y);
        }
      }
    }),
    { numRuns: 150 },
  );
});
