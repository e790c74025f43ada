/** Layers of a graph whose links have a direction. */
import { PlotError } from "./error.ts";

/** From one node to another, by their numbers. */
export interface Edge {
  readonly from: number;
  readonly to: number;
}

/**
 * A layer for each node: one more than the greatest of those that lead to it. Links that would close a circle do not count, unless
 * `acyclic` asks for a graph without any.
 *
 * @throws {PlotError} `PLOT_LINK` for a circle, where there must be none
 */
export function layers(count: number, edges: readonly Edge[], acyclic?: (node: number) => string): number[] {
  const next = Array.from({ length: count }, (): number[] => []);
  for (const { from, to } of edges) next[from]!.push(to);
  const state = new Uint8Array(count);
  const order: number[] = [];
  const back = new Set<string>();
  for (let root = 0; root < count; root++) {
    if (state[root] !== 0) continue;
    // A list instead of recursion: a chain may be as long as there are nodes.
    const path: { readonly node: number; at: number }[] = [{ node: root, at: 0 }];
    state[root] = 1;
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const to = next[top.node]![top.at++];
      if (to === undefined) {
        state[top.node] = 2;
        order.push(top.node);
        path.pop();
      } else if (state[to] === 0) {
        state[to] = 1;
        path.push({ node: to, at: 0 });
      } else if (state[to] === 1) {
        if (acyclic)
          throw new PlotError(
            "PLOT_LINK",
            `the flow goes round in a circle through ${acyclic(to)}`,
            "give the two visits of this place different names",
          );
        back.add(`${top.node} ${to}`);
      }
    }
  }
  const layer = new Array<number>(count).fill(0);
  for (const node of order.reverse())
    for (const to of next[node]!) if (!back.has(`${node} ${to}`)) layer[to] = Math.max(layer[to]!, layer[node]! + 1);
  return layer;
}
