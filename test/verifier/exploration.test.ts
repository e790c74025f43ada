import { describe, expect, test } from "vitest";
import {
  changesOf,
  type Exploration,
  ExplorationCursor,
  explorationJson,
  stepBefore,
} from "../../src/verifier/exploration.ts";
import { verify } from "../../src/verifier/verify.ts";
import { CASES } from "./cases.ts";
import { lookup, program } from "./programs.ts";

function explore(text: string): Exploration {
  const { exploration } = verify(program(text), { record: true });
  expect(exploration).toBeDefined();
  return exploration!;
}

describe("a lookup with its check", () => {
  const exploration = explore(`${lookup("hash")} if r0 == 0 goto out\nr6 = *(u64 *)(r0 + 0)\nout:\nr0 = 0\nexit`);
  const { branches, steps } = exploration;

  test("two branches, the second parts at the jump", () => {
    expect(branches.map(({ fork, insn, end, at }) => ({ fork, insn, end, at }))).toEqual([
      { fork: -1, insn: 0, end: "exit", at: 9 },
      { fork: 5, insn: 8, end: "covered", at: 8 },
    ]);
    expect(steps[5].insn).toBe(6);
    expect(branches[1].count).toBe(0);
    expect(steps[branches[1].coveredBy!]).toMatchObject({ insn: 8, checkpoint: true });
    expect(stepBefore(exploration, 0)).toBe(-1);
  });

  test("before and after, forwards and backwards", () => {
    const cursor = new ExplorationCursor(exploration);
    expect(cursor.goTo(0).frames()).toEqual([{ R1: "ctx()", R10: "fp0" }]);
    expect(cursor.goAfter(4).frames()[0].R0).toBe("map_value_or_null(id=1,map=hash,ks=4,vs=16)");
    expect(cursor.goTo(branches[0].first + 6).frames()[0].R0).toBe("map_value(map=hash,ks=4,vs=16)");
    expect(cursor.goToBranch(1).frames()[0].R0).toBe("0");
    expect(cursor.goTo(1).frames()[0]).toEqual({ R1: "ctx()", R10: "fp0", "fp-8": "0000????" });
    expect(changesOf(exploration, 1)).toEqual([{ frame: 0, name: "R2", value: "fp0" }]);
  });
});

test("the first step of a branch comes after the jump at which it parted", () => {
  const exploration = explore("call get_prandom_u32\nif r0 > 5 goto a\nr0 = 1\nexit\na:\nr0 = 2\nr0 += 1\nexit");
  const [, second] = exploration.branches;
  expect(stepBefore(exploration, second.first)).toBe(second.fork);
  expect(exploration.steps[second.fork].insn).toBe(1);
  expect(new ExplorationCursor(exploration).goToBranch(1).frames()[0].R0).toBe("scalar(umin=6)");
});

test("precision: which step asked, and which checkpoint was marked", () => {
  const exploration = explore("r6 = 0\nl:\nr6 += 1\nif r6 < 50 goto l\nr0 = 0\nexit");
  expect(exploration.marks.length).toBeGreaterThan(0);
  for (const { at, by, name } of exploration.marks) {
    expect(exploration.steps[at].checkpoint).toBe(true);
    expect(at).toBeLessThanOrEqual(by);
    expect(exploration.steps[by].insn).toBe(2);
    expect(name).toBe("r6");
  }
});

test("a called function has a frame of its own", () => {
  const exploration = explore("r1 = 5\ncall +2\nr0 = 0\nexit\n*(u64 *)(r10 - 8) = r1\nr0 = 1\nexit");
  const cursor = new ExplorationCursor(exploration);
  expect(cursor.goAfter(2).frames()).toEqual([{ R10: "fp0" }, { R1: "5", R10: "fp0", "fp-8": "5" }]);
  expect(cursor.goAfter(4).frames()).toEqual([{ R0: "1", R10: "fp0" }]);
});

test("a refusal is the end of its branch", () => {
  const exploration = explore("r0 = 0\nr1 = *(u64 *)(r0 + 0)\nexit");
  expect(exploration.branches).toMatchObject([{ end: "refused", at: 1, count: 2 }]);
});

test("every case: what a step leaves is what the next one meets, each way of walking tells the same", () => {
  for (const { program: spec, errno } of CASES) {
    if (errno === "E2BIG") continue;
    const { exploration, processed } = verify(spec, { record: true });
    const { branches, steps } = exploration!;
    const covered = branches.filter(({ end }) => end === "covered").length;
    if (branches.length > 0) expect(steps.length).toBeGreaterThanOrEqual(processed - covered - 1);
    const forwards = new ExplorationCursor(exploration!);
    const backwards = new ExplorationCursor(exploration!);
    const texts = steps.slice(0, 40).map((_, step) => JSON.stringify(forwards.goTo(step).frames()));
    for (let step = texts.length - 1; step >= 0; step--)
      expect(JSON.stringify(backwards.goTo(step).frames())).toBe(texts[step]);
    for (let step = 0; step + 1 < texts.length; step++)
      if (steps[step].branch === steps[step + 1].branch)
        expect(JSON.stringify(backwards.goAfter(step).frames())).toBe(texts[step + 1]);
  }
});

test("a program that is too long is recorded as far as the record goes, and says so", () => {
  const spec = program("r0 = 0\n1: r0 += 1\nif r0 < 1000000 goto 1b\nexit");
  const { exploration } = verify(spec, { record: true, limit: 210_000 });
  expect(exploration!.truncated).toBe("more than 200000 steps");
  expect(exploration!.steps.length).toBe(200_000);
});

test("as JSON it is plain", () => {
  const json = explorationJson(explore("r0 = 0\nexit"));
  expect(JSON.parse(JSON.stringify(json))).toEqual({
    branches: [
      {
        fork: -1,
        insn: 0,
        first: 0,
        end: "exit",
        at: 1,
        entry: [{ R1: "ctx()", R10: "fp0" }],
        steps: [
          { insn: 0, changed: [{ frame: 0, name: "R0", value: "0" }] },
          { insn: 1, changed: [] },
        ],
      },
    ],
    marks: [],
  });
});
