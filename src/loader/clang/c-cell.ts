/**
 * `%%c NAME [FLAGS]`: the cell's text is C. It is compiled when the cell runs, and the cells after it have the object under
 * its name, with its types: `NAME.open(m).load().attach()`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRelease, NEWEST, RELEASES, type Release } from "../../btf/data/machine.ts";
import { ArgumentError } from "../../isa/argument.ts";
import { openFile } from "../object/open-file.ts";
import { cacheFolder, contentKey } from "./cache.ts";
import { compile } from "./compile.ts";
import { ClangError } from "./error.ts";

/** What the kernel tells a magic of its cell. */
export interface MagicCell {
  /** 0-based line of the `%%` in the cell. */
  readonly line: number;
  /** TypeScript that the cell becomes, once the magic has ended. */
  become(code: string): void;
}

const USAGE = "%%c NAME [--release 6.12] [flags of clang]";

/**
 * Compiles a cell. Throws `ClangError` with the lines of the cell.
 *
 * @example await runCell("execsnoop -DLIMIT=4", text, cell)
 */
export async function runCell(args: string, body: string, cell: MagicCell): Promise<void> {
  const { name, release, cflags } = readArguments(args);
  // Empty lines in front make clang's line numbers, and those of the verifier's log, the cell's own.
  const text = "\n".repeat(cell.line + 1) + body;
  const { bytes, warnings } = await compile({ language: "c", text }, release, { name, cflags }).catch(withPlace);
  const { programs, maps } = openFile(bytes, name);
  const folder = join(cacheFolder(), "cells", contentKey(Buffer.from(bytes).toString("latin1")));
  const path = join(folder, `${name}.bpf.o`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, bytes);
  cell.become(`import ${name} from ${JSON.stringify(path)};`);
  const parts = programs.map((program) => `${program.name} (${program.section})`).join(", ");
  console.log(
    [
      ...(warnings === "" ? [] : [warnings.trim()]),
      `${name}: ${parts || "no programs"}${maps.length > 0 ? `; maps: ${maps.map((map) => map.name).join(", ")}` : ""}`,
    ].join("\n"),
  );
}

/** Where the first fault is, so that the kernel shows that line of the cell. */
function withPlace(error: unknown): never {
  const [first] = error instanceof ClangError ? error.diagnostics.filter(({ severity }) => severity === "error") : [];
  if (first !== undefined)
    Object.defineProperty(error, Symbol.for("Jupyter.place"), { value: { line: first.line, column: first.column } });
  throw error;
}

function readArguments(args: string): { name: string; release: Release; cflags: readonly string[] } {
  const [name = "", ...rest] = args.split(/\s+/).filter((word) => word !== "");
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw new ArgumentError("%%c", "a name, by which the next cells use the object", name, `Write ${USAGE}.`);
  const at = rest.indexOf("--release");
  const wanted = at < 0 ? NEWEST : rest.splice(at, 2)[1];
  if (!isRelease(wanted)) throw new ArgumentError("--release of %%c", `one of ${RELEASES.join(", ")}`, wanted);
  return { name, release: wanted, cflags: rest };
}
