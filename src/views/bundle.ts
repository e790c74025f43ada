import type { MimeBundle } from "../plot/displayable.ts";
import { type Html, html } from "./html.ts";
import { STYLE } from "./style.ts";

/** What a view is called by assistive technology, its markup, and the same as text. */
export interface View {
  readonly label: string;
  readonly body: Html;
  readonly text: string;
}

/** HTML that stands alone, without script, and text. */
export function viewBundle({ label, body, text }: View): MimeBundle {
  return {
    "text/html": html`<div role="group" aria-label="${label}" style="${STYLE.view}">${body}</div>`.toString(),
    "text/plain": text,
  };
}
