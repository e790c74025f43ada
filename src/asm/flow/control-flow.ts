import { requireInstructions } from "../../isa/argument.ts";
import type { Instruction } from "../../isa/instruction.ts";
import { opcodeOf, slotsOf } from "../../isa/opcodes.ts";
import { callDistance } from "../call-distance.ts";
import { type DominatorTree, dominatorTree } from "./dominators.ts";
import { naturalLoops } from "./loops.ts";
import { reversePostorder } from "./order.ts";

/** How control takes an edge: a condition that holds, `goto`, or simply going on (also where a condition fails). */
export type EdgeKind = "branch" | "jump" | "next";

export interface FlowEdge {
  /** Index of the block that it leads to. */
  readonly to: number;
  readonly kind: EdgeKind;
  /** Whether it closes a cycle: every path around the cycle takes such an edge. */
  readonly back: boolean;
}

/** A run of slots that is entered only at its start and left only at its end. */
export interface FlowBlock {
  /** First slot, and one past the last. */
  readonly start: number;
  readonly end: number;
  readonly edges: readonly FlowEdge[];
  /** Blocks with an edge to this one, ascending, each once. */
  readonly predecessors: readonly number[];
  /** What else its end does: return, or leave its function (which Linux refuses). */
  readonly leaves: "exit" | "outside" | undefined;
  readonly reachable: boolean;
  /** The immediate dominator; the entry and unreachable blocks have none. */
  readonly dominator: number | undefined;
  /** The innermost loop that it is in: an index into `loops`. */
  readonly loop: number | undefined;
}

export interface FlowLoop {
  readonly header: number;
  readonly latches: readonly number[];
  /** Index of the loop around this one. */
  readonly parent: number | undefined;
  /** 1 for an outermost loop. */
  readonly depth: number;
}

/** The control flow of one function: the program itself, or a subprogram. */
export interface FunctionFlow {
  /** `main`, or `func_N` by its first slot. */
  readonly name: string;
  /** Its slots, up to the next function's. */
  readonly start: number;
  readonly end: number;
  /** In the order of the program; block 0 is the entry. */
  readonly blocks: readonly FlowBlock[];
  readonly loops: readonly FlowLoop[];
  /** False if some cycle can be entered at two places. */
  readonly reducible: boolean;
}

/**
 * The control-flow graph of a program, a function at a time. Any slots have one: what is no instruction goes on to the
 * next slot, jumps into the second half of `ld_imm64` go outside. Takes time in proportion to the program's length
 * (times a logarithm), whatever its jumps.
 *
 * @example
 * functionFlows(insns)[0].loops.length; // 1
 */
export function functionFlows(insns: readonly Instruction[]): FunctionFlow[] {
  requireInstructions("insns", insns);
  const starts = instructionStarts(insns);
  const entries = [...functionEntries(insns, starts)].sort((a, b) => a - b);
  return entries.map((start, index) => flowOf(insns, starts, start, entries[index + 1] ?? insns.length));
}

/** By slot: whether an instruction begins there. */
function instructionStarts(insns: readonly Instruction[]): Uint8Array {
  const starts = new Uint8Array(insns.length);
  for (let slot = 0; slot < insns.length; slot += slotsOf(insns[slot])) starts[slot] = 1;
  return starts;
}

function functionEntries(insns: readonly Instruction[], starts: Uint8Array): Set<number> {
  const entries = new Set(insns.length > 0 ? [0] : []);
  insns.forEach((insn, slot) => {
    if (starts[slot] === 0) return;
    const name = opcodeOf(insn)?.name;
    if (name !== "call_subprog" && name !== "ld_func") return;
    const target = slot + 1 + (name === "call_subprog" ? callDistance(insn) : insn.imm);
    if (starts[target] === 1) entries.add(target);
  });
  return entries;
}

interface End {
  readonly targets: readonly { readonly slot: number; readonly kind: EdgeKind }[];
  readonly exit: boolean;
}

