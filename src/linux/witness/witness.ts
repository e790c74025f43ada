/** A concrete input for a refusal: what a packet, a context or a map may hold so that the program comes to the bad instruction. */
import { CLASS, CLASS_MASK, SIZE, SIZE_MASK } from "../../isa/constants.ts";
import { MapError } from "../../maps/error.ts";
import { OutOfMemoryError } from "../../memory/memory.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { PROGRAMS } from "../../programs/table.ts";
import type { MessageName } from "../../verifier/messages.ts";
import { isConditional } from "../../verifier/structure.ts";
import type { Verdict } from "../../verifier/verdict.ts";
import { verify } from "../../verifier/verify.ts";
import { ProgramError } from "../../vm/errors.ts";
import { Scratch } from "./scratch.ts";
import { type Found, type SearchLimits, search } from "./search.ts";

/** A value of the context that the program reads. */
export interface ContextValue {
  readonly name: string;
  readonly value: bigint;
}

/** An input, checked by running the program on it. */
export interface Witness {
  /** The packet, for types that take one, if the path has looked at it. */
  readonly packet?: Uint8Array;
  /** What the path has read of the context, for other types; `ctx+16` where Linux has no name for it. */
  readonly context?: readonly ContextValue[];
  /** What maps must hold. */
  readonly elements: readonly { readonly map: string; readonly key: Uint8Array; readonly value: Uint8Array }[];
  /** What `bpf_get_prandom_u32` returns, call by call; absent where it is not called on the path. */
  readonly random?: readonly number[];
  /** The instruction that was refused. */
  readonly at: number;
  /** r0 to r10 before it. */
  readonly registers: readonly bigint[];
  /**
   * What goes wrong there. Absent where the instruction itself can be executed: Linux refuses it for what it would give away
   * or leave behind, not for this run.
   */
  readonly fault?: string;
  /** With a packet: the first byte that the fault's access wants, from the packet's beginning; there is none at or beyond its length. */
  readonly packetByte?: number;
  /** Instructions from the beginning to it. */
  readonly steps: number;
}

/** A path that is longer is no help to a reader, and takes long to follow. */
const MOST_STEPS = 5_000;
const FEW_TRIES = 150;
/** Tries bound it, so that the same program has the same witness everywhere; the time is for what nobody foresaw. */
const LIMITS: SearchLimits = { tries: 1_500, time: 2_000 };

/**
 * Looks for an input that takes a refused program along the very path on which it was refused, and there into the fault if
 * there is one to be had. The program runs in a scratch machine, instruction by instruction, with every access checked. Bounded
 * by a number of tries; undefined where none is found, for programs that are accepted, and for programs whose
 * helpers or maps cannot run.
 *
 * @example
 * const witness = findWitness(spec);
 * if (witness) console.log(witness.packet, witness.fault); // "instruction 3: 4 bytes at 0x... run 2 past the end of the packet"
 */
export function findWitness(spec: ProgramSpec, limits: SearchLimits = LIMITS): Witness | undefined {
  const verdict = verify(spec, { record: "path" });
  const { at, path } = verdict;
  if (verdict.ok || at === undefined || path === undefined || path.length === 0 || path.length > MOST_STEPS)
    return undefined;
  const slots = path.map(({ insn }) => insn);
  // The step of the refusal itself is told only where it came so far.
  if (slots.at(-1) !== at) slots.push(at);
  try {
    const scratch = new Scratch(spec, slots);
    // Of a rule that is broken an input tells little: it is looked for near at hand.
    const most = HARMS.has(verdict.message!) ? limits : { ...limits, tries: Math.min(limits.tries, FEW_TRIES) };
    const seen = search(spec, scratch, most, (registers) => isFault(verdict, registers));
    if (seen === undefined) return undefined;
    // Of an object that is none the interpreter can only say that it knows better.
    const found = /unverified program/.test(seen.fault ?? "") ? { ...seen, fault: undefined } : seen;
    const reads = [...new Set(slots)].filter(
      (slot) => verdict.facts[slot]?.pointer === "ctx" && (spec.insns[slot]!.code & CLASS_MASK) === CLASS.LDX,
    );
    const decides = slots.some((slot) => isConditional(spec.insns[slot]!));
    // Where nothing is asked and nothing goes wrong, one input is like another.
    const needs = decides || found.fault !== undefined ? told(spec, found, reads) : { elements: [] };
    return { ...needs, at, registers: found.registers, steps: slots.length - 1 };
  } catch (error) {
    if (error instanceof ProgramError || error instanceof MapError || error instanceof OutOfMemoryError)
      return undefined;
    throw error;
  }
}

