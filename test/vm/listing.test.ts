import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jit } from "../../src/vm/jit/jit.ts";
import { jitedListing } from "../../src/vm/jit/listing.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { functionBodies } from "../../src/vm/wasm/reader.ts";
import { wasmText } from "../../src/vm/wasm/text.ts";
import { recursiveProgram, wildProgram } from "./arbitrary.ts";
import { bareEnvironment, rawProgram, trusted } from "./support.ts";
import { watOf } from "./wat.ts";

const { environment } = bareEnvironment();

/** The instructions of wabt's text, function by function, without comments and alignment. */
function byWabt(wat: string): string[][] {
  const functions: string[][] = [];
  for (const line of wat.replaceAll(/\(;.*?;\)|;;.*$| align=1\b/gm, "").split("\n")) {
    // The last instruction of a function carries the parentheses that close it, and the module.
    const text = line.trim();
    if (text.startsWith("(func")) functions.push([]);
    if (text === "" || text.startsWith("(")) continue;
    const instruction = text
      .replace(/(?<!\((?:result|type) \w+)\)+$/, "")
      .replace(/(\((?:result|type) \w+\))\)+$/, "$1");
    functions.at(-1)?.push(instruction.replaceAll(/\s+/g, " ").trim());
  }
  return functions;
}

describe("WebAssembly text", () => {
  test.each([
    ["of any program", wildProgram],
    ["of programs with calls", recursiveProgram],
  ])("is what wabt reads: %s", async (_, programs) => {
    await fc.assert(
      fc.asyncProperty(programs, async (insns) => {
        const spec = { type: "raw", name: "random", insns, maps: [], license: "GPL" } as const;
        const { bytes } = jit(unverified(spec), environment, []).module;
        const ours = functionBodies(bytes).map((body) => wasmText(body).map(({ text }) => text));
        // wabt leaves the `end` of a function out.
        expect(ours.map((lines) => lines.slice(0, -1))).toEqual(byWabt(await watOf(bytes)));
      }),
      { numRuns: 40 },
    );
  });
});

describe("jited code beside its instructions", () => {
  const listing = (text: string) => jitedListing(jit(trusted(rawProgram(text)), environment, []));

  test("of an irreducible graph the loop over its blocks stands before the first instruction", () => {
    const rows = listing("r0 = 5\nif r1 == 0 goto b\na: r0 += 1\nb: r0 += 2\nif r0 < 100 goto a\nexit");
    expect(rows[0]!.wat.map((line) => line.trim())).toEqual(
      expect.arrayContaining(["loop", "block", "br_table 0 1 2 3 0", "i64.const 5"]),
    );
    expect(
      rows
        .slice(1)
        .flatMap(({ wat }) => wat)
        .join(),
    ).not.toContain("br_table");
  });

  test("each instruction has its own", () => {
    const rows = listing("r0 = *(u64 *)(r1 + 8)\nr0 += 5\nr3 = 0x123456789a ll\nif r0 > r3 goto +1\nr0 = 1\nexit");
    expect(rows.map(({ text }) => text)).toEqual([
      "(79) r0 = *(u64 *)(r1 +8)",
      "(07) r0 += 5",
      "(18) r3 = 0x123456789a",
      "(2d) if r0 > r3 goto pc+1",
      "(b7) r0 = 1",
      "(95) exit",
    ]);
    expect(rows[0]!.wat.map((line) => line.trim())).toEqual([
      "local.get 2",
      "i32.wrap_i64",
      "i64.load offset=8",
      "local.set 3",
    ]);
    expect(rows[1]!.wat.map((line) => line.trim())).toEqual(["local.get 3", "i64.const 5", "i64.add", "local.set 3"]);
    expect(rows.map(({ at }) => at)).toEqual([0, 1, 2, 4, 5, 6]);
    expect(rows[3]!.wat.join(" ")).toContain("i64.gt_u");
  });

  test("subprograms and jumps without code", () => {
    const rows = listing("call sub\ngoto +0\nexit\nsub:\nr0 = 3\nexit");
    expect(rows[0]!.wat.join(" ")).toMatch(/call \d+/);
    expect(rows[3]!.wat.map((line) => line.trim())).toEqual(["i64.const 3", expect.stringMatching(/local\.set \d+/)]);
  });
});
