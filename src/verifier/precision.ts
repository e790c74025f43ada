/**
 * Precision: which numbers a verdict depends on. When a decision needs the exact value of a number, the path is walked
 * back to where the number came from, and it is marked in every checkpoint on the way. Pruning compares marked numbers by
 * range and ignores the others.
 */
import {
  ALU,
  ATOMIC,
  CLASS,
  CLASS_MASK,
  JMP,
  MODE,
  MODE_MASK,
  OP_MASK,
  REG,
  SOURCE,
  SOURCE_MASK,
} from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { CALLS_CALLBACK, type Environment } from "./environment.ts";
import { formatFrame } from "./format-state.ts";
import { isGlobal } from "./global-functions.ts";
import {
  accessedFrame,
  accessedSlot,
  DST_ON_STACK,
  ENTRY,
  FLAGS,
  INDEX,
  LINKED,
  linkedPlace,
  MAX_LINKED,
  PREVIOUS,
  placeFrame,
  placeRegister,
  placeSlot,
  SRC_ON_STACK,
  STACK_ACCESS,
} from "./history.ts";
import type { Words } from "./int64.ts";
import { PRECISE, REGISTER_WORDS, TYPE, TYPES } from "./registers.ts";
import { reject } from "./rejection.ts";
import { isSpilled, isSpilledScalar, type State, slotAt } from "./state.ts";
import { isSubprogramCall, isTailCall, subprogramOf } from "./structure.ts";
import { ANY_SLOT, ANYTHING, Wanted } from "./wanted.ts";

const ARGUMENTS = 0b111110;
/** One for all verifications: empty between calls. */
const wanted = new Wanted();

/**
 * By register: before which followed instruction of the current stretch of a path (from a checkpoint on, without a branch)
 * it was wanted last. A walk that gets there with nothing else wanted would only repeat what that walk has marked.
 */
const walked = new Int32Array(REG.R10);
let walkedFrame = -1;

/** The current path passes a checkpoint, or another path is followed. */
export function beginStretch(): void {
  walkedFrame = -1;
}

/** The value of a register of the current frame decides something. */
export function markPrecise(env: Environment, register: number): void {
  const frame = env.frame.index;
  wanted.reset(frame);
  wanted.add(register);
  if (walkedFrame !== frame) walked.fill(0);
  walkedFrame = frame;
  // The log shows every walk whole.
  walkBack(env, env.state, env.log.full ? 0 : env.processed);
  walked[register] = env.processed;
}

/** All that is wanted was wanted before this instruction already, and no more was. */
function isWalked(position: number): boolean {
  if (wanted.frame !== walkedFrame) return false;
  for (let rest = wanted.registers[walkedFrame]; rest !== 0; rest &= rest - 1)
    if (walked[31 - Math.clz32(rest & -rest)] !== position) return false;
  return wanted.isOneFrame;
}

/** The value in a stack slot decides something. */
export function markSlotPrecise(env: Environment, frame: number, slot: number): void {
  wanted.reset(env.frame.index);
  wanted.addSlot(frame, slot);
  walkBack(env, env.state);
}

/**
 * The path joins a checkpoint that is known to be fine: what that needs precisely, this path needs too. True if any mark in
 * the checkpoints of the path is new.
 */
export function propagatePrecision(env: Environment, old: State, current: State): boolean {
  const { log } = env;
  wanted.reset(current.frames.length - 1);
  for (let frame = old.frames.length - 1; frame >= 0; frame--) {
    const { words, slots } = old.frames[frame];
    const names: string[] = [];
    for (let register = 0; register < REG.R10; register++) {
      const r = register * REGISTER_WORDS;
      if (words[r + TYPE] !== TYPES.SCALAR || words[r + PRECISE] === 0) continue;
      wanted.add(register, frame);
      names.push(`r${register}`);
    }
    for (let slot = 0; slot < slots; slot++) {
      const r = slotAt(slot);
      if (!isSpilledScalar(words, r) || words[r + PRECISE] === 0) continue;
      wanted.addSlot(frame, slot);
      names.push(`fp${-8 * (slot + 1)}`);
    }
    if (names.length > 0 && log.full) log.write(`frame ${frame}: propagating ${names.join(",")}\n`);
  }
  return walkBack(env, current);
}

