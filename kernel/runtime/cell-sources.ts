import { excerpt, type SourcePlace } from "../display/traceback.ts";

/** A cell's TypeScript and the way back to it from the JavaScript that runs. */
interface CellSource {
  readonly code: string;
  readonly toSource: (place: SourcePlace) => SourcePlace;
}

/** What the runtime puts before each cell, on its first line: strict mode, and no value of the directive itself. */
const PREFIX = '"use strict";void 0;';

const sources = new Map<string, CellSource>();

/** Frames that a cell's author did not write: the runtime's own and those of Node's internals. */
const KERNEL_FOLDER = new URL(".", import.meta.url).href;
const HIDDEN = ["node:internal/", "node:inspector", KERNEL_FOLDER];

/** The name of a cell in stack traces. */
export function cellFile(cell: string): string {
  return `cell-${cell}.ts`;
}

/**
 * Registers a cell and returns the script to evaluate.
 *
 * @param code as typed
 * @param script the cell as JavaScript
 * @param toSource from a place in `script` to the place in `code`
 */
export function addCellSource(
  cell: string,
  code: string,
  script: string,
  toSource: (place: SourcePlace) => SourcePlace,
): string {
  sources.set(cellFile(cell), { code, toSource });
  return `${PREFIX}${script}\n//# sourceURL=${cellFile(cell)}`;
}

/** The place in a cell as typed, of a place in what V8 runs. */
export function toCellPlace(file: string, line: number, column: number): SourcePlace {
  const source = sources.get(file);
  const shifted = { line, column: line === 1 ? Math.max(1, column - PREFIX.length) : column };
  return source ? source.toSource(shifted) : shifted;
}

/** The lines around a place of a cell; empty for anything that is no cell. */
export function cellExcerpt(file: string, place: SourcePlace): string[] {
  const source = sources.get(file);
  return source ? excerpt(source.code, place) : [];
}

/**
 * Makes all stack traces show places in cells as they were typed, and hides the kernel's frames: what `console.log(error)`
 * prints agrees with what the kernel shows.
 */
export function installStackTraces(): void {
  Error.prepareStackTrace = (error, sites) => {
    const frames = sites.map(String).filter((frame) => !HIDDEN.some((hidden) => frame.includes(hidden)));
    return [header(error), ...frames.map((frame) => `    at ${mapFrame(frame)}`)].join("\n");
  };
}

/** The first place of a stack that is in a cell. */
export function placeInStack(stack: string): { file: string; place: SourcePlace } | undefined {
  const match = /\b(cell-[\w.]+\.ts):(\d+):(\d+)/.exec(stack.slice(stack.indexOf("\n    at ")));
  return match ? { file: match[1]!, place: { line: Number(match[2]), column: Number(match[3]) } } : undefined;
}

function mapFrame(frame: string): string {
  return frame.replace(/\b(cell-[\w.]+\.ts):(\d+):(\d+)/, (_text, file: string, line: string, column: string) => {
    const place = toCellPlace(file, Number(line), Number(column));
    return `${file}:${place.line}:${place.column}`;
  });
}

function header(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}
