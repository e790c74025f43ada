/** The shape of a program, before any path is followed: its functions, where its jumps lead, what its constants name. */
import {
  CALL,
  CLASS,
  CLASS_MASK,
  JMP,
  LD_IMM64,
  LD_IMM64_CODE,
  MODE,
  MODE_MASK,
  OP_MASK,
  SOURCE,
} from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { OPCODE_TABLE } from "../isa/opcodes.ts";
import type { MapSpec, MapType } from "../maps/spec.ts";
import type { Environment, Subprogram } from "./environment.ts";
import { exceptionCallback } from "./exceptions.ts";
import { checkSymbol } from "./kernel-symbols.ts";
import { checkKfuncExists } from "./kfunc-call.ts";
import { SLEEPABLE_MAPS } from "./map-functions.ts";
import { Rejection, reject } from "./rejection.ts";
import { checkProgramFields } from "./special-fields.ts";

export const isJumpClass = (code: number): boolean =>
  (code & CLASS_MASK) === CLASS.JMP || (code & CLASS_MASK) === CLASS.JMP32;

export const CALL_CODE = CLASS.JMP | JMP.CALL;
/** `callx`, which LLVM knows and Linux does not. */
const CALL_REGISTER_CODE = CLASS.JMP | JMP.CALL | SOURCE.X;
export const EXIT_CODE = CLASS.JMP | JMP.EXIT;
export const JA_CODE = CLASS.JMP | JMP.JA;
const JA32_CODE = CLASS.JMP32 | JMP.JA;
const MAY_GOTO_CODE = CLASS.JMP | JMP.JCOND;

/** A call of another function of the program. */
export const isSubprogramCall = (insn: Instruction): boolean => insn.code === CALL_CODE && insn.src === CALL.SUBPROG;

/** A 64-bit constant that is a function of the program, to be called back. */
export const isFunctionAddress = (insn: Instruction): boolean =>
  insn.code === LD_IMM64_CODE && insn.src === LD_IMM64.FUNC;

/** An unconditional jump, and how far it goes: `gotol` keeps the distance in `imm`. */
export const isUnconditional = (insn: Instruction): boolean => insn.code === JA_CODE || insn.code === JA32_CODE;
export const jumpDistance = (insn: Instruction): number => (insn.code === JA32_CODE ? insn.imm : insn.offset);

/** A conditional jump, `may_goto` included. */
export function isConditional(insn: Instruction): boolean {
  const op = insn.code & OP_MASK;
  return isJumpClass(insn.code) && op !== JMP.JA && op !== JMP.CALL && op !== JMP.EXIT;
}

/** `may_goto`: a jump out of a loop that the machine takes when the loop has run long enough. */
export const isMayGoto = (insn: Instruction): boolean => insn.code === MAY_GOTO_CODE && insn.src === 0;

/** Slots of the instruction: 2 for a 64-bit constant. */
export const slotsOf = (insn: Instruction): number => (insn.code === LD_IMM64_CODE ? 2 : 1);

/** Slots of the loop that Linux puts in place of a call of `bpf_loop`. */
export const INLINED_LOOP = 19;

/** Finds the functions: the main one at 0 and every target of a call. */
export function findSubprograms(env: Environment): Subprogram[] {
  const { insns, codes } = env;
  const starts = new Set([0]);
  for (let index = 0; index < insns.length; index++) {
    if (codes[index] !== CALL_CODE && codes[index] !== LD_IMM64_CODE) continue;
    const insn = insns[index];
    env.index = index;
    checkKfuncExists(env, insn);
    if (!isSubprogramCall(insn) && !isFunctionAddress(insn)) continue;
    const target = index + 1 + insn.imm;
    if (target < 0 || target >= insns.length) reject("invalid_call_target");
    starts.add(target);
  }
  env.index = insns.length - 1;
  const exception = exceptionCallback(env);
  if (exception !== undefined) starts.add(exception);
  env.catches = exception !== undefined;
  return [...starts]
    .sort((a, b) => a - b)
    .map((start) => ({
      ...(start === exception ? ({ isAsync: true, isCallback: true, isException: true } as const) : {}),
      start,
      stackDepth: 0,
      loadsPacket: false,
      callsTail: false,
    }));
}

/** The function that the instruction belongs to. */
export function subprogramOf(env: Environment, index: number): number {
  const { subprograms } = env;
  let found = subprograms.length - 1;
  while (subprograms[found].start > index) found--;
  return found;
}

/** Jumps stay within their function, and no function runs past its end. */
export function checkSubprograms(env: Environment): void {
  const { insns, codes, subprograms } = env;
  subprograms.forEach((subprogram, number) => {
    const { start } = subprogram;
    const end = subprograms[number + 1]?.start ?? insns.length;
    for (let index = start; index < end; index++) {
      const code = codes[index];
      const isJump = isJumpClass(code);
      if (!isJump && (code & CLASS_MASK) !== CLASS.LD) continue;
      const insn = insns[index];
      env.index = index;
      const op = code & OP_MASK;
      if (isJump && op !== JMP.EXIT && op !== JMP.CALL) {
        const target = index + 1 + jumpDistance(insn);
        if (target < start || target >= end) reject("jump_out_of_range", index, target);
      }
      if (isPacketLoad(insn)) subprogram.loadsPacket = true;
      if (isTailCall(insn)) subprogram.callsTail = true;
    }
    env.index = end - 1;
    if (codes[end - 1] !== EXIT_CODE && !isUnconditional(insns[end - 1])) reject("last_insn");
  });
}