/**
 * Which wanted registers make an instruction matter on the way back, one bit each; bit 14 if a wanted stack slot does.
 * Computed once, because most instructions that a walk passes have nothing to do with what it looks for.
 */
export function relevanceOf({ code, dst, src }: Instruction): number {
  switch (code & CLASS_MASK) {
    case CLASS.ALU:
    case CLASS.ALU64:
    case CLASS.LDX:
      return 1 << dst;
    case CLASS.LD:
      return code === 0 ? 0 : 1 << dst;
    case CLASS.ST:
      return (1 << dst) | ANY_SLOT;
    case CLASS.STX:
      return (code & MODE_MASK) === MODE.MEM ? (1 << dst) | ANY_SLOT : ANYTHING;
    default:
      switch (code & OP_MASK) {
        case JMP.CALL:
        case JMP.EXIT:
          return ANYTHING;
        default:
          return (code & SOURCE_MASK) === SOURCE.X ? (1 << dst) | (1 << src) : 0;
      }
  }
}

/**
 * Walks back from a state, marking checkpoints, until nothing is wanted any more. True if any mark is new. `position`: the
 * number of the instruction that is being followed, where earlier walks may have begun on the way.
 */
function walkBack(env: Environment, start: State, position = 0): boolean {
  if (wanted.empty) return false;
  const { codes, log, relevance } = env;
  const { full } = log;
  let state: State | undefined = start;
  let { first } = start;
  let last = start.index;
  let following = -1;
  let skipped = false;
  let changed = false;
  for (;;) {
    if (full)
      log.write(`mark_precise: frame${wanted.frame}: last_idx ${last} first_idx ${first} subseq_idx ${following} \n`);
    if (last < 0 && wantsOnlyArguments(state)) return changed;
    if (last < 0) reject("internal", `backtracking reached the entry with registers ${wanted.registersText()}`);
    const history: number[] = state.history;
    let mask = wanted.mask;
    let left = history.length;
    let index: number = last;
    for (;;) {
      const entry: number = left > 0 && history[left - ENTRY + INDEX] === index ? left - ENTRY : -1;
      if (!skipped) skipped = true;
      else if (full || (mask & relevance[index]) !== 0 || (entry >= 0 && history[entry + LINKED] !== 0)) {
        if (!step(env, index, following, history, entry)) {
          markAllPrecise(env, start);
          return changed;
        }
        if (wanted.empty) return changed;
        mask = wanted.mask;
      }
      if (following >= 0 && codes[index] !== 0 && --position > 0 && state === start && isWalked(position))
        return changed;
      following = index;
      if (index === first && (left === 0 || (left === ENTRY && history[INDEX] === index))) break;
      if (entry < 0) index--;
      else {
        index = history[entry + PREVIOUS];
        left = entry;
      }
    }
    state = state.parent;
    if (state === undefined) break;
    if (markInState(env, state)) changed = true;
    if (wanted.empty) return changed;
    following = first;
    last = state.last;
    first = state.first;
  }
  // Something was wanted that no instruction made: then everything is.
  markAllPrecise(env, start);
  return changed;
}

/** At the beginning of a global function numbers come from its arguments, of which nothing is known. */
const wantsOnlyArguments = ({ frames }: State): boolean =>
  frames.length === 1 &&
  frames[0].subprogram > 0 &&
  (wanted.slots[0] | wanted.slots[1]) === 0 &&
  (wanted.registers[0] & ~ARGUMENTS) === 0;

/**
 * Marks what is wanted in a checkpoint; what is marked already (or no number) needs no further walk. True if a mark is new.
 */
