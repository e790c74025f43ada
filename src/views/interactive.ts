/** A view that is used: the frame over its first picture, and below it what is readable without script. */
import { component } from "../plot/component/component.ts";
import type { MimeBundle } from "../plot/displayable.ts";
import { type Html, html } from "./html.ts";
import { textStill } from "./still.ts";
import { STYLE } from "./style.ts";

/** What an interactive view is made of; `text` is its first picture too. */
export interface InteractiveView {
  /** A few words: `Program stepper`. */
  readonly kind: string;
  /** What it shows, in a sentence. */
  readonly label: string;
  readonly text: string;
  /** A picture of its own instead of the text's. */
  readonly still?: string;
  readonly data: unknown;
  readonly client: string;
  readonly height: number;
  /** A table of the same, folded: `[summary, body]`. */
  readonly folded: readonly [string, Html];
}

/** HTML with the component and the folded table, and the text. */
export function interactiveBundle(view: InteractiveView): MimeBundle {
  const { kind, label, text, data, client, height } = view;
  const [summary, body] = view.folded;
  const still = view.still ?? textStill(text.split("\n"), height);
  const frame = component({ kind, alt: `${kind}: ${label}`, still, data, client, height });
  const below = html`<details style="${STYLE.view}"><summary>${summary}</summary>${body}</details>`;
  return { "text/html": `${frame}${below}`, "text/plain": text };
}
