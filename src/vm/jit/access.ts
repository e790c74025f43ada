import { REG } from "../../isa/constants.ts";
import type { StackSlot } from "../flow/stack-slots.ts";
import type { AtomicOp, Operation } from "../operation.ts";
import { type Access, STACK_SIZE } from "../types.ts";
import type { WasmWith } from "../wasm/opcodes.ts";
import { type ArenaFunctions, emitArenaAddress, emitArenaWrite } from "./arena.ts";
import type { FrameBuilder } from "./frame.ts";

/** The functions of the module that accesses call when their address is not proved. */
export interface Guards {
  readonly probe: number;
  readonly check: number;
  readonly arena: ArenaFunctions | undefined;
}

const LOADS = {
  u: { 1: "i64.load8_u", 2: "i64.load16_u", 4: "i64.load32_u", 8: "i64.load" },
  s: { 1: "i64.load8_s", 2: "i64.load16_s", 4: "i64.load32_s", 8: "i64.load" },
} as const;

const STORES = { 1: "i64.store8", 2: "i64.store16", 4: "i64.store32", 8: "i64.store" } as const;

const RMW = { add: "i64.add", or: "i64.or", and: "i64.and", xor: "i64.xor" } as const satisfies Partial<
  Record<AtomicOp, WasmWith<"none">>
>;

/** Where an access is and how it is known to be good. */
interface Place {
  readonly base: number;
  readonly offset: number;
  readonly bytes: number;
  readonly access: Access;
  /** Slot of the instruction, for errors. */
  readonly at: number;
}

/** Pushes the i32 address of an access and returns the constant distance that its load or store adds to it. */
function emitAddress(frame: FrameBuilder, guards: Guards, { base, offset, bytes, access, at }: Place): number {
  const { f } = frame;
  if (access === "arena") {
    emitArenaAddress(frame, guards.arena!, { base, offset, bytes });
    return 0;
  }
  if (access !== "proved") {
    frame.get(base);
    f.i64(BigInt(offset)).op("i64.add").i32(bytes);
    if (access === "checked") f.i32(at).call(guards.check);
    else f.call(guards.probe);
    return 0;
  }
  // A load or store adds an unsigned distance without wrapping: a negative offset must be added before.
  if (base === REG.R10 && offset + STACK_SIZE >= 0) {
    f.get(frame.bottom);
    return offset + STACK_SIZE;
  }
  frame.getLow(base);
  if (offset >= 0) return offset;
  f.i32(offset).op("i32.add");
  return 0;
}

export function emitLoad(
  frame: FrameBuilder,
  guards: Guards,
  operation: Operation & { kind: "load" },
  access: Access,
  at: number,
): void {
  if (access === "arena" && operation.acquire) {
    emitArenaWrite(frame, guards.arena!, operation, (place) => {
      frame.f.get(place).memory(LOADS.u[operation.bytes], 0);
      frame.set(operation.dst);
    });
    return;
  }
  const distance = emitAddress(frame, guards, { ...operation, access, at });
  frame.f.memory(LOADS[operation.signed ? "s" : "u"][operation.bytes], distance);
  frame.set(operation.dst);
}

export function emitStore(
  frame: FrameBuilder,
  guards: Guards,
  operation: Operation & { kind: "store" },
  access: Access,
  at: number,
): void {
  const store = (distance: number): void => {
    if ("constant" in operation.src) frame.f.i64(operation.src.constant);
    else frame.get(operation.src.register);
    frame.f.memory(STORES[operation.bytes], distance);
  };
  if (access === "arena") {
    emitArenaWrite(frame, guards.arena!, operation, (place) => {
      frame.f.get(place);
      store(0);
    });
  } else store(emitAddress(frame, guards, { ...operation, access, at }));
}

/** Emits a load from a piece of the stack that lives in a local. */
export function emitSlotLoad(
  frame: FrameBuilder,
  { bytes, signed, dst }: Operation & { kind: "load" },
  slot: StackSlot,
): void {
  const { f } = frame;
  f.get(frame.slot(slot));
  if (bytes !== 8) {
    if (bytes !== 4) {
      if (signed) f.op(bytes === 1 ? "i32.extend8_s" : "i32.extend16_s");
      else f.i32(bytes === 1 ? 0xff : 0xffff).op("i32.and");
    }
    f.op(signed ? "i64.extend_i32_s" : "i64.extend_i32_u");
  }
  frame.set(dst);
}

/** Emits a store to a piece of the stack that lives in a local. The bits above its size are whatever; loads take them off. */
export function emitSlotStore(
  frame: FrameBuilder,
  { bytes, src }: Operation & { kind: "store" },
  slot: StackSlot,
): void {
  const { f } = frame;
  if ("register" in src) {
    if (bytes === 8) frame.get(src.register);
    else frame.getLow(src.register);
  } else if (bytes === 8) f.i64(src.constant);
  else f.i32(Number(BigInt.asIntN(32, src.constant)));
  f.set(frame.slot(slot));
}

/** Emits a read-modify-write as what it is when nothing runs at the same time: a load, an operation and a store. */
export function emitAtomic(
  frame: FrameBuilder,
  guards: Guards,
  operation: Operation & { kind: "atomic" },
  access: Access,
  at: number,
): void {
  if (access === "arena") {
    emitArenaWrite(frame, guards.arena!, operation, (place) => {
      frame.f.get(place);
      emitAtomicAt(frame, operation, 0);
    });
  } else emitAtomicAt(frame, operation, emitAddress(frame, guards, { ...operation, access, at }));
}

/** The same at the address on the stack, plus a distance. */
function emitAtomicAt(frame: FrameBuilder, operation: Operation & { kind: "atomic" }, distance: number): void {
  const { f } = frame;
  const { op, bytes, src, fetch } = operation;
  const address = frame.scratch("address", "i32");
  const old = frame.scratch("old", "i64");
  f.tee(address);
  f.get(address).memory(LOADS.u[bytes], distance).set(old);
  switch (op) {
    case "xchg":
      frame.get(src);
      break;
    case "cmpxchg":
      frame.get(src);
      f.get(old).get(old);
      frame.get(REG.R0);
      if (bytes === 4) f.i64(0xffff_ffffn).op("i64.and");
      f.op("i64.eq", "select");
      break;
    default:
      f.get(old);
      frame.get(src);
      f.op(RMW[op]);
  }
  f.memory(STORES[bytes], distance);
  if (!fetch) return;
  f.get(old);
  frame.set(op === "cmpxchg" ? REG.R0 : src);
}
