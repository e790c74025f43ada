import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as plot from "../../src/plot/index.ts";
import { FLAME_GRAPHS as cases, NONE, stacks } from "./cases.ts";
import { expectWholeBundle } from "./support.ts";

interface Box {
  readonly x0: number;
  readonly x1: number;
  readonly depth: number;
  readonly name: string;
  readonly kind?: string;
  readonly samples: string;
  readonly share: string;
}

const boxesOf = (p: { spec: Readonly<Record<string, unknown>> }) =>
  (p.spec["data"] as readonly { values: readonly Box[] }[])[0].values;
const box = (p: { spec: Readonly<Record<string, unknown>> }, name: string) => boxesOf(p).find((b) => b.name === name);

const profile = cases.profile();

describe("text", () => {
  test("is the folded form, kernel frames on the user frames that called them", () => {
    expect(profile.text).toBe(
      "main;serve;parse 50\n" +
        "main;serve;read;entry_SYSCALL_64;ksys_read;vfs_read 40\n" +
        "start_secondary;do_idle 10",
    );
  });

  test("adds up equal stacks, and keeps separators out of names", () => {
    const p = plot.flameGraph([
      [["b;x", "a"], 1],
      [["b;x", "a"], 2],
      [["c\nd"], 1],
    ]);
    expect(p.text).toBe("a;b:x 3\nc d 1");
  });

  test("lists the 200 most frequent stacks and says how many more there are", () => {
    const lines = plot.flameGraph(Array.from({ length: 300 }, (_, i) => [[`f${i}`], i + 1])).text.split("\n");
    expect(lines).toHaveLength(201);
    expect(lines[200]).toBe("# and 100 more stacks, each less frequent");
    expect(lines).toContain("f299 300");
    expect(lines.some((line) => line.startsWith("f99 "))).toBe(false);
  });
});

describe("boxes", () => {
  test("are merged by the beginning of stacks, as wide as their share", () => {
    expect(box(profile, "all")).toMatchObject({ x0: 0, x1: 1, depth: 0, samples: "100" });
    expect(box(profile, "main")).toMatchObject({ x0: 0, x1: 0.9, depth: 1, samples: "90", share: "90%", kind: "user" });
    expect(box(profile, "vfs_read")).toMatchObject({ x0: 0.5, x1: 0.9, depth: 6, share: "40%", kind: "kernel" });
  });

  test("stand in alphabetical order, whatever was sampled first", () => {
    const samples = [
      [["b"], 1],
      [["a"], 1],
      [["C"], 1],
    ] as const;
    const order = boxesOf(plot.flameGraph(samples)).map((b) => b.name);
    expect(order).toEqual(["all", "C", "a", "b"]);
    expect(boxesOf(plot.flameGraph(samples.toReversed())).map((b) => b.name)).toEqual(order);
  });

  test("of a kernel and a user function of one name are two", () => {
    const p = plot.flameGraph(
      [
        [{ kernel: 0, user: -1 }, 1],
        [{ kernel: -1, user: 0 }, 1],
      ],
      { stacks: { get: () => ["read"] } },
    );
    expect(boxesOf(p).map((b) => b.kind)).toEqual([undefined, "kernel", "user"]);
  });

  test("too narrow to see are left out with all that stands on them, and counted", () => {
    const p = plot.flameGraph([
      [["wide"], 1_000_000],
      [["on it", "narrow"], 1],
    ]);
    expect(boxesOf(p).map((b) => b.name)).toEqual(["all", "wide"]);
    expect(p.alt).toContain("1 branch too narrow to draw.");
    // Only the picture leaves them out.
    expect(p.text).toContain("narrow;on it 1");
  });

  test("are never more than 360, in the interactive view 1,500", async () => {
    const p = plot.flameGraph(
      Array.from({ length: 4000 }, (_, i) => [["x", "y", "z", `f${i}`], 1 + (i % 9)]),
      {
        width: 4000,
      },
    );
    expect(boxesOf(p).length).toBeLessThanOrEqual(360);
    const bundle = await expectWholeBundle(p);
    expect(JSON.stringify(bundle).length).toBeLessThan(200_000);
  });
});