function markInState(env: Environment, state: State): boolean {
  const { log } = env;
  let changed = false;
  for (let frame = wanted.frame; frame >= 0; frame--) {
    const { words, slots } = state.frames[frame];
    for (let rest = wanted.registers[frame]; rest !== 0; rest &= rest - 1) {
      const register = 31 - Math.clz32(rest & -rest);
      const r = register * REGISTER_WORDS;
      if (words[r + TYPE] !== TYPES.SCALAR || words[r + PRECISE] !== 0) wanted.drop(register, frame);
      else {
        words[r + PRECISE] = 1;
        changed = true;
        env.explorer?.mark(state, frame, `r${register}`);
      }
    }
    const anySlot = (wanted.slots[2 * frame] | wanted.slots[2 * frame + 1]) !== 0;
    for (let slot = 0; anySlot && slot < 64; slot++) {
      if (!wanted.hasSlot(frame, slot)) continue;
      const r = slotAt(slot);
      if (slot >= slots || !isSpilledScalar(words, r) || words[r + PRECISE] !== 0) wanted.dropSlot(frame, slot);
      else {
        words[r + PRECISE] = 1;
        changed = true;
        env.explorer?.mark(state, frame, `fp-${8 * (slot + 1)}`);
      }
    }
    if (log.full) {
      const names = `regs=${wanted.registersText(frame)} stack=${wanted.slotsText(frame)}`;
      log.write(`mark_precise: frame${frame}: parent state ${names}: `);
      log.write(`${formatFrame(state, frame, env)}\n`);
    }
  }
  return changed;
}

/** Gives up: every number in the checkpoints before this state is precise. */
export function markAllPrecise(env: Environment, start: State): void {
  const { log } = env;
  const top = start.frames.length - 1;
  if (log.full) log.write(`mark_precise: frame${top}: falling back to forcing all scalars precise\n`);
  const force = (frame: number, name: string, w: Words, r: number): void => {
    if (w[r + TYPE] !== TYPES.SCALAR || w[r + PRECISE] !== 0) return;
    w[r + PRECISE] = 1;
    if (log.full) log.write(`force_precise: frame${frame}: forcing ${name} to be precise\n`);
  };
  for (let state = start.parent; state; state = state.parent)
    for (const { index, words, slots } of state.frames) {
      for (let register = 0; register < REG.R10; register++)
        force(index, `r${register}`, words, register * REGISTER_WORDS);
      for (let slot = 0; slot < slots; slot++)
        if (isSpilled(words, slotAt(slot))) force(index, `fp${-8 * (slot + 1)}`, words, slotAt(slot));
    }
}

/** If one of several linked registers is wanted, all are. */
function wantLinked(history: readonly number[], entry: number): void {
  if (entry < 0 || history[entry + LINKED] === 0) return;
  let some = false;
  for (let k = 0; k < MAX_LINKED && !some; k++) {
    const place = linkedPlace(history, entry, k);
    if (place === 0) break;
    const frame = placeFrame(place);
    const register = placeRegister(place);
    some = register >= 0 ? ((wanted.registers[frame] >>> register) & 1) !== 0 : wanted.hasSlot(frame, placeSlot(place));
  }
  for (let k = 0; some && k < MAX_LINKED; k++) {
    const place = linkedPlace(history, entry, k);
    if (place === 0) break;
    const register = placeRegister(place);
    if (register >= 0) wanted.add(register, placeFrame(place));
    else wanted.addSlot(placeFrame(place), placeSlot(place));
  }
}

