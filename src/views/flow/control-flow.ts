/** The drawing of a control-flow graph in a cell. */
import type { FunctionFlow } from "../../asm/flow/control-flow.ts";
import type { MimeBundle } from "../../plot/displayable.ts";
import { grouped, plural } from "../../plot/format.ts";
import { viewBundle } from "../bundle.ts";
import { html } from "../html.ts";
import { STYLE } from "../style.ts";
import { blockCount, type FlowCounts, flowCounts } from "./counts.ts";
import { flowSvgHtml, MOST_BLOCKS } from "./svg.ts";

/** A control-flow graph as far as this view needs it. */
export interface ControlFlowView {
  readonly functions: readonly FunctionFlow[];
  textOf(slot: number): string | undefined;
  toText(): string;
  /** Runs that are to be drawn in. */
  readonly runs: readonly { readonly run: { readonly steps: readonly TracedStep[] } }[];
}

/** An instruction of a run. */
interface TracedStep {
  readonly program: number;
  readonly slot: number;
  readonly depth: number;
}

/** The drawing and the same as text; only a sentence where there are too many blocks to be read. */
export function renderControlFlow(flow: ControlFlowView): MimeBundle {
  const { functions } = flow;
  const blocks = functions.reduce((sum, item) => sum + item.blocks.length, 0);
  const loops = functions.reduce((sum, item) => sum + item.loops.length, 0);
  const dead = functions.reduce((sum, item) => sum + item.blocks.filter(({ reachable }) => !reachable).length, 0);
  const facts = [
    plural(functions.length, "function"),
    plural(blocks, "block"),
    plural(loops, "loop"),
    ...(dead > 0 ? [`${plural(dead, "block")} that nothing reaches`] : []),
    ...(functions.every(({ reducible }) => reducible) ? [] : ["a cycle with two entries"]),
  ].join(", ");
  const counts = flow.runs.length > 0 ? countsOf(flow) : undefined;
  const drawing = flowSvgHtml(functions, (slot) => flow.textOf(slot), false, counts);
  const tooLarge = `Not drawn: more than ${MOST_BLOCKS} blocks. toText() and toDot() have them all.`;
  return viewBundle({
    label: "Control flow",
    body: html`<p style="${STYLE.headline}"><strong>Control flow</strong>: ${facts}</p>${drawing ?? html`<p>${tooLarge}</p>`}`,
    text: `Control flow: ${facts}\n\n${drawing ? flow.toText() : tooLarge}${counts ? `\n${countsText(functions, counts)}` : ""}`,
  });
}

/** Steps of programs that were tail-called are not of this graph. */
function countsOf({ functions, runs }: ControlFlowView): FlowCounts {
  return flowCounts(
    functions,
    runs.map(({ run }) => run.steps.filter(({ program }) => program === 0)),
  );
}

function countsText(functions: readonly FunctionFlow[], counts: FlowCounts): string {
  const blocks = functions.flatMap(({ name, blocks: all }) =>
    all.map((block, index) => ({ name: `${name} block ${index}`, count: blockCount(counts, block) })),
  );
  const ran = blocks.filter(({ count }) => count > 0).map(({ name, count }) => `${name} ${grouped(count)}×`);
  const left = blocks.filter(({ count }) => count === 0).map(({ name }) => name);
  return [`Run: ${ran.join(", ") || "nothing"}`, ...(left.length > 0 ? [`Not run: ${left.join(", ")}`] : [])].join(
    "\n",
  );
}
