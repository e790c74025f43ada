/**
 * Precision: which numbers a verdict depends on. When a decision needs the exact value of a number, the path is walked
 * back to where the number came from, and it is marked in every checkpoint on the way. Pruning compares marked numbers by
 * range and ignores the others.
 */
import { ALU, CLASS, CLASS_MASK, JMP, MODE, MODE_MASK, OP_MASK, REG, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Environment } from "./environment.ts";
import { formatFrame } from "./format-state.ts";
import { accessedFrame, accessedSlot, DST_ON_STACK, SRC_ON_STACK, STACK_ACCESS, Walk } from "./history.ts";
import type { Words } from "./int64.ts";
import { slotNames } from "./live-stack.ts";
import { PRECISE, REGISTER_WORDS, TYPE, TYPES } from "./registers.ts";
import { reject } from "./rejection.ts";
import { type HistoryEntry, isSpilled, isSpilledScalar, type State, slotAt } from "./state.ts";
import { isSubprogramCall } from "./structure.ts";

const ARGUMENTS = 0b111110;
const FRAMES = 8;

/** Registers and stack slots that are wanted precisely, by frame. */
class Wanted {
  frame = 0;
  readonly registers = new Int32Array(FRAMES);
  /** 64 slots a frame: two words. */
  readonly slots = new Int32Array(2 * FRAMES);

  reset(frame: number): void {
    this.frame = frame;
    this.registers.fill(0);
    this.slots.fill(0);
  }

  get empty(): boolean {
    for (let frame = 0; frame <= this.frame; frame++)
      if ((this.registers[frame] | this.slots[2 * frame] | this.slots[2 * frame + 1]) !== 0) return false;
    return true;
  }

  has(register: number): boolean {
    return ((this.registers[this.frame] >>> register) & 1) !== 0;
  }

  add(register: number, frame = this.frame): void {
    this.registers[frame] |= 1 << register;
  }

  drop(register: number, frame = this.frame): void {
    this.registers[frame] &= ~(1 << register);
  }

  hasSlot(frame: number, slot: number): boolean {
    return ((this.slots[2 * frame + (slot >> 5)] >>> (slot & 31)) & 1) !== 0;
  }

  addSlot(frame: number, slot: number): void {
    this.slots[2 * frame + (slot >> 5)] |= 1 << (slot & 31);
  }

  dropSlot(frame: number, slot: number): void {
    this.slots[2 * frame + (slot >> 5)] &= ~(1 << (slot & 31));
  }

  registersText(frame = this.frame): string {
    const names: string[] = [];
    for (let register = 0; register < 32; register++)
      if ((this.registers[frame] >>> register) & 1) names.push(`r${register}`);
    return names.join(",");
  }

  slotsText(frame = this.frame): string {
    return slotNames(this.slots[2 * frame], this.slots[2 * frame + 1]);
  }
}

/** One for all verifications: empty between calls. */
const wanted = new Wanted();

/** The value of a register of the current frame decides something. */
export function markPrecise(env: Environment, register: number): void {
  wanted.reset(env.frame.index);
  wanted.add(register);
  walkBack(env, env.state);
}

/** The value in a stack slot decides something. */
export function markSlotPrecise(env: Environment, frame: number, slot: number): void {
  wanted.reset(env.frame.index);
  wanted.addSlot(frame, slot);
  walkBack(env, env.state);
}

/** The path joins a checkpoint that is known to be fine: what that needs precisely, this path needs too. */
export function propagatePrecision(env: Environment, old: State, current: State): void {
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
  walkBack(env, current);
}

function walkBack(env: Environment, start: State): void {
  if (wanted.empty) return;
  const { log } = env;
  let state: State | undefined = start;
  let { first } = start;
  let last = start.index;
  let following = -1;
  let skipped = false;
  for (;;) {
    if (log.full)
      log.write(`mark_precise: frame${wanted.frame}: last_idx ${last} first_idx ${first} subseq_idx ${following} \n`);
    if (last < 0) reject("internal", `backtracking reached the entry with registers ${wanted.registersText()}`);
    const walk: Walk = new Walk(state, last);
    do {
      if (!skipped) skipped = true;
      else if (!step(env, walk.index, following, walk.entry)) {
        markAllPrecise(env, start);
        return;
      }
      if (wanted.empty) return;
      following = walk.index;
    } while (walk.back());
    state = state.parent;
    if (state === undefined) break;
    markInState(env, state);
    if (wanted.empty) return;
    following = first;
    last = state.last;
    first = state.first;
  }
  // Something was wanted that no instruction made: then everything is.
  markAllPrecise(env, start);
}

