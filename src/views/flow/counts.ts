/** How often the blocks and edges of a control-flow graph were taken in runs. */
import type { FlowBlock, FlowEdge, FunctionFlow } from "../../asm/flow/control-flow.ts";

/** The instructions of a run, in their order, each with how many functions wait for the one that it is of. */
export type RunPath = readonly { readonly slot: number; readonly depth: number }[];

/** How often, by the slots that blocks begin with; edges by `from to`. */
export interface FlowCounts {
  readonly blocks: ReadonlyMap<number, number>;
  readonly edges: ReadonlyMap<string, number>;
  /** The largest number of a block. */
  readonly most: number;
}

/** Counts what runs went through. An edge is taken where one block follows another in the same function. */
export function flowCounts(flows: readonly FunctionFlow[], runs: readonly RunPath[]): FlowCounts {
  const starts = new Set(flows.flatMap(({ blocks }) => blocks.map(({ start }) => start)));
  const entries = new Set(flows.map(({ start }) => start));
  const blocks = new Map<number, number>();
  const edges = new Map<string, number>();
  const count = <K>(map: Map<K, number>, key: K): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (const run of runs) {
    /** By depth, the block that the function there is in. */
    const inside: number[] = [];
    let before = -1;
    for (const { slot, depth } of run) {
      if (depth > before && entries.has(slot)) inside[depth] = -1;
      before = depth;
      if (!starts.has(slot)) continue;
      count(blocks, slot);
      const from = inside[depth] ?? -1;
      if (from >= 0) count(edges, `${from} ${slot}`);
      inside[depth] = slot;
    }
  }
  return { blocks, edges, most: Math.max(0, ...blocks.values()) };
}

/** How often a block was entered. */
export const blockCount = (counts: FlowCounts, { start }: FlowBlock): number => counts.blocks.get(start) ?? 0;

/** How often an edge was taken. */
export const edgeCount = (counts: FlowCounts, { blocks }: FunctionFlow, from: number, { to }: FlowEdge): number =>
  counts.edges.get(`${blocks[from]!.start} ${blocks[to]!.start}`) ?? 0;
