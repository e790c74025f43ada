/** A program's timer, from its verdict to its function that runs by the machine's clock. */
import { expect, test } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { Machine } from "../../src/index.ts";
import { typedProgram } from "../verifier/typed-programs.ts";
import { mapOf } from "../verifier/value-types.ts";

const TEXT = `
  *(u32 *)(r10 - 4) = 0\n r1 = map[clocks]\n r2 = r10\n r2 += -4\n call map_lookup_elem\n if r0 == 0 goto none\n r6 = r0
  r1 = r6\n r2 = map[clocks]\n r3 = 1\n call timer_init\n r1 = r6\n r2 = func[tick]\n call timer_set_callback
  r1 = r6\n r2 = 1000000\n r3 = 0\n call timer_start
  none: r0 = 0\n exit
  tick: r6 = r3\n r1 = *(u32 *)(r6 + 20)\n r1 += 1\n *(u32 *)(r6 + 20) = r1
  r1 = r6\n r2 = 1000000\n r3 = 0\n call timer_start\n r0 = 0\n exit`;

test.each(["jit", "interp"] as const)("a timer that starts itself again, every millisecond (%s)", async (engine) => {
  const program = typedProgram(
    { name: "", type: "sched_cls", text: TEXT, objects: true, functions: ["tick"] },
    machineBtf("6.18"),
  );
  const insns = program.insns.map((insn) => (insn.code === 0x18 && insn.src === 1 ? { ...insn, imm: 0 } : insn));
  const m = new Machine({ cpus: 2, seed: 7 });
  m.load({ ...program, insns, maps: [mapOf("array", "clocks", "timedAndLocked")] }, { engine }).run(new Uint8Array(64));
  await m.run("10500us");
  const [map] = m.linux.maps;
  expect(m.linux.memory.u32[(map!.elements!.base + 20) >>> 2]).toBe(10);
});
