/** What a bpftrace program printed, with the plot that fits its map. */
import { DISPLAY, type MimeBundle } from "../plot/displayable.ts";
import { flameGraph } from "../plot/flame-graph.ts";
import { histogram } from "../plot/histogram.ts";
import type { Plot } from "../plot/plot.ts";

interface Row {
  readonly min: bigint | undefined;
  readonly count: bigint;
}

/** A map's element as this view needs it. */
interface EntryView {
  readonly key: unknown;
  readonly value: {
    readonly kind: string;
    readonly rows?: readonly Row[];
    readonly data?: { readonly kind: string; readonly value?: unknown };
  };
}

/** A result as this view needs it. */
export interface BpftraceView {
  readonly text: string;
  readonly errors: string;
  readonly maps: readonly MapView[];
}

interface MapView {
  readonly name: string;
  readonly entries: readonly EntryView[];
  /** What the map is made by: `lhist` with its least and greatest number and its step. */
  readonly type: { readonly kind: string; readonly name?: string; readonly parameters?: readonly bigint[] };
}

/** The text as bpftrace prints it; where one map is a histogram or counts stacks, its picture too. */
export async function renderBpftrace(result: BpftraceView): Promise<MimeBundle> {
  const text = result.errors + result.text;
  const plot = result.maps.map(plotOf).find((found) => found !== undefined);
  return plot === undefined ? { "text/plain": text } : { ...(await plot[DISPLAY]()), "text/plain": text };
}

function plotOf({ name, entries, type }: MapView): Plot | undefined {
  const [first] = entries;
  if (entries.length === 1 && first?.key === undefined && first?.value.rows !== undefined) {
    const step = type.name === "lhist" ? Number(type.parameters?.[2] ?? 1n) : undefined;
    return rowsPlot(name, first.value.rows, step);
  }
  const stacks = entries.flatMap(({ key, value }) => {
    const functions = functionsOf(key);
    const count = value.data?.kind === "integer" ? value.data.value : undefined;
    return functions === undefined || typeof count !== "bigint" || count < 0n ? [] : [[functions, count] as const];
  });
  return stacks.length > 0 && stacks.length === entries.length ? flameGraph(stacks, { title: `@${name}` }) : undefined;
}

/** Rows below the least number have no place on the axis. */
function rowsPlot(name: string, rows: readonly Row[], step: number | undefined): Plot {
  const pairs = rows.flatMap(({ min, count }) => (min === undefined ? [] : [[min, count] as const]));
  return histogram(pairs, {
    keys: "values",
    title: `@${name}`,
    ...(step !== undefined && { bins: "linear" as const, interval: step }),
  });
}

interface Keyed {
  readonly kind?: unknown;
  readonly functions?: readonly string[];
  readonly elements?: readonly Keyed[];
  readonly text?: string;
}

/** The frames of a key that is a stack, or begins with one: other parts of the key are the lowest frames. */
function functionsOf(key: unknown): readonly string[] | undefined {
  const data = key as Keyed | undefined;
  if (data?.kind === "stack") return data.functions;
  const parts = data?.kind === "tuple" ? (data.elements ?? []) : [];
  if (!parts.some(({ kind }) => kind === "stack")) return undefined;
  const frames = parts.flatMap((part) => (part.kind === "stack" ? (part.functions ?? []) : []));
  const names = parts.flatMap((part) => (part.kind === "text" && part.text !== undefined ? [part.text] : []));
  return [...frames, ...names];
}
