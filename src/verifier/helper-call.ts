/** Calls of helpers: the arguments by the helper's prototype, the result, and what the call destroys. */
import { helperName } from "../helpers/names.ts";
import type { ArgType, HelperRow } from "../helpers/row.ts";
import { helperById } from "../helpers/table.ts";
import { REG } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { MAP_TYPES } from "../maps/spec.ts";
import { dropContradiction, syncBounds } from "./bounds.ts";
import { type Environment, registerAt } from "./environment.ts";
import { set, toBigInt, toNumber, toNumberU } from "./int64.ts";
import { mapFits } from "./map-functions.ts";
import { constantKey } from "./map-key.ts";
import { checkMapPermission, checkMapRange, checkPacket, checkRegion, checkUnmodified } from "./memory.ts";
import { forgetPacketPointers } from "./packet.ts";
import { markPrecise } from "./precision.ts";
import { readRegister } from "./register-use.ts";
import {
  AUX,
  BASE_TYPE,
  ID,
  isNull,
  isPacketPointer,
  MAYBE_NULL,
  markNotInit,
  markPointer,
  markUnknown,
  OFF,
  S32_MAX,
  S32_MIN,
  SMAX,
  SMIN,
  TYPE,
  TYPES,
  typeName,
  U32_MAX,
  U32_MIN,
  UMAX,
  UMIN,
  VALUE,
} from "./registers.ts";
import { reject } from "./rejection.ts";
import { checkStackArgument, type RawMemory, storeToStack } from "./stack.ts";
import { tnumIsConst } from "./tnum.ts";

/** Sizes from here on count as unbounded. */
const MAX_SIZE = 1 << 29;
const MAX_ERRNO = 4095;

/** What the arguments of one call have told so far. */
interface Call {
  readonly row: HelperRow;
  /** Index of the map, once its argument was seen. */
  map: number | undefined;
  key: number | undefined;
  /** Memory on the stack that the helper fills. */
  raw: RawMemory | undefined;
  /** Greatest size that may be passed. */
  greatestSize: number;
}

/** Types that an argument accepts, in the order in which Linux lists them. */
const MEMORY = ["fp", "pkt", "pkt_meta", "map_key", "map_value", "mem", "ringbuf_mem", "buf", "trusted_ptr_"] as const;
const SIZE = ["scalar"] as const;

const ACCEPTS: Readonly<Record<ArgType, readonly string[]>> = {
  const_map_ptr: ["map_ptr"],
  ptr_to_map_key: MEMORY,
  ptr_to_map_value: MEMORY,
  ptr_to_mem: MEMORY,
  ptr_to_mem_rdonly: MEMORY,
  ptr_to_uninit_mem: MEMORY,
  const_size: SIZE,
  const_size_or_zero: SIZE,
  ptr_to_ctx: ["ctx"],
  anything: [],
};

/** Helpers whose memory arguments may lie in the packet. */
const TAKES_PACKET: ReadonlySet<string> = new Set([
  "map_lookup_elem",
  "map_update_elem",
  "map_delete_elem",
  "map_push_elem",
  "csum_diff",
]);

/** Follows a call of a helper. */
export function checkHelperCall(env: Environment, insn: Instruction): void {
  const row = findHelper(env, insn.imm);
  const call: Call = { row, map: undefined, key: undefined, raw: undefined, greatestSize: 0 };
  row.args.forEach((kind, index) => {
    checkArgument(env, call, kind, REG.R1 + index);
  });
  if (row.args.includes("const_map_ptr")) env.noteMap(call.map);
  if (row.name === "map_lookup_elem") env.noteKey(call.key);
  if (call.raw) fillRaw(env, call.raw);

  const w = env.words;
  for (let register = REG.R0; register <= REG.R5; register++) {
    env.touchRegister(register);
    markNotInit(w, registerAt(register));
  }
  setResult(env, call);
  if (call.map !== undefined) {
    const map = env.spec.maps[call.map];
    if (!mapFits(map.type, row.name)) reject("map_function", MAP_TYPES[map.type], `bpf_${row.name}`, row.id);
  }
  if (row.changesPacket) forgetPacketPointers(env.state, (words, r) => markUnknown(words, r));
}

function findHelper(env: Environment, id: number): HelperRow {
  if (id === 0) reject("helper_not_allowed", "bpf_unspec", id);
  const name = helperName(id);
  if (name === undefined) reject("unknown_helper", "unknown", id);
  if (!env.program.helpers.has(name)) reject("helper_not_allowed", `bpf_${name}`, id);
  const row = helperById(id);
  if (row === undefined) reject("not_modelled", `helper bpf_${name}`);
  if (row.gplOnly && !env.gpl) reject("gpl_only");
  if (row.name === "tail_call") reject("not_modelled", "tail calls");
  return row;
}

/** Each byte becomes data, as if the program had stored it. */
function fillRaw(env: Environment, { register, size }: RawMemory): void {
  const offset = env.words[registerAt(register) + OFF];
  for (let at = 0; at < size; at++) storeToStack(env, register, offset + at, 1, -1);
}

