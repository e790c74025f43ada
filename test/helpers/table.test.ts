import { describe, expect, test } from "vitest";
import { helperId, helperName, LAST_HELPER } from "../../src/helpers/names.ts";
import { HELPERS, helperById } from "../../src/helpers/table.ts";
import { PROGRAMS } from "../../src/programs/table.ts";

describe("names", () => {
  test("all 211 helpers of Linux, by id and by name", () => {
    expect(LAST_HELPER).toBe(211);
    const names = Array.from({ length: LAST_HELPER }, (_, at) => helperName(at + 1)!);
    expect(new Set(names).size).toBe(211);
    for (const [at, name] of names.entries()) {
      expect(name).toMatch(/^[a-z0-9_]+$/);
      expect([helperId(name), helperId(`bpf_${name}`)]).toEqual([at + 1, at + 1]);
    }
    // Numbers that everybody knows.
    expect([1, 25, 113, 130, 181, 211].map(helperName)).toEqual([
      "map_lookup_elem",
      "perf_event_output",
      "probe_read_kernel",
      "ringbuf_output",
      "loop",
      "cgrp_storage_delete",
    ]);
    expect([helperName(0), helperName(212), helperId("no_such_helper")]).toEqual([undefined, undefined, undefined]);
  });
});

describe("rows", () => {
  test("one for each helper, found by id, named as Linux names it", () => {
    expect(new Set(HELPERS.map((row) => row.id)).size).toBe(HELPERS.length);
    for (const row of HELPERS) {
      expect(helperName(row.id)).toBe(row.name);
      expect(helperById(row.id)).toBe(row);
      expect(row.doc).toMatch(/^[A-Z].*\.$/);
    }
    expect([helperById(0), helperById(-1), helperById(212)]).toEqual([undefined, undefined, undefined]);
  });

  test("a prototype fits r1 to r5, a size comes after its memory", () => {
    for (const { name, args, unchecked = 0 } of HELPERS) {
      expect(args.length + unchecked, name).toBeLessThanOrEqual(5);
      for (const [at, arg] of args.entries())
        if (arg === "const_size" || arg === "const_size_or_zero") expect(args[at - 1], name).toMatch(/mem/);
    }
  });

  test("results travel as their kind needs", () => {
    for (const { name, returns, passing } of HELPERS) {
      if (returns === "void") expect(passing, name).toBe("void");
      else if (returns !== "integer") expect(passing, name).toBe("pointer");
      else expect(["i32", "u64"], name).toContain(passing);
    }
  });

  test("every helper that runs may be called by some program", () => {
    const rows = Object.values(PROGRAMS).filter(({ type }) => type !== "raw");
    const sets = rows.flatMap((row) =>
      [row, ...Object.values(row.variants ?? {})].map(({ helpers = [] }) => [...helpers]),
    );
    const callable = new Set(sets.flat());
    const running = HELPERS.filter((row) => row.implement);
    expect(running.length).toBeGreaterThanOrEqual(13);
    for (const { name } of running) expect(callable, name).toContain(name);
  });
});
