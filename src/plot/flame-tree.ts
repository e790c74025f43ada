/** Stacks merged by their common beginnings, and the boxes that they make. */
import type { CountedStack, FrameKind } from "./stacks.ts";

/** A frame with everything that was called from it. */
export interface FlameNode {
  readonly name: string;
  readonly kind: FrameKind;
  /** Samples in it and in what it called. */
  total: bigint;
  /** Samples with this frame on top. */
  self: bigint;
  readonly children: Map<string, FlameNode>;
}

/** A node's place: `from` and `to` are parts of the whole width, 0 to 1; the root has depth 0. */
export interface FlameBox {
  readonly node: FlameNode;
  readonly depth: number;
  readonly from: number;
  readonly to: number;
}

/** The tree of all stacks below a root that stands for all samples. */
export function mergeStacks(stacks: readonly CountedStack[]): FlameNode {
  const root = newNode("all", "mark");
  for (const { frames, count } of stacks) {
    let node = root;
    node.total += count;
    for (const { name, kind } of frames) {
      // A kernel function and a user function of one name are different frames.
      const key = `${name}\0${kind}`;
      let child = node.children.get(key);
      if (!child) node.children.set(key, (child = newNode(name, kind)));
      child.total += count;
      node = child;
    }
    node.self += count;
  }
  return root;
}

/**
 * Boxes level by level, callees in alphabetical order as flame graphs have them: so two profiles of one program look
 * alike, whatever was sampled first. Boxes narrower than `least` (a part of the whole width) and all that stands on
 * them are left out and counted.
 */
export function layOut(root: FlameNode, least: number): { boxes: FlameBox[]; hidden: number } {
  const boxes: FlameBox[] = [];
  let hidden = 0;
  const whole = Number(root.total);
  let level: { node: FlameNode; start: bigint }[] = [{ node: root, start: 0n }];
  for (let depth = 0; level.length > 0; depth++) {
    const above: typeof level = [];
    for (const { node, start } of level) {
      const to = Number(start + node.total) / whole;
      boxes.push({ node, depth, from: Number(start) / whole, to });
      let at = start;
      for (const [, child] of [...node.children].sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (Number(child.total) / whole < least) hidden++;
        else above.push({ node: child, start: at });
        at += child.total;
      }
    }
    level = above;
  }
  return { boxes, hidden };
}

/** The function that most samples found running, whatever called it; none for an empty tree. */
export function hottest(root: FlameNode): { name: string; self: bigint } | undefined {
  const selves = new Map<string, bigint>();
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.self > 0n) selves.set(node.name, (selves.get(node.name) ?? 0n) + node.self);
    open.push(...node.children.values());
  }
  const ranked = [...selves].sort(([a, m], [b, n]) => (m === n ? (a < b ? -1 : 1) : m > n ? -1 : 1));
  return ranked.length > 0 ? { name: ranked[0][0], self: ranked[0][1] } : undefined;
}

function newNode(name: string, kind: FrameKind): FlameNode {
  return { name, kind, total: 0n, self: 0n, children: new Map() };
}
