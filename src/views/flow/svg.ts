/** Control-flow graphs as SVG that needs no script or style sheet, in the page's own colour. */
import type { FlowBlock, FlowEdge, FunctionFlow } from "../../asm/flow/control-flow.ts";
import { grouped, plural } from "../../plot/format.ts";
import { type Html, html } from "../html.ts";
import { blockCount, edgeCount, type FlowCounts } from "./counts.ts";
import { type Layout, layOut, type Place, type Point, type Route } from "./layout.ts";

/** Graphs with more blocks than this, all functions together, are not drawn: nobody could read them. */
export const MOST_BLOCKS = 150;

const LINE = 16;
const CHARACTER = 7.25;
const PADDING = 8;
const MARGIN = 16;
/** Longer lines are cut, and of longer blocks the middle is left out. */
const MOST_CHARACTERS = 60;
const MOST_LINES = 24;

/** The drawing of one function, as far as it is put together. */
interface Drawn {
  readonly flow: FunctionFlow;
  readonly lines: readonly (readonly string[])[];
  readonly layout: Layout;
}

/**
 * All functions of a program below each other. Solid boxes are blocks, tinted by the depth of their loops; `yes` and `no`
 * tell whether a condition held. Undefined where there are more than `MOST_BLOCKS` blocks.
 *
 * @param textOf the instruction at a slot; undefined in the second half of `ld_imm64`
 * @param counts how often runs came through: blocks are coloured by it, and told; what was not reached is dashed
 * @param standalone a file of its own, which brings colours for light and dark; else the page's colour is used
 */
export function flowSvgHtml(
  flows: readonly FunctionFlow[],
  textOf: (slot: number) => string | undefined,
  standalone = false,
  counts?: FlowCounts,
): Html | undefined {
  const blocks = flows.reduce((sum, flow) => sum + flow.blocks.length, 0);
  if (blocks > MOST_BLOCKS) return undefined;
  const drawn = flows.map((flow): Drawn => {
    const lines = flow.blocks.map((block, index) => linesOf(flow, block, index, textOf, counts));
    const sizes = lines.map((texts) => ({
      width: Math.max(...texts.map(({ length }) => length)) * CHARACTER + 2 * PADDING,
      height: texts.length * LINE + PADDING,
    }));
    return { flow, lines, layout: layOut(flow, sizes) };
  });
  let y = MARGIN;
  const parts = drawn.map((item) => {
    const part = html`<g transform="translate(${MARGIN},${round(y)})">${drawFunction(item, counts)}</g>`;
    y += item.layout.height + 4 * MARGIN;
    return part;
  });
  const width = round(Math.max(0, ...drawn.map(({ layout }) => layout.width)) + 2 * MARGIN);
  const label = `Control flow: ${plural(flows.length, "function")}, ${plural(blocks, "block")}`;
  const theme = html`<style>svg{color:#1f2328;background:#fff}@media(prefers-color-scheme:dark){svg{color:#e6edf3;background:#0d1117}}</style>`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" width="${width}" height="${round(y)}" viewBox="0 0 ${width} ${round(y)}" font-family="monospace" font-size="12" fill="currentColor">${standalone && theme}${parts}</svg>`;
}

/**
 * The same as the text of a file.
 *
 * @example
 * flowSvg(flow.functions, flow.textOf); // '<svg xmlns="http://www.w3.org/2000/svg" ...'
 */
export function flowSvg(
  flows: readonly FunctionFlow[],
  textOf: (slot: number) => string | undefined,
): string | undefined {
  return flowSvgHtml(flows, textOf, true)?.toString();
}

function linesOf(
  { loops }: FunctionFlow,
  { start, end, reachable, loop }: FlowBlock,
  index: number,
  textOf: (slot: number) => string | undefined,
  counts: FlowCounts | undefined,
): string[] {
  const head = loop !== undefined && loops[loop].header === index ? ", head of a loop" : "";
  const lines: string[] = [];
  for (let slot = start; slot < end; slot++) {
    const text = textOf(slot);
    if (text !== undefined) lines.push(cut(`${String(slot).padStart(4)}: ${text}`));
  }
  const half = MOST_LINES / 2;
  const left = lines.length - MOST_LINES;
  const shown = left > 1 ? [...lines.slice(0, half), `      … ${left} more`, ...lines.slice(-half)] : lines;
  const ran = counts === undefined ? "" : `, ${times(counts.blocks.get(start) ?? 0)}`;
  return [`block ${index}${reachable ? head : ", nothing reaches it"}${ran}`, ...shown];
}

const times = (count: number): string => (count === 0 ? "not run" : `run ${grouped(count)}×`);

