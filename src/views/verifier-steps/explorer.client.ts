/** The explorer of a verification in its frame: the tree of branches, and at each step what is known, as bars and bits. */
import type { Client } from "../../plot/component/frame.ts";
import { LISTING_STYLE, type ListedRow, listingPane } from "../client/listing-pane.ts";
import { knownAt, positionsOf } from "./explorer-state.ts";
import { placeOnLine } from "./number-line.ts";

/** A state once: Linux's text, words for it, and for numbers the ends of the bar with 0 (in percent), their texts, the bits. */
export type ShownState =
  | readonly [text: string, words: string]
  | readonly [
      text: string,
      words: string,
      bar: readonly [from: number, to: number, zero: number],
      least: string,
      most: string,
      bits: string,
    ];

export interface ExplorerData {
  readonly name: string;
  readonly outcome: string;
  readonly rows: readonly ListedRow[];
  readonly branches: readonly {
    readonly first: number;
    readonly count: number;
    readonly depth: number;
    readonly from: string;
    /** How it ended, in words, and as a sign. */
    readonly end: string;
    readonly sign: string;
    /** The instruction where it ended. */
    readonly at: number;
    /** The step whose state covers it. */
    readonly older?: number;
    readonly entry: readonly (readonly [frame: number, name: string, state: number])[];
  }[];
  readonly steps: readonly (readonly [
    insn: number,
    branch: number,
    frames: number,
    flags: number,
    changes: readonly (readonly [frame: number, name: string, state: number])[],
  ])[];
  readonly states: readonly ShownState[];
  /** What registers held before an instruction in runs, by instruction: `[register, values]`. */
  readonly values: Readonly<Record<number, readonly (readonly [string, readonly string[]])[]>>;
}

const STYLE = `${LISTING_STYLE}
.tree{max-height:86px;overflow:auto;border:1px solid var(--line);border-radius:4px;margin-bottom:8px}
.tree>div{font:12px/18px ui-monospace,Menlo,Consolas,monospace;padding:0 6px;cursor:pointer;white-space:pre}
.tree>.next{background:var(--mark)}.tree>:focus-visible{outline-offset:-2px}
.panes{display:flex;flex-wrap:wrap;gap:10px}
.panes>.code{flex:1 1 330px;min-width:0}.panes>.state{flex:1 1 340px;min-width:0}
.listing,.state{max-height:330px}.state{overflow:auto}
h2{font-size:12px;margin:4px 0 2px}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:1px 8px 1px 0;font:12px/17px ui-monospace,Menlo,Consolas,monospace}
th{color:var(--muted);font-weight:normal}td{overflow-wrap:anywhere}
mark{background:var(--mark);color:var(--text);font-weight:bold}
.line{position:relative;display:block;width:180px;height:9px;border:1px solid var(--line);margin:4px 0 2px}
.line>*{position:absolute;top:0;bottom:0}.line>.known{background:var(--here)}.line>.zero{width:1px;background:var(--text);top:-3px;bottom:-3px}
.line>.value{width:2px;margin-left:-1px;background:light-dark(#b3261e,#ffb4ab);top:-4px;bottom:-4px}
.bits{display:block;letter-spacing:1px}.bits>.open{color:var(--muted)}.bits>.known{font-weight:bold}
em{font-style:normal;color:var(--muted)}
`;

