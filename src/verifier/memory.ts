/** One access to memory: which memory the base register points to, and whether every address that it can hold is allowed. */
import { MAP_FLAGS } from "../maps/flags.ts";
import { contextAccess } from "../programs/access.ts";
import type { FieldKind } from "../programs/row.ts";
import { coerceToSize, coerceToSizeSigned } from "./bounds.ts";
import { checkMapStruct, checkStructAccess, setStructPointer } from "./btf-pointers.ts";
import { type Environment, registerAt } from "./environment.ts";
import { formatBits } from "./format-state.ts";
import { accessFunctionContext } from "./function-context.ts";
import { isZero, toNumber, toNumberU, type Words } from "./int64.ts";
import { accessPointer, pointerAt } from "./kernel-pointers.ts";
import { refuseLeak } from "./leaks.ts";
import { isReadOnly } from "./map-functions.ts";
import { checkBuffer, checkFlowKeys, checkSocketAccess } from "./memory-objects.ts";
import {
  AUX,
  BASE_TYPE,
  ID,
  MASK,
  MAYBE_NULL,
  markConstant,
  markPointer,
  markUnknown,
  OFF,
  RDONLY,
  SMIN,
  TRUSTED,
  TYPE,
  TYPES,
  typeName,
  UMAX,
  UNTRUSTED,
  VALUE,
} from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { checkFieldsUntouched } from "./special-fields.ts";
import { checkStackBounds, loadFromStack, MAX_OFFSET, storeToStack } from "./stack.ts";
import { tnumIsConst } from "./tnum.ts";

/** Map creation flag: programs may only write. */
const WRONLY_PROG = 1 << 8;

export interface Access {
  /** Number of the base register. */
  readonly base: number;
  /** Offset in the instruction. */
  readonly offset: number;
  readonly size: number;
  readonly way: "read" | "write";
  /** Register that is loaded or stored; -1: none (a constant is stored, an atomic operation, a helper). */
  readonly value: number;
  readonly signed: boolean;
  /** The address must be aligned whatever it points to (atomics). */
  readonly aligned: boolean;
}

/** Checks the access and, for a load, sets the register that receives the value. */
export function checkAccess(env: Environment, access: Access): void {
  const { base, size, way, value } = access;
  const w = env.words;
  const r = registerAt(base);
  const type = w[r + TYPE];
  checkAlignment(w, r, access);
  const offset = access.offset + w[r + OFF];
  const loads = way === "read" && value >= 0;
  if (type & MAYBE_NULL) reject("mem_access", base, typeName(type));
  switch (type & BASE_TYPE) {
    case TYPES.MAP_KEY:
      if (way === "write") reject("map_key_write", base);
      checkRegion(env, base, offset, size, env.maps[w[r + AUX]].keySize, false);
      if (loads) markUnknown(w, registerAt(value));
      break;
    case TYPES.MAP_VALUE:
      if (way === "write") refuseLeak(env, value, "map");
      checkMapPermission(env, r, offset, size, way);
      checkMapRange(env, base, offset, size, false, "insn");
      {
        const pointer = size === 8 ? pointerAt(env, r, offset) : undefined;
        if (pointer) accessPointer(env, r, pointer, value);
        else if (loads) loadMapValue(env, r, offset, access);
      }
      break;
    case TYPES.MEM:
      if (way === "write" && type & RDONLY) reject("readonly_memory", base, typeName(type));
      if (way === "write") refuseLeak(env, value, "mem");
      // Memory that nobody vouches for is read with care, wherever it is.
      if (!(type & UNTRUSTED)) checkRegion(env, base, offset, size, w[r + AUX] >>> 0, false);
      if (loads) markUnknown(w, registerAt(value));
      break;
    case TYPES.BTF_ID:
      checkStructAccess(env, base, offset, size, way, value);
      break;
    case TYPES.CTX:
      if (way === "write") refuseLeak(env, value, "ctx");
      checkUnmodified(w, r, base);
      if (env.attach) accessFunctionContext(env, env.attach, offset, size, way, value);
      else accessContext(env, offset, size, access);
      break;
    case TYPES.STACK:
      checkStackBounds(env, base, offset, size, way);
      if (way === "read") loadFromStack(env, base, offset, size, value);
      else storeToStack(env, base, offset, size, value);
      break;
    case TYPES.PACKET:
    case TYPES.PACKET_META:
      if (way === "write" && env.program.packetAccess !== "write") reject("packet_write");
      if (way === "write") refuseLeak(env, value, "packet");
      checkPacket(env, base, offset, size, false);
      if (loads) markUnknown(w, registerAt(value));
      break;
    case TYPES.ARENA:
      // Any address will do: what is not there reads as 0.
      if (loads) markUnknown(w, registerAt(value));
      break;
    case TYPES.MAP_PTR:
      checkMapStruct(env, base, offset, size, way, value);
      break;
    case TYPES.SOCK_COMMON:
    case TYPES.SOCKET:
    case TYPES.TCP_SOCK:
    case TYPES.XDP_SOCK:
      if (way === "write") reject("readonly_memory", base, typeName(type));
      checkSocketAccess(w, base, offset, size);
      if (loads) markUnknown(w, registerAt(value));
      break;
    case TYPES.FLOW_KEYS:
      if (way === "write") refuseLeak(env, value, "flow keys");
      checkFlowKeys(offset, size);
      if (loads) markUnknown(w, registerAt(value));
      break;
    case TYPES.BUF:
      if (way === "write" && type & RDONLY) reject("readonly_memory", base, typeName(type));
      checkBuffer(w, base, type & RDONLY ? "rdonly" : "rdwr", offset, size);
      if (loads) markUnknown(w, registerAt(value));
      break;
    case TYPES.TP_BUFFER:
      checkBuffer(w, base, "tracepoint", offset, size);
      if (loads) markUnknown(w, registerAt(value));
      break;
    default:
      reject("mem_access", base, typeName(type));
  }
  const loaded = registerAt(value);
  if (loads && size < 8 && env.words[loaded + TYPE] === TYPES.SCALAR) {
    if (access.signed) coerceToSizeSigned(env.words, loaded, size);
    else coerceToSize(env.words, loaded, size);
  }
}

