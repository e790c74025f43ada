import type { BpftoolMachine, ToolFiles } from "../tool.ts";

/** What a command of the shell wrote, and its exit code. */
export interface Output {
  readonly code: number;
  readonly out: Uint8Array;
  readonly errors: string;
}

/** What a command gets. */
export interface ShellContext {
  readonly machine: BpftoolMachine;
  readonly files: ToolFiles;
  /** Its own name first. */
  readonly words: readonly string[];
  readonly input: Uint8Array;
  readonly cwd: string;
  /** Virtual nanoseconds that a command runs which would go on until Ctrl-C. */
  readonly duration: number;
  chdir(path: string): void;
  /** Another line of the shell, for `make`, `sudo`. */
  run(line: string): Promise<Output>;
  /** Names of all commands. */
  names(): readonly string[];
}

/** A command of the shell. */
export interface ShellProgram {
  readonly name: string;
  /** One line for who asks for help. */
  readonly summary: string;
  readonly run: (context: ShellContext) => Output | Promise<Output>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

/** A success that printed this. */
export const printed = (text: string | Uint8Array, code = 0): Output => ({
  ...{ code, errors: "" },
  out: typeof text === "string" ? bytesOf(text) : text,
});

/** A failure that said this. */
export const failed = (errors: string, code = 1, out = ""): Output => ({ code, errors, out: bytesOf(out) });

/** Lines of a text, without the end of the last. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Lines with their ends. */
export const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** Words that begin with a dash as letters, and the others; letters of `values` take the next word. */
export function readLetters(
  words: readonly string[],
  values = "",
): {
  readonly letters: ReadonlySet<string>;
  readonly value: (letter: string) => string | undefined;
  readonly rest: readonly string[];
} {
  const found = new Map<string, string>();
  const rest: string[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") {
      rest.push(...queue);
      break;
    }
    if (!/^-[^-]/.test(word)) {
      rest.push(word);
      continue;
    }
    for (let letters = word.slice(1); letters !== ""; ) {
      const letter = letters[0]!;
      letters = letters.slice(1);
      if (values.includes(letter)) {
        found.set(letter, letters === "" ? (queue.shift() ?? "") : letters);
        letters = "";
      } else found.set(letter, "");
    }
  }
  return { letters: new Set(found.keys()), value: (letter) => found.get(letter), rest };
}