/** What was wanted after an instruction becomes what is wanted before it. False: it cannot be followed. */
function step(env: Environment, index: number, following: number, history: readonly number[], entry: number): boolean {
  const { log } = env;
  const flags = entry < 0 ? 0 : history[entry + FLAGS];
  const insn = env.insns[index];
  if (insn.code === 0) return true;
  if (log.full) {
    const names = `regs=${wanted.registersText()} stack=${wanted.slotsText()}`;
    log.write(`mark_precise: frame${wanted.frame}: ${names} before ${index}: ${env.instructionText(index)}\n`);
  }
  wantLinked(history, entry);
  const { dst, src } = insn;
  // A load-acquire is encoded as an atomic store.
  const kind = isLoadAcquire(insn) ? CLASS.LDX : insn.code & CLASS_MASK;
  switch (kind) {
    case CLASS.ALU:
    case CLASS.ALU64: {
      if (!wanted.has(dst)) return true;
      const op = insn.code & OP_MASK;
      if (op === ALU.END || op === ALU.NEG) return true;
      if (op === ALU.MOV) wanted.drop(dst);
      if ((insn.code & SOURCE_MASK) === SOURCE.X && src !== REG.R10) wanted.add(src);
      break;
    }
    case CLASS.LDX: {
      if (!wanted.has(dst)) return true;
      wanted.drop(dst);
      if (!(flags & STACK_ACCESS)) return true;
      wanted.addSlot(accessedFrame(flags), accessedSlot(flags));
      break;
    }
    case CLASS.ST:
    case CLASS.STX: {
      // An address that is wanted as a number: somebody subtracted pointers.
      if (wanted.has(dst)) return false;
      if (!(flags & STACK_ACCESS)) return true;
      const frame = accessedFrame(flags);
      const slot = accessedSlot(flags);
      if (!wanted.hasSlot(frame, slot)) return true;
      wanted.dropSlot(frame, slot);
      if (kind === CLASS.STX) wanted.add(src);
      break;
    }
    case CLASS.LD: {
      if (!wanted.has(dst)) return true;
      wanted.drop(dst);
      const mode = insn.code & MODE_MASK;
      if (mode === MODE.ABS || mode === MODE.IND) return false;
      break;
    }
    default:
      if (!stepJump(env, index, following, flags)) return true;
  }
  wantLinked(history, entry);
  return true;
}

const isLoadAcquire = ({ code, imm }: Instruction): boolean =>
  (code & CLASS_MASK) === CLASS.STX && (code & MODE_MASK) === MODE.ATOMIC && imm === ATOMIC.LOAD_ACQ;

/** Jumps, calls and returns. False where the linked registers need no second look. */
function stepJump(env: Environment, index: number, following: number, flags: number): boolean {
  const insn = env.insns[index];
  const op = insn.code & OP_MASK;
  if (isSubprogramCall(insn) && !isGlobal(env, subprogramOf(env, index + 1 + insn.imm))) {
    // Backwards a call leaves the called function: only its arguments can still be wanted. Linux 6.18 forgets to enter a
    // function that a packet load has left, and then finds what the caller wants, or no caller.
    const others = wanted.registers[wanted.frame] & ~ARGUMENTS;
    if (others !== 0) reject("internal", `static subprog unexpected regs ${others.toString(16)}`);
    if (wanted.frame === 0) reject("internal", "subprog exit from frame 0");
    for (let register = 1; register <= 5; register++) {
      if (!wanted.has(register)) continue;
      wanted.drop(register);
      wanted.add(register, wanted.frame - 1);
    }
    wanted.frame--;
    return false;
  }
  const backTo = (at: number): boolean => at >= 0 && (env.flags[at] & CALLS_CALLBACK) !== 0;
  if (op === JMP.CALL && backTo(index) && index !== following - 1) {
    // Backwards out of a callback: its arguments are not what the helper got.
    for (let register = REG.R1; register <= REG.R5; register++) wanted.drop(register);
    wanted.frame--;
    return false;
  }
  if (op === JMP.CALL) {
    wanted.drop(REG.R0);
    if (wanted.registers[wanted.frame] & ARGUMENTS) reject("internal", "backtracking call unexpected regs");
    // Backwards a tail call enters the function that it has left.
    if (isTailCall(insn) && index !== following - 1) wanted.frame++;
  } else if (op === JMP.EXIT) {
    // Backwards a return enters the function that was called just before what follows.
    if (backTo(following)) for (let register = REG.R1; register <= REG.R5; register++) wanted.drop(register);
    const called = following >= 1 && isSubprogramCall(env.insns[following - 1]);
    const result = called && wanted.has(REG.R0);
    wanted.drop(REG.R0);
    wanted.frame++;
    if (result) wanted.add(REG.R0);
    return false;
  } else if ((insn.code & SOURCE_MASK) === SOURCE.X) {
    if (!wanted.has(insn.dst) && !wanted.has(insn.src)) return false;
    if (!(flags & SRC_ON_STACK)) wanted.add(insn.src);
    if (!(flags & DST_ON_STACK)) wanted.add(insn.dst);
  }
  return true;
}
