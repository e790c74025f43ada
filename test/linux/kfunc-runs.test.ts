/**
 * Programs that call functions of Linux, on the running Linux: they compute what test/vm/kfunc-cases.ts says, which both of
 * our engines are held to. Then random calls of the functions that give out pages of an arena, side by side.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { implementedKfunc } from "../../src/helpers/kfunc/table.ts";
import { helperById } from "../../src/helpers/table.ts";
import { encode } from "../../src/isa/encode.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { verify } from "../../src/verifier/verify.ts";
import { Environment } from "../../src/vm/environment.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { rewrite } from "../../src/vm/rewrite.ts";
import { typedProgram } from "../verifier/typed-programs.ts";
import { callPages, KFUNC_CASES, PAGES, type PageCall, RESULTS } from "../vm/kfunc-cases.ts";
import { BareHost } from "../vm/support.ts";
import { available, close, mapCreate, mapLookup, progLoad, progTestRun, suiteName } from "./bpf.ts";
import { KERNEL } from "./verifier-compare.ts";

const MAPS = [RESULTS, PAGES];
const SLEEPABLE = 1 << 4;

/** The 16 results that a program leaves, or Linux's last words. */
function onLinux(program: ProgramSpec): bigint[] | string {
  const fds = MAPS.map((map) => mapCreate(map).fd);
  const isCall = program.type === "syscall";
  const flags = isCall ? SLEEPABLE : 0;
  const loaded = progLoad({ type: program.type, insns: encode(program.insns), mapFds: fds, logLevel: 1, flags });
  try {
    if (!loaded.ok) return `${loaded.errno}: ${loaded.log.slice(-300)}`;
    const run = progTestRun(loaded.fd, isCall ? { repeat: 0 } : { data: new Uint8Array(64) });
    if (!run.ok) return `run: ${run.errno}`;
    const { buffer } = mapLookup(fds[0]!, new Uint8Array(4), RESULTS.valueSize).value!.slice();
    return [...new BigInt64Array(buffer)];
  } finally {
    for (const fd of [...(loaded.ok ? [loaded.fd] : []), ...fds]) close(fd);
  }
}

function here(program: ProgramSpec): bigint[] {
  const verdict = verify(program, { kernel: KERNEL });
  const host = new BareHost();
  const kfuncs = (_id: number, _module: number, name = "") => implementedKfunc(name);
  const environment = new Environment(host, { helpers: helperById, kfuncs });
  const maps = MAPS.map((spec) => host.createMap(spec));
  jit(rewrite(program, verdict), environment, maps).run(host.memory.allocate(4096), 0);
  const { base } = maps[0]!.elements!;
  return Array.from({ length: 16 }, (_, i) => host.memory.view.getBigInt64(base + 8 * i, true));
}

const page = fc.nat({ max: 8 });
const count = fc.integer({ min: 0, max: 4 });
const call: fc.Arbitrary<PageCall> = fc.oneof(
  count.map((alloc) => ({ alloc })),
  fc.record({ alloc: count, at: page }),
  fc.record({ free: count, at: page }),
  fc.record({ reserve: count, at: page }),
);

describe.skipIf(!available || KERNEL === undefined)(suiteName("functions of Linux"), () => {
  test.each(KFUNC_CASES.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const found = onLinux(typedProgram(each, KERNEL!, MAPS));
    if (typeof found === "string") expect(found).toBe("");
    else expect(found.slice(0, each.results.length)).toEqual(each.results);
  });

  test("pages of arenas are given out in Linux's order", () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 16, size: "max" }), (calls) => {
        const program = typedProgram({ name: "", type: "syscall", text: callPages(...calls) }, KERNEL!, MAPS);
        expect(here(program)).toEqual(onLinux(program));
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 5000 : 100, seed: process.env.BPFBOOK_NIGHT ? Date.now() : 618 },
    );
  });
});
