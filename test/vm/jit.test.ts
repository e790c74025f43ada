import { describe, expect, test } from "vitest";
import type { Instruction } from "../../src/isa/instruction.ts";
import { BpfSubsystem } from "../../src/linux/bpf/subsystem.ts";
import { Linux } from "../../src/linux/linux.ts";
import { createMap } from "../../src/maps/create.ts";
import type { RuntimeMap } from "../../src/maps/runtime.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import type { Xlated, XlatedFacts } from "../../src/vm/types.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { assembleText, type BareHost, bareEnvironment, rawProgram, trusted } from "./support.ts";
import { watOf } from "./wat.ts";

const slots: MapSpec = { name: "slots", type: "array", keySize: 4, valueSize: 12, maxEntries: 5, flags: 0 };
const counts: MapSpec = { name: "counts", type: "hash", keySize: 4, valueSize: 8, maxEntries: 5, flags: 0 };

/** A trusted program whose helper calls all use map 0. */
function withMap(text: string, map: MapSpec, facts: XlatedFacts = {}): Xlated {
  const xlated = trusted(rawProgram(text, [map]));
  return { ...xlated, facts: xlated.facts.map((each) => ({ ...each, map: 0, ...facts })) };
}

const imports = (bytes: Uint8Array<ArrayBuffer>): string[] =>
  WebAssembly.Module.imports(new WebAssembly.Module(bytes))
    .filter(({ kind }) => kind === "function")
    .map(({ module, name }) => `${module}.${name}`);

function fill(host: BareHost, map: RuntimeMap, entries: number): void {
  const key = host.memory.allocate(8);
  const value = host.memory.allocate(16);
  for (let i = 0; i < entries; i++) {
    host.memory.u32[key >> 2] = i;
    host.memory.u32[value >> 2] = 100 + i;
    map.update(key, value, 0);
  }
}

const LOOKUP = `
  r1 = *(u32 *)(r1 + 0)
  *(u32 *)(r10 - 4) = r1
  r2 = r10
  r2 += -4
  r1 = map[MAP]
  call map_lookup_elem
  if r0 == 0 goto none
  r0 = *(u32 *)(r0 + 0)
  exit
none:
  r0 = 999
  exit`;

