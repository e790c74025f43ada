import { readdirSync, readFileSync } from "node:fs";

/** One case of the suite: a program, and what it prints. */
export interface Case {
  readonly file: string;
  readonly name: string;
  readonly program: string;
  /** Standard output without what every run prints, or the whole message of a program that is refused. */
  readonly expect: string;
}

/**
 * Files of cases: `NAME` a line, `PROG` the program, `EXPECT` the output, each up to the next of these words. A program or
 * an output of several lines stands on the lines below its word.
 */
export function readCases(directory: string): readonly Case[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith(".txt"))
    .flatMap((file) => parseCases(file, readFileSync(`${directory}/${file}`, "utf8")));
}

function parseCases(file: string, text: string): Case[] {
  return text
    .split(/^NAME /m)
    .slice(1)
    .map((block) => {
      const [, name = "", program = "", expect = ""] =
        /^([^\n]*)\nPROG ?([\s\S]*?)\nEXPECT ?([\s\S]*)$/.exec(block) ?? [];
      return { file, name, program: program.trim(), expect: expect.replace(/^\n/, "").trimEnd() };
    });
}
