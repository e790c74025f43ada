/** A program in the frame of a stepper: source and instructions side by side, breakpoints, the instruction that comes next. */
import type { Frame } from "../../plot/component/frame.ts";

/** `[slot, instruction, line, source]`; line and source where the instruction is the first one of its line. */
export type ListedRow = readonly [slot: number, text: string, line?: number, source?: string];

export interface ListingPane {
  readonly element: HTMLElement;
  /** Marks the instruction that comes next, if it is of this program. */
  show(next: number | undefined): void;
  readonly breakpoints: ReadonlySet<number>;
}

export interface ListingOptions {
  readonly caption: string;
  /** What a click on an instruction, or Enter, does. */
  readonly runTo: (slot: number) => void;
  /** Told of each breakpoint that is set or taken away; without it there are none. */
  readonly onBreakpoint?: (slot: number, isSet: boolean) => void;
}

export const LISTING_STYLE = `
.listing{overflow:auto;border:1px solid var(--line);border-radius:4px}
.row{position:relative;display:grid;grid-template-columns:1.6em 3.2em minmax(15em,1fr) minmax(12em,1fr);white-space:pre;font:12px/18px ui-monospace,Menlo,Consolas,monospace;cursor:pointer}
.row>*{overflow:hidden;text-overflow:ellipsis;padding:0 4px}
.row>.at{text-align:right;color:var(--muted)}
.row>.source{color:var(--muted)}
.row.next{background:var(--mark)}
.row.next>.source{color:var(--text)}
.row.next>.at{color:var(--text)}
.row>.gutter{text-align:center;padding:0;color:light-dark(#b3261e,#ff8a80)}
.row.next>.gutter{color:var(--text)}
.row>.told{position:absolute;width:1px;height:1px;padding:0;clip-path:inset(50%)}
.row:focus-visible{outline-offset:-2px}
`;

export function listingPane({ el }: Frame, rows: readonly ListedRow[], options: ListingOptions): ListingPane {
  const { caption, runTo, onBreakpoint } = options;
  const breakpoints = new Set<number>();
  const hasSource = rows.some(([, , line]) => line !== undefined);
  let next: number | undefined;

  const paint = (index: number): void => {
    const [slot] = rows[index]!;
    const element = elements[index]!;
    const isNext = slot === next;
    element.classList.toggle("next", isNext);
    element.setAttribute("aria-selected", String(isNext));
    element.firstElementChild!.textContent = isNext ? "▶" : breakpoints.has(slot) ? "●" : "";
    element.lastElementChild!.textContent = `${breakpoints.has(slot) ? " breakpoint" : ""}${isNext ? " comes next" : ""}`;
  };
  const toggle = (index: number): void => {
    if (onBreakpoint === undefined) return;
    const slot = rows[index]![0];
    if (!breakpoints.delete(slot)) breakpoints.add(slot);
    paint(index);
    onBreakpoint(slot, breakpoints.has(slot));
  };
  const focus = (index: number): void => {
    const to = Math.max(0, Math.min(elements.length - 1, index));
    for (const [at, element] of elements.entries()) element.tabIndex = at === to ? 0 : -1;
    elements[to]?.focus();
  };
  const onkeydown = (index: number) => (event: KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      ArrowDown: () => focus(index + 1),
      ArrowUp: () => focus(index - 1),
      Enter: () => runTo(rows[index]![0]),
      ...(onBreakpoint ? { b: () => toggle(index) } : {}),
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  const elements = rows.map(([slot, text, line, source], index) =>
    el(
      "div",
      {
        class: "row",
        role: "option",
        tabindex: index === 0 ? 0 : -1,
        "data-slot": slot,
        title: source === undefined ? text : `${text}\nline ${line}: ${source}`,
        onclick: (event: MouseEvent) => {
          if (onBreakpoint && (event.target as HTMLElement).className === "gutter") toggle(index);
          else runTo(slot);
        },
        onkeydown: onkeydown(index),
      },
      el("span", { class: "gutter", "aria-hidden": "true" }),
      el("span", { class: "at" }, String(slot)),
      el("span", {}, text),
      ...(hasSource ? [el("span", { class: "source" }, line === undefined ? "" : `${line}: ${source}`)] : []),
      el("span", { class: "told" }),
    ),
  );
  const element = el("div", { class: "listing", role: "listbox", "aria-label": caption }, ...elements);
  for (const index of rows.keys()) paint(index);
  return {
    element,
    breakpoints,
    show(slot) {
      next = slot;
      const inside = element.contains(document.activeElement);
      for (const index of rows.keys()) paint(index);
      const at = rows.findIndex(([other]) => other === slot);
      if (at < 0) return;
      const row = elements[at]!;
      if (inside) focus(at);
      else for (const [index, each] of elements.entries()) each.tabIndex = index === at ? 0 : -1;
      const top = row.offsetTop - element.offsetTop;
      if (top < element.scrollTop || top > element.scrollTop + element.clientHeight - 24)
        element.scrollTop = top - element.clientHeight / 2;
    },
  };
}
