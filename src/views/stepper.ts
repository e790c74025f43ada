/** What every stepper has: buttons with a slider, and the program with a mark at the instruction that comes next. */
import type { ProgramSpec } from "../programs/spec.ts";
import { type Html, html } from "./html.ts";
import { listInstructions } from "./listing.ts";
import { STYLE } from "./style.ts";

/** A button: the name that the script finds it by, its text, and what it does. */
export type StepperButton = readonly [name: string, text: string, says: string];

/** Buttons and a slider from 0 to `most`; `label` says what the slider counts. */
export function stepperToolbar(buttons: readonly StepperButton[], most: number, label: string): Html {
  const rows = buttons.map(
    ([name, text, says]) =>
      html`<button type="button" data-part="${name}" aria-label="${says}" title="${says}">${text}</button> `,
  );
  return html`<div role="toolbar" aria-label="stepper">${rows}<input type="range" data-part="slider" min="0" max="${most}" value="0" aria-label="${label}" style="width:220px;vertical-align:middle"> <span data-part="status" aria-live="polite"></span></div>`;
}

/** The program, a row an instruction that scripts find by its slot; `title` tells it from others of the same run. */
export function stepperListing(program: ProgramSpec, title = "Program"): Html {
  const rows = listInstructions(program).map(
    ({ index, text, source }) =>
      html`<tr data-slot="${index}"><td style="width:1.5em"></td><td style="${STYLE.number}">${index}</td><td style="${STYLE.code}">${text}</td><td style="${STYLE.source}">${source && `${source.line}: ${source.text}`}</td></tr>`,
  );
  return html`<div data-part="listing" style="position:relative;max-height:420px;overflow:auto"><table style="${STYLE.table}"><caption style="${STYLE.caption}">${title}</caption><tbody>${rows}</tbody></table></div>`;
}