describe.each(Object.entries({ interpret, jit }))("%s: helpers", (_, engine) => {
  const { host, environment } = bareEnvironment();
  const context = host.memory.allocate(64);

  test.each([
    ["array", slots, 4],
    ["hash", counts, 4],
  ] as const)("a lookup in a known %s finds what is there, and nothing else", (_kind, spec, entries) => {
    const map = host.createMap(spec);
    fill(host, map, entries);
    const text = LOOKUP.replace("MAP", spec.name);
    const program = engine(withMap(text, spec), environment, [map]);
    const results = [0, 3, entries, 5, 0x8000_0000, 0xffff_ffff].map((key) => {
      host.memory.u32[context >> 2] = key;
      return program.run(context);
    });
    // The fifth element of an array exists without having been written.
    expect(results).toEqual([100, 103, spec.type === "array" ? 0 : 999, 999, 999, 999]);
  });

  test("results of 32 bits are extended by their sign", () => {
    const map = host.createMap(counts);
    const text = `
      *(u32 *)(r10 - 4) = 77
      r2 = r10
      r2 += -4
      r1 = map[counts]
      call map_delete_elem
      exit`;
    expect(engine(withMap(text, counts), environment, [map]).run(context) | 0).toBe(-2);
    expect(host.memory.returnHigh).toBe(-1);
  });

  test("results of 64 bits arrive whole", () => {
    host.time = 0x1_2345_6789_abcd;
    const program = engine(trusted(rawProgram("call ktime_get_ns\nexit")), environment, []);
    expect(program.run(0)).toBe(0x6789_abcd);
    expect(host.memory.returnHigh).toBe(0x12345);
  });

  test("flags above 32 bits reach a map as flags that it refuses", () => {
    const map = host.createMap(counts);
    const text = (flags: string) => `
      *(u64 *)(r10 - 8) = 0
      r2 = r10
      r2 += -8
      r3 = r2
      r1 = map[counts]
      r4 = ${flags} ll
      call map_update_elem
      exit`;
    expect(engine(withMap(text("0x100000000"), counts), environment, [map]).run(0) | 0).toBe(-22);
    expect(engine(withMap(text("0"), counts), environment, [map]).run(0)).toBe(0);
  });

  test("a value's address in ld_imm64", () => {
    const map = host.createMap(slots);
    fill(host, map, 5);
    const insns: Instruction[] = [
      { code: 0x18, dst: 1, src: 2, offset: 0, imm: 0 },
      { code: 0, dst: 0, src: 0, offset: 0, imm: 16 },
      ...assembleText("r0 = *(u32 *)(r1 + 0)\nexit"),
    ];
    const spec: ProgramSpec = { type: "raw", name: "value", insns, maps: [slots], license: "GPL" };
    expect(engine(trusted(spec), environment, [map]).run(0)).toBe(101);
  });

  test("r6 to r9 outlive a helper and a subprogram", () => {
    const text = `
      r6 = 1
      r7 = 2
      r8 = 3
      r9 = 4
      call get_smp_processor_id
      call f
      r0 = r6
      r0 += r7
      r0 += r8
      r0 += r9
      exit
    f:
      r6 = 100
      r9 = 100
      r0 = 0
      exit`;
    expect(engine(trusted(rawProgram(text)), environment, []).run(0)).toBe(10);
  });

  test("a program that runs inside a helper has stack of its own", () => {
    const { host, environment } = bareEnvironment();
    const inner = engine(
      trusted(rawProgram("*(u64 *)(r10 - 8) = -1\n*(u64 *)(r10 - 512) = -1\nexit")),
      environment,
      [],
    );
    const clock = host.ktimeNs.bind(host);
    host.ktimeNs = () => {
      inner.run(0);
      return clock();
    };
    const text = `
      *(u64 *)(r10 - 8) = 1
      *(u64 *)(r10 - 512) = 2
      call f
      r0 = *(u64 *)(r10 - 8)
      r1 = *(u64 *)(r10 - 512)
      r0 += r1
      exit
    f:
      *(u64 *)(r10 - 512) = 3
      call ktime_get_ns
      exit`;
    const before = environment.stackPointer.value;
    expect(engine(trusted(rawProgram(text)), environment, []).run(0)).toBe(3);
    expect(environment.stackPointer.value).toBe(before);
  });

  test("an exception of a helper leaves the stack as it was before", () => {
    const { host, environment } = bareEnvironment();
    const before = environment.stackPointer.value;
    host.ktimeNs = () => {
      throw new RangeError("no clock");
    };
    const program = engine(trusted(rawProgram("call ktime_get_ns\nexit")), environment, []);
    expect(() => program.run(0)).toThrow("no clock");
    expect(environment.stackPointer.value).toBe(before);
  });

  test("each CPU has a stack of its own", () => {
    const { host, environment } = bareEnvironment({ cpus: 2 });
    const program = engine(trusted(rawProgram("r0 = r10\nexit")), environment, []);
    const first = program.run(0);
    environment.selectCpu(1);
    const second = program.run(0);
    environment.selectCpu(0);
    expect(program.run(0)).toBe(first);
    expect(Math.abs(second - first)).toBeGreaterThanOrEqual(8 * 512);
    expect(host.memory.size).toBeGreaterThan(Math.max(first, second));
  });

  test("memory may grow inside a helper", () => {
    const { host, environment } = bareEnvironment();
    const at = host.memory.allocate(8);
    host.ktimeNs = () => {
      host.memory.allocate(2 * host.memory.size);
      host.memory.u32[at >> 2] = 7;
      return 0;
    };
    const text = "r6 = r1\n*(u32 *)(r6 + 0) = 1\ncall ktime_get_ns\nr0 = *(u32 *)(r6 + 0)\nexit";
    expect(engine(trusted(rawProgram(text)), environment, []).run(at)).toBe(7);
  });

  test("a probing load gives 0 where nothing is, and what is there elsewhere", () => {
    const { host, environment } = bareEnvironment();
    const at = host.memory.allocate(16);
    host.memory.u32[at >> 2] = 42;
    const load = (address: string) => {
      const xlated = trusted(rawProgram(`r6 = ${address}\nr0 = *(u64 *)(r6 + 0)\nexit`));
      const facts = xlated.facts.map((each): XlatedFacts => ({ ...each, access: "probe" }));
      return engine({ ...xlated, facts }, environment, []).run(at);
    };
    const end = 0xffff_8880_0000_0000n + BigInt(host.memory.size);
    expect(load("r1")).toBe(42);
    for (const address of [0n, 0x1_2345n, end - 7n, end, 0xffff_8880_0000_fff8n, 0xffff_8880_ffff_fffcn]) {
      expect(load(`0x${address.toString(16)} ll`)).toBe(0);
    }
    host.memory.u8[host.memory.size - 8] = 9;
    expect(load(`0x${(end - 8n).toString(16)} ll`)).toBe(9);
  });

  test("repeat gives the result of the last run", () => {
    const program = engine(
      trusted(rawProgram("r0 = *(u32 *)(r1 + 0)\nr0 += 1\n*(u32 *)(r1 + 0) = r0\nexit")),
      environment,
      [],
    );
    host.memory.u32[context >> 2] = 10;
    expect(program.repeat(context, 5)).toBe(15);
    expect(program.run(context)).toBe(16);
  });
});