/** The parts of an input that the program has looked at. */
function told(
  spec: ProgramSpec,
  found: Found,
  context: readonly number[],
): Omit<Witness, "at" | "registers" | "steps"> {
  const { input, randoms, fault, packetByte, reads } = found;
  const hasContext = input.context.length > 0;
  const isAtPacket = packetByte !== undefined && /\bpacket\b/.test(fault ?? "");
  const hasPacket = !hasContext && (isAtPacket || context.some((slot) => readsPacket(spec, slot)));
  const values = contextValues(spec, reads, context);
  const numbers = new DataView(input.numbers.buffer);
  return {
    ...(hasContext || values.length > 0 ? { context: values } : {}),
    ...(hasPacket ? { packet: input.packet.slice(0, input.length) } : {}),
    ...(hasPacket && isAtPacket ? { packetByte } : {}),
    elements: input.elements.map(({ map, key, value }) => ({ map: spec.maps[map]!.name, key, value })),
    ...(randoms > 0 ? { random: Array.from({ length: randoms }, (_, k) => numbers.getUint32(4 * k, true)) } : {}),
    ...(fault === undefined ? {} : { fault }),
  };
}

/** Whether a load of the context has to do with the packet's bytes, or their number. */
const readsPacket = ({ type, insns }: ProgramSpec, slot: number): boolean =>
  PACKET_FIELDS.has(PROGRAMS[type].context?.fields.find(({ offset }) => offset === insns[slot]!.offset)?.name ?? "");
const PACKET_FIELDS: ReadonlySet<string> = new Set(["data", "data_end", "data_meta", "len", "protocol"]);

/** What the loads in `slots` read: of all fields of a large context a reader wants those that the path depends on. */
function contextValues(
  { type, insns }: ProgramSpec,
  reads: ReadonlyMap<number, bigint>,
  slots: readonly number[],
): ContextValue[] {
  const fields = PROGRAMS[type].context?.fields ?? [];
  const values = new Map<string, bigint>();
  for (const slot of slots) {
    const { code, offset } = insns[slot]!;
    const size = WIDTHS[code & SIZE_MASK]!;
    const field = fields.find((each) => each.offset === offset && each.size === size);
    const value = reads.get(slot);
    if (value !== undefined && !PACKET_POINTERS.has(field?.name ?? ""))
      values.set(field?.name ?? `ctx+${offset}`, value);
  }
  return [...values].map(([name, value]) => ({ name, value }));
}

/** Addresses of a scratch machine mean nothing. */
const PACKET_POINTERS: ReadonlySet<string> = new Set(["data", "data_end", "data_meta"]);
const WIDTHS: Readonly<Record<number, number>> = { [SIZE.B]: 1, [SIZE.H]: 2, [SIZE.W]: 4, [SIZE.DW]: 8 };

/** Refusals of which a run can show the harm. Others are about what would be given away or left behind, or about rules. */
const HARMS: ReadonlySet<MessageName> = new Set([
  ...(["mem_access", "packet_range", "argument_type", "call_depth", "stack_range", "stack_range_variable"] as const),
  ...(["max_outside", "min_outside", "max_unbounded", "min_negative", "offset_unbounded"] as const),
  ...(["size_negative", "size_zero", "size_unbounded"] as const),
]);

/** Whether an error of the interpreter is the harm that was feared; without registers: whether one can be. */
function isFault({ message, values = [] }: Verdict, registers: readonly bigint[]): boolean {
  if (message === undefined || !HARMS.has(message)) return false;
  // What may be NULL does harm where it is.
  const isNullable = /_or_null/.test(String(values[1] ?? ""));
  return registers.length === 0 || !isNullable || registers[Number(values[0])] === 0n;
}
