import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Handed } from "../../../kernel/runtime/hand-over.ts";
import type { FromChild } from "../../../kernel/runtime/messages.ts";
import { Runtime } from "../../../kernel/runtime/runtime.ts";
import { sibling } from "../../../kernel/runtime/sibling.ts";
import { type Artefact, LIMITS, type Submission, TASK_ID } from "../submission/artefact.ts";
import { checkArtefact } from "../submission/decode.ts";
import { readJson } from "../submission/json.ts";
import { BOUNDS, type Bounds, type ConfinementOptions, confinement, type Held } from "./confinement.ts";
import { readNotebook } from "./notebook.ts";

/** What the run of a student's notebook gave. The score never comes from here: only data for the grader does. */
export interface SandboxRun {
  readonly submission: Submission;
  /** What happened, one line each, for teacher and student: cells that failed, limits that were met. */
  readonly log: readonly string[];
  /** What this system kept the notebook from, and what it could not. */
  readonly limits: readonly Held[];
}

export interface SandboxOptions extends Omit<ConfinementOptions, "readable"> {
  readonly assignment: string;
  readonly student: string;
  /** Characters that all cells may write together. */
  readonly output?: number;
}

const OUTPUT = 4 << 20;
/** Lines of the log, and characters of one. */
const LOG_LINES = 200;
const LOG_LINE = 300;

/**
 * Runs the code cells of a student's notebook in a confined process and collects what they hand over. The notebook's bytes are
 * hostile; so is all that the process says. Cells of the grader (`%%grade`) are passed over; a cell that fails does not end the run, a
 * limit does, and what was handed over before counts.
 *
 * @throws GradeError where the bytes are no notebook
 * @example const { submission, log } = await runNotebook(readFileSync("a3.ipynb"), { assignment: "a3", student: "s042" });
 */
export async function runNotebook(bytes: Uint8Array, options: SandboxOptions): Promise<SandboxRun> {
  const { assignment, student, bounds = BOUNDS } = options;
  const cells = readNotebook(bytes);
  const { launch, held } = confinement(options);
  const cwd = mkdtempSync(join(tmpdir(), "bpfbook-sandbox-"));
  chmodSync(cwd, 0o755); // the sandbox may have a user of its own
  try {
    const run = new Run(cwd, launch, bounds, options.output ?? OUTPUT);
    const log = await run.cells(cells);
    const answers: Record<string, Artefact> = Object.create(null);
    for (const [name, data] of run.handed.all) {
      const told = take(assignment, name, data);
      if (typeof told === "string") log.push(told);
      else answers[name] = told;
    }
    return { submission: { version: 1, assignment, student, answers }, log: log.slice(0, LOG_LINES), limits: held };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** One handed-over answer; a text says why it is none. */
function take(assignment: string, name: string, data: Uint8Array): Artefact | string {
  if (!TASK_ID.test(name) || !name.startsWith(`${assignment}/`))
    return `${printable(name)} is no task of ${assignment}`;
  try {
    const where = `answers.${name}`;
    return checkArtefact(readJson(data, { bytes: LIMITS.submission, depth: LIMITS.depth, where }), where);
  } catch (error) {
    return printable((error as Error).message);
  }
}

/** One line that no terminal or page takes for anything else. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]+/g, " ").slice(0, LOG_LINE);
}

/** The child of one notebook, which is never started twice. */
class Run {
  readonly handed = new Handed();
  readonly #runtime: Runtime;
  readonly #bounds: Bounds;
  #left: number;
  /** Ends the current cell: true where the next may follow. */
  #end: (goOn: boolean, why?: string) => void = () => undefined;
  #over: string | undefined;
  #cell = "";

  constructor(cwd: string, launch: ReturnType<typeof confinement>["launch"], bounds: Bounds, output: number) {
    this.#bounds = bounds;
    this.#left = output;
    const own = (path: string): string => fileURLToPath(sibling(import.meta.url, path as `./${string}`));
    this.#runtime = new Runtime(
      { cwd, launch, modules: { bpfbook: own("./../../index") }, translators: {} },
      {
        onMessage: (message) => this.#receive(message),
        onRawOutput: (_name, text) => this.#count(text.length),
        onExit: ({ code, signal, lastWords }) => {
          const memory = /heap out of memory|Reached heap limit|heap limit/i.test(lastWords);
          const words = lastWords.trim() === "" ? "" : `: ${lastWords.trim().split("\n")[0]}`;
          this.#stop(
            memory ? "it used more memory than it may" : `its process ended (${signal ?? `code ${code}`})${words}`,
          );
        },
        mostBytes: output + (4 << 20),
        onTooMuch: () => this.#stop("it wrote more than it may"),
      },
    );
  }

  /** Runs cells to the end, or to the first limit. */
  async cells(cells: readonly string[]): Promise<string[]> {
    const log: string[] = [];
    const wall = setTimeout(() => this.#stop(`it took more than ${2 * this.#bounds.cpu} s`), 2000 * this.#bounds.cpu);
    try {
      for (const [index, code] of cells.entries()) {
        if (this.#over === undefined) {
          const ended = Promise.withResolvers<boolean>();
          this.#end = (goOn, why) => {
            if (why !== undefined) log.push(printable(`cell ${index + 1}: ${why}`));
            ended.resolve(goOn);
          };
          this.#cell = String(index + 1);
          this.#runtime.run({ type: "run", shell: "", cell: this.#cell, code, expressions: {} });
          if (await ended.promise) continue;
        }
        log.push(`the notebook was ended in cell ${index + 1} of ${cells.length}: ${printable(this.#over ?? "")}`);
        break;
      }
    } finally {
      clearTimeout(wall);
      this.#runtime.dispose();
    }
    return log;
  }

  #stop(why: string): void {
    this.#over ??= why;
    this.#runtime.dispose();
    this.#end(false);
  }

  #count(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) this.#stop("it wrote more than it may");
  }

  #receive(message: FromChild): void {
    switch (message.type) {
      case "handed":
        this.handed.receive(message);
        return;
      case "error": {
        this.#count(200);
        const { ename, evalue } = message.error ?? {};
        this.#failure = `${ename}: ${evalue}`;
        return;
      }
      case "stream":
        this.#count(String(message.text).length);
        return;
      case "display":
      case "update":
      case "result":
        this.#count(200);
        return;
      case "input":
        this.#runtime.answer({ type: "refused" });
        return;
      case "done": {
        if (message.cell !== this.#cell) return;
        const failure = this.#failure;
        this.#failure = undefined;
        this.#end(true, failure);
        return;
      }
      default:
        return;
    }
  }
  #failure: string | undefined;
}
