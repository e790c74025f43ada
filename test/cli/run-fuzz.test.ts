import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readProgram, UnreadableProgramError } from "../../src/cli/run/read-program.ts";
import { debugRun, traceRun } from "../../src/linux/bpf/debug-run.ts";
import { BpfSubsystem } from "../../src/linux/bpf/subsystem.ts";
import { Linux } from "../../src/linux/linux.ts";
import { MapError } from "../../src/maps/error.ts";
import { TestRunError } from "../../src/programs/test-run.ts";
import type { ProgramType } from "../../src/programs/types.ts";
import { VerifierError } from "../../src/verifier/verification.ts";
import { ExecutionError, ProgramError } from "../../src/vm/errors.ts";

const EXPECTED = [UnreadableProgramError, VerifierError, ProgramError, ExecutionError, MapError, TestRunError];

/** What `run --trace` does with a file, without the process around it; any other error is a fault of ours. */
function attempt(bytes: Uint8Array, type: ProgramType): void {
  try {
    const spec = readProgram(bytes, { file: "x.s", type, maps: [] });
    const bpf = new BpfSubsystem(new Linux({ cpus: 1 }));
    const program = bpf.load(spec, { engine: "interp" });
    traceRun(bpf, program, { data: new Uint8Array(60), steps: 50 });
    debugRun(bpf, program, { data: new Uint8Array(60) }).measure(1000);
  } catch (error) {
    expect(EXPECTED.some((Kind) => error instanceof Kind) ? "expected" : error).toBe("expected");
  }
}

const SEED =
  "r2 = *(u32 *)(r1 + 0)\nr3 = 5\nif r2 > r3 goto out\nlock *(u64 *)(r10 - 8) += r3\ncall map_lookup_elem\nout: r0 = 2\nexit\n";

const type = fc.constantFrom<ProgramType>("raw", "xdp", "socket_filter", "kprobe");
const numRuns = process.env.BPFBOOK_NIGHT ? 5000 : 120;

describe("no input of run is a fault of ours", () => {
  test("random bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), type, attempt), { numRuns });
  });

  test("bytes that look like instructions", () => {
    const code = fc.constantFrom(0xb7, 0xbf, 0x0f, 0x61, 0x7b, 0xdb, 0x15, 0x05, 0x85, 0x18, 0x95, 0x8d, 0xe5, 0x20);
    const slot = fc.tuple(
      code,
      fc.nat(0x66),
      fc.nat(8),
      fc.constant(0),
      fc.nat(9),
      fc.constant(0),
      fc.constant(0),
      fc.constant(0),
    );
    const program = fc
      .array(slot, { minLength: 1, maxLength: 12 })
      .map((slots) => Uint8Array.from([...slots.flat(), 0x95, ...Array(7).fill(0)]));
    fc.assert(fc.property(program, type, attempt), { numRuns });
  });

  test("text with pieces exchanged", () => {
    const piece = fc.constantFrom(
      "r11",
      "*(u9 *)",
      "goto",
      "ll",
      "-",
      "0x",
      "map[x]",
      "/*",
      ";",
      "call",
      ".map",
      "\t",
      "😀",
      "\0",
    );
    const mutated = fc
      .tuple(fc.nat(SEED.length), fc.nat(6), piece)
      .map(([at, cut, text]) => SEED.slice(0, at) + text + SEED.slice(at + cut));
    fc.assert(
      fc.property(mutated, type, (text, kind) => attempt(new TextEncoder().encode(text), kind)),
      { numRuns },
    );
  });
});