/** LD_ABS or LD_IND. */
export function isPacketLoad({ code }: Instruction): boolean {
  const mode = code & MODE_MASK;
  return (code & CLASS_MASK) === CLASS.LD && (mode === MODE.ABS || mode === MODE.IND);
}

const TAIL_CALL = 12;
export const isTailCall = (insn: Instruction): boolean =>
  insn.code === CALL_CODE && insn.src === CALL.HELPER && insn.imm === TAIL_CALL;

/** By opcode: it exists, and its instructions are whole with one slot. */
const IS_PLAIN = Uint8Array.from(OPCODE_TABLE, (rows, code) =>
  rows.length > 0 && code !== LD_IMM64_CODE && code !== CALL_REGISTER_CODE ? 1 : 0,
);

/** Linux's limit of maps that one program uses. */
export const MAX_USED_MAPS = 64;

/** Opcodes exist, 64-bit constants are whole, and the maps that they name are there and not too many. */
export function checkConstants(env: Environment): void {
  const { insns, codes } = env;
  const used = new Set<number>();
  for (let index = 0; index < insns.length; index++) {
    const code = codes[index];
    const isLoad = (code & CLASS_MASK) === CLASS.LDX;
    if (!isLoad && IS_PLAIN[code]) continue;
    const insn = insns[index];
    env.index = index;
    const mode = code & MODE_MASK;
    if (isLoad && ((mode !== MODE.MEM && mode !== MODE.MEMSX) || insn.imm !== 0)) reject("ldx_reserved");
    if (code === LD_IMM64_CODE) {
      const second = insns[index + 1];
      const map = checkConstant(env, insn, second);
      if (map) {
        used.add(insn.imm);
        if (used.size > MAX_USED_MAPS) reject("too_many_maps", MAX_USED_MAPS);
        checkProgramMap(env, map, used);
        if (insn.src === LD_IMM64.MAP_VALUE) checkDirectValue(map, second.imm);
      }
      index++;
    } else if (!IS_PLAIN[code]) reject("unknown_opcode", code);
  }
  env.index = insns.length - 1;
}

const isCgroupStorage = (type: MapType): boolean =>
  type === "cgroup_storage_deprecated" || type === "percpu_cgroup_storage_deprecated";

/** Programs of the kind may use the map at all. */
function checkProgramMap(env: Environment, map: MapSpec, used: ReadonlySet<number>): void {
  const { type } = map;
  checkProgramFields(env, map);
  if (type === "struct_ops") reject("struct_ops_map");
  if (env.sleepable && !SLEEPABLE_MAPS.has(type)) reject("sleepable_map");
  if (isCgroupStorage(type) && [...used].filter((each) => env.spec.maps[each].type === type).length > 1)
    reject("cgroup_storages");
  if (type === "arena") useArena(env, map);
}

/** A program has one arena, whose address must be known before. */
function useArena(env: Environment, map: MapSpec): void {
  if (env.arena !== undefined && env.arena !== map) reject("one_arena");
  env.arena = map;
  if (!map.mapExtra) reject("arena_address");
}

/** A 64-bit constant; returns the map that it names, if any. */
function checkConstant(env: Environment, insn: Instruction, second: Instruction | undefined): MapSpec | undefined {
  if (second?.code !== 0 || second.dst !== 0 || second.src !== 0 || second.offset !== 0) reject("invalid_ld_imm64");
  switch (insn.src) {
    case LD_IMM64.IMM:
    case LD_IMM64.FUNC:
      return undefined;
    case LD_IMM64.BTF_ID:
      checkSymbol(env, insn, second);
      return undefined;
    case LD_IMM64.MAP_FD:
    case LD_IMM64.MAP_IDX:
      if (second.imm !== 0) reject("unrecognized_ld_imm64");
      break;
    case LD_IMM64.MAP_VALUE:
    case LD_IMM64.MAP_IDX_VALUE:
      break;
    default:
      reject("unrecognized_ld_imm64");
  }
  const byIndex = insn.src === LD_IMM64.MAP_IDX || insn.src === LD_IMM64.MAP_IDX_VALUE;
  // Those that the list has are named by their maps by now.
  if (byIndex && env.spec.fdArray === undefined) reject("map_index");
  return (byIndex ? undefined : env.spec.maps[insn.imm]) ?? reject("bad_map", insn.imm);
}

/** A constant that is the address of a byte in a map's value. */
function checkDirectValue(map: MapSpec, offset: number): void {
  if (offset < 0 || offset >= 1 << 29) reject("direct_value_size", offset >>> 0);
  if (map.type === "arena") {
    if (offset > map.maxEntries * 4096) throw new Rejection("direct_value_range", [0, offset], "ERANGE");
    return;
  }
  if (map.type !== "array") reject("direct_value_unsupported");
  if (map.maxEntries !== 1) reject("direct_value_elements", map.valueSize, offset);
  if (offset >= map.valueSize) reject("direct_value_range", map.valueSize, offset);
}
