import { tmpdir } from "node:os";
import { join } from "node:path";
import { cellFile } from "../runtime/cell-sources.ts";
import { murmur2 } from "./murmur2.ts";

/** How front ends make a cell's path of its code: `prefix + hash(code) + suffix`. No such file is written. */
export const PATHS = {
  hashMethod: "Murmur2",
  hashSeed: 0xc70f6907,
  tmpFilePrefix: join(tmpdir(), `bpfbook-${process.pid}`, "cell-"),
  tmpFileSuffix: ".ts",
} as const;

/** The path by which front ends speak of a cell with this code. */
export function pathOfCode(code: string): string {
  return `${PATHS.tmpFilePrefix}${murmur2(code, PATHS.hashSeed)}${PATHS.tmpFileSuffix}`;
}

/** The way between the paths of front ends (by code) and the scripts of V8 (by execution). */
export class CellPaths {
  readonly #codes = new Map<string, string>();
  readonly #paths = new Map<string, string>();

  /** A front end is about to speak of a cell. */
  dump(code: string): string {
    const path = pathOfCode(code);
    this.#codes.set(path, code);
    return path;
  }

  /** A cell is about to run; the path of its code. */
  run(cell: string, code: string): string {
    const path = this.dump(code);
    this.#paths.set(cellFile(cell), path);
    return path;
  }

  /** The path of the cell that a script of V8 is; undefined for scripts that are no cells. */
  pathOfScript(url: string): string | undefined {
    return this.#paths.get(url);
  }

  /** The scripts that were made of a cell's code so far. */
  scriptsOf(path: string): string[] {
    return [...this.#paths].filter(([, each]) => each === path).map(([script]) => script);
  }

  code(path: string): string | undefined {
    return this.#codes.get(path);
  }
}