describe("modules", () => {
  const { host, environment } = bareEnvironment();

  test("an array lookup calls nothing; with a constant key it loads nothing", async () => {
    const map = host.createMap(slots);
    fill(host, map, 5);
    const text = LOOKUP.replace("MAP", "slots");
    const inlined = jit(withMap(text, slots), environment, [map]);
    expect(imports(inlined.module.bytes)).toEqual([]);
    const constant = jit(withMap(text, slots, { constantKey: 2 }), environment, [map]);
    const wat = await watOf(constant.module.bytes);
    expect(wat).toContain(
      `i64.const ${BigInt.asIntN(64, host.memory.address(map.elements!.base + 2 * map.elements!.stride))}`,
    );
    expect(wat).not.toContain("i32.load");
  });

  test("a constant key beyond the end finds nothing", () => {
    const map = host.createMap(slots);
    const context = host.memory.allocate(8);
    host.memory.u32[context >> 2] = 5;
    for (const engine of [jit, interpret]) {
      const program = engine(withMap(LOOKUP.replace("MAP", "slots"), slots, { constantKey: 5 }), environment, [map]);
      expect(program.run(context)).toBe(999);
    }
  });

  test("a lookup in a per-CPU array finds the value of the CPU that runs, without a call", () => {
    const percpu: MapSpec = { ...slots, name: "percpu", type: "percpu_array", valueSize: 8 };
    const cpus = bareEnvironment({ cpus: 2 });
    const map = createMap(cpus.host.memory, 0, percpu, { cpus: 2, maps: [] });
    const context = cpus.host.memory.allocate(8);
    cpus.host.memory.u32[context >> 2] = 3;
    const text = LOOKUP.replace("MAP", "percpu");
    for (const facts of [{}, { constantKey: 3 }]) {
      const program = jit(withMap(text, percpu, facts), cpus.environment, [map]);
      expect(imports(program.module.bytes)).toEqual([]);
      const interpreted = interpret(withMap(text, percpu, facts), cpus.environment, [map]);
      for (const cpu of [0, 1]) {
        cpus.environment.selectCpu(cpu);
        cpus.host.memory.view.setUint32(map.lookup(context), 100 + cpu, true);
      }
      for (const cpu of [0, 1]) {
        cpus.environment.selectCpu(cpu);
        expect(program.run(context)).toBe(100 + cpu);
        expect(interpreted.run(context)).toBe(100 + cpu);
      }
    }
  });

  test("the same helper on the same map is imported once", () => {
    const map = host.createMap(counts);
    const call = "r2 = r10\nr2 += -8\nr1 = map[counts]\ncall map_delete_elem\n";
    const program = jit(withMap(`*(u64 *)(r10 - 8) = 0\n${call}${call}${call}exit`, counts), environment, [map]);
    expect(imports(program.module.bytes)).toEqual(["helpers.0"]);
  });

  test("a verified program has no checks and no fuel", async () => {
    const program = jit(trusted(rawProgram("r0 = *(u64 *)(r1 + 8)\nexit")), environment, []);
    const wat = await watOf(program.module.bytes);
    expect(imports(program.module.bytes)).toEqual([]);
    expect(wat.match(/^ {2}\(func /gm)).toHaveLength(2);
    expect(wat).toContain("i64.load offset=8");
  });

  test("the place of every instruction is known", () => {
    const text = "r0 = 1\nif r0 == r1 goto +1\nr0 += 2\nexit";
    const { module } = jit(trusted(rawProgram(text)), environment, []);
    const places = [0, 1, 2, 3].map((at) => module.positions.get(at)!);
    expect(new Set(places.map(([index]) => index)).size).toBe(1);
    const bytes = places.map(([, byte]) => byte);
    expect(bytes).toEqual([...new Set(bytes)].sort((a, b) => a - b));
  });

  test.each([
    ["forty thousand branches in a row", 40_000, "if r0 == 7 goto out\n"],
    ["twenty thousand branches that come together again", 20_000, "if r0 == 7 goto +1\nr0 += 1\n"],
  ])("%s", (_, count, piece) => {
    const insns: Instruction[] = [...assembleText("r0 = 0")];
    for (let i = 0; i < count; i++) {
      const length = piece.includes("out") ? 1 : 2;
      if (length === 1) insns.push({ code: 0x15, dst: 1, src: 0, offset: Math.min(30_000, count - i - 1), imm: 7 });
      else insns.push(...assembleText(piece));
    }
    insns.push(...assembleText("r0 = 5\nexit"));
    const program = jit(unverified({ type: "raw", name: "long", insns, maps: [], license: "GPL" }), environment, []);
    expect(program.run(0, 0)).toBe(5);
  });

  test("a program that is too large for one function of WebAssembly is interpreted", () => {
    const swap: Instruction = { code: 0xdc, dst: 0, src: 0, offset: 0, imm: 64 };
    const insns = [...assembleText("r0 = 1"), ...new Array<Instruction>(110_001).fill(swap), ...assembleText("exit")];
    const spec = { type: "raw", name: "large", insns, maps: [], license: "GPL" } as const;
    expect(() => jit(unverified(spec), environment, [])).toThrow(expect.objectContaining({ code: "too-large" }));
    const bpf = new BpfSubsystem(new Linux({ cpus: 1 }));
    const program = bpf.load(spec);
    expect(program.engine).toBe("interp");
    expect(bpf.run(program, 0x20000, 0)).toBe(0);
    expect(bpf.host.memory.returnHigh).toBe(0x0100_0000);
  });
});
