/**
 * A program's instructions as Linux 6.18 would have them after verification: what `prog dump xlated` prints. The machine's own form
 * (`vm/rewrite.ts`) keeps calls of lookups, which its JIT writes out; Linux writes them out as instructions. Contexts are the machine's:
 * their offsets are those of its own structures.
 */
import { helperName } from "../../helpers/names.ts";
import { ALU, CALL, CLASS, JMP, MODE, SIZE, SOURCE } from "../../isa/constants.ts";
import type { Instruction } from "../../isa/instruction.ts";
import type { LinuxProgram } from "../../linux/bpf/program.ts";
import type { MapSpec, MapType } from "../../maps/spec.ts";
import { type Group, splice } from "../../vm/splice.ts";
import { distanceOf } from "./call-distances.ts";

/** A program as Linux would list it. */
export interface LinuxXlated {
  readonly insns: readonly Instruction[];
  /** For each slot, the slot of the program that was loaded. */
  readonly origin: readonly number[];
  /** Names of the functions of Linux that are called, by slot. */
  readonly calls: ReadonlyMap<number, string>;
  /** First slots of its functions, in order. */
  readonly functions: readonly number[];
}

const insn = (code: number, dst: number, src: number, offset: number, imm: number): Instruction => ({
  ...{ code, dst, src, offset, imm },
});
const callOf = (name: string, imm: number): Instruction =>
  named(insn(CLASS.JMP | JMP.CALL, 0, 0, 0, distanceOf(name) ?? imm), name);
const addImm = (dst: number, imm: number): Instruction => insn(CLASS.ALU64 | ALU.ADD | SOURCE.K, dst, 0, 0, imm);
const load = (size: number, dst: number, src: number, offset: number): Instruction =>
  insn(CLASS.LDX | size | MODE.MEM, dst, src, offset, 0);
const jump = (offset: number): Instruction => insn(CLASS.JMP | JMP.JA, 0, 0, offset, 0);
const ifZero = (dst: number, offset: number): Instruction => insn(CLASS.JMP | JMP.JEQ | SOURCE.K, dst, 0, offset, 0);
/** An address of one CPU's area: Linux's internal instruction, which bpftool 7.1 prints as a move. */
const perCpu = (dst: number): Instruction => insn(CLASS.ALU64 | ALU.MOV | SOURCE.X, dst, dst, -1, 0);

/** Names of called functions, by the instruction that was made for the call. */
const names = new WeakMap<Instruction, string>();

function named(call: Instruction, name: string): Instruction {
  names.set(call, name);
  return call;
}

/** `struct bpf_array` before its elements, `struct htab_elem` before its key. */
const ARRAY = 312;
const ELEMENT = 48;
/** Where an element of an LRU hash says that it was used. */
const LRU_REFERENCED = 35;

const up8 = (size: number): number => Math.ceil(size / 8) * 8;

/** The lookup of a map that is known, written out as its type does (`->map_gen_lookup`); undefined for types that are called. */
function lookupOf({ type, keySize, valueSize, maxEntries }: MapSpec): Group | undefined {
  const value = ELEMENT + up8(keySize);
  const hash = callOf("__htab_map_lookup_elem", CALL_LOOKUP);
  switch (type) {
    case "hash":
      return [hash, ifZero(0, 1), addImm(0, value)];
    case "lru_hash":
      return [
        ...[hash, ifZero(0, 4), load(SIZE.B, 1, 0, LRU_REFERENCED)],
        insn(CLASS.JMP | JMP.JNE | SOURCE.K, 1, 0, 1, 0),
        insn(CLASS.ST | SIZE.B | MODE.MEM, 0, 0, LRU_REFERENCED, 1),
        addImm(0, value),
      ];
    case "percpu_hash":
      return [hash, ifZero(0, 3), addImm(0, value), load(SIZE.DW, 0, 0, 0), perCpu(0)];
    case "hash_of_maps":
      return [hash, ifZero(0, 2), addImm(0, value), load(SIZE.DW, 0, 0, 0)];
    case "array":
      return [...arrayElement(up8(valueSize), maxEntries, 3), jump(1), zero];
    case "percpu_array":
      return [...arrayElement(8, maxEntries, 5), load(SIZE.DW, 0, 0, 0), perCpu(0), jump(1), zero];
    case "array_of_maps":
      return [...arrayElement(8, maxEntries, 5), load(SIZE.DW, 0, 0, 0), ifZero(0, 1), jump(1), zero];
    default:
      return undefined;
  }
}

const CALL_LOOKUP = 1;
const zero = insn(CLASS.ALU64 | ALU.MOV | SOURCE.K, 0, 0, 0, 0);

