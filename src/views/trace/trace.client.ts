/** The stepper of a run in its frame: source and instructions, registers, stack, maps and packet at every moment. */
import type { Client } from "../../plot/component/frame.ts";
import { LISTING_STYLE, type ListedRow, listingPane } from "../client/listing-pane.ts";
import { stateAt } from "./trace-state.ts";

/** Where bytes were written: `s` is the stack, by distance from the frame pointer; a number is a piece; `?` is elsewhere. */
export type WrittenAt = readonly [place: "s" | "?" | number, at: number | string, hex: string];

/** The first state, and what each step changed. */
export interface TraceData {
  readonly name: string;
  /** The program that ran, and those that it tail-called. */
  readonly programs: readonly { readonly name: string; readonly rows: readonly ListedRow[] }[];
  readonly registers: readonly string[];
  readonly pieces: readonly { readonly name: string; readonly bytes: string; readonly more?: true }[];
  readonly steps: readonly (readonly [
    slot: number,
    depth: number,
    registers: readonly (readonly [number, string])[],
    memory: readonly WrittenAt[],
    program?: number,
    /** Elements of maps: the map, its key, its value, none where it was deleted. */
    elements?: readonly (readonly [map: number, key: string, value?: string])[],
  ])[];
  /** Maps that are shown by key and value, as they were at the beginning. */
  readonly maps: readonly {
    readonly name: string;
    readonly elements: readonly (readonly [string, string])[];
    /** Only those that the run has written are shown. */
    readonly written?: true;
  }[];
  /** The instruction where it ended, and its program. */
  readonly end: number;
  readonly endProgram: number;
  readonly result: string;
}

const STYLE = `${LISTING_STYLE}
.panes{display:flex;flex-wrap:wrap;gap:10px}
.panes>.code{flex:3 1 360px;min-width:0}.panes>.state{flex:2 1 300px;min-width:0}
.state{max-height:396px;overflow:auto}
.listing{max-height:374px}
.many .listing{max-height:174px}
h2{font-size:12px;margin:6px 0 2px}
table{border-collapse:collapse}td,th{text-align:left;padding:0 8px 0 0;font:12px/17px ui-monospace,Menlo,Consolas,monospace}
th{color:var(--muted);font-weight:normal}
pre{margin:0;line-height:17px}
mark{background:var(--mark);color:var(--text);font-weight:bold}
kbd{font:11px ui-monospace,monospace}
`;

export const traceClient: Client<TraceData> = (root, data, frame) => {
  const { el, button, say, status } = frame;
  const { steps } = data;
  let now = 0;

  const programAt = (count: number) => (count < steps.length ? (steps[count]![4] ?? 0) : data.endProgram);
  const slotAt = (count: number) => (count < steps.length ? steps[count]![0] : data.end);
  const isStop = (count: number) => panes[programAt(count)]!.breakpoints.has(slotAt(count));

  const find = (from: number, way: 1 | -1, wanted: (count: number) => boolean): number => {
    for (let count = from + way; count > 0 && count < steps.length; count += way) if (wanted(count)) return count;
    return way > 0 ? steps.length : 0;
  };
  const over = (): number => {
    const depth = steps[now]?.[1] ?? 0;
    return find(now, 1, (count) => steps[count]![1] <= depth);
  };
  const runTo = (program: number, slot: number): void => {
    const isThere = (count: number) => slotAt(count) === slot && programAt(count) === program;
    const found = [find(now, 1, isThere), find(now, -1, isThere)].find(isThere);
    if (found !== undefined) show(found);
    else say(`The run does not come to instruction ${slot}`);
  };

  const panes = data.programs.map(({ name, rows }, program) =>
    listingPane(frame, rows, {
      caption: `Program ${name}`,
      runTo: (slot) => runTo(program, slot),
      onBreakpoint: (slot, isSet) => say(`Breakpoint at ${slot} ${isSet ? "set" : "taken away"}`),
    }),
  );
  const slider = el("input", {
    type: "range",
    min: 0,
    max: steps.length,
    value: 0,
    "aria-label": "instructions executed",
    oninput: () => show(Number(slider.value)),
  });
  const state = el("div", { class: "state", role: "region", "aria-label": "Registers and memory", tabindex: 0 });

  const show = (count: number): void => {
    now = Math.max(0, Math.min(steps.length, count));
    slider.value = String(now);
    panes.forEach((pane, program) => {
      pane.show(programAt(now) === program ? slotAt(now) : undefined);
    });
    const { registers, changed, parts } = stateAt(data, now);
    state.replaceChildren(
      el("h2", {}, "Registers"),
      el(
        "table",
        {},
        el("tbody", {}, ...registers.map((value, number) => registerRow(number, value, changed.has(number)))),
      ),
      ...parts.flatMap(({ title, lines }) => [
        el("h2", {}, title),
        el("pre", {}, ...lines.flatMap((line) => [...line.map(bytesText), "\n"])),
      ]),
    );
    const ending = now === steps.length ? `: ${data.result}` : "";
    say(`${now} of ${steps.length} instructions executed${ending}`);
  };
  const bytesText = ({ text, changed }: { readonly text: string; readonly changed: boolean }): Node | string =>
    changed ? el("mark", {}, `[${text}]`) : text;
  const registerRow = (number: number, value: string, changed: boolean) => {
    const signed = BigInt.asIntN(64, BigInt(value));
    const small = signed > -1_000_000n && signed < 1_000_000n ? String(signed) : "";
    const cells = [value, small].map((text) => el("td", {}, changed && text !== "" ? el("mark", {}, text) : text));
    return el("tr", {}, el("th", { scope: "row" }, `r${number}${changed ? " *" : ""}`), ...cells);
  };

  const moves: Readonly<Record<string, () => void>> = {
    Home: () => show(0),
    ArrowLeft: () => show(now - 1),
    ArrowRight: () => show(now + 1),
    o: () => show(over()),
    c: () => show(find(now, 1, isStop)),
    C: () => show(find(now, -1, isStop)),
    End: () => show(steps.length),
  };
  root.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (move === undefined || event.target === slider || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  });
  root.append(
    el("style", {}, STYLE),
    el("h1", { class: "title" }, `${data.name}, step by step`),
    el(
      "div",
      { class: "bar", role: "toolbar", "aria-label": "stepper" },
      button("|◀", "to the beginning (Home)", moves["Home"]!),
      button("◀ back", "one instruction back (Left)", moves["ArrowLeft"]!),
      button("step ▶", "one instruction forwards (Right)", moves["ArrowRight"]!),
      button("over ↷", "over a call (o)", moves["o"]!),
      button("◀◀", "back to the breakpoint before (Shift+C)", moves["C"]!),
      button("run ▶▶", "on to the next breakpoint, or the end (c)", moves["c"]!),
      button("▶|", "to the end (End)", moves["End"]!),
      slider,
    ),
    status,
    el(
      "div",
      { class: "panes" },
      el(
        "div",
        { class: panes.length > 1 ? "code many" : "code" },
        ...panes.flatMap(({ element }, index) => [
          ...(panes.length > 1 ? [el("h2", {}, data.programs[index]!.name)] : []),
          element,
        ]),
        el("div", { class: "muted" }, "Click, or Enter: run to here. Click at the left, or b: breakpoint."),
      ),
      state,
    ),
  );
  show(0);
};