function checkArgument(env: Environment, call: Call, kind: ArgType, register: number): void {
  readRegister(env, register);
  if (kind === "anything") return;
  const w = env.words;
  const r = registerAt(register);
  const type = w[r + TYPE];
  if (isPacketPointer(type) && !(env.program.packetAccess && TAKES_PACKET.has(call.row.name))) reject("helper_packet");
  checkType(env, kind, register);
  if ((type & BASE_TYPE) === TYPES.CTX || type === TYPES.MAP_PTR) checkUnmodified(w, r, register);
  switch (kind) {
    case "const_map_ptr":
      call.map = w[r + AUX];
      return;
    case "ptr_to_map_key": {
      const map = env.spec.maps[call.map!];
      checkMemory(env, register, map.keySize, "read", false, false);
      if (map.type === "array") call.key = constantKey(env, w, r, map.keySize);
      return;
    }
    case "ptr_to_map_value":
      checkMemory(env, register, env.spec.maps[call.map!].valueSize, "read", false, false);
      return;
    case "const_size":
    case "const_size_or_zero":
      checkSize(env, call, register, kind === "const_size_or_zero");
      return;
    case "ptr_to_mem":
    case "ptr_to_mem_rdonly":
    case "ptr_to_uninit_mem":
    case "ptr_to_ctx":
      // Memory is checked with the size that follows it.
      return;
  }
}

function checkType(env: Environment, kind: ArgType, register: number): void {
  const w = env.words;
  const r = registerAt(register);
  const accepted = ACCEPTS[kind];
  const name = typeName(w[r + TYPE]);
  if (!accepted.includes(name)) reject("argument_type", register, name, accepted.join(", "));
}

/** A size in `register` for the memory in the register before it. */
function checkSize(env: Environment, call: Call, register: number, zeroAllowed: boolean): void {
  const w = env.words;
  const r = registerAt(register);
  const kind = call.row.args[register - 2];
  call.greatestSize = toNumberU(w, r + UMAX);
  if (toNumber(w, r + SMIN) < 0) reject("size_negative", register);
  if (!zeroAllowed && toNumberU(w, r + UMIN) === 0)
    reject("size_zero", register, `${toBigInt(w, r + UMIN)}`, `${toBigInt(w, r + UMAX)}`);
  if (call.greatestSize >= MAX_SIZE) reject("size_unbounded", register);
  const writes = kind === "ptr_to_uninit_mem" || kind === "ptr_to_mem";
  // Memory that a helper may fill only in part must be set before.
  const raw = kind === "ptr_to_uninit_mem" && tnumIsConst(w, r + VALUE);
  const filled = checkMemory(env, register - 1, call.greatestSize, writes ? "write" : "read", zeroAllowed, raw);
  if (filled) call.raw = filled;
  markPrecise(env, register);
}

/** Memory that a helper reads or writes. */
function checkMemory(
  env: Environment,
  register: number,
  size: number,
  way: "read" | "write",
  zeroAllowed: boolean,
  raw: boolean,
): RawMemory | undefined {
  const w = env.words;
  const r = registerAt(register);
  switch (w[r + TYPE]) {
    case TYPES.PACKET:
    case TYPES.PACKET_META:
      checkPacket(env, register, w[r + OFF], size, zeroAllowed);
      return undefined;
    case TYPES.MAP_VALUE:
      checkMapPermission(env, r, w[r + OFF], size, way);
      checkMapRange(env, register, w[r + OFF], size, zeroAllowed);
      return undefined;
    case TYPES.MEM:
      checkRegion(env, register, w[r + OFF], size, w[r + AUX], zeroAllowed);
      return undefined;
    case TYPES.STACK:
      return checkStackArgument(env, register, size, zeroAllowed, way, raw);
    default:
      if (zeroAllowed && size === 0 && isNull(w, r)) return undefined;
      return reject("argument_type", register, typeName(w[r + TYPE]), "fp");
  }
}

function setResult(env: Environment, call: Call): void {
  const w = env.words;
  const r = registerAt(REG.R0);
  const { row } = call;
  switch (row.returns) {
    case "void":
      return;
    case "integer":
      markUnknown(w, r);
      if (row.result === "size_or_errno") limitResult(env, call.greatestSize);
      else if (row.result === "cpu") setCpuRange(env);
      return;
    case "ptr_to_map_value_or_null": {
      const map = env.spec.maps[call.map!];
      // An array has every element below its size.
      const found = row.name === "map_lookup_elem" && call.key !== undefined && call.key < map.maxEntries;
      markPointer(w, r, found ? TYPES.MAP_VALUE : TYPES.MAP_VALUE | MAYBE_NULL);
      w[r + AUX] = call.map!;
      if (!found) w[r + ID] = env.newId();
    }
  }
}

/** The result is at most the size that was passed, or an errno. */
function limitResult(env: Environment, greatest: number): void {
  const w = env.words;
  const r = registerAt(REG.R0);
  set(w, r + SMAX, greatest, 0);
  set(w, r + SMIN, -MAX_ERRNO, -1);
  w[r + S32_MAX] = greatest;
  w[r + S32_MIN] = -MAX_ERRNO;
  syncBounds(w, r);
  dropContradiction(w, r);
}

function setCpuRange(env: Environment): void {
  const w = env.words;
  const r = registerAt(REG.R0);
  const last = env.cpus - 1;
  for (const [min, max] of [
    [SMIN, SMAX],
    [UMIN, UMAX],
  ]) {
    set(w, r + min, 0, 0);
    set(w, r + max, last, 0);
  }
  w[r + S32_MIN] = w[r + U32_MIN] = 0;
  w[r + S32_MAX] = w[r + U32_MAX] = last;
  syncBounds(w, r);
}
