import { REG } from "../../isa/constants.ts";
import type { Operation } from "../operation.ts";
import { successorSlots } from "./graph.ts";

/** A register that is no known distance from the context. */
const OTHER = 0x7fff_ffff;
/** Registers r0..r11. */
const COUNT = 12;

/**
 * By slot: how far from the context the base register of a load or store is, where it is the same on every path. Copies of
 * r1 in registers and additions of constants are followed, and arguments of subprograms; what was spilled is not.
 */
export function contextDistances(operations: readonly Operation[]): ReadonlyMap<number, number> {
  const values = new Int32Array(COUNT * operations.length);
  const seen = new Uint8Array(operations.length);
  const todo: number[] = [];
  const flowTo = (slot: number, registers: Int32Array): void => {
    const known = values.subarray(COUNT * slot, COUNT * (slot + 1));
    let changed = seen[slot] === 0;
    if (changed) known.set(registers);
    else {
      for (let i = 0; i < COUNT; i++) {
        if (known[i] === registers[i] || known[i] === OTHER) continue;
        known[i] = OTHER;
        changed = true;
      }
    }
    seen[slot] = 1;
    if (changed) todo.push(slot);
  };

  const start = new Int32Array(COUNT).fill(OTHER);
  for (const operation of operations) if (operation.kind === "function") flowTo(operation.to, start);
  const main = start.slice();
  main[REG.R1] = 0;
  flowTo(0, main);

  const distances = new Map<number, number>();
  for (let slot = todo.pop(); slot !== undefined; slot = todo.pop()) {
    const registers = values.slice(COUNT * slot, COUNT * (slot + 1));
    const operation = operations[slot]!;
    if (operation.kind === "load" || operation.kind === "store") {
      const distance = registers[operation.base]!;
      if (distance === OTHER) distances.delete(slot);
      else distances.set(slot, distance);
    }
    if (operation.kind === "call") {
      const callee = registers.slice().fill(OTHER, REG.R6);
      callee[REG.R0] = OTHER;
      flowTo(operation.to, callee);
    }
    transfer(operation, registers);
    for (const next of successorSlots(operations, slot)) flowTo(next, registers);
  }
  return distances;
}

function transfer(operation: Operation, registers: Int32Array): void {
  switch (operation.kind) {
    case "alu": {
      const { op, wide, dst, src } = operation;
      if (op === "mov" && wide && "register" in src) registers[dst] = registers[src.register]!;
      else if (wide && "constant" in src && (op === "add" || op === "sub") && registers[dst] !== OTHER) {
        const moved = registers[dst]! + Number(op === "add" ? src.constant : -src.constant);
        // A context is small: what leads this far from it is no pointer to it.
        registers[dst] = Math.abs(moved) < 0x8000 ? moved : OTHER;
      } else registers[dst] = OTHER;
      break;
    }
    case "neg":
    case "end":
    case "extend":
    case "constant":
    case "map":
    case "function":
    case "symbol":
    case "load":
      registers[operation.dst] = OTHER;
      break;
    case "atomic":
      if (operation.fetch) registers[operation.op === "cmpxchg" ? REG.R0 : operation.src] = OTHER;
      break;
    case "helper":
    case "kfunc":
    case "indirect":
    case "call":
      registers.fill(OTHER, REG.R0, REG.R6);
      break;
    case "store":
    case "jump":
    case "branch":
    case "exit":
    case "second":
      break;
  }
}