/** The address of an array's element, or a jump over as many instructions where the index is too great. */
function arrayElement(size: number, maxEntries: number, over: number): Group {
  const shift = Math.log2(size);
  const scale = Number.isInteger(shift)
    ? insn(CLASS.ALU64 | ALU.LSH | SOURCE.K, 0, 0, 0, shift)
    : insn(CLASS.ALU64 | ALU.MUL | SOURCE.K, 0, 0, 0, size);
  return [
    ...[addImm(1, ARRAY), load(SIZE.W, 0, 2, 0)],
    ...[insn(CLASS.JMP | JMP.JGE | SOURCE.K, 0, 0, over, maxEntries), scale],
    insn(CLASS.ALU64 | ALU.ADD | SOURCE.X, 0, 0 + 1, 0, 0),
  ];
}

/** The beginnings of the names of each type's own functions. */
const FAMILIES: Readonly<Partial<Record<MapType, string>>> = {
  hash: "htab_map",
  percpu_hash: "htab_percpu_map",
  lru_hash: "htab_lru_map",
  lru_percpu_hash: "htab_lru_percpu_map",
  array: "array_map",
  percpu_array: "percpu_array_map",
  lpm_trie: "trie",
};

/** Helpers that go to a map's own function where the map is known, with the end of that function's name. */
const DIRECT: Readonly<Record<string, string>> = {
  map_lookup_elem: "lookup_elem",
  map_update_elem: "update_elem",
  map_delete_elem: "delete_elem",
  map_lookup_percpu_elem: "lookup_percpu_elem",
};

/** The function of Linux that a helper's call becomes. */
function functionOf(helper: string, map: MapSpec | undefined): string {
  const end = DIRECT[helper];
  const family = map && FAMILIES[map.type];
  if (map !== undefined && end !== undefined && family !== undefined) {
    // A few have no function of their own.
    if (end === "delete_elem" && map.type === "percpu_hash") return "htab_map_delete_elem";
    if (end === "delete_elem" && map.type === "lru_percpu_hash") return "htab_lru_map_delete_elem";
    if (map.type === "percpu_array" && end !== "lookup_elem" && end !== "lookup_percpu_elem") return `array_map_${end}`;
    return `${family}_${end}`;
  }
  if (map !== undefined && (map.type === "queue" || map.type === "stack")) {
    if (helper === "map_push_elem") return "queue_stack_map_push_elem";
    if (helper === "map_pop_elem" || helper === "map_peek_elem") return `${map.type}_${helper}`;
  }
  if (map?.type === "bloom_filter" && (helper === "map_push_elem" || helper === "map_peek_elem"))
    return helper.replace("map_", "bloom_map_");
  if (helper === "redirect_map" && map !== undefined)
    return (
      { devmap: "dev_map_redirect", devmap_hash: "dev_hash_map_redirect" }[map.type as string] ?? "cpu_map_redirect"
    );
  return `bpf_${helper}`;
}

const isCall = ({ code, src }: Instruction): boolean => code === (CLASS.JMP | JMP.CALL) && src === CALL.HELPER;

const cache = new WeakMap<LinuxProgram, LinuxXlated>();

/** What Linux would list of a program; of releases before 6.18 calls keep the numbers of helpers. */
export function linuxXlated(program: LinuxProgram, release: string): LinuxXlated {
  const known = cache.get(program);
  if (known !== undefined) return known;
  const made = make(program, release);
  cache.set(program, made);
  return made;
}

function make({ runnable: { xlated }, spec }: LinuxProgram, release: string): LinuxXlated {
  const groups = xlated.insns.map((each, at): Group => {
    if (!isCall(each) || !xlated.verified) return [each];
    const index = xlated.facts[at]?.map;
    const map = index === undefined ? undefined : spec.maps[index];
    const helper = helperName(each.imm)?.replace(/^bpf_/, "");
    if (helper === undefined) return [each];
    if (helper === "map_lookup_elem" && map !== undefined) {
      const group = lookupOf(map);
      if (group !== undefined) return group;
    }
    const name = functionOf(helper, map);
    const imm = release === "6.18" ? (distanceOf(name) ?? each.imm) : each.imm;
    return [named({ ...each, imm }, name)];
  });
  const { insns, origin, positions } = splice(xlated.insns, groups);
  const calls = new Map<number, string>();
  // Instructions that were made stand in the result as they are, unless they were aimed anew, which calls are not.
  for (const [slot, each] of insns.entries()) {
    const name = names.get(each);
    if (name !== undefined) calls.set(slot, name);
  }
  return {
    ...{ insns, calls },
    origin: origin.map((at) => xlated.origin[at]!),
    functions: xlated.subprograms.map(({ start }) => positions[start]!),
  };
}
