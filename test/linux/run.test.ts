import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode } from "../../src/isa/encode.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { prepareTestRun } from "../../src/programs/test-run.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { jit } from "../../src/vm/jit/jit.ts";
import { unverified } from "../../src/vm/unverified.ts";
import { acceptableProgram, MEMORY_SIZE, type Place } from "../vm/arbitrary.ts";
import { bareEnvironment } from "../vm/support.ts";
import { available, close, mapCreate, mapLookup, mapUpdate, progLoad, progTestRun, suiteName } from "./bpf.ts";
import { SharedMachine } from "./shared-machine.ts";

/** The long checks run 20,000 programs, here and in `extensions.test.ts`. */
const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;
/** Milliseconds: on a busy machine 5,000 programs take minutes. */
const TIMEOUT = NIGHT ? 3_600_000 : 120_000;

const VALUE: MapSpec = { name: "value", type: "array", keySize: 4, valueSize: MEMORY_SIZE, maxEntries: 1, flags: 0 };
const KEY = new Uint8Array(4);

/** The packet and the map's value at the start. */
const INPUT = Uint8Array.from({ length: MEMORY_SIZE }, (_, i) => i * 37);

/** What a run leaves that anybody can see. */
interface Outcome {
  readonly retval: number;
  readonly packet: readonly number[];
  readonly value: readonly number[] | undefined;
}

function specOf(place: Place, insns: readonly Instruction[]): ProgramSpec {
  const type = place === "stack" ? "socket_filter" : "xdp";
  return { type, name: "random", insns, maps: place === "map" ? [VALUE] : [], license: "GPL" };
}

function onLinux({ type, insns, maps }: ProgramSpec): Outcome {
  const mapFds = maps.map((map) => mapCreate(map).fd);
  for (const fd of mapFds) mapUpdate(fd, KEY, INPUT);
  const loaded = progLoad({ type, insns: encode(insns), mapFds });
  if (!loaded.ok) {
    const { log } = progLoad({ type, insns: encode(insns), mapFds, logLevel: 1 });
    throw new RangeError(`Linux rejects a program of the generator (${loaded.errno}): ${log.slice(-500)}`);
  }
  try {
    const { retval, dataOut } = progTestRun(loaded.fd, { data: INPUT });
    const value = mapFds.map((fd) => [...mapLookup(fd, KEY, MEMORY_SIZE).value!])[0];
    return { retval: retval >>> 0, packet: [...dataOut], value };
  } finally {
    for (const fd of [loaded.fd, ...mapFds]) close(fd);
  }
}

const machine = new SharedMachine();

/** Verified, rewritten, and run by one of our engines. */
function onMachine(spec: ProgramSpec, engine: "jit" | "interp"): Outcome {
  const bpf = machine.fresh();
  const { memory } = bpf.host;
  const program = bpf.load(spec, { engine });
  const input = memory.allocate(MEMORY_SIZE);
  const key = memory.allocate(4);
  memory.u8.set(INPUT, input);
  for (const map of program.maps) map.update(key, input, 0);
  const { context, dataOut } = prepareTestRun(memory, spec.type, { data: INPUT });
  const retval = program.runnable.run(context);
  const value = program.maps.map((map) => {
    const at = map.lookup(key);
    return [...memory.u8.subarray(at, at + MEMORY_SIZE)];
  })[0];
  return { retval, packet: [...dataOut()], value };
}

describe.skipIf(!available)(suiteName("random programs leave the same on Linux as here"), () => {
  test.each(["stack", "packet", "map"] as const)(
    "with memory in the %s: interpreter and JIT",
    (place) => {
      fc.assert(
        fc.property(acceptableProgram(place), (insns) => {
          const spec = specOf(place, insns);
          const expected = onLinux(spec);
          expect(onMachine(spec, "interp")).toEqual(expected);
          expect(onMachine(spec, "jit")).toEqual(expected);
        }),
        { numRuns: NIGHT ? 6500 : 350 },
      );
    },
    TIMEOUT,
  );

  test(
    "the JIT with checks too",
    () => {
      const { environment } = bareEnvironment();
      fc.assert(
        fc.property(acceptableProgram("stack"), (insns) => {
          const spec = specOf("stack", insns);
          const { retval } = onLinux(spec);
          expect(jit(unverified(spec), environment, []).run(0)).toBe(retval);
          expect(interpret(unverified(spec), environment, []).run(0)).toBe(retval);
        }),
        { numRuns: NIGHT ? 1000 : 150 },
      );
    },
    TIMEOUT,
  );
});
