/** Two profiles compared, box by box. */
import type { FlameNode } from "./flame-tree.ts";

/** What each node's share of all samples has won, in parts of 1; negative for lost. */
export interface FlameChange {
  readonly shares: ReadonlyMap<FlameNode, number>;
}

/** Compares nodes that stand at the same place: the same frames below them. What only the older profile has is in no box. */
export function compare(root: FlameNode, baseline: FlameNode): FlameChange {
  const shares = new Map<FlameNode, number>();
  const whole = Number(root.total);
  const before = Number(baseline.total) || 1;
  const pairs: [FlameNode, FlameNode | undefined][] = [[root, baseline]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [node, old] = pair;
    shares.set(node, node === root ? 0 : Number(node.total) / whole - Number(old?.total ?? 0n) / before);
    // Frames of two profiles are different objects.
    const known = new Map([...(old?.children?.values() ?? [])].map((child) => [keyOf(child), child]));
    for (const child of node.children?.values() ?? []) pairs.push([child, known.get(keyOf(child))]);
  }
  return { shares };
}

function keyOf({ frame }: FlameNode): string {
  return `${frame.kind} ${frame.name}`;
}

/** Percentage points: `+12%`, `−3.5%`. */
export function pointsText(share: number): string {
  const points = Number((Math.abs(share) * 100).toPrecision(2));
  return points === 0 ? "±0%" : `${share < 0 ? "−" : "+"}${points}%`;
}
