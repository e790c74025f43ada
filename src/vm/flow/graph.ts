import { reversePostorder } from "../../asm/flow/order.ts";
import { type Operation, takesTwoSlots } from "../operation.ts";

/** A run of slots that is only entered at its start and only left at its end. */
export interface Block {
  /** First slot. */
  readonly start: number;
  /** One past the last slot. */
  readonly end: number;
  /** Blocks by their number; for a branch: where it jumps to, then what follows it. */
  readonly successors: number[];
  readonly predecessors: number[];
}

/** The control-flow graph of one function. Blocks are numbered in reverse postorder: a forward edge goes to a higher number. */
export interface FlowGraph {
  /** Block 0 is the entry. Only what is reachable from it. */
  readonly blocks: readonly Block[];
}

/** Finds the blocks that are reachable from slot `entry` without calls, and numbers them. */
export function flowGraph(operations: readonly Operation[], entry: number): FlowGraph {
  const leaders = findLeaders(operations, entry);
  const order = reversePostorder(entry, (start) =>
    successorSlots(operations, endOfBlock(operations, leaders, start) - 1),
  );
  const numberOf = new Map(order.map((start, number) => [start, number]));
  const blocks = order.map((start): Block => {
    const end = endOfBlock(operations, leaders, start);
    const successors = successorSlots(operations, end - 1).map((slot) => numberOf.get(slot)!);
    return { start, end, successors, predecessors: [] };
  });
  blocks.forEach((block, number) => {
    for (const successor of new Set(block.successors)) blocks[successor]!.predecessors.push(number);
  });
  return { blocks };
}

/** Where control can go after a slot, in the same function. */
export function successorSlots(operations: readonly Operation[], at: number): number[] {
  const operation = operations[at]!;
  switch (operation.kind) {
    case "jump":
      return [operation.to];
    case "branch":
      return [operation.to, at + 1];
    case "exit":
      return [];
    default:
      return [at + (takesTwoSlots(operation) ? 2 : 1)];
  }
}

/** Slots that start a block: the entry, targets of jumps, and what follows a jump. */
function findLeaders(operations: readonly Operation[], entry: number): Set<number> {
  const leaders = new Set([entry]);
  const seen = new Set<number>();
  const todo = [entry];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const next = successorSlots(operations, at);
    const { kind } = operations[at]!;
    if (kind === "jump" || kind === "branch") for (const slot of next) leaders.add(slot);
    todo.push(...next);
  }
  return leaders;
}

function endOfBlock(operations: readonly Operation[], leaders: ReadonlySet<number>, start: number): number {
  for (let at = start; ; ) {
    const operation = operations[at]!;
    const { kind } = operation;
    const next = at + (takesTwoSlots(operation) ? 2 : 1);
    if (kind === "jump" || kind === "branch" || kind === "exit" || leaders.has(next)) return next;
    at = next;
  }
}
