import { component } from "./component/component.ts";
import { FLAME_GRAPH_CLIENT } from "./component/flame-graph.client-text.ts";
import { compare, type FlameChange, pointsText } from "./flame-change.ts";
import { FLAME_ROW, type FlameLook, flameSpec } from "./flame-spec.ts";
import { type FlameBox, type FlameNode, hottest, layOut, mergeStacks } from "./flame-tree.ts";
import { flameViewData } from "./flame-view.ts";
import { folded } from "./folded.ts";
import { nanoseconds, percent, plural } from "./format.ts";
import { sentencePlot } from "./lite.ts";
import type { PlotOptions } from "./options.ts";
import { Plot } from "./plot.ts";
import { kindAndTitle, type PlottedFacts } from "./plotted.ts";
import { resolveStacks, type StackKey, type StackSource } from "./stacks.ts";

/**
 * Pairs of a stack and its number of samples: a map declaration, an array, a `Map`. An `emptyReason` on it is said where
 * there are none.
 */
export type FlameGraphData = Iterable<readonly [StackKey, number | bigint]> & PlottedFacts;

export interface FlameGraphOptions extends Omit<PlotOptions, "height"> {
  /** What resolves stack ids to names; not needed where the data holds the names. */
  readonly stacks?: StackSource;
  /** `"up"` (default) stands callees on their callers, `"down"` hangs them below: an icicle. */
  readonly direction?: "up" | "down";
  /**
   * What the numbers are: samples, or nanoseconds, as programs sum them that measure time off the CPU: then boxes are blue and words
   * tell times.
   */
  readonly unit?: "samples" | "ns";
  /** An earlier profile: boxes keep the widths of the newer one, and their colours tell what share they won (orange) or lost (blue). */
  readonly baseline?: FlameGraphData;
  /** The function that the interactive view is zoomed to at first, and what it searches. */
  readonly zoom?: string;
  readonly search?: string;
}

/** Pixels below which a box could not be seen. */
const MIN_BOX_WIDTH = 0.5;

/** Boxes of the static picture, which is twice in the output, and of the interactive view, where zooming shows narrow ones. */
const MAX_BOXES = 360;
const MAX_VIEW_BOXES = 1500;

/**
 * A flame graph: each box is a function, as wide as the share of samples that it was found in, standing on its caller. In a notebook
 * a click or Enter zooms to a box, Escape shows all again, arrows move, and a search marks functions and sums their share.
 *
 * @throws {PlotError} `PLOT_STACK` for keys that are no stacks, `PLOT_COUNT` for counts that are none
 * @example
 * plot.flameGraph(counts, { stacks });                                     // a map keyed by stack id, and the stack map
 * plot.flameGraph([[["vfs_read", "ksys_read", "main"], 12]]);              // names, innermost first
 * plot.flameGraph(offCpu, { stacks, unit: "ns", direction: "down" });      // time off the CPU, as an icicle
 * plot.flameGraph(after, { stacks, baseline: before });                    // what changed
 */
export function flameGraph(samples: FlameGraphData, options: FlameGraphOptions = {}): Plot {
  const stacks = resolveStacks(samples, options.stacks);
  const root = mergeStacks(stacks);
  const kindName = options.baseline
    ? "Differential flame graph"
    : options.direction === "down"
      ? "Icicle graph"
      : "Flame graph";
  const title = options.title ?? kindName;
  const kind = kindAndTitle(kindName, options.title, samples);
  if (root.total === 0n) return sentencePlot({ kind, title, data: samples, alt: options.alt });
  const change = options.baseline && compare(root, mergeStacks(resolveStacks(options.baseline, options.stacks)));
  const width = options.width ?? 640;
  const { boxes, hidden } = layOutMost(root, MIN_BOX_WIDTH / width, MAX_BOXES);
  const quantity = options.unit === "ns" ? nanoseconds : (count: bigint) => plural(count, "sample");
  const text = folded(stacks);
  const alt = options.alt ?? describe(kind, boxes, hidden, hottest(stacks), quantity, change);
  const look: FlameLook = { quantity, change, direction: options.direction ?? "up", unit: options.unit ?? "samples" };
  const height = (boxes[boxes.length - 1].depth + 1) * FLAME_ROW + 150;
  const view = (still: string) => {
    const all = layOutMost(root, MIN_BOX_WIDTH / width / 20, MAX_VIEW_BOXES).boxes;
    const data = flameViewData(all, { title, look, zoom: options.zoom, search: options.search });
    return component({
      kind: kindName,
      alt,
      still,
      data,
      client: FLAME_GRAPH_CLIENT,
      height: Math.max(height, data.rows * FLAME_ROW + 130),
    });
  };
  return new Plot({ title, alt, text, picture: flameSpec({ boxes, title, alt, width, look }), view });
}

/** The boxes that are at least so wide; of too many only wider ones. */
function layOutMost(root: FlameNode, least: number, most: number) {
  let found = layOut(root, least);
  for (let wider = least; found.boxes.length > most; ) found = layOut(root, (wider *= 1.3));
  return found;
}

function describe(
  kind: string,
  boxes: readonly FlameBox[],
  hidden: number,
  top: ReturnType<typeof hottest>,
  quantity: (count: bigint) => string,
  change: FlameChange | undefined,
): string {
  const root = boxes[0].node;
  const depth = boxes[boxes.length - 1].depth;
  const base = [...root.children!.values()].sort(byTotal)[0];
  const culled = hidden > 0 ? ` ${plural(hidden, "branch", "branches")} too narrow to draw.` : "";
  const changed = change === undefined ? "" : ` ${changeText(change)}`;
  return (
    `${kind}: ${quantity(root.total)}, at most ${plural(depth, "frame")} deep; ` +
    `widest at the base ${base.frame.name} (${percent(base.total, root.total)}), ` +
    `most often on top ${top.name} (${percent(top.self, root.total)}).${changed}${culled}`
  );
}

function changeText({ shares }: FlameChange): string {
  let won: FlameNode | undefined;
  let lost: FlameNode | undefined;
  for (const [node, share] of shares) {
    if (share > (shares.get(won!) ?? 0)) won = node;
    if (share < (shares.get(lost!) ?? 0)) lost = node;
  }
  const points = (node: FlameNode) => `${node.frame.name} (${pointsText(shares.get(node)!)})`;
  if (won === undefined && lost === undefined) return "No share has changed.";
  return `${[won && `Won most: ${points(won)}`, lost && `lost most: ${points(lost)}`].filter(Boolean).join("; ")}.`;
}

function byTotal(a: FlameNode, b: FlameNode): number {
  return a.total === b.total ? (a.frame.name < b.frame.name ? -1 : 1) : a.total > b.total ? -1 : 1;
}