export const explorerClient: Client<ExplorerData> = (root, data, frame) => {
  const { el, button, say, status } = frame;
  const { branches, steps, states } = data;
  const positions = positionsOf(data);
  let now = 0;

  const firstOf = (branch: number): number => positions.findIndex((position) => position.branch === branch);
  const insnAt = (index: number): number => {
    const { branch, step } = positions[index]!;
    return step === undefined ? branches[branch]!.at : steps[step]![0];
  };

  const pane = listingPane(frame, data.rows, {
    caption: `Program ${data.name}`,
    runTo: (slot) => {
      const all = positions.keys().filter((index) => insnAt(index) === slot);
      const found = [...all];
      const to = found.find((index) => index > now) ?? found[0];
      if (to === undefined) say(`The verifier did not come to instruction ${slot}`);
      else show(to);
    },
  });
  const tree = el("div", { class: "tree", role: "tree", "aria-label": "branches" });
  const items = branches.map(({ depth, from, end, sign }, branch) =>
    el(
      "div",
      {
        role: "treeitem",
        "aria-level": depth + 1,
        tabindex: branch === 0 ? 0 : -1,
        onclick: () => show(firstOf(branch)),
        onkeydown: (event: KeyboardEvent) => onBranchKey(event, branch),
      },
      `${"  ".repeat(Math.min(depth, 12))}${sign} branch ${branch}, ${from}: ${end}`,
    ),
  );
  tree.append(...items);
  const onBranchKey = (event: KeyboardEvent, branch: number): void => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: branch + 1, ArrowUp: branch - 1 };
    const to = items[moves[event.key] ?? -1];
    if (event.key === "Enter") show(firstOf(branch));
    else if (to) to.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const slider = el("input", {
    type: "range",
    min: 0,
    max: Math.max(0, positions.length - 1),
    value: 0,
    "aria-label": "step",
    oninput: () => show(Number(slider.value)),
  });
  const box = el("div", { class: "state", role: "region", "aria-label": "What is known", tabindex: 0 });
  const order = (name: string): number => (name.startsWith("R") ? Number(name.slice(1)) : 100 - Number(name.slice(2)));

  const lineOf = (
    [from, to, zero]: readonly [number, number, number],
    words: string,
    values: readonly string[],
  ): HTMLElement => {
    const signed = (text: string) => (zero > 0 ? BigInt.asIntN(64, BigInt(text)) : BigInt(text));
    return el(
      "span",
      { class: "line", role: "img", "aria-label": words, title: words },
      el("span", { class: "known", style: `left:${from}%;width:max(2px,${to - from}%)` }),
      ...(zero > 0 ? [el("span", { class: "zero", style: `left:${zero}%` })] : []),
      ...values.map((value) =>
        el("span", { class: "value", style: `left:${100 * placeOnLine(signed(value), zero / 100)}%` }),
      ),
    );
  };
  const bitsOf = (bits: string): HTMLElement =>
    el(
      "span",
      { class: "bits" },
      ...(bits.match(/x+|[01]+| /g) ?? []).map((run) =>
        run === " " ? " " : el("span", { class: run.startsWith("x") ? "open" : "known" }, run),
      ),
    );
  const decimal = (value: string): string => {
    const number = BigInt.asIntN(64, BigInt(value));
    return number > -1_000_000n && number < 1_000_000n ? String(number) : value;
  };
  const picture = (state: ShownState, values: readonly string[]): (Node | string)[] => {
    const [, words, bar, least, most, bits] = state;
    if (bar === undefined) return words === "" ? [] : [el("em", {}, words)];
    const range = least === most ? least! : `${least} to ${most}`;
    const seen = values.length === 0 ? "" : `; in the run: ${values.map(decimal).join(", ")}`;
    return [lineOf(bar, `${range}${seen}`, values), `${range}${seen}`, bitsOf(bits!)];
  };

  const rowsOf = (
    known: ReadonlyMap<string, number>,
    index: number,
    changed: ReadonlySet<string>,
    values: ReadonlyMap<string, readonly string[]>,
    older?: ReadonlyMap<string, number>,
  ) => {
    const names = [...new Set([...known.keys(), ...(older?.keys() ?? [])])].sort((a, b) => order(a) - order(b));
    return names.flatMap((name) => {
      const state = states[known.get(name) ?? -1];
      const covering = states[older?.get(name) ?? -1];
      if ((state?.[0] ?? "") === "" && (covering?.[0] ?? "") === "") return [];
      const isNew = changed.has(`${index} ${name}`);
      const text = state?.[0] ?? "";
      return el(
        "tr",
        {},
        el("th", { scope: "row" }, name + (isNew ? " *" : "")),
        el("td", {}, isNew ? el("mark", {}, text) : text),
        ...(older === undefined
          ? [el("td", {}, ...(state ? picture(state, values.get(name) ?? []) : []))]
          : [el("td", {}, covering?.[0] || "not needed")]),
      );
    });
  };

  const show = (index: number): void => {
    now = Math.max(0, Math.min(positions.length - 1, index));
    slider.value = String(now);
    const position = positions[now]!;
    const { branch, step } = position;
    const { end, older, at } = branches[branch]!;
    const { frames, changed } = knownAt(data, position);
    const covering = step === undefined && older !== undefined ? steps[older] : undefined;
    const olderFrames =
      covering === undefined ? undefined : knownAt(data, { branch: covering[1], step: older! }).frames;
    const values = new Map(step === undefined ? [] : (data.values[steps[step]![0]] ?? []));
    pane.show(insnAt(now));
    items.forEach((item, number) => {
      item.classList.toggle("next", number === branch);
      item.setAttribute("aria-selected", String(number === branch));
      if (!tree.contains(document.activeElement)) item.tabIndex = number === branch ? 0 : -1;
    });
    const item = items[branch]!;
    const top = item.offsetTop - tree.offsetTop;
    if (top < tree.scrollTop || top > tree.scrollTop + tree.clientHeight - 18) tree.scrollTop = top - 36;
    const heading = covering === undefined ? "Known before it" : "What holds here, and the older state that covers it";
    box.replaceChildren(
      ...(covering === undefined
        ? []
        : [button(`go to branch ${covering[1]}`, "to the older state", () => show(positionOf(older!)))]),
      ...frames
        .map((known, frameIndex) => {
          const of = frames.length > 1 ? `, frame ${frameIndex}` : "";
          const isRunning = frames.length > 1 && frameIndex === frames.length - 1 ? " (running)" : "";
          const running = frameIndex === frames.length - 1 ? values : new Map<string, readonly string[]>();
          const body = rowsOf(known, frameIndex, changed, running, olderFrames?.[frameIndex]);
          return [
            el("h2", {}, `${heading}${of}${isRunning}`),
            el("table", { "aria-label": `${heading}${of}` }, el("tbody", {}, ...body)),
          ];
        })
        .reverse()
        .flat(),
    );
    const flags = step === undefined ? 0 : steps[step]![3];
    const notes = [
      ...(flags & 1 ? ["state kept to compare with"] : []),
      ...(flags & 2 ? ["asks which numbers matter"] : []),
      ...(positions[now + 1]?.branch === branch ? [] : [`the branch: ${end}`]),
    ];
    const place = step === undefined ? `at instruction ${at}` : `step ${step + 1} of ${steps.length}`;
    say([`${place}, branch ${branch}`, ...notes].join("; "));
  };
  const positionOf = (step: number): number => positions.findIndex((position) => position.step === step);

  const branchBefore = (): number => {
    const { branch } = positions[now]!;
    return now > firstOf(branch) ? firstOf(branch) : firstOf(Math.max(0, branch - 1));
  };
  const branchAfter = (): number => {
    const next = firstOf(positions[now]!.branch + 1);
    return next < 0 ? positions.length - 1 : next;
  };
  const moves: Readonly<Record<string, () => void>> = {
    Home: () => show(0),
    PageUp: () => show(branchBefore()),
    ArrowLeft: () => show(now - 1),
    ArrowRight: () => show(now + 1),
    PageDown: () => show(branchAfter()),
    End: () => show(positions.length - 1),
  };
  root.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (move === undefined || event.target === slider || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  });
  root.append(
    el("style", {}, STYLE),
    el("h1", { class: "title" }, `${data.name}, as the verifier followed it: ${data.outcome}`),
    el(
      "div",
      { class: "bar", role: "toolbar", "aria-label": "stepper" },
      button("|◀", "to the beginning (Home)", moves["Home"]!),
      button("◀◀", "to the branch before (Page up)", moves["PageUp"]!),
      button("◀ back", "one step back (Left)", moves["ArrowLeft"]!),
      button("step ▶", "one step forwards (Right)", moves["ArrowRight"]!),
      button("▶▶", "to the next branch (Page down)", moves["PageDown"]!),
      button("▶|", "to the end (End)", moves["End"]!),
      slider,
    ),
    status,
    tree,
    el("div", { class: "panes" }, el("div", { class: "code" }, pane.element), box),
  );
  if (positions.length > 0) show(0);
};
