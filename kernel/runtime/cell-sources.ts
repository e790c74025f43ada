import { realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { excerpt, type SourcePlace } from "../display/traceback.ts";
import { VERSION_QUERY } from "./module-versions.ts";

/** A cell's TypeScript and the way back to it from the JavaScript that runs. */
interface CellSource {
  readonly code: string;
  readonly toSource: (place: SourcePlace) => SourcePlace;
}

/** What the runtime puts before each cell, on its first line: strict mode, and no value of the directive itself. */
const PREFIX = '"use strict";void 0;';

const sources = new Map<string, CellSource>();

/** Frames that a cell's author did not write: the runtime's own and those of Node's internals. */
const KERNEL_FOLDER = new URL(".", import.meta.url).href.replace(/\/kernel\/runtime\/$/, "/kernel/");
const HIDDEN = ["node:internal/", "node:inspector", KERNEL_FOLDER];
/** Frames that a traceback shows at most, V8's own default. */
const SHOWN_FRAMES = 10;
/** Frames that are looked at: the cell's may be below many hidden ones. */
const FRAMES = 100;

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
  const shifted = withoutPrefix({ line, column });
  return source ? source.toSource(shifted) : shifted;
}

/** The place in a cell's script, of a place in what V8 runs. */
export function withoutPrefix({ line, column }: SourcePlace): SourcePlace {
  return { line, column: line === 1 ? Math.max(1, column - PREFIX.length) : column };
}

/** The lines around a place of a cell; empty for anything that is no cell. */
export function cellExcerpt(file: string, place: SourcePlace): string[] {
  const source = sources.get(file);
  return source ? excerpt(source.code, place) : [];
}

/**
 * Makes all stack traces show places in cells as they were typed, and hides the frames of the kernel and of what it brings:
 * what `console.log(error)` prints agrees with what the kernel shows.
 *
 * @param entries absolute paths of modules that the kernel brings; all that lies in their folders is theirs
 */
export function installStackTraces(entries: readonly string[]): void {
  const folders = entries.map((entry) => pathToFileURL(realpathSync(dirname(entry)) + sep).href);
  const hidden = [...HIDDEN, ...folders];
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = (error, sites) => {
    const frames = withoutHidden(sites.map(String), hidden);
    // Of an error that the kernel raised by itself only Node's frames are left, which tell nobody anything.
    const shown = frames.every((frame) => frame.includes("node:")) ? [] : frames.slice(0, SHOWN_FRAMES);
    return [header(error), ...shown.map((frame) => `    at ${mapFrame(frame)}`)].join("\n");
  };
}

/** Functions of the language itself (`Array.map (<anonymous>)`) are hidden with those that called them. */
function withoutHidden(frames: readonly string[], hidden: readonly string[]): string[] {
  let hide = false;
  return frames
    .toReversed()
    .filter((frame) => {
      if (!/<anonymous>\)?$/.test(frame)) hide = hidden.some((part) => frame.includes(part));
      return !hide;
    })
    .reverse();
}

/** The first place of a stack that is in a cell. */
export function placeInStack(stack: string): { file: string; place: SourcePlace } | undefined {
  const match = /\b(cell-[\w.]+\.ts):(\d+):(\d+)/.exec(stack.slice(stack.indexOf("\n    at ")));
  return match ? { file: match[1]!, place: { line: Number(match[2]), column: Number(match[3]) } } : undefined;
}

/** The version of an edited module in its URL. */
const VERSION = new RegExp(`${RegExp.escape(VERSION_QUERY)}\\d+`);

function mapFrame(frame: string): string {
  return frame
    .replace(VERSION, "")
    .replace(/\b(cell-[\w.]+\.ts):(\d+):(\d+)/, (_text, file: string, line: string, column: string) => {
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
