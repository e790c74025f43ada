import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { print } from "../../src/bpftrace/ast/print.ts";
import { parse } from "../../src/bpftrace/syntax/parse-program.ts";
import { bpftrace, Machine } from "../../src/index.ts";
import { Evaluator } from "./evaluate.ts";
import { typedProgram } from "./typed-programs.ts";

const NIGHT = process.env["BPFBOOK_NIGHT"] !== undefined;

describe("random programs without faults", () => {
  const machine = new Machine({ cpus: 2, seed: 7 });

  it("compile, verify, and print what an evaluator of the syntax tree works out", { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(typedProgram, async (text) => {
        const program = parse({ name: "stdin", text });
        const expected = new Evaluator(program).run();
        const { text: printed } = await bpftrace(machine, text, { for: "1ms", warnings: false });
        expect(printed.trimEnd().split("\n")).toEqual(expected);
        // Printed again it is the same program.
        const again = print(program);
        expect(print(parse({ name: "stdin", text: again }))).toBe(again);
      }),
      { numRuns: NIGHT ? 3_000 : 60 },
    );
  });
});
