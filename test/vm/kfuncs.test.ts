/** Programs that call functions of Linux run: both engines compute what `kfunc-cases.ts` says, which Linux is held to as well. */
import { describe, expect, test } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import { implementedKfunc, KFUNC_IMPLEMENTATIONS } from "../../src/helpers/kfunc/table.ts";
import { kfuncByName } from "../../src/helpers/kfuncs.ts";
import { helperById } from "../../src/helpers/table.ts";
import { asm, Machine, map } from "../../src/index.ts";
import { BpfSubsystem } from "../../src/linux/bpf/subsystem.ts";
import { Linux } from "../../src/linux/linux.ts";
import { ARENA_START, type ArenaMap } from "../../src/maps/arena.ts";
import { MAP_FLAGS } from "../../src/maps/flags.ts";
import { verify } from "../../src/verifier/verify.ts";
import { Environment } from "../../src/vm/environment.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { rewrite } from "../../src/vm/rewrite.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { typedProgram } from "../verifier/typed-programs.ts";
import { mapOf } from "../verifier/value-types.ts";
import { KFUNC_CASES, PAGES, RESULTS } from "./kfunc-cases.ts";
import { BareHost, rawProgram } from "./support.ts";

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

describe("a machine", () => {
  const bpf = new BpfSubsystem(new Linux({ cpus: 1 }));

  test("runs programs that call functions of Linux, and knows their addresses", () => {
    const sum = KFUNC_CASES.find(({ name }) => name === "numbers from 3 to 10")!;
    const program = bpf.load(typedProgram(sum, KERNEL, MAPS));
    bpf.run(program, bpf.host.memory.allocate(4096));
    expect(bpf.host.memory.view.getBigInt64(program.maps[0]!.elements!.base + 8, true)).toBe(42n);
    const address = typedProgram({ name: "", text: "r0 = ksym[vfs_read]\n w0 = w0\n exit" }, KERNEL, []);
    const low = bpf.run(bpf.load(address), bpf.host.memory.allocate(4096));
    expect(BigInt(low >>> 0)).toBe(BigInt.asUintN(32, bpf.host.symbolAddress!("vfs_read")!));
  });

  test("refuses by name what it cannot run", () => {
    const text = "call bpf_cpumask_create\n if r0 == 0 goto +2\n r1 = r0\n call bpf_cpumask_release\n r0 = 0\n exit";
    const program = typedProgram({ name: "", type: "tracepoint", text }, KERNEL, []);
    expect(() => bpf.load(program)).toThrow("kfunc bpf_cpumask_create cannot run");
  });

  test("keeps tasks in maps: an exchange gives the one that was there before", () => {
    const linux = new Linux({ cpus: 1 });
    const own = new BpfSubsystem(linux);
    const kept = mapOf("array", "kept", "pointing");
    const shared = own.createMap(kept);
    const pid = pathOf(KERNEL, KERNEL.byName("task_struct", "struct")!.id, "pid")!.bitOffset / 8;
    const swap = (number: number) => {
      const text = `
        r1 = ${number}
        call bpf_task_from_pid
        if r0 == 0 goto none
        r7 = r0
        r2 = r10
        r2 += -4
        *(u32 *)(r10 - 4) = 0
        r1 = map[kept]
        call map_lookup_elem
        if r0 == 0 goto back
        r1 = r0
        r2 = r7
        call kptr_xchg
        if r0 == 0 goto none
        r6 = *(u32 *)(r0 + ${pid})
        r1 = r0
        call bpf_task_release
        r0 = r6
        exit
      back:
        r1 = r7
        call bpf_task_release
      none:
        r0 = 0
        exit`;
      const program = typedProgram({ name: "", type: "tracepoint", text }, KERNEL, [kept]);
      return own.run(own.load(program, { maps: program.maps.map(() => shared) }), linux.memory.allocate(4096));
    };
    const pids = ["one", "two"].map((comm) => linux.process({ comm, *program() {} }).pid);
    expect([...pids, 999_999, pids[0]!].map(swap)).toEqual([0, pids[0], 0, pids[1]]);
  });
});

describe("an arena as a notebook declares it", () => {
  test("what the notebook writes a program reads, and the other way round", () => {
    const heap = map.arena({ name: "heap", pages: 4 });
    heap.write(4090, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    expect([heap.size, heap.address]).toEqual([2, ARENA_START]);
    const machine = new Machine({ cpus: 1 });
    const program = machine.load(
      asm({ type: "xdp", name: "reads", maps: [heap] })`
        r1 = map[heap][0]
        r1 = addr_space_cast(r1, 0, 1)
        r0 = *(u32 *)(r1 + 4094)
        *(u8 *)(r1 + 1) = 9
        exit`,
    );
    expect(program.run(new Uint8Array(64)).retval).toBe(0x08070605);
    expect([...heap.read(0, 3)]).toEqual([0, 9, 0]);
  });

  test("a run can be stepped and taken back", () => {
    const host = new BareHost();
    const environment = new Environment(host, { helpers: helperById });
    const text =
      "r1 = map[pages][0]\n r1 = addr_space_cast(r1, 0, 1)\n *(u32 *)(r1 + 4094) = 7\n r0 = *(u16 *)(r1 + 4094)\n exit";
    const program = typedProgram({ name: "", text }, KERNEL, [PAGES]);
    const arena = host.createMap(PAGES) as ArenaMap;
    arena.write(0, new Uint8Array(4096));
    arena.write(4096, new Uint8Array(4096));
    const xlated = rewrite(program, verify(program, { kernel: KERNEL }));
    const run = interpret(xlated, environment, [arena]).start(host.memory.allocate(64), 0);
    while (run.step());
    expect([run.register(0), arena.read(4094, 1)[0]]).toEqual([7n, 7]);
    while (run.back());
    expect(arena.read(4094, 1)[0]).toBe(0);
  });

  test("outside of it, and where touching makes no page, it is an error that says so", () => {
    const heap = map.arena({ name: "small", pages: 1, flags: MAP_FLAGS.SEGV_ON_FAULT });
    expect(() => heap.read(4090, 8)).toThrow(/not in its 4096 bytes/);
    expect(() => heap.read(0, 1)).toThrow(/page 0 is not there/);
  });

  test("without a verdict an access to a page that is not there is an error that names it", () => {
    const host = new BareHost();
    const environment = new Environment(host, { helpers: helperById });
    const text = "r1 = map[pages][0]+4096\nr1 = addr_space_cast(r1, 0, 1)\nr0 = *(u8 *)(r1 + 1)\nexit";
    const maps = [host.createMap(PAGES)];
    for (const engine of [interpret, jit])
      expect(() => engine(unverified(rawProgram(text, [PAGES])), environment, maps).run(0, 0)).toThrow(
        /lies in page 1 of arena pages, which is not there/,
      );
  });
});