/** Where control goes at the end of an instruction; undefined where it only goes on. */
function endOf(insn: Instruction, slot: number): End | undefined {
  const row = opcodeOf(insn);
  switch (row?.name) {
    case "exit":
      return { targets: [], exit: true };
    case "ja":
      return { targets: [{ slot: slot + 1 + insn.offset, kind: "jump" }], exit: false };
    case "gotol":
      return { targets: [{ slot: slot + 1 + insn.imm, kind: "jump" }], exit: false };
    default:
      if (!row?.text[0].endsWith("{near}")) return undefined;
      return {
        targets: [
          { slot: slot + 1, kind: "next" },
          { slot: slot + 1 + insn.offset, kind: "branch" },
        ],
        exit: false,
      };
  }
}

function flowOf(insns: readonly Instruction[], starts: Uint8Array, start: number, end: number): FunctionFlow {
  const inside = (slot: number) => slot >= start && slot < end && starts[slot] === 1;
  const leaders = new Set([start]);
  for (let slot = start; slot < end; slot += slotsOf(insns[slot])) {
    const jump = endOf(insns[slot], slot);
    if (jump === undefined) continue;
    for (const target of jump.targets) if (inside(target.slot)) leaders.add(target.slot);
    if (inside(slot + 1)) leaders.add(slot + 1);
  }
  const order = [...leaders].sort((a, b) => a - b);
  const blockAt = new Map(order.map((slot, block) => [slot, block]));
  const raw = order.map((first, block) => {
    const after = order[block + 1] ?? end;
    let last = after - 1;
    if (last > first && starts[last] === 0) last--;
    const jump = endOf(insns[last], last) ?? { targets: [{ slot: after, kind: "next" as const }], exit: false };
    const targets = jump.targets.filter(({ slot }) => blockAt.has(slot));
    const leaves: FlowBlock["leaves"] = jump.exit
      ? "exit"
      : targets.length < jump.targets.length
        ? "outside"
        : undefined;
    return {
      start: first,
      end: after,
      leaves,
      targets: targets.map(({ slot, kind }) => ({ to: blockAt.get(slot)!, kind })),
    };
  });
  const graph = analyse(raw.map(({ targets }) => targets.map(({ to }) => to)));
  const predecessors: number[][] = raw.map(() => []);
  raw.forEach(({ targets }, from) => {
    for (const to of new Set(targets.map((target) => target.to))) predecessors[to].push(from);
  });
  const blocks = raw.map(({ targets, ...block }, index): FlowBlock => {
    const edges = targets.map((target) => ({ ...target, back: graph.isBack(index, target.to) }));
    return { ...block, edges, predecessors: predecessors[index], ...graph.of(index) };
  });
  const name = start === 0 ? "main" : `func_${start}`;
  return { name, start, end, blocks, loops: graph.loops, reducible: graph.reducible };
}

/** Dominators and loops, by the blocks' own numbers. */
function analyse(successors: readonly (readonly number[])[]) {
  const order = reversePostorder(0, (block) => successors[block]);
  const numberOf = new Map(order.map((block, number) => [block, number]));
  const nodes = order.map((block) => ({
    successors: successors[block].map((to) => numberOf.get(to)!),
    predecessors: [] as number[],
  }));
  nodes.forEach((node, number) => {
    for (const to of new Set(node.successors)) nodes[to].predecessors.push(number);
  });
  const tree: DominatorTree = dominatorTree({ blocks: nodes });
  const { loops, innermost, reducible } = naturalLoops({ blocks: nodes }, tree);
  return {
    reducible,
    loops: loops.map(
      (loop): FlowLoop => ({
        ...loop,
        header: order[loop.header],
        latches: loop.latches.map((number) => order[number]),
      }),
    ),
    isBack: (from: number, to: number) => (numberOf.get(to) ?? 0) <= (numberOf.get(from) ?? -1),
    of: (block: number): Pick<FlowBlock, "reachable" | "dominator" | "loop"> => {
      const number = numberOf.get(block);
      if (number === undefined) return { reachable: false, dominator: undefined, loop: undefined };
      const loop = innermost[number];
      return {
        reachable: true,
        dominator: number === 0 ? undefined : order[tree.parents[number]],
        loop: loop === -1 ? undefined : loop,
      };
    },
  };
}
