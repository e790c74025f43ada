/** What is known after an instruction, as a note beside it. */
import { fewLines } from "./few-lines.ts";
import type { Html } from "./html.ts";
import type { KnownState } from "./log-states.ts";

/** What such notes tell, and the sign behind those that are true of the first visit only. */
export const FIRST_VISIT = "after it, on the first visit";
const VARIES = "…";
export const LEGEND = `${VARIES} = other values on later visits`;

/** `R1=ctx() R7=1 …`; nothing where nothing is new. */
export function knownText(state: KnownState | undefined): string | undefined {
  if (state === undefined || state.first.length === 0) return undefined;
  return [...state.first, ...(state.varies ? [VARIES] : [])].join(" ");
}

/** Whether any note has the sign, so that it has to be explained. */
export function anyVaries(known: ReadonlyMap<number, KnownState>): boolean {
  return [...known.values()].some((state) => state.varies && knownText(state) !== undefined);
}

/** The same, which may be broken between fields: beside it stands the source, and both should fit on the page. */
export function knownHtml(state: KnownState | undefined): Html | undefined {
  const text = knownText(state);
  if (text === undefined) return undefined;
  // The sign stays with what it stands behind.
  return fewLines(text.replace(` ${VARIES}`, `\u00a0${VARIES}`).split(/(?<=[(, ])/));
}
