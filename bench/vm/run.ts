/**
 * Time of one run of each program, side by side: Linux's JIT (BPF_PROG_TEST_RUN with repeat), our JIT and our interpreter,
 * and the JIT of rbpf where cargo can build it. Run it with `node bench/vm/run.ts [WORD...]`, as root for Linux's column.
 */
import { assemble } from "../../src/asm/assemble.ts";
import { HELPERS } from "../../src/helpers/table.ts";
import type { LinuxProgram } from "../../src/linux/bpf/program.ts";
import { BpfSubsystem } from "../../src/linux/bpf/subsystem.ts";
import { Linux } from "../../src/linux/linux.ts";
import type { RuntimeMap } from "../../src/maps/runtime.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { prepareTestRun } from "../../src/programs/test-run.ts";
import { verify } from "../../src/verifier/verify.ts";
import { interpret } from "../../src/vm/interpreter/interpret.ts";
import { measure, type Timed, timed } from "./measure.ts";
import { onLinux, why } from "./on-linux.ts";
import { buildRbpf, onRbpf } from "./on-rbpf.ts";
import { type BenchProgram, PROGRAMS } from "./programs.ts";

const ROUNDS = 200;
const INTERPRETER_ROUNDS = 50;

/** A UDP packet to port 53, 64 bytes. */
const PACKET = new Uint8Array(64);
PACKET.set([8, 0, 0x45], 12);
PACKET[23] = 17;
PACKET[37] = 53;

function specOf({ name, type, maps }: BenchProgram, text: string): ProgramSpec {
  const { insns } = assemble(text, {
    helper: (wanted) => HELPERS.find((row) => row.name === wanted)?.id,
    map: (wanted) => maps.findIndex((map) => map.name === wanted),
  });
  return { type, name: name.replaceAll(/\W/g, "_").slice(0, 15), insns, maps, license: "GPL" };
}

/** A program loaded into a machine of its own, its maps filled. */
interface Loaded extends LinuxProgram {
  readonly bpf: BpfSubsystem;
  readonly context: number;
}

function onMachine(
  { filled }: BenchProgram,
  spec: ProgramSpec,
  partner: ProgramSpec | undefined,
  engine: "jit" | "interp",
): Loaded {
  const bpf = new BpfSubsystem(new Linux({ cpus: 1 }));
  const loaded = bpf.load(spec, { engine });
  const { maps } = loaded;
  const { memory } = bpf.host;
  const key = memory.allocate(8);
  const fill = (map: RuntimeMap, at: number, word: number): void => {
    const value = memory.allocate(map.userValueSize);
    memory.u32[key >> 2] = at;
    memory.u32[value >> 2] = word;
    map.userUpdate(key, value, 0);
  };
  for (const [i, count] of filled.entries()) {
    const map = maps[i]!;
    // The id of the program, where that is what the map holds; else a zero would do as well.
    for (let at = 0; at < count; at++) fill(map, at, map.spec.type === "prog_array" ? loaded.id : 0);
  }
  if (partner !== undefined) fill(maps[0]!, 1, bpf.load(partner, { engine, maps }).id);
  const { context } = prepareTestRun(memory, spec.type, { data: PACKET });
  // Linux gives maps their pages when they are created, and not when they are first written.
  for (let page = 0; page < memory.size; page += 4096) memory.u8[page] = memory.u8[page]!;
  return { ...loaded, bpf, context };
}

function executedBy({ bpf, runnable, maps, context }: Loaded): number {
  const steps = interpret(runnable.xlated, bpf.environment, maps).start(context);
  steps.goTo(Number.POSITIVE_INFINITY);
  return steps.state().executed;
}

interface Row {
  readonly name: string;
  readonly linux: number | undefined;
  readonly jit: number;
  readonly interpreter: number;
  readonly rbpf: number | undefined;
  readonly instructions: number;
}

/** Undefined, with a sentence, for a program that our verifier does not model yet. */
function run(program: BenchProgram, withRbpf: boolean): Row | undefined {
  const spec = specOf(program, program.text);
  const partner = program.partner === undefined ? undefined : specOf(program, program.partner);
  const { ok, error } = verify(spec);
  if (!ok) {
    console.log(`${program.name} is left out: ${error}`);
    return undefined;
  }
  const [jitted, interpreted] = (["jit", "interp"] as const).map((engine) => onMachine(program, spec, partner, engine));
  const result = jitted!.runnable.run(jitted!.context);
  const check = (whose: string, retval: number | undefined): void => {
    if (retval === undefined || retval === result) return;
    throw new RangeError(`${program.name}: ${whose} returns ${retval}, our JIT ${result}`);
  };
  const reference = onLinux(program, spec, partner, PACKET);
  check("Linux", reference?.retval);
  const rbpf = withRbpf ? onRbpf(spec) : undefined;
  check("rbpf", rbpf?.retval);

  const contenders: Timed[] = [timed((times) => jitted!.runnable.repeat(jitted!.context, times))];
  if (reference !== undefined) contenders.push(reference.run);
  const [jit, linux] = measure(contenders, ROUNDS, program.runs);
  const [interpreter] = measure(
    [timed((times) => interpreted!.runnable.repeat(interpreted!.context, times))],
    INTERPRETER_ROUNDS,
    program.runs,
  );
  reference?.close();
  return {
    ...{ name: program.name, linux, jit: jit!, interpreter: interpreter!, rbpf: rbpf?.jit },
    instructions: program.executed ?? executedBy(interpreted!),
  };
}

const rbpfMissing = buildRbpf();
// Words of the command line choose programs by a part of their name.
const chosen = process.argv.slice(2);
const rows = PROGRAMS.filter(({ name }) => chosen.length === 0 || chosen.some((word) => name.includes(word))).flatMap(
  (each) => run(each, rbpfMissing === "") ?? [],
);

const fixed = (value: number | undefined, digits = 1): string => (value === undefined ? "-" : value.toFixed(digits));
const columns = ["program", "Linux ns", "JIT ns", "JIT/Linux", "rbpf ns", "JIT/rbpf", "interpreter ns", "M insns/s"];
const cells = rows.map((row) => [
  row.name,
  fixed(row.linux, 0),
  fixed(row.jit),
  fixed(row.linux && row.jit / row.linux, 2),
  fixed(row.rbpf, 0),
  fixed(row.rbpf && row.jit / row.rbpf, 2),
  fixed(row.interpreter, 0),
  fixed((row.instructions / row.interpreter) * 1000),
]);
const widths = columns.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
for (const row of [columns, ...cells]) {
  console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "));
}
const mean = (ratios: readonly number[], missing: string): string =>
  ratios.length === 0
    ? `- (${missing || "none of these programs was measured there"})`
    : Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length).toFixed(2);
console.log(
  `geometric mean of JIT/Linux: ${mean(
    rows.flatMap(({ linux, jit }) => (linux ? [jit / linux] : [])),
    why,
  )}`,
);
console.log(
  `geometric mean of JIT/rbpf: ${mean(
    rows.flatMap(({ rbpf, jit }) => (rbpf ? [jit / rbpf] : [])),
    rbpfMissing,
  )}`,
);
