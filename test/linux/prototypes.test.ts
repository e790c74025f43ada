/**
 * Every helper as its prototype says, beside Linux: calls with arguments that fit, and with one of them replaced by each kind
 * of value. Verdict, errno and message must be the same; what ours does not model is counted.
 */
import { describe, expect, test } from "vitest";
import { formatInstruction } from "../../src/asm/format-instruction.ts";
import { ARGUMENTS, type ArgType } from "../../src/helpers/arguments.ts";
import type { HelperRow } from "../../src/helpers/row.ts";
import { HELPERS, signatureOf } from "../../src/helpers/table.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import type { MapSpec, MapType } from "../../src/maps/spec.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { PROGRAMS } from "../../src/programs/table.ts";
import type { ProgramType } from "../../src/programs/types.ts";
import { available, suiteName } from "./bpf.ts";
import { LACKING } from "./build-options.ts";
import { type Comparison, compare } from "./verifier-compare.ts";
import { insn } from "./verifier-pieces.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;

const RDONLY = 1 << 7;
const map = (type: MapType, keySize: number, valueSize: number, maxEntries = 4, flags = 0): MapSpec => ({
  type,
  name: type.slice(0, 15),
  keySize,
  valueSize,
  maxEntries,
  flags,
});

/** One map of each type that can be made without BTF; the first two are for values that arguments point into. */
const MAPS: readonly MapSpec[] = [
  map("array", 4, 64, 1),
  map("array", 4, 64, 1, RDONLY),
  map("hash", 8, 16),
  map("hash", 8, 16, 4, RDONLY),
  map("prog_array", 4, 4),
  map("perf_event_array", 4, 4),
  map("percpu_hash", 8, 16),
  map("percpu_array", 4, 16),
  map("stack_trace", 4, 80),
  map("cgroup_array", 4, 4),
  map("lru_hash", 8, 16),
  map("lpm_trie", 8, 16, 4, 1),
  map("devmap", 4, 4),
  map("sockmap", 4, 4),
  map("cpumap", 4, 4),
  map("sockhash", 8, 4),
  map("reuseport_sockarray", 4, 8),
  map("queue", 0, 16),
  map("stack", 0, 16),
  map("ringbuf", 0, 0, 4096),
  map("user_ringbuf", 0, 0, 4096),
  map("bloom_filter", 0, 16),
  { ...map("array_of_maps", 4, 4), inner: map("hash", 8, 16) },
  { ...map("hash_of_maps", 8, 4), inner: map("array", 4, 16) },
];

/** Ways to fill a register. The stack below fp-64 is never set; r6 is the context. */
const VALUES: Readonly<Record<string, (register: number) => Instruction[]>> = {
  zero: (r) => [insn(0xb7, r)],
  eight: (r) => [insn(0xb7, r, 0, 0, 8)],
  negative: (r) => [insn(0xb7, r, 0, 0, -1)],
  stack: (r) => [insn(0xbf, r, 10), insn(0x07, r, 0, 0, -64)],
  unset: (r) => [insn(0xbf, r, 10), insn(0x07, r, 0, 0, -128)],
  odd: (r) => [insn(0xbf, r, 10), insn(0x07, r, 0, 0, -61)],
  value: (r) => [insn(0x18, r, 2, 0, 0), insn(0, 0, 0, 0, 8)],
  readonly: (r) => [insn(0x18, r, 2, 0, 1), insn(0)],
  context: (r) => [insn(0xbf, r, 6)],
  moved: (r) => [insn(0xbf, r, 6), insn(0x07, r, 0, 0, 8)],
  random: (r) => [insn(0xbf, r, 7)],
};

const mapAt = (r: number, index: number): Instruction[] => [insn(0x18, r, 1, 0, index), insn(0)];

/** What fits an argument, as far as such a thing is at hand. */
function fitting(kind: ArgType, register: number, index: number): Instruction[] {
  switch (ARGUMENTS[kind].base) {
    case "const_map_ptr":
      return mapAt(register, index);
    case "ptr_to_map_key":
    case "ptr_to_map_value":
    case "ptr_to_mem":
    case "ptr_to_stack":
      return VALUES.stack(register);
    case "const_size":
    case "const_size_or_zero":
    case "const_alloc_size_or_zero":
      return VALUES.eight(register);
    case "ptr_to_ctx":
      return VALUES.context(register);
    default:
      return VALUES.zero(register);
  }
}

/** The program around a call: the context in r6, an unknown number in r7, 64 bytes of stack set, r0 looked at afterwards. */
function around(type: ProgramType, setup: readonly Instruction[], id: number): ProgramSpec {
  const clear = Array.from({ length: 8 }, (_, slot) => insn(0x7a, 10, 0, -8 * (slot + 1)));
  const insns = [
    insn(0xbf, 6, 1),
    ...clear,
    insn(0x85, 0, 0, 0, 7),
    insn(0xbf, 7, 0),
    ...setup,
    insn(0x85, 0, 0, 0, id),
    insn(0xb7, 0, 0, 0, PROGRAMS[type].returns?.max ?? 0),
    insn(0x95),
  ];
  return { type, name: "call", insns, maps: MAPS, license: "GPL" };
}

