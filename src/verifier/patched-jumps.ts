/**
 * Linux puts several instructions in place of some (loads of fields, lookups, divisions, `may_goto`), after it has found the
 * program safe. A jump over them gets longer, and most jumps hold 16 bits: where that is too few, the program is refused.
 */
import { helperName } from "../helpers/names.ts";
import { ALU, CALL, CLASS, CLASS_MASK, OP_MASK, SOURCE, SOURCE_MASK } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { type Environment, SEEN } from "./environment.ts";
import { BASE_TYPE, TYPES } from "./registers.ts";
import { reject } from "./rejection.ts";
import { CALL_CODE, INLINED_LOOP, isConditional, isMayGoto, isPacketLoad, JA_CODE, jumpDistance } from "./structure.ts";

/** Instructions that are added, by pass: first accesses through the context and sockets, then all else. */
const PASSES = [accessGrowth, otherGrowth] as const;

/** At most, as measured on Linux 6.18 for each field; how many it is depends on the field. */
const FIELD_ACCESS = 7;
const MAY_GOTO = 6;
const PACKET_LOAD = 5;
const DIVISION = 3;
const SIGNED_DIVISION = 8;
const KFUNC = 4;
/** Helpers that Linux may put a few instructions in place of; others get one more at most. */
const INLINED: Readonly<Record<string, number>> = {
  map_lookup_elem: 8,
  map_lookup_percpu_elem: 8,
  get_func_arg: 8,
  get_func_ret: 8,
  get_smp_processor_id: 2,
  jiffies64: 2,
  timer_set_callback: 2,
};
/** No instruction grows by more. */
const MOST = INLINED_LOOP + FIELD_ACCESS;

const MAX_FORWARD = 0x7fff;
const MAX_BACKWARD = -0x8000;

function accessGrowth({ pointerTypes }: Environment, _insn: Instruction, index: number): number {
  const type = pointerTypes[index] & BASE_TYPE;
  const rewritten =
    type === TYPES.CTX ||
    type === TYPES.SOCKET ||
    type === TYPES.SOCK_COMMON ||
    type === TYPES.TCP_SOCK ||
    type === TYPES.XDP_SOCK;
  return rewritten ? FIELD_ACCESS : 0;
}

/** Lookups by type of map, where it is the same on every path. */
const LOOKUPS: Readonly<Record<string, number>> = { array: 6, hash: 2 };

function helperGrowth({ callMaps, maps }: Environment, insn: Instruction, index: number): number {
  const helper = helperName(insn.imm) ?? "";
  const map = callMaps[index] > 0 ? maps[callMaps[index] - 1].type : "";
  if (helper === "map_lookup_elem" && LOOKUPS[map] !== undefined) return LOOKUPS[map];
  return INLINED[helper] ?? 1;
}

function otherGrowth(env: Environment, insn: Instruction, index: number): number {
  if (isMayGoto(insn)) return insn.offset === 0 ? 0 : MAY_GOTO;
  if (isPacketLoad(insn)) return insn.src === 0 ? PACKET_LOAD : PACKET_LOAD + 1;
  if (insn.code === CALL_CODE) {
    if (insn.src === CALL.KFUNC) return KFUNC;
    return insn.src === CALL.HELPER ? helperGrowth(env, insn, index) : 0;
  }
  const kind = insn.code & CLASS_MASK;
  if ((kind !== CLASS.ALU && kind !== CLASS.ALU64) || (insn.code & SOURCE_MASK) !== SOURCE.X) return 0;
  const op = insn.code & OP_MASK;
  if (op !== ALU.DIV && op !== ALU.MOD) return 0;
  return insn.offset === 0 ? DIVISION : SIGNED_DIVISION;
}

/** Refuses a program with a jump that gets too long. Where growth is only known at most, it counts as that. */
export function checkPatchedJumps(env: Environment): void {
  const { insns, flags, inlinedLoops } = env;
  if ((env.longestJump + 1) * MOST <= MAX_FORWARD) return;
  const isSeen = (index: number): boolean => (flags[insns[index].code === 0 ? index - 1 : index] & SEEN) !== 0;
  const sizes = insns.map((_, index) => {
    if (!isSeen(index)) return 0;
    return inlinedLoops.get(index) == null ? 1 : INLINED_LOOP;
  });
  for (const growth of PASSES) {
    const added = insns.map((insn, index) => (sizes[index] === 0 ? 0 : growth(env, insn, index)));
    const first = firstTooMany(env, sizes, added);
    if (first !== undefined) {
      env.index = first;
      reject("jump_patched", first);
    }
    added.forEach((more, index) => {
      sizes[index] += more;
    });
  }
}

/** The instruction whose growth, after that of all before it, makes some jump too long. */
function firstTooMany(env: Environment, sizes: readonly number[], added: readonly number[]): number | undefined {
  const before = sums(sizes);
  const after = sums(added);
  let first: number | undefined;
  env.insns.forEach((insn, index) => {
    if (sizes[index] === 0 || !(insn.code === JA_CODE || isConditional(insn))) return;
    const target = index + 1 + jumpDistance(insn);
    // Backwards it jumps over itself, too; what a jump itself becomes is counted by where it leads.
    const [low, high] = target > index ? [index + 1, target] : [target, index];
    const own = target > index ? 0 : 1;
    const room = (target > index ? MAX_FORWARD : -MAX_BACKWARD) - (before[high] - before[low]) - own;
    if (after[high] - after[low] <= room) return;
    let at = low;
    while (after[at + 1] - after[low] <= room) at++;
    if (first === undefined || at < first) first = at;
  });
  return first;
}

function sums(all: readonly number[]): Int32Array {
  const found = new Int32Array(all.length + 1);
  for (let index = 0; index < all.length; index++) found[index + 1] = found[index] + all[index];
  return found;
}
