/** The search for an input: follow the refused path branch by branch, changing what the branch that went astray had read. */
import { JMP, LD_IMM64_CODE, OP_MASK } from "../../isa/constants.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { Random } from "../random.ts";
import { disturbed, firstInput, type Input, MOST_PACKET, replaced } from "./input.ts";
import type { Outcome, Scratch } from "./scratch.ts";

/** An input that follows the path to its end. */
export interface Found {
  readonly input: Input;
  readonly registers: readonly bigint[];
  /** Why the instruction cannot be executed; undefined where it can. */
  readonly fault: string | undefined;
  /** The first byte of an access behind the packet's beginning, where that is what goes wrong. */
  readonly packetByte?: number;
  /** What the loads on the path have read, by instruction. */
  readonly reads: ReadonlyMap<number, bigint>;
  /** Random numbers that the program draws. */
  readonly randoms: number;
}

/** Bounds of one search. */
export interface SearchLimits {
  readonly tries: number;
  /** Real milliseconds. */
  readonly time: number;
}

/** Tries at one branch before random changes, and random changes after that. */
const MOST_ALIKE = 800;
const MOST_RANDOM = 150;
/** Pointers of one object lie closer than this. */
const NEAR = 1n << 16n;

/**
 * Finds an input on which the program goes wrong at the end of the path, or at least gets there. `isFault` says whether an
 * error counts, by the registers before it; asked with none, whether there can be one at all.
 */
export function search(
  spec: ProgramSpec,
  scratch: Scratch,
  { tries, time }: SearchLimits,
  isFault: (registers: readonly bigint[]) => boolean = () => true,
): Found | undefined {
  const began = performance.now();
  let left = tries;
  const attempt = (input: Input): Outcome | undefined =>
    left-- > 0 && performance.now() - began < time ? scratch.try(input) : undefined;
  const random = new Random(7, 3);
  const constants = constantsOf(spec);

  let best: { input: Input; outcome: Outcome } | undefined;
  const consider = (input: Input): boolean => {
    const outcome = attempt(input);
    if (outcome === undefined) return false;
    const further = best === undefined || outcome.followed > best.outcome.followed || outcome.reached !== undefined;
    if (further) best = { input, outcome };
    return further;
  };
  consider(firstInput(scratch.contextSize));
  while (best && best.outcome.reached === undefined) {
    if (!first(MOST_ALIKE, changesAt(spec, best.input, best.outcome), consider)) {
      if (!first(MOST_RANDOM, disturbed(best.input, random, constants), consider)) return undefined;
    }
  }
  const reached = best?.outcome.reached;
  if (best === undefined || reached === undefined) return undefined;
  if (reached.fault && isFault(reached.registers)) return foundIn(best.input, best.outcome);
  const there = best;
  if (!isFault([])) return withoutFault(foundIn(there.input, there.outcome));

  // It gets there and nothing happens yet: look for the case that was feared.
  first(MOST_ALIKE, feared(best.input, reached.registers, random, constants), (input) => {
    const outcome = attempt(input);
    if (!outcome?.reached?.fault || !isFault(outcome.reached.registers)) return false;
    best = { input, outcome };
    return true;
  });
  return best === there ? withoutFault(foundIn(best.input, best.outcome)) : foundIn(best.input, best.outcome);
}

function foundIn(input: Input, { reached, randoms, reads }: Outcome): Found {
  const { registers, fault, packetByte } = reached!;
  return {
    input,
    registers,
    fault: fault?.message,
    ...(packetByte === undefined ? {} : { packetByte }),
    reads,
    randoms,
  };
}

/** An input that gets there. */
const withoutFault = ({ input, registers, reads, randoms }: Found): Found => ({
  ...{ input, registers, fault: undefined, reads, randoms },
});

/** Whether one of the first `most` inputs is taken. */
function first(most: number, inputs: Iterable<Input>, take: (input: Input) => boolean): boolean {
  let count = 0;
  for (const input of inputs) {
    if (take(input)) return true;
    if (++count >= most) return false;
  }
  return false;
}

/** Inputs that may make the branch go the other way. */
function* changesAt(spec: ProgramSpec, input: Input, { branch, lookups, loaded }: Outcome): Generator<Input> {
  if (branch === undefined) return;
  const { left, right, slot } = branch;
  const isEquality = [JMP.JEQ, JMP.JNE].includes((spec.insns[slot]!.code & OP_MASK) as 0x10);
  // A lookup whose result is compared with NULL.
  if (isEquality && right === 0n) {
    for (const { map, key, found } of lookups.toReversed())
      yield* found ? without(input, map, key) : having(spec, input, map, key);
  }
  const distance = BigInt.asIntN(64, left - right);
  if (distance > -NEAR && distance < NEAR) {
    for (const more of [distance, -distance, distance + 1n, 1n - distance, distance - 1n]) {
      const length = input.length + Number(more);
      if (length >= 0 && length <= MOST_PACKET && length !== input.length) yield { ...input, length };
    }
  }
  for (const to of neighbours(right)) yield* replaced(input, left, to);
  for (const to of neighbours(left)) yield* replaced(input, right, to);
  // What was compared may have been computed from what was read, by one addition or exclusive or.
  for (const value of new Set(loaded.toReversed())) {
    for (const to of [value - distance, value + distance, value ^ left ^ right])
      yield* replaced(input, value, BigInt.asUintN(64, to));
  }
  for (const value of new Set(loaded.toReversed())) {
    if (value < 256n) for (let to = 0n; to < 256n; to++) yield* replaced(input, value, to, 1);
  }
}

function* having(spec: ProgramSpec, input: Input, map: number, key: Uint8Array): Generator<Input> {
  const { type, valueSize } = spec.maps[map]!;
  if (type === "array" || type === "percpu_array") return;
  const value = Uint8Array.from({ length: valueSize }, (_, k) => (k * 37 + 11) & 0xff);
  yield { ...input, elements: [...input.elements, { map, key, value }] };
}

function* without(input: Input, map: number, key: Uint8Array): Generator<Input> {
  const elements = input.elements.filter((element) => element.map !== map || element.key.join() !== key.join());
  if (elements.length < input.elements.length) yield { ...input, elements };
}

/** Values that a comparison tells apart. */
const neighbours = (value: bigint): readonly bigint[] => [value, value + 1n, value - 1n, ~value, 0n, -1n];

/** Inputs that may make the last instruction go wrong: shorter packets, extreme values of what registers hold, and others. */
function* feared(
  input: Input,
  registers: readonly bigint[],
  random: Random,
  constants: readonly bigint[],
): Generator<Input> {
  for (let length = input.length - 1; length >= 0 && length > input.length - 80; length--) yield { ...input, length };
  for (const value of registers.slice(0, 10)) {
    if (value === 0n) continue;
    for (const to of [0xffff_ffff_ffff_ffffn, 0xffff_ffffn, 0xffffn, 0xffn, 0x7fff_ffffn, 0n])
      yield* replaced(input, value, to);
  }
  yield* disturbed(input, random, constants);
}

/** The numbers that stand in a program: what it compares with is often one of them. */
function constantsOf({ insns }: ProgramSpec): bigint[] {
  const values = insns.map(({ code, imm }, at) =>
    code === LD_IMM64_CODE ? (BigInt(insns[at + 1]?.imm ?? 0) << 32n) | BigInt(imm >>> 0) : BigInt(imm),
  );
  return [...new Set(values)].filter((value) => value !== 0n);
}