const LOADABLE = Object.values(PROGRAMS).filter(
  ({ type, context }) => type !== "raw" && type !== "lirc_mode2" && type !== "netfilter" && context,
);

/** Types that show each way in which a helper's prototype differs: the first that may call it, and those with variants. */
function callers(row: HelperRow): ProgramType[] {
  if (LACKING.has(row.name)) return [];
  const all = LOADABLE.filter(({ helpers }) => helpers.has(row.name)).map(({ type }) => type);
  return NIGHT ? all : all.filter((type, at) => at === 0 || row.variants?.[type] || type.startsWith("cgroup_sock"));
}

/** Calls of one helper: fitting, too few arguments, every map, each argument replaced. */
function* calls(row: HelperRow, type: ProgramType): Generator<ProgramSpec> {
  const { args } = signatureOf(row, type);
  const setups = (index: number): Instruction[][] => args.map((kind, at) => fitting(kind, at + 1, index));
  const usesMap = args.includes("const_map_ptr");
  for (let index = 2; index < (usesMap ? MAPS.length : 3); index++) yield around(type, setups(index).flat(), row.id);
  for (let count = 0; count < args.length; count++)
    yield around(type, [...setups(2).slice(0, count).flat(), insn(0x85, 0, 0, 0, 7)], row.id);
  for (let at = 0; at < args.length; at++)
    for (const value of Object.values(VALUES))
      yield around(
        type,
        setups(2)
          .with(at, value(at + 1))
          .flat(),
        row.id,
      );
}

/** The Linux of development does not load them. */
const ALONE: ReadonlySet<ProgramType> = new Set<ProgramType>(["tracing", "lsm", "ext", "struct_ops", "lirc_mode2"]);

/** What r1 to r5 hold. */
const FILLS: readonly (readonly (keyof typeof VALUES)[])[] = [
  ["zero", "zero", "zero", "zero", "zero"],
  ...(NIGHT ? [["context", "stack", "eight", "zero", "zero"]] : []),
];

const describeDifference = ({ program, linux, ours }: Comparison): string =>
  [
    program.type,
    ...program.insns.slice(11).map((_, at) => formatInstruction(program.insns, at + 11)),
    `Linux: ${linux.error ?? "accepted"}`,
    `ours:  ${ours.error ?? "accepted"}`,
  ].join("\n");

describe.skipIf(!available)(suiteName("prototypes of helpers"), () => {
  const missing = new Map<string, number>();

  test.each(HELPERS.filter((row) => callers(row).length > 0).map((row) => [row.name, row] as const))(
    "%s: the same calls are refused, in the same words",
    (_, row) => {
      const differing: string[] = [];
      for (const type of callers(row)) {
        for (const program of calls(row, type)) {
          const comparison = compare(program, 1);
          const { linux, ours } = comparison;
          if (ours.message === "not_modelled") missing.set(row.name, (missing.get(row.name) ?? 0) + 1);
          else if (linux.ok !== ours.ok || linux.errno !== ours.errno || linux.error !== ours.error)
            differing.push(describeDifference(comparison));
        }
      }
      expect(differing.slice(0, 3)).toEqual([]);
    },
  );

  // Several helpers are others behind the same number, by the type of the program.
  test("each helper from each type, with NULL, the context and memory", { timeout: 60_000 }, () => {
    const differing: string[] = [];
    const types = (Object.keys(PROGRAMS) as ProgramType[]).filter((type) => PROGRAMS[type].context && !ALONE.has(type));
    for (const type of types)
      for (const { id, name } of HELPERS) {
        if (LACKING.has(name)) continue;
        for (const fill of FILLS) {
          const call = [insn(0x85, 0, 0, 0, id), insn(0xb7), insn(0x95)];
          const insns = [insn(0xbf, 6, 1), ...fill.flatMap((value, at) => VALUES[value]!(at + 1)), ...call];
          const comparison = compare({ type, name, insns, maps: [], license: "GPL" }, 1);
          const { linux, ours } = comparison;
          if (ours.message !== "not_modelled" && (linux.error !== ours.error || linux.errno !== ours.errno))
            differing.push(`${type} ${name}: ${linux.error} / ${ours.error}`);
        }
      }
    expect(differing).toEqual([]);
  });

  test("what is not modelled is known", () => {
    console.log(`helpers with calls that ours does not model: ${[...missing.keys()].join(" ")}`);
    expect(missing.size).toBeLessThan(60);
  });
});