const cut = (text: string): string => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text);

function drawFunction({ flow, lines, layout }: Drawn, counts: FlowCounts | undefined): Html {
  const boxes = flow.blocks.map((block, index) => drawBlock(flow, block, lines[index], layout.places[index], counts));
  const edges = layout.routes.map((route) => {
    const { edges: all } = flow.blocks[route.from];
    const count = counts && edgeCount(counts, flow, route.from, all[route.edge]);
    return drawEdge(all, route, count);
  });
  return html`<text x="0" y="10" font-weight="bold">${flow.name}</text><g transform="translate(0,20)">${edges}${boxes}</g>`;
}

function drawBlock(
  { loops }: FunctionFlow,
  block: FlowBlock,
  lines: readonly string[],
  place: Place,
  counts: FlowCounts | undefined,
): Html {
  const depth = block.loop === undefined ? 0 : loops[block.loop].depth;
  const tint = Math.min(0.05 + 0.07 * depth, 0.4);
  const { x, y, width, height } = place;
  const ran = counts && blockCount(counts, block);
  const dash = block.reachable && ran !== 0 ? "" : "4 3";
  // Often and very often are to be told apart: by digits, not by number.
  const heat = ran ? 0.12 + 0.38 * (Math.log2(ran + 1) / Math.log2(counts!.most + 1)) : 0;
  const fill = ran ? `rgba(230,159,0,${heat.toFixed(2)})` : `rgba(0,114,178,${(ran === 0 ? 0.02 : tint).toFixed(2)})`;
  const [heading, ...texts] = lines.map(
    (line, at) => html`<tspan x="${round(x + PADDING)}" y="${round(y + (at + 1) * LINE - 2)}">${line}</tspan>`,
  );
  const end = block.leaves === undefined ? "" : block.leaves === "exit" ? "exit" : "out of the function";
  return html`<g><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="4" fill="${fill}" stroke="currentColor" stroke-opacity="0.55" stroke-dasharray="${dash}"/><text opacity="0.65" font-size="11">${heading}</text><text xml:space="preserve">${texts}</text>${end !== "" && drawEnd(end, place)}</g>`;
}

/** A short stroke below the block with a word. */
function drawEnd(word: string, { x, y, width, height }: Place): Html {
  const [middle, bottom] = [round(x + width / 2), round(y + height)];
  return html`<path d="M${middle} ${bottom}v10m-6 0h12" stroke="currentColor" fill="none"/><text x="${middle + 10}" y="${bottom + 14}" font-size="11" opacity="0.8">${word}</text>`;
}

/** `count` is how often it was taken; undefined where that is not told. */
function drawEdge(edges: readonly FlowEdge[], { edge, points }: Route, count: number | undefined): Html {
  const { kind, back } = edges[edge];
  // Both ways of a branch leave beside the middle, so that they can be told apart.
  const shift = edges.length < 2 ? 0 : kind === "branch" ? 14 : -14;
  const [first, ...rest] = points.map((point, at) =>
    at === 0 || (back && at === 1) ? { ...point, x: point.x + shift } : point,
  );
  const last = rest[rest.length - 1];
  const side = edges.length < 2 ? "" : kind === "branch" ? "yes" : "no";
  const word = count ? `${side} ${grouped(count)}×`.trim() : side;
  const path = back ? straight(first, rest) : curved(first, rest);
  const label = html`<text x="${round(first.x + (shift > 0 ? 5 : -5))}" y="${round(first.y + 13)}" font-size="11" opacity="0.8" text-anchor="${shift > 0 ? "start" : "end"}">${word}</text>`;
  return html`<g><path d="${path}" fill="none" stroke="currentColor" stroke-opacity="${count === 0 ? 0.35 : 0.75}" stroke-width="${count ? 2.4 : back ? 1.8 : 1.2}"/><path d="M${round(last.x - 4)} ${round(last.y - 7)}h8l-4 7z"/>${word !== "" && label}</g>`;
}

const straight = (first: Point, rest: readonly Point[]): string =>
  `M${round(first.x)} ${round(first.y)}${rest.map(({ x, y }) => `L${round(x)} ${round(y)}`).join("")}`;

/** Each piece leaves and arrives straight down. */
function curved(first: Point, rest: readonly Point[]): string {
  let from = first;
  const pieces = rest.map((to) => {
    const middle = round((from.y + to.y) / 2);
    const piece = `C${round(from.x)} ${middle} ${round(to.x)} ${middle} ${round(to.x)} ${round(to.y)}`;
    from = to;
    return piece;
  });
  return `M${round(first.x)} ${round(first.y)}${pieces.join("")}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
