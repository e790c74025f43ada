/** Programs that call functions of Linux run: both engines compute what `kfunc-cases.ts` says, which Linux is held to as well. */
import { describe, expect, test } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { implementedKfunc, KFUNC_IMPLEMENTATIONS } from "../../src/helpers/kfunc/table.ts";
import { kfuncByName } from "../../src/helpers/kfuncs.ts";
import { helperById } from "../../src/helpers/table.ts";
import { verify } from "../../src/verifier/verify.ts";
import { Environment } from "../../src/vm/environment.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { rewrite } from "../../src/vm/rewrite.ts";
import { typedProgram } from "../verifier/typed-programs.ts";
import { KFUNC_CASES, PAGES, RESULTS } from "./kfunc-cases.ts";
import { BareHost } from "./support.ts";

const KERNEL = machineBtf("6.18");
const MAPS = [RESULTS, PAGES];

describe.each(Object.entries({ interpret, jit }))("%s", (_, engine) => {
  test.each(KFUNC_CASES.map((each) => [each.name, each] as const))("%s", (_name, each) => {
    const program = typedProgram(each, KERNEL, MAPS);
    const verdict = verify(program, { kernel: KERNEL });
    expect(verdict.error).toBeUndefined();
    const host = new BareHost();
    const environment = new Environment(host, {
      helpers: helperById,
      kfuncs: (_id, _module, name) => implementedKfunc(name!),
    });
    const maps = MAPS.map((spec) => host.createMap(spec));
    const context = host.memory.allocate(4096);
    engine(rewrite(program, verdict), environment, maps).run(context, 0);
    const { base } = maps[0]!.elements!;
    const found = each.results.map((_result, i) => host.memory.view.getBigInt64(base + 8 * i, true));
    expect(found).toEqual(each.results);
  });
});

test("what runs is known to the verifier", () => {
  expect(KFUNC_IMPLEMENTATIONS.filter(({ name }) => kfuncByName(name) === undefined)).toEqual([]);
});
