/** Stacks merged by their common beginnings, and the boxes that they make. */
import type { CountedStack, Frame } from "./stacks.ts";

/** A frame with everything that was called from it. */
export interface FlameNode {
  readonly frame: Frame;
  /** Samples in it and in what it called. */
  total: bigint;
  /** Samples with this frame on top. */
  self: bigint;
  /** By frame; made when the first one comes, as most nodes of a wide tree are leaves. */
  children?: Map<Frame, FlameNode>;
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
  const root: FlameNode = { frame: { name: "all", kind: "mark" }, total: 0n, self: 0n };
  for (const { frames, count } of stacks) {
    let node = root;
    node.total += count;
    for (const frame of frames) {
      node.children ??= new Map();
      let child = node.children.get(frame);
      if (!child) node.children.set(frame, (child = { frame, total: 0n, self: 0n }));
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
      for (const child of [...(node.children?.values() ?? [])].sort(byName)) {
        if (Number(child.total) / whole < least) hidden++;
        else above.push({ node: child, start: at });
        at += child.total;
      }
    }
    level = above;
  }
  return { boxes, hidden };
}

/** The function that most samples found running, whatever called it. */
export function hottest(stacks: readonly CountedStack[]): { name: string; self: bigint } {
  const selves = new Map<string, bigint>();
  for (const { frames, count } of stacks) {
    const { name } = frames[frames.length - 1];
    selves.set(name, (selves.get(name) ?? 0n) + count);
  }
  const [[name, self]] = [...selves].sort(([a, m], [b, n]) => (m === n ? (a < b ? -1 : 1) : m > n ? -1 : 1));
  return { name, self };
}

/** A kernel function and a user function of one name are two nodes, in a fixed order. */
function byName({ frame: a }: FlameNode, { frame: b }: FlameNode): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.kind < b.kind ? -1 : 1;
}