const ALIGNMENT_NAMES: Readonly<Record<number, string>> = {
  [TYPES.MAP_VALUE]: "value ",
  [TYPES.CTX]: "context ",
  [TYPES.STACK]: "stack ",
};

/** Packets begin 2 bytes behind a multiple of 4, so that the header behind Ethernet's 14 bytes is aligned. */
const IP_ALIGN = 2;

/** The stack is tracked in aligned pieces; other memory may be accessed at any address on x86, except by atomics. */
export function checkAlignment(
  w: Words,
  r: number,
  { offset, size, aligned }: Pick<Access, "offset" | "size" | "aligned">,
): void {
  const type = w[r + TYPE];
  if ((!aligned && type !== TYPES.STACK) || size === 1 || type === TYPES.ARENA) return;
  // Bits of the sum that are 1, or unknown themselves or through a carry.
  const mask = w[r + MASK];
  const packet = type === TYPES.PACKET || type === TYPES.PACKET_META;
  const sum = (w[r + VALUE] + w[r + OFF] + offset + (packet ? IP_ALIGN : 0)) | 0;
  const unknown = (((sum + mask) | 0) ^ sum) | mask;
  if (((sum | unknown) & (size - 1)) === 0) return;
  const bits = formatBits(w, r + VALUE);
  if (packet) reject("misaligned_packet", IP_ALIGN, bits, w[r + OFF], offset, size);
  reject("misaligned", ALIGNMENT_NAMES[type] ?? "", bits, w[r + OFF], offset, size);
}

/** Such pointers are only good as they came; `fixed`: a constant offset is allowed. */
export function checkUnmodified(w: Words, r: number, register: number, fixed = false): void {
  const name = typeName(w[r + TYPE]);
  const offset = w[r + OFF];
  if (offset < 0) reject("negative_offset", name, register, offset);
  if (offset !== 0 && !fixed) reject("modified_pointer", name, register, offset);
  if (!tnumIsConst(w, r + VALUE) || !isZero(w, r + VALUE)) reject("variable_pointer", name, formatBits(w, r + VALUE));
}

function accessContext(env: Environment, offset: number, size: number, { way, value, signed }: Access): void {
  const layout = env.program.context;
  const mode = way === "write" ? "write" : signed ? "read_signed" : "read";
  const field = layout && contextAccess(layout, offset, size, mode);
  if (!field) {
    reject("context_access", offset, size);
    return;
  }
  if (way === "write" || value < 0) return;
  const w = env.words;
  const r = registerAt(value);
  const type = FIELD_TYPES[field.kind];
  if (type === undefined) {
    setStructPointer(env, r, TRUSTED, field.struct!);
    return;
  }
  if (type === TYPES.SCALAR) {
    markUnknown(w, r);
    return;
  }
  markPointer(w, r, type);
  if (type & MAYBE_NULL) w[r + ID] = env.newId();
}

/** What a load of a context field makes. */
const FIELD_TYPES: Readonly<Record<FieldKind, number | undefined>> = {
  scalar: TYPES.SCALAR,
  packet: TYPES.PACKET,
  packet_end: TYPES.PACKET_END,
  packet_meta: TYPES.PACKET_META,
  sock: TYPES.SOCKET,
  sock_or_null: TYPES.SOCKET | MAYBE_NULL,
  sock_common_or_null: TYPES.SOCK_COMMON | MAYBE_NULL,
  flow_keys: TYPES.FLOW_KEYS,
  tp_buffer: TYPES.TP_BUFFER,
  btf: undefined,
};

