/** A flame graph in the page: zoom by mouse and keys, search, reset. */
import type { Client } from "./frame.ts";

/** What the view shows; a box is `[parent, name, from, to, fill, words]`, from and to in millionths of the width. */
export interface FlameGraphData {
  readonly title: string;
  readonly subtitle: string;
  readonly names: readonly string[];
  readonly fills: readonly string[];
  readonly boxes: readonly (readonly [number, number, number, number, number, string])[];
  /** The root is on top. */
  readonly icicle: boolean;
  /** The function that is zoomed to at first. */
  readonly zoom?: string;
  readonly search?: string;
}

const ROW = 18;
const WHOLE = 1e6;

const STYLE = `
.flame{position:relative;overflow:hidden}
.flame>div{position:absolute;height:${ROW - 1}px;line-height:${ROW - 1}px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;
color:#14181d;font:11px/${ROW - 1}px ui-monospace,Menlo,Consolas,monospace;padding:0 3px;box-sizing:border-box;cursor:pointer}
.flame>.narrow{padding:0;color:transparent}
.flame>.found{background:#e3b7ff!important;text-decoration:underline}
.flame>.off{opacity:.45}
.flame>:focus-visible{outline:2px solid var(--text);outline-offset:-2px;z-index:1}
`;

export const flameGraphClient: Client<FlameGraphData> = (root, data, { el, button, say, status }) => {
  const { boxes, names } = data;
  const depths = boxes.map(() => 0);
  boxes.forEach(([parent], index) => {
    if (index > 0) depths[index] = depths[parent]! + 1;
  });
  const rows = depths.reduce((most, depth) => Math.max(most, depth), 0) + 1;
  const nameOf = (index: number) => names[boxes[index]![1]]!;
  let zoomed = 0;
  let focused = 0;

  const describe = (index: number) => `${nameOf(index)}: ${boxes[index]![5]}`;
  const elements = boxes.map((box, index) =>
    el(
      "div",
      {
        role: "treeitem",
        tabindex: -1,
        "aria-level": depths[index]! + 1,
        "aria-label": describe(index),
        title: describe(index),
        style: `background:${data.fills[box[4]]};top:${(data.icicle ? depths[index]! : rows - 1 - depths[index]!) * ROW}px`,
        onclick: () => {
          focus(index);
          zoom(index);
        },
        onfocus: () => say(describe(index)),
        onmouseenter: () => say(describe(index)),
      },
      nameOf(index),
    ),
  );

  const place = () => {
    const [, , from, to] = boxes[zoomed]!;
    boxes.forEach((box, index) => {
      const [a, b] = [Math.max(box[2], from), Math.min(box[3], to)];
      const element = elements[index]!;
      element.hidden = a >= b;
      if (a >= b) return;
      const width = ((b - a) / (to - from)) * 100;
      element.style.left = `${((a - from) / (to - from)) * 100}%`;
      element.style.width = `calc(${width}% - ${width > 0.4 ? 1 : 0}px)`;
      element.classList.toggle("narrow", width < 3);
      element.classList.toggle(
        "off",
        index !== zoomed && box[2] <= from && box[3] >= to && depths[index]! < depths[zoomed]!,
      );
    });
  };
  const zoom = (index: number) => {
    zoomed = index;
    place();
    say(index === 0 ? "All samples are shown" : `Zoomed to ${describe(index)}`);
  };
  const focus = (index: number) => {
    elements[focused]!.tabIndex = -1;
    focused = index;
    elements[index]!.tabIndex = 0;
    elements[index]!.focus();
  };

  const search = (text: string) => {
    const wanted = text.toLowerCase();
    let samples = 0;
    let reached = -1;
    let matches = 0;
    // In the order of places, so that what stands on a match is not counted again.
    const order = boxes.map((_, index) => index).sort((a, b) => boxes[a]![2] - boxes[b]![2] || depths[a]! - depths[b]!);
    for (const index of order) {
      const found = wanted !== "" && nameOf(index).toLowerCase().includes(wanted);
      elements[index]!.classList.toggle("found", found);
      if (!found) continue;
      matches++;
      if (boxes[index]![2] < reached) continue;
      samples += boxes[index]![3] - boxes[index]![2];
      reached = boxes[index]![3];
    }
    const share = ((samples / WHOLE) * 100).toFixed(1);
    say(wanted === "" ? "" : `${matches} found, ${share}% of all`);
  };
  const input = el("input", {
    type: "search",
    placeholder: "search",
    "aria-label": "search functions",
    oninput: () => search(input.value),
  });
  const reset = () => {
    input.value = "";
    search("");
    focus(0);
    zoom(0);
  };

  /** Neighbours in a row, and what stands on a box, widest first. */
  const visible = (index: number) => !elements[index]!.hidden;
  const children = (index: number) =>
    boxes.flatMap(([parent], at) => (at > 0 && parent === index && visible(at) ? [at] : []));
  const beside = (index: number, step: number) => {
    const row = boxes.flatMap((_, at) => (depths[at] === depths[index] && visible(at) ? [at] : []));
    row.sort((a, b) => boxes[a]![2] - boxes[b]![2]);
    return row[row.indexOf(index) + step];
  };
  const widest = (index: number) =>
    children(index).reduce<number | undefined>(
      (best, at) =>
        best === undefined || boxes[at]![3] - boxes[at]![2] > boxes[best]![3] - boxes[best]![2] ? at : best,
      undefined,
    );
  const parent = (index: number) => (index === 0 ? undefined : boxes[index]![0]);
  const onkeydown = (event: KeyboardEvent) => {
    const up = data.icicle ? parent : widest;
    const down = data.icicle ? widest : parent;
    const moves: Readonly<Record<string, () => number | undefined>> = {
      ArrowUp: () => up(focused),
      ArrowDown: () => down(focused),
      ArrowLeft: () => beside(focused, -1),
      ArrowRight: () => beside(focused, 1),
      Home: () => 0,
    };
    const move = moves[event.key];
    if (move) {
      const to = move();
      if (to !== undefined) focus(to);
    } else if (event.key === "Enter" || event.key === " ") zoom(focused);
    else if (event.key === "Escape") reset();
    else if (event.key === "/") input.focus();
    else return;
    event.preventDefault();
  };

  const flame = el(
    "div",
    { class: "flame", role: "tree", "aria-label": data.title, style: `height:${rows * ROW}px`, onkeydown },
    ...elements,
  );
  root.append(
    el("style", {}, STYLE),
    el("h1", { class: "title" }, data.title),
    el("div", { class: "muted" }, data.subtitle),
    el("div", { class: "bar" }, input, button("reset", "show all, clear the search", reset)),
    flame,
    status,
    el("div", { class: "muted" }, "Click or Enter zooms, Escape resets, arrows move, / searches."),
  );
  elements[0]!.tabIndex = 0;
  input.value = data.search ?? "";
  search(input.value);
  zoomed = Math.max(0, data.zoom === undefined ? 0 : boxes.findIndex((_, index) => nameOf(index) === data.zoom));
  place();
};
