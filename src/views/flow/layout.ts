/**
 * Places of the blocks of one function, in layers from top to bottom (Sugiyama's method, kept small): a block stands
 * below all that lead to it, edges that go back run up at the right side.
 */
import type { FunctionFlow } from "../../asm/flow/control-flow.ts";

/** Where a block stands, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An edge from the bottom of a block to the top of another, through `points`. */
export interface Route {
  readonly from: number;
  readonly edge: number;
  readonly points: readonly Point[];
}

export interface Layout {
  readonly places: readonly Place[];
  readonly routes: readonly Route[];
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const GAP_X = 28;
const GAP_Y = 44;
const LANE = 14;
/** Rounds of sorting and of straightening; more change little. */
const ROUNDS = 6;

/** A block, or a place where a long edge passes a layer. */
interface Node {
  readonly width: number;
  /** Where an edge passes: that of the layer, so that it goes by the blocks there. */
  height: number;
  readonly above: Node[];
  readonly below: Node[];
  x: number;
  y: number;
}

/** Lays out a function whose blocks have these sizes. */
export function layOut(flow: FunctionFlow, sizes: readonly Size[]): Layout {
  const ranks = rankBlocks(flow);
  const nodes = sizes.map((size): Node => ({ ...size, above: [], below: [], x: 0, y: 0 }));
  const layers: Node[][] = Array.from({ length: Math.max(0, ...ranks) + 1 }, () => []);
  for (const [block, node] of nodes.entries()) layers[ranks[block]].push(node);
  const chains = connect(flow, ranks, nodes, layers);
  for (let round = 0; round < ROUNDS; round++) sortLayers(layers, round % 2 === 0);
  for (const layer of layers) pack(layer, 0);
  for (let round = 0; round < ROUNDS; round++) straighten(layers, round % 2 === 0);
  stackLayers(layers);
  const left = Math.min(0, ...nodes.map((node) => node.x - node.width / 2));
  for (const node of layers.flat()) node.x -= left;
  const right = Math.max(0, ...layers.flat().map((node) => node.x + node.width / 2));
  let lanes = 0;
  const routes = chains.map(({ from, edge, chain }): Route => {
    const target = nodes[flow.blocks[from].edges[edge].to];
    return {
      from,
      edge,
      points: chain ? downward(nodes[from], chain, target) : upward(nodes[from], target, right + LANE * ++lanes),
    };
  });
  return {
    places: nodes.map(({ x, y, width, height }) => ({ x: x - width / 2, y, width, height })),
    routes,
    width: right + LANE * (lanes + 1),
    height: Math.max(0, ...nodes.map(({ y, height }) => y + height)),
  };
}

/** Layer of each block: below all blocks before it; what nothing reaches comes last, one below the other. */
function rankBlocks({ blocks }: FunctionFlow): number[] {
  const ranks = blocks.map(() => 0);
  const waiting = blocks.map(
    ({ predecessors }, block) =>
      predecessors.filter(
        (from) => blocks[from].reachable && blocks[from].edges.some(({ to, back }) => to === block && !back),
      ).length,
  );
  const todo = blocks.length > 0 ? [0] : [];
  for (let block = todo.pop(); block !== undefined; block = todo.pop()) {
    for (const to of new Set(blocks[block].edges.filter(({ back }) => !back).map((edge) => edge.to))) {
      ranks[to] = Math.max(ranks[to], ranks[block] + 1);
      if (--waiting[to] === 0) todo.push(to);
    }
  }
  let last = Math.max(0, ...ranks);
  blocks.forEach(({ reachable }, block) => {
    if (!reachable) ranks[block] = ++last;
  });
  return ranks;
}

interface Chain {
  readonly from: number;
  readonly edge: number;
  /** Nodes in the layers between; undefined where the edge goes up. */
  readonly chain: readonly Node[] | undefined;
}

/** Joins nodes along edges that go down, with a node in each layer that an edge passes. */
function connect(
  { blocks }: FunctionFlow,
  ranks: readonly number[],
  nodes: readonly Node[],
  layers: Node[][],
): Chain[] {
  return blocks.flatMap(({ edges }, from) =>
    edges.map(({ to }, edge): Chain => {
      if (ranks[to] <= ranks[from]) return { from, edge, chain: undefined };
      const chain: Node[] = [];
      let last = nodes[from];
      for (let rank = ranks[from] + 1; rank < ranks[to]; rank++) {
        const passing: Node = { width: LANE, height: 0, above: [], below: [], x: 0, y: 0 };
        layers[rank].push(passing);
        join(last, passing);
        chain.push(passing);
        last = passing;
      }
      join(last, nodes[to]);
      return { from, edge, chain };
    }),
  );
}

function join(above: Node, below: Node): void {
  above.below.push(below);
  below.above.push(above);
}

/** Puts nodes of each layer in the order of the middle of what they are joined to in the layer before. */
function sortLayers(layers: readonly Node[][], down: boolean): void {
  const order = down ? layers : layers.toReversed();
  for (const layer of order) number(layer);
  for (const layer of order) {
    const middle = new Map(layer.map((node) => [node, mean(down ? node.above : node.below) ?? node.x]));
    layer.sort((a, b) => middle.get(a)! - middle.get(b)!);
    number(layer);
  }
}

/** The place in the layer, as a coordinate while layers are sorted. */
function number(layer: readonly Node[]): void {
  for (const [at, node] of layer.entries()) node.x = at;
}

const mean = (nodes: readonly Node[]): number | undefined =>
  nodes.length === 0 ? undefined : nodes.reduce((sum, { x }) => sum + x, 0) / nodes.length;

/** Sets a layer side by side around a middle. */
function pack(layer: readonly Node[], middle: number): void {
  const total = layer.reduce((sum, { width }) => sum + width + GAP_X, -GAP_X);
  let x = middle - total / 2;
  for (const node of layer) {
    node.x = x + node.width / 2;
    x += node.width + GAP_X;
  }
}

/** Moves nodes towards the middle of their neighbours, keeping order and gaps. */
function straighten(layers: readonly Node[][], down: boolean): void {
  for (const layer of down ? layers : layers.toReversed()) {
    const wanted = layer.map((node) => mean(down ? node.above : node.below) ?? node.x);
    let x = Number.NEGATIVE_INFINITY;
    layer.forEach((node, at) => {
      node.x = Math.max(wanted[at], x + node.width / 2);
      x = node.x + node.width / 2 + GAP_X;
    });
    // Pushing to the right alone would let a layer drift: it is moved back as a whole.
    const drift = layer.reduce((sum, node, at) => sum + node.x - wanted[at], 0) / Math.max(1, layer.length);
    for (const node of layer) node.x -= drift;
  }
}

function stackLayers(layers: readonly Node[][]): void {
  let y = 0;
  for (const layer of layers) {
    const height = Math.max(0, ...layer.map((node) => node.height));
    for (const node of layer) {
      node.y = y;
      if (node.height === 0) node.height = height;
    }
    y += height + GAP_Y;
  }
}

const bottomOf = ({ x, y, height }: Node): Point => ({ x, y: y + height });
const topOf = ({ x, y }: Node): Point => ({ x, y });

const downward = (from: Node, chain: readonly Node[], to: Node): Point[] => [
  bottomOf(from),
  ...chain.flatMap((node) => [topOf(node), bottomOf(node)]),
  topOf(to),
];

/** Out below, up in a lane of its own at the right, and in from above. */
function upward(from: Node, to: Node, lane: number): Point[] {
  const [start, end] = [bottomOf(from), topOf(to)];
  const [low, high] = [start.y + GAP_Y / 3, end.y - GAP_Y / 3];
  return [start, { x: start.x, y: low }, { x: lane, y: low }, { x: lane, y: high }, { x: end.x, y: high }, end];
}
