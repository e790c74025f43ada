import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One line of a table of cases: what holds before, the code, what must hold after. */
export interface Case {
  readonly text: string;
  readonly before: Condition;
  /** Assembly, one instruction a line. */
  readonly code: string;
  readonly after: Condition;
}

/** Registers and bytes of memory that are given or expected. */
export interface Condition {
  /** [register, value]; "mem" is the address of the case's memory. */
  readonly registers: readonly (readonly [number, bigint | "mem"])[];
  /** [position, bytes] */
  readonly memory: readonly (readonly [number, readonly number[]])[];
}

/** Reads a table such as `cases/alu64.txt`: `before | code | after`, one a line, `#` for comments. */
export function readCases(file: string): Case[] {
  const text = readFileSync(join(import.meta.dirname, "cases", file), "utf8");
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    // The code may hold a `|` itself, but never with two blanks before it or as the first or last in the line.
    const first = line.indexOf("|");
    const last = line.lastIndexOf("|");
    return {
      text: line.replace(/\s+/g, " ").trim(),
      before: readCondition(line.slice(0, first)),
      code: statements(line.slice(first + 1, last)).join("\n"),
      after: readCondition(line.slice(last + 1)),
    };
  });
}

const statements = (text: string): string[] =>
  text
    .split(";")
    .map((each) => each.trim())
    .filter((each) => each !== "");

function readCondition(text: string): Condition {
  const registers: [number, bigint | "mem"][] = [];
  const memory: [number, number[]][] = [];
  for (const each of statements(text)) {
    const [left, right] = each.split("=").map((side) => side.trim()) as [string, string];
    const position = /^mem\[(\d+)\]$/.exec(left);
    const register = /^r(\d)$/.exec(left);
    if (position) memory.push([Number(position[1]), right.split(/\s+/).map((byte) => Number.parseInt(byte, 16))]);
    else if (register) registers.push([Number(register[1]), right === "mem" ? "mem" : BigInt(right)]);
    else throw new SyntaxError(`cannot read "${each}" in a table of cases`);
  }
  return { registers, memory };
}
