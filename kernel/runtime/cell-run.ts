import { AsyncLocalStorage } from "node:async_hooks";

/** One execution of a cell, as long as anything that it started goes on. */
export interface CellRun {
  readonly cell: string;
  /** Ends the timers of the cell that can be rejected. */
  readonly abort: AbortController;
  /** Ends the timers of the cell that cannot. */
  readonly timers: Set<() => void>;
  /** Displays whose bundle is a promise or a live stream: the cell is done when they are. */
  readonly displays: Set<Promise<void>>;
  /** To be called when it has ended, before its `done`. */
  readonly atEnd: (() => void)[];
  /** TypeScript that a magic made of the cell. */
  becomes: string | undefined;
}

const storage = new AsyncLocalStorage<CellRun>();

/** The last cell that was started: owner of what no cell can be found for. */
let latest: CellRun = createRun("");

function createRun(cell: string): CellRun {
  return { cell, abort: new AbortController(), timers: new Set(), displays: new Set(), atEnd: [], becomes: undefined };
}

/** Starts a cell: everything that `body` calls, now or later, belongs to it. */
export function runAsCell(cell: string, body: (run: CellRun) => void): void {
  const run = createRun(cell);
  latest = run;
  storage.run(run, body, run);
}

/** Calls back into a cell from outside of it. */
export function inCell<T>(run: CellRun, body: () => T): T {
  return storage.run(run, body);
}

/** The cell whose code is running, also in a callback long after; where that is not known, the latest cell. */
export function currentRun(): CellRun {
  return storage.getStore() ?? latest;
}

/** The cell whose code is running, if it is certain. */
export function ownerOfThisCall(): CellRun | undefined {
  return storage.getStore();
}
