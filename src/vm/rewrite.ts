import {
  ADDR_SPACE_CAST,
  ALU,
  CLASS,
  CLASS_MASK,
  JMP,
  LD_IMM64_CODE,
  MODE,
  MODE_MASK,
  OP_MASK,
  SOURCE,
} from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { MAP_FLAGS } from "../maps/flags.ts";
import { ruledBy } from "../programs/effective.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { PROGRAMS } from "../programs/table.ts";
import type { InstructionFacts, Verdict } from "../verifier/verdict.ts";
import { arenaIndex } from "./arena.ts";
import { rewriteContextAccess } from "./context.ts";
import { ProgramError } from "./errors.ts";
import { isCounterJump, isMayGoto, rewriteMayGoto, startCounter, withCounters } from "./may-goto.ts";
import { isPacketLoad, rewritePacketLoad } from "./packet-load.ts";
import { type Group, splice } from "./splice.ts";
import { subprogramStarts } from "./subprograms.ts";
import type { Access, Subprogram, Xlated, XlatedFacts } from "./types.ts";
import { SCRATCH_REGISTER, STACK_SIZE } from "./types.ts";

const MOV32 = CLASS.ALU | ALU.MOV | SOURCE.X;
const isCast = ({ code }: Instruction): boolean => code === (CLASS.ALU64 | ALU.MOV | SOURCE.X);

/** An unconditional jump to the next slot: what a branch whose jump is never taken becomes, and then nothing. */
const NOP: Instruction = { code: CLASS.JMP | JMP.JA, dst: 0, src: 0, offset: 0, imm: 0 };

/**
 * Turns a verified program into what runs, as Linux does after verification: loads from the context become loads from
 * the kernel's own object, branches that always go one way become jumps, and code that no path reaches is removed.
 * Throws `ProgramError` when the verdict is a rejection.
 *
 * @example
 * const xlated = rewrite(spec, verify(spec));
 * jit(xlated, environment, maps).run(context);
 */
export function rewrite(spec: ProgramSpec, verdict: Verdict): Xlated {
  if (!verdict.ok) {
    throw new ProgramError("not-verified", verdict.at ?? 0, verdict.error ?? "the verifier rejected the program");
  }
  const { type } = ruledBy(spec);
  const layout = PROGRAMS[type].context;
  const live = liveSubprograms(spec.insns, verdict);
  const subprograms = withCounters(live, spec.insns);
  const prologues = new Map<number, Group>();
  const counterAt = (at: number): number => {
    const { start, stackDepth } = subprograms.findLast((each) => each.start <= at)!;
    prologues.set(start, [startCounter(-stackDepth)]);
    return -stackDepth;
  };
  const groups: Group[] = spec.insns.map((insn, at): Group => {
    const facts = verdict.facts[at]!;
    if (!facts.seen && !isSecondOfSeen(spec.insns, verdict.facts, at)) return [];
    if (isMayGoto(insn)) return rewriteMayGoto(insn, counterAt(at));
    if (isPacketLoad(insn)) return rewritePacketLoad(insn);
    if (facts.pointer === "ctx" && layout !== undefined) return rewriteContextAccess(layout, insn);
    if (insn.offset === ADDR_SPACE_CAST && isCast(insn)) return [rewriteCast(insn, spec)];
    if (facts.narrow) return [{ ...insn, code: (insn.code & ~CLASS_MASK) | CLASS.ALU }];
    return hardWire(spec.insns, verdict.facts, at);
  });
  const { insns, origin, positions } = splice(spec.insns, groups, { prologues, leaves: isCounterJump });
  return {
    type,
    name: spec.name,
    verified: true,
    insns,
    origin,
    facts: insns.map((insn, at) => factsOf(insn, verdict.facts[origin[at]!]!)),
    maps: spec.maps,
    ...arenaIndex(spec),
    subprograms: subprograms.map(({ start, stackDepth }) => ({ start: positions[start]!, stackDepth })),
  };
}

/** What a cast is where nobody needs the upper half: a 32-bit move. */
function rewriteCast(insn: Instruction, { maps }: ProgramSpec): Instruction {
  const keeps = maps.some(({ type, flags }) => type === "arena" && flags & MAP_FLAGS.NO_USER_CONV);
  return insn.imm === 1 || keeps ? { ...insn, code: MOV32, offset: 0, imm: 0 } : insn;
}

/** What is known of an instruction: `may_goto`'s own always reaches its counter, the rest is what the verifier found. */
function factsOf(insn: Instruction, facts: InstructionFacts): XlatedFacts {
  const counts = insn.dst === SCRATCH_REGISTER || insn.src === SCRATCH_REGISTER;
  return counts ? { access: "proved" } : keepFacts(insn, facts);
}

/** What the verifier's facts about a slot mean to the engines. */
function keepFacts(insn: Instruction, facts: InstructionFacts): XlatedFacts {
  const { map, constantKey, symbol } = facts;
  const kind = insn.code & CLASS_MASK;
  if (kind !== CLASS.LDX && kind !== CLASS.ST && kind !== CLASS.STX)
    return { map, constantKey, ...(symbol === undefined ? {} : { symbol }) };
  // Stores only go through pointers that were proved. A load through one that differs by path, or that BTF describes, probes.
  if (facts.pointer === "arena") return { access: "arena" };
  const isLoad = kind === CLASS.LDX && (insn.code & MODE_MASK) !== MODE.ATOMIC;
  const access: Access = isLoad && facts.pointer === undefined ? "probe" : "proved";
  return { access };
}

/** A branch of which the verifier saw one side only becomes a jump to that side, or nothing. */
function hardWire(insns: readonly Instruction[], facts: readonly InstructionFacts[], at: number): Group {
  const insn = insns[at]!;
  const kind = insn.code & CLASS_MASK;
  const group = insn.code & OP_MASK;
  if (kind === CLASS.JMP && group === JMP.JA && insn.offset === 0) return [];
  const conditional =
    (kind === CLASS.JMP || kind === CLASS.JMP32) &&
    group !== JMP.JA &&
    group !== JMP.CALL &&
    group !== JMP.EXIT &&
    group !== JMP.JCOND;
  if (!conditional || insn.offset === 0) return [insn];
  if (!facts[at + 1]!.seen) return [{ ...NOP, offset: insn.offset }];
  if (!facts[at + 1 + insn.offset]!.seen) return [];
  return [insn];
}

/** The second slot of a `ld_imm64` lives as long as the first. */
function isSecondOfSeen(insns: readonly Instruction[], facts: readonly InstructionFacts[], at: number): boolean {
  const first = insns[at - 1];
  return first !== undefined && first.code === LD_IMM64_CODE && insns[at]!.code === 0 && facts[at - 1]!.seen;
}

/** Subprograms that some path reaches, in the order of the program; the verdict's stack depths are in that order too. */
function liveSubprograms(insns: readonly Instruction[], verdict: Verdict): Subprogram[] {
  return subprogramStarts(insns)
    .map((start, i) => ({ start, stackDepth: verdict.stackDepth[i] ?? STACK_SIZE }))
    .filter(({ start }) => verdict.facts[start]!.seen);
}
