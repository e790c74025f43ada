/** A machine as a file: what it was made with, the objects that commands named, and the commands with their virtual times. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { isRelease, RELEASES, type Release } from "../../btf/data/machine.ts";
import type { Machine } from "../../machine.ts";
import { writeFile } from "../output.ts";
import { UsageError } from "../usage.ts";

/** One command that was run on the machine. */
export interface RecipeStep {
  /** Virtual nanoseconds since the machine was started, when it ran. */
  readonly at: number;
  /** Words behind `bpftool`. */
  readonly words: readonly string[];
}

/** What is in the file. */
export interface Recipe {
  readonly version: 1;
  readonly seed: number;
  readonly cpus: number;
  readonly release: Release;
  /** Files that commands read, by the SHA-256 of their bytes, in base64. */
  readonly objects: Readonly<Record<string, string>>;
  /** Which file of the list each path was, when it was read. */
  readonly files: Readonly<Record<string, string>>;
  readonly log: readonly RecipeStep[];
}

/** Commands of one recipe, bytes of one file. */
const MOST_STEPS = 10_000;
const MOST_BYTES = 64 << 20;

/** A new machine's recipe. */
export const newRecipe = (options: Pick<Recipe, "seed" | "cpus" | "release">): Recipe => ({
  ...{ version: 1, ...options },
  ...{ objects: {}, files: {}, log: [] },
});

/** Reads a recipe; `undefined` where there is no such file yet. Throws `UsageError` with what is wrong in it. */
export function readRecipe(file: string): Recipe | undefined {
  if (!existsSync(file)) return undefined;
  const bad = (what: string): UsageError => new UsageError(`--machine ${file}: ${what}`);
  const bytes = readFileSync(file);
  if (bytes.length > MOST_BYTES) throw bad(`it has more than ${MOST_BYTES} bytes: this is no machine's recipe`);
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw bad("it is no JSON: this is no machine's recipe");
  }
  const recipe = json as Partial<Recipe> | null;
  if (typeof recipe !== "object" || recipe === null || recipe.version !== 1) throw bad('it does not say "version": 1');
  const { seed, cpus, release, objects, files, log } = recipe;
  if (!Number.isSafeInteger(seed) || seed! < 0) throw bad("seed: a whole number from 0 is expected");
  if (!Number.isInteger(cpus) || cpus! < 1 || cpus! > 64) throw bad("cpus: a whole number from 1 to 64 is expected");
  if (!isRelease(release)) throw bad(`release: one of ${RELEASES.join(", ")} is expected`);
  for (const [name, table] of [
    ["objects", objects],
    ["files", files],
  ] as const)
    if (!isTexts(table)) throw bad(`${name}: an object of texts is expected`);
  for (const [hash, base64] of Object.entries(objects!))
    if (hashOf(Buffer.from(base64, "base64")) !== hash)
      throw bad(`objects: the bytes of ${hash.slice(0, 16)} are not those of its name`);
  for (const [path, hash] of Object.entries(files!))
    if (!Object.hasOwn(objects!, hash)) throw bad(`files: ${path} is of no object of the recipe`);
  if (!Array.isArray(log) || log.length > MOST_STEPS)
    throw bad(`log: a list of at most ${MOST_STEPS} commands is expected`);
  let last = 0;
  for (const [index, step] of (log as readonly Partial<RecipeStep>[]).entries()) {
    const fine = step !== null && typeof step === "object" && Number.isSafeInteger(step.at) && step.at! >= last;
    if (!fine || !Array.isArray(step.words) || !step.words.every((word) => typeof word === "string"))
      throw bad(`log[${index}]: a time that is not before the last, and words, are expected`);
    last = step.at!;
  }
  return recipe as Recipe;
}

const isTexts = (table: unknown): table is Record<string, string> =>
  typeof table === "object" &&
  table !== null &&
  !Array.isArray(table) &&
  Object.values(table).every((text) => typeof text === "string");

/** The name of a file's bytes in a recipe. */
export const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Writes a recipe; the file is whole or as it was. */
export const writeRecipe = (file: string, recipe: Recipe): void =>
  writeFile(file, `${JSON.stringify(recipe, null, 1)}\n`);

/** Lets a machine's time go on to a step's. */
export async function goTo(machine: Machine, at: number): Promise<void> {
  const ahead = at - Number(machine.now);
  if (ahead > 0) await machine.run(ahead);
}