/** Refuses what is not within a region of `limit` bytes; prints Linux's first line, the caller adds the second. */
function isOutside(
  env: Environment,
  register: number,
  offset: number,
  size: number,
  limit: number,
  zero: boolean,
): boolean {
  if (offset >= 0 && (size > 0 || (size === 0 && zero)) && offset + size <= limit) return false;
  const w = env.words;
  const r = registerAt(register);
  switch (w[r + TYPE] & BASE_TYPE) {
    case TYPES.MAP_VALUE:
      env.log.write(`invalid access to map value, value_size=${limit} off=${offset} size=${size}\n`);
      break;
    case TYPES.MAP_KEY:
      env.log.write(`invalid access to map key, key_size=${limit} off=${offset} size=${size}\n`);
      break;
    case TYPES.PACKET:
    case TYPES.PACKET_META:
    case TYPES.PACKET_END:
      env.log.write(
        `invalid access to packet, off=${offset} size=${size}, R${register}(id=${w[r + ID]},off=${offset},r=${limit})\n`,
      );
      break;
    default:
      env.log.write(`invalid access to memory, mem_size=${limit} off=${offset} size=${size}\n`);
  }
  return true;
}

/** A region of fixed size: both ends of the offset's range must be within it. */
export function checkRegion(
  env: Environment,
  register: number,
  offset: number,
  size: number,
  limit: number,
  zeroAllowed: boolean,
): void {
  const w = env.words;
  const r = registerAt(register);
  const min = toNumber(w, r + SMIN);
  if (min < 0 && (min + offset < 0 || min + offset > 0x7fff_ffff)) reject("min_negative", register);
  if (isOutside(env, register, (w[r + SMIN] + offset) | 0, size, limit, zeroAllowed)) reject("min_outside", register);
  const max = toNumberU(w, r + UMAX);
  if (max >= MAX_OFFSET) reject("max_unbounded", register);
  if (isOutside(env, register, max + offset, size, limit, zeroAllowed)) reject("max_outside", register);
}

/** The access is within the value, and leaves what is special in it alone. */
export function checkMapRange(
  env: Environment,
  register: number,
  offset: number,
  size: number,
  zero: boolean,
  by: "insn" | "helper",
): void {
  const map = env.maps[env.words[registerAt(register) + AUX]];
  checkRegion(env, register, offset, size, map.valueSize, zero);
  checkFieldsUntouched(env, register, offset, size, by);
}

/** Maps can be created read-only or write-only for programs. */
export function checkMapPermission(
  env: Environment,
  r: number,
  offset: number,
  size: number,
  way: "read" | "write",
): void {
  const map = env.maps[env.words[r + AUX]];
  if (way === "write" && isReadOnly(map)) reject("map_write", map.valueSize, offset, size);
  if (way === "read" && map.flags & WRONLY_PROG) reject("map_read", map.valueSize, offset, size);
}

/** A load of a map's value: a constant where programs cannot write it, it is frozen, and the place is known. */
function loadMapValue(env: Environment, r: number, offset: number, { size, value, signed }: Access): void {
  const w = env.words;
  const { frozen, flags, type, maxEntries } = env.maps[w[r + AUX]];
  const to = registerAt(value);
  const isFixed = frozen !== undefined && (flags & MAP_FLAGS.RDONLY_PROG) !== 0 && type === "array";
  if (!isFixed || !tnumIsConst(w, r + VALUE)) {
    markUnknown(w, to);
    return;
  }
  // Linux does not know which element it is, and says no more than an errno.
  if (maxEntries !== 1) reject("frozen_elements");
  const at = offset + w[r + VALUE];
  let known = 0n;
  for (let byte = size - 1; byte >= 0; byte--) known = (known << 8n) | BigInt(frozen[at + byte] ?? 0);
  if (signed) known = BigInt.asIntN(8 * size, known);
  markConstant(w, to, Number(BigInt.asIntN(32, known)), Number(BigInt.asIntN(32, known >> 32n)));
}

/** Packet memory: as far as a comparison with the end has shown. */
export function checkPacket(env: Environment, register: number, offset: number, size: number, zero: boolean): void {
  const w = env.words;
  const r = registerAt(register);
  if (toNumber(w, r + SMIN) < 0) reject("min_negative", register);
  const range = w[r + AUX];
  if (range < 0) throw new Rejection("packet_at_end", [register]);
  if (isOutside(env, register, offset, size, range, zero)) reject("packet_range", register);
}
