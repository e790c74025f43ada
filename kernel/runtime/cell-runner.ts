import { createHook } from "node:async_hooks";
import { plainText, show } from "../display/bundle.ts";
import { registeredMagics } from "../magics/registry.ts";
import { magicScript } from "../magics/run.ts";
import { type CellRun, inCell, ownerOfThisCall, runAsCell } from "./cell-run.ts";
import { addCellSource, cellFile, toCellPlace } from "./cell-sources.ts";
import { showError, showResult } from "./display-function.ts";
import { reportError } from "./error-report.ts";
import type { Evaluation, Evaluator } from "./evaluator.ts";
import type { CellOutcome, ExpressionValue, FromChild, RunCell } from "./messages.ts";
import { CellInterrupted, endTimers, isInterruption, nodeTimers } from "./timers.ts";
import { CellSyntaxError, type TransformedCell, transformCell } from "./transform.ts";

/** After an interrupt, how long a cell is watched for signs of life, in ms, and from when on. */
const WATCH = { from: 15, until: 60 } as const;
/** Promises made while watched that count as "still running": an `await` that just ends makes one or two. */
const SIGNS_OF_LIFE = 4;

/** Magics that the parent knows of. */
let announced = 0;

/** Tells the parent of magics that libraries have added since. */
function announceMagics(emit: (message: FromChild) => void): void {
  const magics = registeredMagics();
  if (magics.size === announced) return;
  announced = magics.size;
  emit({ type: "magics", names: [...magics.keys()] });
}

/** Runs the cells of one shell, one after the other; `done` is the last message of each, whatever happens. */
export class CellRunner {
  readonly #evaluator: Evaluator;
  readonly #emit: (message: FromChild) => void;
  /** The cell that has no `done` yet. */
  #running: { readonly run: CellRun; readonly expressions: Readonly<Record<string, string>> } | undefined;
  /** Names that cells of any shell have declared. */
  readonly #declared: Set<string>;
  /** The cell whose own run the worker has unwound: nothing of it is left to watch. */
  #unwound: CellRun | undefined;

  constructor(evaluator: Evaluator, emit: (message: FromChild) => void, declared: Set<string>) {
    this.#evaluator = evaluator;
    this.#declared = declared;
    this.#emit = emit;
  }

  run({ cell, code, expressions }: RunCell): void {
    runAsCell(cell, (run) => {
      this.#running = { run, expressions };
      void this.#begin(run, code);
    });
  }

