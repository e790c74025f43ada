/**
 * Time of one run of each program: Linux's JIT (BPF_PROG_TEST_RUN with repeat), our JIT and our interpreter, side by side.
 * Run it with `node bench/vm/run.ts [WORD...]`, as root for Linux's column.
 */
import { assemble } from "../../src/asm/assemble.ts";
import { HELPERS } from "../../src/helpers/table.ts";
import { encode } from "../../src/isa/encode.ts";
import { BpfSubsystem } from "../../src/linux/bpf/subsystem.ts";
import { Linux } from "../../src/linux/linux.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { prepareTestRun } from "../../src/programs/test-run.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import * as linux from "../../test/linux/bpf.ts";
import { type BenchProgram, PROGRAMS } from "./programs.ts";

/** Each program is measured this often; the fastest counts. */
const ROUNDS = 25;
const ROUND_MS = 10;

/** A UDP packet to port 53, 64 bytes. */
const PACKET = new Uint8Array(64);
PACKET.set([8, 0, 0x45], 12);
PACKET[23] = 17;
PACKET[37] = 53;

function specOf({ name, type, maps, text }: BenchProgram): ProgramSpec {
  const { insns } = assemble(text, {
    helper: (wanted) => HELPERS.find((row) => row.name === wanted)?.id,
    map: (wanted) => maps.findIndex((map) => map.name === wanted),
  });
  return { type, name: name.replaceAll(/\W/g, "_"), insns, maps, license: "GPL" };
}

/** Nanoseconds of one run: `repeat(n)` runs n times. */
function measure(repeat: (times: number) => void): number {
  let times = 1;
  const elapsed = (): number => {
    const began = performance.now();
    repeat(times);
    return performance.now() - began;
  };
  while (elapsed() < ROUND_MS) times *= 2;
  return (Math.min(...Array.from({ length: ROUNDS }, elapsed)) / times) * 1e6;
}

/** Nanoseconds of one run on Linux, and what it returned; undefined where there is no Linux to ask. */
function onLinux(program: BenchProgram, spec: ProgramSpec): { ns: number; retval: number } | undefined {
  if (!linux.available) return undefined;
  const fds = spec.maps.map((map) => linux.mapCreate(map).fd);
  program.filled.forEach((count, i) => {
    for (let key = 0; key < count; key++) {
      linux.mapUpdate(fds[i]!, new Uint8Array(Uint32Array.of(key).buffer), new Uint8Array(spec.maps[i]!.valueSize));
    }
  });
  const { fd } = linux.progLoad({ type: spec.type, insns: encode(spec.insns), mapFds: fds });
  const once = linux.progTestRun(fd, { data: PACKET, repeat: 100 });
  const repeat = Math.max(1000, Math.min(2_000_000, Math.round((ROUND_MS * 1e6) / Math.max(1, once.durationNs))));
  const runs = Array.from({ length: ROUNDS }, () => linux.progTestRun(fd, { data: PACKET, repeat }).durationNs);
  for (const each of [fd, ...fds]) linux.close(each);
  return { ns: Math.min(...runs), retval: once.retval };
}

interface Row {
  readonly name: string;
  readonly linux?: number;
  readonly jit: number;
  readonly interpreter: number;
  readonly instructions: number;
}

function run(program: BenchProgram): Row {
  const spec = specOf(program);
  const bpf = new BpfSubsystem(new Linux({ cpus: 1 }));
  const loaded = bpf.load(spec);
  const { memory } = bpf.host;
  const key = memory.allocate(8);
  program.filled.forEach((count, i) => {
    const value = memory.allocate(spec.maps[i]!.valueSize);
    for (let k = 0; k < count; k++) {
      memory.u32[key >> 2] = k;
      loaded.maps[i]!.update(key, value, 0);
    }
  });
  const { context } = prepareTestRun(memory, spec.type, PACKET);
  const interpreted = interpret(loaded.runnable.xlated, bpf.environment, loaded.maps);
  const steps = interpreted.start(context);
  steps.goTo(Number.POSITIVE_INFINITY);
  const reference = onLinux(program, spec);
  const result = loaded.runnable.run(context);
  if (reference !== undefined && reference.retval >>> 0 !== result) {
    throw new RangeError(`${program.name}: Linux returns ${reference.retval >>> 0}, the JIT ${result}`);
  }
  return {
    name: program.name,
    linux: reference?.ns,
    jit: measure((times) => loaded.runnable.repeat(context, times)),
    interpreter: measure((times) => interpreted.repeat(context, times)),
    instructions: steps.state().executed,
  };
}

// Words of the command line choose programs by a part of their name.
const chosen = process.argv.slice(2);
const rows = PROGRAMS.filter(({ name }) => chosen.length === 0 || chosen.some((word) => name.includes(word))).map(run);

const fixed = (value: number | undefined, digits = 1): string => (value === undefined ? "-" : value.toFixed(digits));
const columns = ["program", "Linux ns", "JIT ns", "JIT/Linux", "interpreter ns", "M insns/s"];
const cells = rows.map((row) => [
  row.name,
  fixed(row.linux, 0),
  fixed(row.jit),
  fixed(row.linux && row.jit / row.linux, 2),
  fixed(row.interpreter, 0),
  fixed((row.instructions / row.interpreter) * 1000),
]);
const widths = columns.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
for (const row of [columns, ...cells]) {
  console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "));
}
const ratios = rows.flatMap((row) => (row.linux === undefined ? [] : [row.jit / row.linux]));
const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
console.log(`geometric mean of JIT/Linux: ${ratios.length === 0 ? `- (${linux.why})` : mean.toFixed(2)}`);
