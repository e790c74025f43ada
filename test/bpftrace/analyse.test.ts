import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../../src/bpftrace/analyse/program.ts";
import { print } from "../../src/bpftrace/ast/print.ts";
import { compile } from "../../src/bpftrace/compile/program.ts";
import { BpftraceError } from "../../src/bpftrace/diagnostics.ts";
import { machineSource } from "../../src/bpftrace/run/machine-source.ts";
import { parse } from "../../src/bpftrace/syntax/parse-program.ts";
import { Machine } from "../../src/index.ts";
import { programs } from "./arbitrary.ts";

const source = machineSource(new Machine().linux);

/** The message of a program that is refused; undefined for one that is compiled. */
function refusal(text: string, name = "stdin"): string | undefined {
  try {
    const program = analyse({ name, text }, parse({ name, text }), source);
    compile({ name, text }, program, { cpus: 2, startNs: 0n });
    return undefined;
  } catch (error) {
    if (error instanceof BpftraceError) return error.message;
    throw error;
  }
}

describe("analysis and compiler", () => {
  it("answer any tree with a program or with bpftrace's messages", () => {
    fc.assert(
      fc.property(programs, (program) => {
        const message = refusal(print(program));
        if (message !== undefined) expect(message).toMatch(/^stdin:\d+(:\d+)?-\d+: (ERROR|WARNING): /);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 5000 : 150 },
    );
  });

  it("tells all faults of a program at once", () => {
    const message = refusal('BEGIN { $a = foo(1); @x = count(3); } tracepoint:no:such { print("a" + 1); }');
    expect(message?.match(/ERROR: .*/g)).toEqual([
      "ERROR: tracepoint not found: no:such",
      "ERROR: Unknown function: foo",
      "ERROR: count() requires no arguments (1 provided)",
    ]);
  });

  const tools = "/usr/sbin";
  const installed = existsSync(tools) ? readdirSync(tools).filter((name) => name.endsWith(".bt")) : [];
  /** What Linux 6.18 does not have either, or its modules have, or the machine does not do yet. */
  const REFUSED = ["loads.bt", "mdflush.bt", "oomkill.bt", "runqlen.bt", "swapin.bt", "xfsdist.bt"];
  it.skipIf(installed.length === 0)(
    "compile the tools that are installed, but those whose places this machine lacks",
    () => {
      const refused = installed.filter((name) => refusal(readFileSync(`${tools}/${name}`, "utf8"), name) !== undefined);
      expect(REFUSED).toEqual(expect.arrayContaining(refused));
    },
  );
});
