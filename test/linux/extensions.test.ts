import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode } from "../../src/isa/encode.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import type { BpfSubsystem } from "../../src/linux/bpf/subsystem.ts";
import type { ProgArrayMap } from "../../src/maps/prog-array.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { prepareTestRun } from "../../src/programs/test-run.ts";
import { verify } from "../../src/verifier/verify.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import type { RunnableProgram } from "../../src/vm/program.ts";
import { rewrite } from "../../src/vm/rewrite.ts";
import type { Xlated } from "../../src/vm/types.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { EXTENSIONS, type Extension, extendedProgram, MAP_ENTRIES, MAP_NAMES } from "../vm/arbitrary-linux.ts";
import { available, close, mapCreate, mapLookup, mapUpdate, progLoad, progTestRun, suiteName } from "./bpf.ts";
import { SharedMachine } from "./shared-machine.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;
/** Programs of a night, of all kinds together. */
const NIGHTLY = 20_000;
/** Milliseconds: on a busy machine 2,000 programs take minutes. */
const TIMEOUT = NIGHT ? 3_600_000 : 120_000;

const ARRAY = { keySize: 4, valueSize: 8, maxEntries: MAP_ENTRIES, flags: 0 } as const;
const MAPS: readonly MapSpec[] = [
  { ...ARRAY, name: MAP_NAMES[0], type: "percpu_array" },
  { ...ARRAY, name: MAP_NAMES[1], type: "array" },
  { ...ARRAY, name: MAP_NAMES[2], type: "prog_array", valueSize: 4 },
];

/** An ARP packet, since Linux looks into the header of an IP packet before it runs the program. */
const PACKET = Uint8Array.from({ length: 64 }, (_, i) => i * 37 + 11);
PACKET.set([0x08, 0x06], 12);

interface Outcome {
  readonly retval: number;
  /** The elements of the per-CPU array, summed over the CPUs (the others' are 0), and of the shared one. */
  readonly values: readonly (readonly bigint[])[];
}

/** Programs at the indices of the array; the first of them is the one that runs. */
type Programs = readonly (readonly Instruction[])[];

const specOf = (insns: readonly Instruction[]): ProgramSpec => ({
  ...{ type: "socket_filter", name: "random", insns, maps: MAPS, license: "GPL" },
});

const key = (index: number): Uint8Array => new Uint8Array(Uint32Array.of(index).buffer);
const indices = Array.from({ length: MAP_ENTRIES }, (_, i) => i);

/** How many CPUs Linux keeps values for: the last of a list such as "0-1" is the highest. */
function possibleCpus(): number {
  return Number(/(\d+)\s*$/.exec(readFileSync("/sys/devices/system/cpu/possible", "utf8"))![1]) + 1;
}

const CPUS = possibleCpus();

/** Linux's maps of values, for all programs: making them anew for each took longer than running it. */
function linuxMaps(): readonly number[] {
  return MAPS.slice(0, 2).map((map) => mapCreate(map).fd);
}

/** Undefined for programs with more paths than Linux's verifier follows. */
function onLinux(values: readonly number[], programs: Programs): Outcome | undefined {
  for (const i of indices) {
    mapUpdate(values[0]!, key(i), new Uint8Array(8 * CPUS));
    mapUpdate(values[1]!, key(i), new Uint8Array(8));
  }
  // An array of programs is made anew: to empty one, Linux waits 10 ms for its CPUs at each element.
  const maps = [...values, mapCreate(MAPS[2]!).fd];
  const fds: number[] = [];
  try {
    for (const insns of programs) {
      const loaded = progLoad({ type: "socket_filter", insns: encode(insns), mapFds: maps });
      if (loaded.ok) fds.push(loaded.fd);
      else if (loaded.errno === "E2BIG") return undefined;
      else {
        const { log } = progLoad({ type: "socket_filter", insns: encode(insns), mapFds: maps, logLevel: 1 });
        throw new RangeError(`Linux rejects a program of the generator (${loaded.errno}): ${log.slice(-500)}`);
      }
    }
    for (const [i, fd] of fds.entries()) mapUpdate(maps[2]!, key(i), key(fd));
    const { retval } = progTestRun(fds[0]!, { data: PACKET });
    const left = [8 * CPUS, 8].map((size, map) =>
      indices.map((i) => {
        const bytes = mapLookup(maps[map]!, key(i), size).value!;
        return new BigUint64Array(bytes.slice().buffer).reduce((sum, value) => BigInt.asUintN(64, sum + value), 0n);
      }),
    );
    return { retval: retval >>> 0, values: left };
  } finally {
    for (const fd of [...fds, maps[2]!]) close(fd);
  }
}

function onMachine(
  bpf: BpfSubsystem,
  programs: Programs,
  prepare: (spec: ProgramSpec) => Xlated,
  engine: typeof jit | typeof interpret,
): Outcome {
  const { memory } = bpf.host;
  const maps = MAPS.map((map) => bpf.createMap(map));
  const runnable = programs.map((insns) => engine(prepare(specOf(insns)), bpf.environment, maps) as RunnableProgram);
  const [at, out] = [memory.allocate(8), memory.allocate(8)];
  const array = maps[2] as ProgArrayMap;
  array.connect((id) => ({ slot: bpf.environment.slotOf(runnable[id]!), kind: "socket_filter" }));
  for (const [i] of runnable.entries()) {
    memory.u32.fill(i, at >> 2, (at >> 2) + 1);
    memory.u32.fill(i, out >> 2, (out >> 2) + 1);
    array.userUpdate(at, out, 0);
  }
  const { context } = prepareTestRun(memory, "socket_filter", { data: PACKET });
  const retval = runnable[0]!.run(context);
  const values = maps.slice(0, 2).map((map) =>
    indices.map((i) => {
      memory.u32[at >> 2] = i;
      return memory.view.getBigUint64(map.lookup(at), true);
    }),
  );
  return { retval, values };
}

/** Rewritten after our own verdict, which must be Linux's. */
function verified(programs: Programs): (spec: ProgramSpec) => Xlated {
  const verdicts = new Map(programs.map((insns) => [insns, verify(specOf(insns))]));
  for (const verdict of verdicts.values()) {
    if (verdict.ok) continue;
    throw new RangeError(`our verifier rejects what Linux accepts: ${verdict.error}`);
  }
  return (spec) => rewrite(spec, verdicts.get(spec.insns)!);
}

describe.skipIf(!available)(suiteName("programs with Linux's own instructions leave the same on Linux as here"), () => {
  test.each(Object.keys(EXTENSIONS) as Extension[])(
    "%s",
    (extension) => {
      const count = extension === "tail calls" ? 3 : 1;
      const programs = fc.array(extendedProgram(extension), { minLength: count, maxLength: count });
      const maps = linuxMaps();
      const machine = new SharedMachine();
      let ran = 0;
      try {
        fc.assert(
          fc.property(programs, (each) => {
            const expected = onLinux(maps, each);
            fc.pre(expected !== undefined);
            ran++;
            const rewritten = verified(each);
            for (const prepare of [unverified, rewritten]) {
              expect(onMachine(machine.fresh(), each, prepare, interpret)).toEqual(expected);
              expect(onMachine(machine.fresh(), each, prepare, jit)).toEqual(expected);
            }
          }),
          { numRuns: NIGHT ? NIGHTLY / Object.keys(EXTENSIONS).length : 60 },
        );
      } finally {
        for (const fd of maps) close(fd);
      }
      if (NIGHT) console.log(`${extension}: ${ran} programs`);
    },
    TIMEOUT,
  );
});
