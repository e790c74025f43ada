import { REG } from "../../isa/constants.ts";
import type { ArrayPlace, CallTarget } from "../call.ts";
import type { Operation } from "../operation.ts";
import type { FlowGraph } from "./graph.ts";

/** A piece of a function's stack frame that only whole loads and stores of its own size touch. */
export interface StackSlot {
  /** Relative to r10, so negative. */
  readonly offset: number;
  readonly bytes: number;
}

/**
 * What a register is to the frame: the frame pointer plus a number, some other value, or a pointer into the frame of which
 * the place differs by path.
 */
type Value = number | "other" | "somewhere";

/** A range of the frame that is reached as memory: through a pointer, or by helpers. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Notes an access at a register plus offset; false where it may be anywhere in the frame. */
type Access = (base: number, offset: number, bytes: number, direct: boolean) => boolean;

/** What a function does with its frame. */
interface FrameUse {
  /** By slot of the instruction: the piece of the frame that it loads or stores. */
  readonly direct: Map<number, StackSlot>;
  readonly memory: Range[];
}

/**
 * Finds the parts of a verified function's frame that can live in locals: those that are only loaded and stored directly,
 * always whole. The answer is by instruction: which piece it loads or stores. A machine's memory cannot forward a store to a load as fast as its registers, and compilers
 * keep what does not fit into eBPF's ten registers on the stack.
 */
export function promotableSlots(
  operations: readonly Operation[],
  { blocks }: FlowGraph,
  calls: readonly (CallTarget | undefined)[],
): ReadonlyMap<number, StackSlot> {
  const use: FrameUse = { direct: new Map(), memory: [] };
  const entries: (Value[] | undefined)[] = blocks.map(() => undefined);
  entries[0] = [...new Array<Value>(REG.R10).fill("other"), 0, "other"];
  // Values only ever change towards "somewhere", so this ends; most programs need two rounds.
  for (let changed = true; changed; ) {
    changed = false;
    for (const [number, { start, end, successors }] of blocks.entries()) {
      const values = [...entries[number]!];
      for (let at = start; at < end; at++) {
        if (!transfer(operations[at]!, at, values, use, calls[at])) return new Map();
      }
      for (const successor of successors) changed = mergeInto(entries, successor, values) || changed;
    }
  }
  return withoutOverlaps(use);
}

/** Follows one operation; false where a pointer into the frame escapes. */
function transfer(
  operation: Operation,
  at: number,
  values: Value[],
  use: FrameUse,
  target: CallTarget | undefined,
): boolean {
  const access: Access = (base, offset, bytes, direct) => {
    const value = values[base]!;
    if (value === "somewhere") return false;
    if (value === "other") return true;
    const start = value + offset;
    if (direct) use.direct.set(at, { offset: start, bytes });
    else use.memory.push({ start, end: start + bytes });
    return true;
  };
  switch (operation.kind) {
    case "alu":
      return transferAlu(operation, values);
    case "neg":
    case "end":
      return set(values, operation.dst, "other", values[operation.dst] === "other");
    case "extend":
    case "cast":
      return set(values, operation.dst, "other", values[operation.src] === "other");
    case "constant":
    case "map":
    case "function":
    case "symbol":
      return set(values, operation.dst, "other", true);
    case "load":
      return set(values, operation.dst, "other", access(operation.base, operation.offset, operation.bytes, true));
    case "store": {
      const stored = "register" in operation.src ? values[operation.src.register]! : "other";
      return stored === "other" && access(operation.base, operation.offset, operation.bytes, true);
    }
    case "atomic": {
      const { op, base, offset, bytes, src, fetch } = operation;
      if (values[src] !== "other" || !access(base, offset, bytes, false)) return false;
      return !fetch || set(values, op === "cmpxchg" ? REG.R0 : src, "other", true);
    }
    case "helper":
    case "kfunc": {
      const followed = target!.array === undefined ? passToHelper(target!, values, use) : lookUp(target!.array, access);
      values.fill("other", REG.R0, REG.R6);
      return followed;
    }
    case "call": {
      const passes = values.slice(REG.R1, REG.R6).some((value) => value !== "other");
      values.fill("other", REG.R0, REG.R6);
      return !passes;
    }
    case "indirect":
      return false;
    case "jump":
    case "branch":
    case "exit":
    case "second":
      return true;
  }
}

/** A helper reaches what its arguments point to as memory. */
function passToHelper({ pointers }: CallTarget, values: readonly Value[], use: FrameUse): boolean {
  for (const { register, bytes } of pointers) {
    const value = values[register]!;
    if (bytes === 0 || value === "other") continue;
    if (value === "somewhere") return false;
    // Of unknown size, it is at most all from there up to the frame's end.
    use.memory.push({ start: value, end: bytes === undefined ? 0 : value + bytes });
  }
  return true;
}

/** A lookup in an array is no call: it loads the key, or not even that. */
function lookUp({ constantKey }: ArrayPlace, access: Access): boolean {
  return constantKey !== undefined || access(REG.R2, 0, 4, true);
}

/** Only a copy and an addition of a constant leave a pointer that can be followed. */
function transferAlu({ op, wide, dst, src }: Operation & { kind: "alu" }, values: Value[]): boolean {
  const [left, right] = [values[dst]!, "register" in src ? values[src.register]! : "other"];
  if (op === "mov") return set(values, dst, right, wide || right === "other");
  if (left === "other" && right === "other") return true;
  if (typeof left !== "number" || "register" in src || !wide || (op !== "add" && op !== "sub")) return false;
  return set(values, dst, left + Number(op === "add" ? src.constant : -src.constant), true);
}

function set(values: Value[], register: number, value: Value, followed: boolean): boolean {
  values[register] = value;
  return followed;
}

/** Joins what is known at the end of a block into the beginning of another; whether that changed anything. */
function mergeInto(entries: (Value[] | undefined)[], block: number, values: readonly Value[]): boolean {
  const known = entries[block];
  if (known === undefined) {
    entries[block] = [...values];
    return true;
  }
  let changed = false;
  for (const [register, value] of values.entries()) {
    if (known[register] === value || known[register] === "somewhere") continue;
    known[register] = "somewhere";
    changed = true;
  }
  return changed;
}

/** The accesses to pieces of the frame that nothing else overlaps. */
function withoutOverlaps({ direct, memory }: FrameUse): ReadonlyMap<number, StackSlot> {
  /** Who owns a byte: a piece of the frame, or "shared". */
  const owners = new Map<number, string>();
  const key = ({ offset, bytes }: StackSlot): string => `${offset}+${bytes}`;
  const claim = (start: number, end: number, owner: string): void => {
    for (let byte = start; byte < end; byte++) {
      const other = owners.get(byte);
      owners.set(byte, other === undefined || other === owner ? owner : "shared");
    }
  };
  for (const slot of direct.values()) claim(slot.offset, slot.offset + slot.bytes, key(slot));
  for (const { start, end } of memory) claim(start, end, "shared");
  const whole = (slot: StackSlot): boolean => {
    for (let byte = 0; byte < slot.bytes; byte++) if (owners.get(slot.offset + byte) !== key(slot)) return false;
    return true;
  };
  return new Map([...direct].filter(([, slot]) => whole(slot)));
}
