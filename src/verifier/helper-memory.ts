/** Memory that is passed to a helper, and the size that goes with it. */
import { ARGUMENTS } from "../helpers/arguments.ts";
import { checkStructAccess } from "./btf-pointers.ts";
import { type Environment, registerAt } from "./environment.ts";
import type { HelperCall } from "./helper-call.ts";
import { toBigInt, toNumber, toNumberU } from "./int64.ts";
import { checkAccess, checkMapPermission, checkMapRange, checkPacket, checkRegion } from "./memory.ts";
import { checkBuffer } from "./memory-objects.ts";
import { markPrecise } from "./precision.ts";
import { AUX, BASE_TYPE, isNull, OFF, RDONLY, SMIN, TYPE, TYPES, typeName, UMAX, UMIN, VALUE } from "./registers.ts";
import { reject } from "./rejection.ts";
import { checkStackArgument, type RawMemory } from "./stack.ts";
import { tnumIsConst } from "./tnum.ts";

/** Sizes from here on count as unbounded. */
const MAX_SIZE = 1 << 29;

/** Types whose context is memory as it is, so that helpers may get it; that of others is rewritten. */
const HAS_PLAIN_CONTEXT: ReadonlySet<string> = new Set([
  "kprobe",
  "tracepoint",
  "raw_tracepoint",
  "raw_tracepoint_writable",
  "tracing",
  "lsm",
  "struct_ops",
  "syscall",
  "cgroup_device",
]);

/** What a helper does with memory. */
interface Use {
  readonly size: number;
  readonly way: "read" | "write";
  /** No byte at all may be asked for. */
  readonly zeroAllowed: boolean;
  /** The helper sets the memory, which need not be set before. */
  readonly raw: boolean;
}

/** A size in `register` for the memory in the register before it. */
export function checkSizeArgument(env: Environment, call: HelperCall, register: number, zeroAllowed: boolean): void {
  const w = env.words;
  const r = registerAt(register);
  const { write, uninit } = ARGUMENTS[call.signature.args[register - 2]];
  call.greatestSize = toNumberU(w, r + UMAX);
  const way = write ? "write" : "read";
  // Memory that a helper may fill only in part must be set before.
  const raw = uninit === true && tnumIsConst(w, r + VALUE);
  const filled = checkSizedMemory(env, register, { way, zeroAllowed, raw });
  if (filled) call.raw = filled;
}

/** A size in `register`, and the memory in the register before it; returns the part of the stack that is filled. */
export function checkSizedMemory(env: Environment, register: number, use: Omit<Use, "size">): RawMemory | undefined {
  const w = env.words;
  const r = registerAt(register);
  const size = toNumberU(w, r + UMAX);
  if (toNumber(w, r + SMIN) < 0) reject("size_negative", register);
  if (!use.zeroAllowed && toNumberU(w, r + UMIN) === 0)
    reject("size_zero", register, `${toBigInt(w, r + UMIN)}`, `${toBigInt(w, r + UMAX)}`);
  if (size >= MAX_SIZE) reject("size_unbounded", register);
  const filled = checkHelperMemory(env, register - 1, { ...use, size });
  markPrecise(env, register);
  return filled;
}

/** Memory that a helper reads or writes; returns the part of the stack that it fills. */
export function checkHelperMemory(env: Environment, register: number, use: Use): RawMemory | undefined {
  const { size, way, zeroAllowed } = use;
  const w = env.words;
  const r = registerAt(register);
  const type = w[r + TYPE];
  switch (type & BASE_TYPE) {
    case TYPES.PACKET:
    case TYPES.PACKET_META:
      checkPacket(env, register, w[r + OFF], size, zeroAllowed);
      return undefined;
    case TYPES.MAP_KEY:
      if (way === "write") reject("readonly_memory", register, typeName(type));
      checkRegion(env, register, w[r + OFF], size, env.maps[w[r + AUX]].keySize, false);
      return undefined;
    case TYPES.MAP_VALUE:
      checkMapPermission(env, r, w[r + OFF], size, way);
      checkMapRange(env, register, w[r + OFF], size, zeroAllowed, "helper");
      return undefined;
    case TYPES.MEM:
      if (type & RDONLY && way === "write") reject("readonly_memory", register, typeName(type));
      checkRegion(env, register, w[r + OFF], size, w[r + AUX] >>> 0, zeroAllowed);
      return undefined;
    case TYPES.BUF:
      if (type & RDONLY && way === "write") reject("readonly_memory", register, typeName(type));
      checkBuffer(w, register, type & RDONLY ? "rdonly" : "rdwr", w[r + OFF], size);
      return undefined;
    case TYPES.BTF_ID:
      checkStructAccess(env, register, w[r + OFF], size, "read", -1);
      return undefined;
    case TYPES.CTX:
      if (HAS_PLAIN_CONTEXT.has(env.type) && size > 0) {
        const access = { base: register, offset: size - 1, size: 1, way, value: -1, signed: false, aligned: false };
        checkAccess(env, access);
        return undefined;
      }
      return reject("argument_type", register, typeName(type), "fp");
    case TYPES.STACK:
      return checkStackArgument(env, register, size, zeroAllowed, way, use.raw);
    default:
      if (zeroAllowed && size === 0 && isNull(w, r)) return undefined;
      return reject("argument_type", register, typeName(type), "fp");
  }
}
