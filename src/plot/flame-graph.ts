import { flameSpec } from "./flame-spec.ts";
import { type FlameBox, type FlameNode, hottest, layOut, mergeStacks } from "./flame-tree.ts";
import { folded } from "./folded.ts";
import { percent, plural } from "./format.ts";
import { sentenceSpec } from "./lite.ts";
import { Plot } from "./plot.ts";
import { emptySentence, kindAndTitle, type PlottedFacts } from "./plotted.ts";
import { resolveStacks, type StackKey, type StackSource } from "./stacks.ts";

/**
 * Pairs of a stack and its number of samples: a map declaration, an array, a `Map`. An `emptyReason` on it is said where
 * there are none.
 */
export type FlameGraphData = Iterable<readonly [StackKey, number | bigint]> & PlottedFacts;

export interface FlameGraphOptions {
  /** What resolves stack ids to names; not needed where the data holds the names. */
  readonly stacks?: StackSource;
  readonly title?: string;
  /** Width of the drawing in pixels, 640 unless given; its height follows from the deepest stack. */
  readonly width?: number;
  /** The alternative text; made from the data unless given. */
  readonly alt?: string;
}

/** Pixels below which a box could not be seen. */
const MIN_BOX_WIDTH = 0.5;

/** More boxes than this would make the output heavier than they are worth: then only wider ones are drawn. */
const MAX_BOXES = 1500;

/**
 * A flame graph: each box is a function, as wide as the share of samples that it was found in, standing on its caller.
 * In JupyterLab a click zooms to a box and a click on the lowest one zooms out; hovering names box, samples and share.
 *
 * @throws {PlotError} `PLOT_STACK` for keys that are no stacks, `PLOT_COUNT` for counts that are none
 * @example
 * plot.flameGraph(counts, { stacks });                                     // a map keyed by stack id, and the stack map
 * plot.flameGraph([[["vfs_read", "ksys_read", "main"], 12]]);              // names, innermost first
 */
export function flameGraph(samples: FlameGraphData, options: FlameGraphOptions = {}): Plot {
  const stacks = resolveStacks(samples, options.stacks);
  const root = mergeStacks(stacks);
  const title = options.title ?? "Flame graph";
  const kind = kindAndTitle("Flame graph", options.title, samples);
  if (root.total === 0n) {
    const empty = emptySentence(samples);
    const alt = options.alt ?? `${kind}: ${empty}`;
    return new Plot({ title, alt, text: `${title}: ${empty}`, picture: sentenceSpec(title, empty, alt) });
  }
  const width = options.width ?? 640;
  let least = MIN_BOX_WIDTH / width;
  let { boxes, hidden } = layOut(root, least);
  while (boxes.length > MAX_BOXES) ({ boxes, hidden } = layOut(root, (least *= 1.5)));
  const text = folded(stacks);
  const alt = options.alt ?? describe(kind, boxes, hidden, hottest(stacks));
  return new Plot({ title, alt, text, picture: flameSpec({ boxes, title, alt, width }) });
}

function describe(kind: string, boxes: readonly FlameBox[], hidden: number, top: ReturnType<typeof hottest>): string {
  const root = boxes[0].node;
  const depth = boxes[boxes.length - 1].depth;
  const base = [...root.children!.values()].sort(byTotal)[0];
  const culled = hidden > 0 ? ` ${plural(hidden, "branch")} too narrow to draw.`.replace("branchs", "branches") : "";
  return (
    `${kind}: ${plural(root.total, "sample")}, at most ${plural(depth, "frame")} deep; ` +
    `widest at the base ${base.frame.name} (${percent(base.total, root.total)}), ` +
    `most often on top ${top.name} (${percent(top.self, root.total)}).${culled}`
  );
}

function byTotal(a: FlameNode, b: FlameNode): number {
  return a.total === b.total ? (a.frame.name < b.frame.name ? -1 : 1) : a.total > b.total ? -1 : 1;
}
