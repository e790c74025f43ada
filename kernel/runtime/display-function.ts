import { isDisplayable, type Showing, show, type WireBundle } from "../display/bundle.ts";
import { currentRun, inCell } from "./cell-run.ts";
import { reportError } from "./error-report.ts";
import type { FromChild } from "./messages.ts";

type Emit = (message: FromChild) => void;

/** A display that can be changed after it was shown. As a cell's last expression it shows nothing more. */
export class DisplayHandle {
  readonly id: string;
  readonly #emit: Emit;

  constructor(emit: Emit, id: string) {
    this.id = id;
    this.#emit = emit;
  }

  /** Shows another value in its place, wherever the display is. */
  update(value: unknown): void {
    showValue(this.#emit, value, "update", this.id);
  }
}

/** How a value is to be shown. */
export interface DisplayOptions {
  /** What front ends are told of each mime type: `{ "image/png": { width: 320 } }`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** `display` of a cell. */
export interface DisplayFunction {
  (value: unknown, options?: DisplayOptions): DisplayHandle;
  html(text: string): DisplayHandle;
  markdown(text: string): DisplayHandle;
  svg(text: string): DisplayHandle;
  latex(text: string): DisplayHandle;
  /** Empties the cell's output; with `wait` only when the next output is there, so that nothing flickers. */
  clear(options?: { wait?: boolean }): void;
}

let displays = 0;

/** Makes the `display` function of cells. */
export function createDisplay(emit: Emit): DisplayFunction {
  const display = (value: unknown, { metadata }: DisplayOptions = {}): DisplayHandle => {
    const id = nextId();
    const emitWith = (message: FromChild): void =>
      emit(message.type === "display" ? { ...message, metadata } : message);
    showValue(metadata ? emitWith : emit, value, "display", id);
    return new DisplayHandle(emit, id);
  };
  const text = (type: string) => (data: string) => display(rawBundle({ [type]: String(data) }));
  return Object.assign(display, {
    html: text("text/html"),
    markdown: text("text/markdown"),
    svg: text("image/svg+xml"),
    latex: text("text/latex"),
    clear: ({ wait = false } = {}) => emit({ type: "clear", cell: currentRun().cell, wait }),
  });
}

/** Shows the value of a cell's last expression. */
export function showResult(emit: Emit, value: unknown): void {
  if (value === undefined || value instanceof DisplayHandle) return;
  // Only what may change later needs a name; a plain result is the same on every run.
  showValue(emit, value, "result", isDisplayable(value) ? nextId() : undefined);
}

/** Shows what an error has to show beyond its message (a verifier's log, say). */
export function showError(emit: Emit, error: unknown): void {
  if (isDisplayable(error)) showValue(emit, error, "display", nextId());
}

function nextId(): string {
  return `${process.pid}-${++displays}`;
}

function rawBundle(bundle: WireBundle): object {
  return { [Symbol.for("Jupyter.display")]: () => bundle };
}

/** Emits a value; the cell's end waits for what comes later. A display that fails is the cell's error, and the cell goes on. */
function showValue(emit: Emit, value: unknown, type: "display" | "update" | "result", id: string | undefined): void {
  const run = currentRun();
  const { cell } = run;
  const emitBundle = (kind: typeof type, data: WireBundle): void =>
    emit(kind === "update" ? { type: kind, cell, data, id: id ?? "" } : { type: kind, cell, data, ...(id && { id }) });
  const fail = (error: unknown): void => emit({ type: "error", cell, error: reportError(error), late: false });
  try {
    const showing = show(value);
    if (showing.kind === "now") emitBundle(type, showing.bundle);
    else run.displays.add(later(showing));
  } catch (error) {
    fail(error);
  }

  async function later(showing: Exclude<Showing, { kind: "now" }>): Promise<void> {
    try {
      if (showing.kind === "later") emitBundle(type, await showing.bundle);
      else await follow(showing.bundles);
    } catch (error) {
      fail(error);
    }
  }

  async function follow(bundles: AsyncIterable<WireBundle>): Promise<void> {
    const { signal } = run.abort;
    const iterator = bundles[Symbol.asyncIterator]();
    // An interrupt ends the iteration as `break` would, and the cell with it.
    signal.addEventListener("abort", () => void iterator.return?.());
    let kind = type;
    for (let next = await iterator.next(); !next.done && !signal.aborted; next = await iterator.next()) {
      const bundle = next.value;
      inCell(run, () => emitBundle(kind, bundle));
      kind = "update";
    }
  }
}
