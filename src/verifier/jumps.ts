/** Conditional jumps: both branches are followed unless the comparison is decided, each with what it teaches. */
import { CLASS, CLASS_MASK, JMP, OP_MASK, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { assume, decide } from "./compare.ts";
import { widenImprecise } from "./convergence.ts";
import { type Environment, registerAt } from "./environment.ts";
import { DST_ON_STACK, Places, SRC_ON_STACK } from "./history.ts";
import type { Words } from "./int64.ts";
import { isSecret } from "./leaks.ts";
import { collectLinked, syncLinked } from "./linked.ts";
import { markNotNull } from "./map-nullness.ts";
import { matchPacketComparison } from "./packet.ts";
import { markPrecise } from "./precision.ts";
import { mayPointToLock } from "./records.ts";
import { dropReference } from "./references.ts";
import { readRegister } from "./register-use.ts";
import { BASE_TYPE, ID, isPointer, MAYBE_NULL, markConstant, REF, REGISTER_WORDS, TYPE, TYPES } from "./registers.ts";
import { reject } from "./rejection.ts";
import { followOtherSide } from "./speculation.ts";
import { forEachRegister, type State } from "./state.ts";

/** The constant operand as a register, once for each branch: narrowing may change it. */
const CONSTANT = new Int32Array(2 * REGISTER_WORDS);
/** The registers that learn with the compared ones. */
const linked = new Places();

/** Follows a conditional jump; returns the next instruction of the current path. The other branch is pushed. */
export function checkConditionalJump(env: Environment, insn: Instruction): number {
  const op = insn.code & OP_MASK;
  const narrow = (insn.code & CLASS_MASK) === CLASS.JMP32;
  const withRegister = (insn.code & SOURCE_MASK) === SOURCE.X;
  if (op > JMP.JCOND) reject("jmp_opcode", op >> 4);
  if (op === JMP.JCOND) {
    if (narrow || withRegister || insn.src !== 0 || insn.dst !== 0 || insn.imm !== 0) reject("may_goto", insn.imm);
    return followMayGoto(env, insn);
  }
  const next = env.index + 1;
  const target = next + insn.offset;
  const a = registerAt(insn.dst);

  readRegister(env, insn.dst);
  if (withRegister) {
    if (insn.imm !== 0) reject("jmp_reserved");
    readRegister(env, insn.src);
    if (isSecret(env, insn.src) && !bothInPacket(env, insn)) reject("pointer_comparison", insn.src);
  } else {
    if (insn.src !== 0) reject("jmp_reserved");
    markConstant(CONSTANT, 0, insn.imm, insn.imm >> 31);
  }
  const { words: w } = env;
  const v = withRegister ? w : CONSTANT;
  const b = withRegister ? registerAt(insn.src) : 0;
  const flags =
    (w[a + TYPE] === TYPES.STACK ? DST_ON_STACK : 0) | (withRegister && v[b + TYPE] === TYPES.STACK ? SRC_ON_STACK : 0);
  if (flags) env.recordHistory(flags);

  const decided = decide(w, a, v, b, op, narrow);
  if (decided !== undefined) {
    // What decided a branch must be compared exactly: with another value the other branch would count.
    if (!isPointer(w[a + TYPE])) markPrecise(env, insn.dst);
    if (withRegister && !isPointer(v[b + TYPE])) markPrecise(env, insn.src);
    if (!env.perfmon) followOtherSide(env, insn, decided ? next : target);
    if (env.log.verbose) env.printChanges();
    return decided ? target : next;
  }

  linked.clear();
  if (withRegister && isLinked(v, b)) collectLinked(env, v[b + ID], linked);
  if (isLinked(w, a)) collectLinked(env, w[a + ID], linked);
  if (linked.count > 1) env.recordHistory(0, linked);

  const other = env.push(target, "EFAULT");
  const ow = other.frame.words;
  if (withRegister) {
    assume(env.log, ow, a, ow, b, op, narrow, true);
    assume(env.log, w, a, w, b, op, narrow, false);
  } else {
    markConstant(CONSTANT, REGISTER_WORDS, insn.imm, insn.imm >> 31);
    assume(env.log, ow, a, CONSTANT, 0, op, narrow, true);
    assume(env.log, w, a, CONSTANT, REGISTER_WORDS, op, narrow, false);
  }

  if (withRegister && isLinked(w, b)) {
    syncLinked(env.state, w, b, linked);
    syncLinked(other, ow, b, linked);
  }
  if (isLinked(w, a)) {
    syncLinked(env.state, w, a, linked);
    syncLinked(other, ow, a, linked);
  }

  if (withRegister && !narrow) propagateNotNull(env, op, w, ow, a, b);
  const nullable = (w[a + TYPE] & MAYBE_NULL) !== 0;
  if (!withRegister && !narrow && insn.imm === 0 && nullable && (op === JMP.JEQ || op === JMP.JNE)) {
    markNullness(env, env.state, w[a + ID], w[a + REF], op === JMP.JNE);
    markNullness(env, other, ow[a + ID], ow[a + REF], op === JMP.JEQ);
  } else if (!(withRegister && !narrow && matchPacketComparison(env.state, other, op, insn.dst, insn.src)))
    if (isSecret(env, insn.dst)) reject("pointer_comparison", insn.dst);
  if (env.log.verbose) env.printChanges();
  return next;
}

/** Out of the loop first; the way into its next round waits, with what differs from the round before forgotten. */
function followMayGoto(env: Environment, insn: Instruction): number {
  const before = env.checkpoints.previousRound(env);
  const round = env.push(env.index + 1, "ENOMEM");
  round.mayGotoDepth++;
  if (before) widenImprecise(env, before, round);
  return env.index + 1 + insn.offset;
}

const PACKET_TYPES: ReadonlySet<number> = new Set([TYPES.PACKET, TYPES.PACKET_META, TYPES.PACKET_END]);

const bothInPacket = ({ words: w }: Environment, { dst, src }: Instruction): boolean =>
  PACKET_TYPES.has(w[registerAt(dst) + TYPE]) && PACKET_TYPES.has(w[registerAt(src) + TYPE]);

const isLinked = (w: Words, r: number): boolean => w[r + TYPE] === TYPES.SCALAR && w[r + ID] !== 0;

/** Equal to a pointer that is not NULL: then it is not NULL either. */
function propagateNotNull(env: Environment, op: number, w: Words, ow: Words, a: number, b: number): void {
  const first = w[a + TYPE];
  const second = w[b + TYPE];
  if (!isPointer(first) || !isPointer(second) || (first & MAYBE_NULL) === (second & MAYBE_NULL)) return;
  // A pointer to a structure may be NULL even where its type does not say so.
  if ((first & BASE_TYPE) === TYPES.BTF_ID || (second & BASE_TYPE) === TYPES.BTF_ID) return;
  const equalBranch = op === JMP.JEQ ? ow : op === JMP.JNE ? w : undefined;
  if (equalBranch === undefined) return;
  markNotNull(env, equalBranch, first & MAYBE_NULL ? a : b);
}

/** On one branch all copies of the pointer are the number 0, on the other they are pointers without doubt. */
function markNullness(env: Environment, state: State, id: number, reference: number, isNull: boolean): void {
  // NULL was never acquired: there is nothing to give back.
  if (isNull && reference !== 0 && reference === id) dropReference(state, id);
  forEachRegister(state, (w, r) => {
    if ((w[r + TYPE] & MAYBE_NULL) === 0 || w[r + ID] !== id) return;
    if (isNull) w[r + TYPE] = TYPES.SCALAR;
    else markNotNull(env, w, r);
    // Which lookup it came from counts for locks only.
    if (isNull || !mayPointToLock(env, w, r)) w[r + ID] = 0;
    if (isNull) w[r + REF] = 0;
  });
}
