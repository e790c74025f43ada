/** The drawing of a control-flow graph in a cell. */
import type { FunctionFlow } from "../../asm/flow/control-flow.ts";
import type { MimeBundle } from "../../plot/displayable.ts";
import { plural } from "../../plot/format.ts";
import { viewBundle } from "../bundle.ts";
import { html } from "../html.ts";
import { STYLE } from "../style.ts";
import { flowSvgHtml, MOST_BLOCKS } from "./svg.ts";

/** A control-flow graph as far as this view needs it. */
export interface ControlFlowView {
  readonly functions: readonly FunctionFlow[];
  textOf(slot: number): string | undefined;
  toText(): string;
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
  const drawing = flowSvgHtml(functions, (slot) => flow.textOf(slot));
  const tooLarge = `Not drawn: more than ${MOST_BLOCKS} blocks. toText() and toDot() have them all.`;
  return viewBundle({
    label: "Control flow",
    body: html`<p style="${STYLE.headline}"><strong>Control flow</strong>: ${facts}</p>${drawing ?? html`<p>${tooLarge}</p>`}`,
    text: `Control flow: ${facts}\n\n${drawing ? flow.toText() : tooLarge}`,
  });
}