/** Marks what is wanted in a checkpoint; what is marked already (or no number) needs no further walk. */
function markInState(env: Environment, state: State): void {
  const { log } = env;
  for (let frame = wanted.frame; frame >= 0; frame--) {
    const { words, slots } = state.frames[frame];
    for (let register = 0; register < REG.R10 + 1; register++) {
      if (((wanted.registers[frame] >>> register) & 1) === 0) continue;
      const r = register * REGISTER_WORDS;
      if (words[r + TYPE] !== TYPES.SCALAR || words[r + PRECISE] !== 0) wanted.drop(register, frame);
      else words[r + PRECISE] = 1;
    }
    for (let slot = 0; slot < 64; slot++) {
      if (!wanted.hasSlot(frame, slot)) continue;
      const r = slotAt(slot);
      if (slot >= slots || !isSpilledScalar(words, r) || words[r + PRECISE] !== 0) wanted.dropSlot(frame, slot);
      else words[r + PRECISE] = 1;
    }
    if (log.full) {
      const names = `regs=${wanted.registersText(frame)} stack=${wanted.slotsText(frame)}`;
      log.write(`mark_precise: frame${frame}: parent state ${names}: `);
      log.write(`${formatFrame(state, frame, env.spec.maps)}\n`);
    }
  }
}

/** Gives up: every number in the checkpoints before this state is precise. */
function markAllPrecise(env: Environment, start: State): void {
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
function wantLinked(entry: HistoryEntry | undefined): void {
  const linked = entry?.linked;
  if (!linked) return;
  const some = linked.some(({ frame, isRegister, index }) =>
    isRegister ? ((wanted.registers[frame] >>> index) & 1) !== 0 : wanted.hasSlot(frame, index),
  );
  if (!some) return;
  for (const { frame, isRegister, index } of linked) {
    if (isRegister) wanted.add(index, frame);
    else wanted.addSlot(frame, index);
  }
}

/** What was wanted after an instruction becomes what is wanted before it. False: it cannot be followed. */
function step(env: Environment, index: number, following: number, entry: HistoryEntry | undefined): boolean {
  const { log } = env;
  const insn = env.insns[index];
  if (insn.code === 0) return true;
  if (log.full) {
    const names = `regs=${wanted.registersText()} stack=${wanted.slotsText()}`;
    log.write(`mark_precise: frame${wanted.frame}: ${names} before ${index}: ${env.instructionText(index)}\n`);
  }
  wantLinked(entry);
  const { dst, src } = insn;
  const kind = insn.code & CLASS_MASK;
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
      if (!entry || !(entry.flags & STACK_ACCESS)) return true;
      wanted.addSlot(accessedFrame(entry.flags), accessedSlot(entry.flags));
      break;
    }
    case CLASS.ST:
    case CLASS.STX: {
      // An address that is wanted as a number: somebody subtracted pointers.
      if (wanted.has(dst)) return false;
      if (!entry || !(entry.flags & STACK_ACCESS)) return true;
      const frame = accessedFrame(entry.flags);
      const slot = accessedSlot(entry.flags);
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
      if (!stepJump(env, index, following, entry)) return true;
  }
  wantLinked(entry);
  return true;
}

/** Jumps, calls and returns. False where the linked registers need no second look. */
function stepJump(env: Environment, index: number, following: number, entry: HistoryEntry | undefined): boolean {
  const insn = env.insns[index];
  const op = insn.code & OP_MASK;
  if (isSubprogramCall(insn)) {
    // Backwards a call leaves the called function: only its arguments can still be wanted.
    for (let register = 1; register <= 5; register++) {
      if (!wanted.has(register)) continue;
      wanted.drop(register);
      wanted.add(register, wanted.frame - 1);
    }
    wanted.frame--;
    return false;
  }
  if (op === JMP.CALL) {
    wanted.drop(REG.R0);
    if (wanted.registers[wanted.frame] & ARGUMENTS) reject("internal", "backtracking call unexpected regs");
  } else if (op === JMP.EXIT) {
    // Backwards a return enters the function that was called just before what follows.
    const called = following >= 1 && isSubprogramCall(env.insns[following - 1]);
    const result = called && wanted.has(REG.R0);
    wanted.drop(REG.R0);
    wanted.frame++;
    if (result) wanted.add(REG.R0);
    return false;
  } else if ((insn.code & SOURCE_MASK) === SOURCE.X) {
    if (!wanted.has(insn.dst) && !wanted.has(insn.src)) return false;
    const flags = entry?.flags ?? 0;
    if (!(flags & SRC_ON_STACK)) wanted.add(insn.src);
    if (!(flags & DST_ON_STACK)) wanted.add(insn.dst);
  }
  return true;
}