  /** Awaits here and below, never `then`: a cell may have replaced `Promise.prototype.then`, which `await` does not call. */
  async #begin(run: CellRun, code: string): Promise<void> {
    const { cell } = run;
    let script: TransformedCell;
    try {
      script = await transformCell(magicScript(code, [...this.#declared]));
      for (const name of script.declared) this.#declared.add(name);
    } catch (error) {
      addCellSource(cell, code, "", (place) => place);
      this.#fail(
        run,
        error,
        error instanceof CellSyntaxError ? { cell, line: error.line, column: error.column } : undefined,
      );
      return;
    }
    if (this.#running?.run !== run) return; // interrupted meanwhile
    const text = addCellSource(cell, code, script.code, (place) => script.toSource(place));
    this.#evaluator.evaluate(text, (result) => inCell(run, () => this.#conclude(run, result)));
  }

  /** Runs the TypeScript that a magic made of the cell; its own value is nothing to show. */
  async #become(run: CellRun, code: string): Promise<void> {
    run.becomes = undefined;
    try {
      const script = await transformCell(code);
      for (const name of script.declared) this.#declared.add(name);
      if (this.#running?.run !== run) return;
      this.#emit({ type: "became", cell: run.cell, code });
      this.#evaluator.evaluate(`${script.code}\nundefined`, (result) => inCell(run, () => this.#conclude(run, result)));
    } catch (error) {
      this.#fail(run, error);
    }
  }

  /** Ends a cell that is running: its timers, its wait. What was spinning was unwound before this is called. */
  interrupt(cells: readonly string[]): void {
    const run = this.#running?.run;
    if (run === undefined || !cells.includes(run.cell)) return;
    endTimers(run);
    if (this.#unwound === run) this.#endInterrupted(run, "interrupted");
    else this.#watch(run);
  }

  /** Waits for a cell's promises to settle down; one that goes on cannot be stopped from inside the process. */
  #watch(run: CellRun): void {
    let signs = 0;
    let watching = false;
    const hook = createHook({
      init() {
        if (watching && ownerOfThisCall() === run) signs++;
      },
    }).enable();
    nodeTimers.setTimeout(() => {
      watching = true;
    }, WATCH.from);
    nodeTimers.setTimeout(() => {
      hook.disable();
      this.#endInterrupted(run, signs >= SIGNS_OF_LIFE ? "ticking" : "interrupted");
    }, WATCH.until);
  }

  #endInterrupted(run: CellRun, outcome: CellOutcome): void {
    if (this.#running?.run !== run) return;
    this.#evaluator.abandon();
    // For a cell that cannot be stopped the parent has another error to tell.
    if (outcome === "interrupted") {
      this.#emit({ type: "error", cell: run.cell, error: reportError(new CellInterrupted()), late: false });
    }
    this.#finish(run, outcome);
  }

  #conclude(run: CellRun, result: Evaluation): void {
    if (this.#running?.run !== run) return;
    switch (result.kind) {
      case "value":
        if (run.becomes !== undefined) {
          showResult(this.#emit, result.value);
          void this.#become(run, run.becomes);
          return;
        }
        showResult(this.#emit, result.value);
        void this.#afterDisplays(run, () => this.#finish(run, "ok"));
        return;
      case "thrown":
        this.#fail(run, result.error, givenPlace(run.cell, result.error) ?? this.#syntaxPlace(run.cell, result));
        return;
      case "terminated":
        // The interrupt itself is on its way, and ends the cell.
        this.#unwound = run;
        return;
    }
  }

  /** V8's own syntax errors (the transformation lets some through) have a position but no frame in the cell. */
  #syntaxPlace(cell: string, { error, line, column }: Evaluation & { kind: "thrown" }) {
    if (!(error instanceof SyntaxError) || String(error.stack).includes(cellFile(cell))) return undefined;
    const place = toCellPlace(cellFile(cell), line, column);
    return { cell, line: place.line, column: place.column };
  }

  #fail(run: CellRun, error: unknown, place?: { cell: string; line: number; column: number }): void {
    const interrupted = isInterruption(error);
    if (!interrupted) showError(this.#emit, error);
    void this.#afterDisplays(run, () => {
      const report = reportError(interrupted ? new CellInterrupted() : error, place);
      this.#emit({ type: "error", cell: run.cell, error: report, late: false });
      this.#finish(run, interrupted ? "interrupted" : "error");
    });
  }

  /** Waits for promised and live displays of the cell, also for those that they show in their turn. */
  async #afterDisplays(run: CellRun, next: () => void): Promise<void> {
    while (run.displays.size > 0) {
      const pending = [...run.displays];
      run.displays.clear();
      for (const display of pending) await display;
    }
    next();
  }

  /** Node reports unhandled rejections before the next macrotask, so they still are in the cell. */
  #finish(run: CellRun, outcome: CellOutcome): void {
    if (this.#running?.run !== run) return;
    const { expressions } = this.#running;
    nodeTimers.setImmediate(() => {
      if (this.#running?.run !== run) return;
      this.#evaluateExpressions(Object.entries(outcome === "ok" ? expressions : {}), {}, (values) => {
        if (this.#running?.run !== run) return;
        for (const callback of run.atEnd.splice(0)) inCell(run, callback);
        this.#running = undefined;
        announceMagics(this.#emit);
        this.#emit({ type: "done", cell: run.cell, outcome, expressions: values });
      });
    });
  }

  #evaluateExpressions(
    left: readonly (readonly [string, string])[],
    values: Record<string, ExpressionValue>,
    done: (values: Record<string, ExpressionValue>) => void,
  ): void {
    const [first, ...rest] = left;
    if (first === undefined) {
      done(values);
      return;
    }
    const [name, expression] = first;
    this.#evaluator.evaluate(expression, (result) => {
      const value = expressionValue(result);
      this.#evaluateExpressions(rest, { ...values, [name]: value }, done);
    });
  }
}

/** Where in the cell a magic says that the fault is. */
function givenPlace(cell: string, error: unknown): { cell: string; line: number; column: number } | undefined {
  const place: unknown = error instanceof Error ? Reflect.get(error, Symbol.for("Jupyter.place")) : undefined;
  if (typeof place !== "object" || place === null || !("line" in place) || !("column" in place)) return undefined;
  return { cell, line: Number(place.line), column: Number(place.column) };
}

/** A user expression is shown at once: what a display promises for later comes as plain text. */
function expressionValue(result: Evaluation): ExpressionValue {
  if (result.kind === "terminated") return { error: reportError(new CellInterrupted()) };
  if (result.kind === "thrown") return { error: reportError(result.error) };
  try {
    const showing = show(result.value);
    return { data: showing.kind === "now" ? showing.bundle : { "text/plain": plainText(result.value) } };
  } catch (error) {
    return { error: reportError(error) };
  }
}
