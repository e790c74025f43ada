import { readFileSync, writeFileSync } from "node:fs";
import { bpftoolInTime } from "../../bpftool/bpftool.ts";
import { machineFiles } from "../../bpftool/files.ts";
import type { ToolFiles } from "../../bpftool/tool.ts";
import { Machine } from "../../machine.ts";
import { releaseFlag, wholeNumber } from "../flags.ts";
import { print } from "../output.ts";
import { UsageError } from "../usage.ts";
import { completionScript } from "./completion.ts";
import { goTo, hashOf, newRecipe, type Recipe, readRecipe, writeRecipe } from "./recipe.ts";

/** Options of the machine, which stand before bpftool's own words; all take a value. */
const OURS = ["machine", "seed", "cpus", "release"] as const;
type Ours = Partial<Record<(typeof OURS)[number], string>>;

/** Takes `--machine FILE` and the like out of the words, wherever they stand. */
function readOurs(args: readonly string[]): { ours: Ours; words: string[] } {
  const ours: Ours = {};
  const words: string[] = [];
  const queue = [...args];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const [, name, value] = /^--(\w+)(?:=(.*))?$/s.exec(word) ?? [];
    const known = OURS.find((each) => each === name);
    if (known === undefined) {
      words.push(word);
      continue;
    }
    const given = value ?? queue.shift();
    if (given === undefined) throw new UsageError(`--${known} needs a value`);
    ours[known] = given;
  }
  return { ours, words };
}

/** Paths of the machine itself; all others are files of who runs the command. */
const OF_MACHINE = /^\/(sys|proc)\//;

/** Files as the command sees them; what it reads is kept for the recipe, and a recipe's own files come first. */
function filesOf(machine: Machine, recipe: Recipe, read: Map<string, Uint8Array>, replaying: () => boolean): ToolFiles {
  const inside = machineFiles(machine.linux);
  return {
    read(path) {
      if (OF_MACHINE.test(path)) return inside.read(path);
      const known = recipe.files[path];
      if (replaying() && known !== undefined) return Buffer.from(recipe.objects[known]!, "base64");
      const bytes = new Uint8Array(readFileSync(path));
      read.set(path, bytes);
      return bytes;
    },
    write(path, bytes) {
      if (OF_MACHINE.test(path)) inside.write(path, bytes);
      else if (!replaying()) writeFileSync(path, bytes);
    },
  };
}

/**
 * `bpfbook bpftool [--machine FILE] WORDS...`: bpftool's command line on a simulated machine. With a recipe the machine is what all
 * commands before made it, and this one is added. Resolves to bpftool's exit code.
 *
 * @example
 * await bpftoolCommand(["--machine", "lab.json", "prog", "load", "drop.o", "/sys/fs/bpf/drop"]);
 */
export async function bpftoolCommand(args: readonly string[]): Promise<number> {
  const { ours, words } = readOurs(args);
  const { machine: file } = ours;
  if (words[0] === "completion") {
    await print(completionScript());
    return 0;
  }
  const known = file === undefined ? undefined : readRecipe(file);
  const options = {
    seed: wholeNumber("seed", ours.seed, 0, Number.MAX_SAFE_INTEGER),
    cpus: wholeNumber("cpus", ours.cpus, 1, 64),
    release: releaseFlag(ours.release),
  };
  for (const [name, value] of Object.entries(options))
    if (known !== undefined && value !== undefined && value !== known[name as keyof typeof options])
      throw new UsageError(
        `--${name} ${value}: the machine of ${file} was made with ${known[name as keyof typeof options]}`,
      );
  const recipe =
    known ?? newRecipe({ seed: options.seed ?? 1, cpus: options.cpus ?? 2, release: options.release ?? "6.18" });
  const machine = new Machine({ seed: recipe.seed, cpus: recipe.cpus, release: recipe.release });
  const read = new Map<string, Uint8Array>();
  let replaying = true;
  const files = filesOf(machine, recipe, read, () => replaying);
  for (const step of recipe.log) {
    await goTo(machine, step.at);
    await bpftoolInTime(machine, step.words, { files });
  }
  replaying = false;
  const at = Number(machine.now);
  const { text, errors, exitCode } = await bpftoolInTime(machine, words, { files });
  if (file !== undefined) writeRecipe(file, added(recipe, read, { at, words }));
  if (errors !== "") process.stderr.write(errors);
  await print(text);
  return exitCode;
}

/** A recipe with one command more, and the files that it read. */
function added(
  recipe: Recipe,
  read: ReadonlyMap<string, Uint8Array>,
  step: { at: number; words: readonly string[] },
): Recipe {
  const objects = { ...recipe.objects };
  const files = { ...recipe.files };
  for (const [path, bytes] of read) {
    const hash = hashOf(bytes);
    if (files[path] !== undefined && files[path] !== hash)
      throw new UsageError(`${path} has changed since a command of the recipe read it: give the new one another name`);
    objects[hash] = Buffer.from(bytes).toString("base64");
    files[path] = hash;
  }
  return { ...recipe, objects, files, log: [...recipe.log, step] };
}