describe("stack keys", () => {
  test("may be plain ids, also as u32 and bigint", () => {
    const p = plot.flameGraph(
      [
        [1, 2],
        [2n, 3n],
        [0xffff_fff2, 5],
      ],
      { stacks },
    );
    expect(p.text).toBe("[no stack] 5\nmain;serve;parse 3\nmain;serve;read 2");
  });

  test("that the stack map lost, or that never had a stack, keep their samples", () => {
    const p = plot.flameGraph(
      [
        [77, 3],
        [{ kernel: NONE, user: NONE }, 4],
        [[], 1],
      ],
      { stacks },
    );
    expect(p.text).toBe("[lost stack 77] 3\n[no stack] 5");
  });

  test("without their stack map say what is missing", () => {
    expect(() => plot.flameGraph([[3, 1]])).toThrow(plot.PlotError);
    expect(() => plot.flameGraph([[3, 1]])).toThrow(/stack id 3 has no names.*\{ stacks \}/);
  });

  test.each([[null], ["main;read"], [{ pid: 1 }]])("of another form are refused: %o", (key) => {
    expect(() => plot.flameGraph([[key as never, 1]])).toThrow(/arrays of frame names/);
  });

  test("with a broken count are refused", () => {
    expect(() => plot.flameGraph([[["a"], Number.NaN]])).toThrow(/count of a stack is NaN/);
  });
});

describe("picture", () => {
  test("has a text for those who do not see it", () => {
    expect(profile.alt).toBe(
      'Flame graph "web server": 100 samples, at most 6 frames deep; ' +
        "widest at the base main (90%), most often on top parse (50%).",
    );
    expect(cases.empty().alt).toBe('Flame graph "Nothing": no samples.');
  });

  test("tells kernel and user frames apart only where there are both", async () => {
    expect(await profile.toSVG()).toMatch(/>kernel<.*>user</s);
    expect(await cases.names().toSVG()).not.toContain(">kernel<");
  });

  test("escapes hostile names and cuts long ones", async () => {
    expect(await cases.hostile().toSVG()).not.toContain("<script");
    expect(await cases.narrow().toSVG()).toContain("a_function_with_a_na…");
  });
});

describe("any stacks", () => {
  const frame = fc.constantFrom("a", "b", "c", "d", "a b", "__proto__", "");
  const sample = fc.tuple(fc.array(frame, { maxLength: 6 }), fc.bigInt(0n, 2n ** 40n));

  test("keep the number of samples in text and picture, boxes inside of their callers", () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 30 }), (samples) => {
        const p = plot.flameGraph(samples);
        const total = samples.reduce((sum, [, count]) => sum + count, 0n);
        expect(p.alt.length).toBeGreaterThan(10);
        if (total === 0n) return;
        const lines = p.text.split("\n").map((line) => BigInt(line.slice(line.lastIndexOf(" ") + 1)));
        expect(lines.reduce((a, b) => a + b, 0n)).toBe(total);
        const boxes = boxesOf(p);
        for (const inner of boxes.slice(1)) {
          const callers = boxes.filter((b) => b.depth === inner.depth - 1 && b.x0 <= inner.x0 && b.x1 >= inner.x1);
          expect(callers.length).toBeGreaterThan(0);
        }
        // Boxes of one level do not overlap.
        for (const [i, b] of boxes.entries()) {
          const next = boxes[i + 1];
          if (next?.depth === b.depth) expect(next.x0).toBeGreaterThanOrEqual(b.x1);
        }
      }),
    );
  });

  test("can be drawn", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { maxLength: 8 }), async (samples) => {
        await expectWholeBundle(plot.flameGraph(samples));
      }),
      { numRuns: 10 },
    );
  });
});
