import type { Instruction } from "../../../isa/instruction.ts";
import { decode } from "../../../vm/decode.ts";
import { type FlowGraph, flowGraph } from "../../../vm/flow/graph.ts";
import type { Operand, Operation } from "../../../vm/operation.ts";

/**
 * What a program is like, as numbers that occur so and so often, in order: two programs are alike as far as they have the same ones.
 * Registers' names, the order of instructions that do not depend on each other, constants, offsets on the stack and in packets, names of
 * maps do not count; operations, what flows into what, sizes, helpers and the shape of control do.
 */
export interface Fingerprint {
  /** Ascending; one that occurs twice stands twice. */
  readonly features: Int32Array;
  /** The features of each slot, to show which instructions two programs share; none for second slots and what is not reached. */
  readonly bySlot: ReadonlyMap<number, number>;
}

/** Instructions of a program that are looked at: the largest submissions take as long as all others. */
const MOST = 6000;
/** How often a block's label takes in its neighbours' (Weisfeiler and Lehman). */
const ROUNDS = 2;

/** Mixes numbers to 32 bits (MurmurHash3's finaliser between them). */
function mix(...parts: readonly number[]): number {
  let hash = 0x9747b28c;
  for (const part of parts) {
    hash ^= part;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash | 0;
}

const codes = new Map<string, number>();
/** A number for a word. */
function code(word: string): number {
  let known = codes.get(word);
  if (known === undefined) {
    known = mix(...Array.from(word, (char) => char.charCodeAt(0)));
    codes.set(word, known);
  }
  return known;
}

const FRAME = code("the stack");
const CONSTANT = code("a constant");
const ZERO = code("zero");

/** What a register holds at the beginning of a block: where it came from is another block's. */
const ENTRY = code("from another block");
const constant = (value: bigint): number => (value === 0n ? ZERO : CONSTANT);

/** Values of registers by what made them: one block, in order. */
class Values {
  readonly #of = new Map<number, number>([[10, FRAME]]);

  get(register: number): number {
    return this.#of.get(register) ?? ENTRY;
  }

  set(register: number, value: number): void {
    if (register !== 10) this.#of.set(register, value);
  }

  operand(operand: Operand): number {
    return "register" in operand ? this.get(operand.register) : constant(operand.constant);
  }

  /** r1 to r5 are gone, r0 is what was called. */
  called(result: number): void {
    for (let register = 1; register <= 5; register++) this.#of.delete(register);
    this.#of.set(0, result);
  }
}

/** Moves make nothing: who reads a copy reads what was copied. */
function featureOf(operation: Operation, values: Values): number | undefined {
  switch (operation.kind) {
    case "alu": {
      const { op, wide, dst, src } = operation;
      if (op === "mov" && (wide || "constant" in src)) return copy(values, dst, values.operand(src), "register" in src);
      // A sum is the same whichever comes first.
      const operands = [op === "mov" ? 0 : values.get(dst), values.operand(src)];
      if (op === "add" || op === "and" || op === "or" || op === "xor" || op === "mul") operands.sort();
      return made(values, dst, mix(code(op), wide ? 1 : 0, ...operands));
    }
    case "neg":
      return made(values, operation.dst, mix(code("neg"), values.get(operation.dst)));
    case "extend":
      return made(values, operation.dst, mix(code("extend"), operation.bits, values.get(operation.src)));
    case "end":
      return made(
        values,
        operation.dst,
        mix(code("end"), operation.bits, operation.swap ? 1 : 0, values.get(operation.dst)),
      );
    case "cast":
      return made(values, operation.dst, mix(code("cast"), values.get(operation.src)));
    case "constant":
      return copy(values, operation.dst, constant(operation.value), false);
    case "map":
      return made(values, operation.dst, mix(code("map"), operation.valueOffset === undefined ? 0 : 1));
    case "function":
      return made(values, operation.dst, code("function"));
    case "symbol":
      return made(values, operation.dst, code("symbol"));
    case "load":
      return made(values, operation.dst, mix(code("load"), operation.bytes, values.get(operation.base)));
    case "store":
      return mix(code("store"), operation.bytes, values.get(operation.base), values.operand(operation.src));
    case "atomic": {
      const { op, bytes, base, src, fetch } = operation;
      const feature = mix(code("atomic"), code(op), bytes, values.get(base), values.get(src));
      if (fetch) values.set(op === "cmpxchg" ? 0 : src, feature);
      return feature;
    }
    case "branch":
      return branchFeature(operation, values);
    case "helper":
      return call(values, mix(code("helper"), operation.id));
    case "kfunc":
      return call(values, mix(code("kfunc"), operation.id));
    case "call":
      return call(values, code("call"));
    case "indirect":
      return call(values, code("indirect"));
    case "exit":
      return mix(code("exit"), values.get(0));
    case "jump":
    case "second":
      return undefined;
  }
}

const MIRRORED: Readonly<Record<string, string>> = { lt: "gt", le: "ge", slt: "sgt", sle: "sge" };
const NEGATED: Readonly<Record<string, string>> = { ne: "eq", lt: "ge", gt: "le", slt: "sge", sgt: "sle" };

/** `if a > b goto` and `if b <= a` over it are one comparison: written as the negated or mirrored one that comes first by name. */
function branchFeature({ condition, left, right, wide }: Operation & { kind: "branch" }, values: Values): number {
  const sides = [values.get(left), values.operand(right)];
  const forms = [
    condition,
    MIRRORED[condition] ?? condition,
    NEGATED[condition] ?? condition,
    MIRRORED[NEGATED[condition] ?? ""] ?? condition,
  ];
  return mix(code("branch"), code([...forms].sort()[0]!), wide ? 1 : 0, ...sides.sort());
}

function made(values: Values, dst: number, feature: number): number {
  values.set(dst, feature);
  return feature;
}

function copy(values: Values, dst: number, value: number, ofRegister: boolean): number | undefined {
  values.set(dst, value);
  return ofRegister ? undefined : mix(code("set"), value);
}

function call(values: Values, feature: number): number {
  values.called(feature);
  return feature;
}

/**
 * The fingerprint of instructions. What means nothing (a reserved code) throws `ProgramError`.
 *
 * @example similarity(fingerprint(mine.insns), fingerprint(yours.insns)) // 0.93
 */
export function fingerprint(insns: readonly Instruction[]): Fingerprint {
  const operations = decode(insns.slice(0, MOST));
  const bySlot = new Map<number, number>();
  const features: number[] = [];
  for (const start of functionsOf(operations)) {
    const graph = flowGraph(operations, start);
    const labels = graph.blocks.map(({ start: from, end }) => {
      const values = new Values();
      const own: number[] = [];
      for (let at = from; at < end; at++) {
        const feature = featureOf(operations[at]!, values);
        if (feature === undefined) continue;
        bySlot.set(at, feature);
        own.push(feature);
      }
      features.push(...own);
      return mix(...own.sort((a, b) => a - b));
    });
    features.push(...shapeOf(graph, labels));
  }
  return { features: Int32Array.from(features).sort(), bySlot };
}

/** The main function and those that are called. */
function functionsOf(operations: readonly Operation[]): readonly number[] {
  // A call that is not linked yet goes to itself.
  const called = operations.flatMap((one, at) =>
    (one.kind === "call" || one.kind === "function") && one.to !== at ? [one.to] : [],
  );
  return [...new Set([0, ...called])].filter((start) => start >= 0 && start < operations.length);
}

/** Labels of blocks with those of their neighbours, some rounds: programs with the same control have the same. */
function shapeOf({ blocks }: FlowGraph, labels: readonly number[]): readonly number[] {
  const all: number[] = [...labels];
  let now = labels;
  for (let round = 0; round < ROUNDS; round++) {
    now = blocks.map(({ successors, predecessors }, at) => {
      const near = (list: readonly number[]): number => mix(...list.map((one) => now[one]!).sort((a, b) => a - b));
      return mix(now[at]!, near(successors), near(predecessors));
    });
    all.push(...now);
  }
  return all;
}

/** How alike two programs are: what both have of what either has, from 0 to 1 (Ruzicka's index of the two multisets). */
export function similarity({ features: a }: Fingerprint, { features: b }: Fingerprint): number {
  let [i, j, both] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [left, right] = [a[i]!, b[j]!];
    if (left === right) both++;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  const either = a.length + b.length - both;
  return either === 0 ? 0 : both / either;
}
