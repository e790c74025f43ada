import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ARENA_START } from "../../src/maps/arena.ts";
import { MAP_FLAGS } from "../../src/maps/flags.ts";
import type { MapSpec } from "../../src/maps/spec.ts";

/** What a case shows: the plain meaning, a limit, what happens beyond it, or negative numbers. Every row has all four. */
export const KINDS = ["ordinary", "edge", "wrap", "sign"] as const;

export type Kind = (typeof KINDS)[number];

/** Registers and bytes of memory that are given or expected. */
export interface Condition {
  /** [register, value]; "mem" is the address of the case's memory. */
  readonly registers: readonly (readonly [number, bigint | "mem"])[];
  /** [position, bytes] */
  readonly memory: readonly (readonly [number, readonly number[]])[];
}

/** One line of a table: what holds before, the code, what must hold after. */
export interface OpcodeCase {
  /** The row of the instruction table that it is about. */
  readonly row: string;
  readonly kind: Kind;
  readonly text: string;
  readonly before: Condition;
  /** Assembly, one instruction a line. */
  readonly code: string;
  /** The functions that the code calls, to be placed behind its `exit`. */
  readonly functions: string;
  readonly after: Condition;
}

/** A line of a table that cannot be read. */
class CaseSyntaxError extends SyntaxError {
  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}: ${message}`);
    this.name = "CaseSyntaxError";
  }
}

const FOLDER = join(import.meta.dirname, "opcodes");

/** The tables by name, in the order of their names. */
export const OPCODE_TABLES: ReadonlyMap<string, readonly OpcodeCase[]> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".txt"))
    .sort()
    .map((file) => [file, parseCases(file, readFileSync(join(FOLDER, file), "utf8"))]),
);

/** Reads `[row]` headings, `function name: code` and lines `kind | before | code | after`; `#` begins a comment. */
export function parseCases(file: string, text: string): OpcodeCase[] {
  const functions = new Map<string, string>();
  const cases: OpcodeCase[] = [];
  let row = "";
  text.split("\n").forEach((line, index) => {
    const fail = (message: string) => new CaseSyntaxError(file, index + 1, message);
    if (line.trim() === "" || line.startsWith("#")) return;
    const heading = /^\[(\w+)\]$/.exec(line);
    const definition = /^function (\w+): (.*)$/.exec(line);
    if (heading) row = heading[1]!;
    else if (definition) functions.set(definition[1]!, `${definition[1]}:\n${statements(definition[2]!).join("\n")}`);
    else {
      // The code may hold a `|` itself, the other columns never do.
      const bars = [line.indexOf("|"), line.indexOf("|", line.indexOf("|") + 1), line.lastIndexOf("|")] as const;
      if (bars[0] < 0 || bars[1] <= bars[0] || bars[2] <= bars[1]) throw fail("expected kind | before | code | after");
      const kind = KINDS.find((each) => each === line.slice(0, bars[0]).trim());
      if (kind === undefined) throw fail(`the first column is one of ${KINDS.join(", ")}`);
      const code = statements(line.slice(bars[1] + 1, bars[2])).join("\n");
      cases.push({
        ...{ row, kind, code },
        text: line.replace(/\s+/g, " ").trim(),
        before: readCondition(line.slice(bars[0] + 1, bars[1]), fail),
        after: readCondition(line.slice(bars[2] + 1), fail),
        functions: called(code, functions),
      });
    }
  });
  return cases;
}

/** The functions that a piece of code calls, and those that these call. */
function called(code: string, functions: ReadonlyMap<string, string>): string {
  const needed = new Map<string, string>();
  const collect = (text: string) => {
    for (const [, name] of text.matchAll(/(?:call |func\[)(\w+)/g)) {
      const body = functions.get(name!);
      if (body === undefined || needed.has(name!)) continue;
      needed.set(name!, body);
      collect(body);
    }
  };
  collect(code);
  return [...needed.values()].join("\n");
}

function statements(text: string): string[] {
  return text
    .split(";")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function readCondition(text: string, fail: (message: string) => Error): Condition {
  const registers: [number, bigint | "mem"][] = [];
  const memory: [number, number[]][] = [];
  for (const each of statements(text)) {
    const [left, right] = each.split("=").map((side) => side.trim()) as [string, string];
    const position = /^mem\[(\d+)\]$/.exec(left);
    const register = /^r(\d)$/.exec(left);
    if (position) memory.push([Number(position[1]), right.split(/\s+/).map((byte) => Number.parseInt(byte, 16))]);
    else if (register) registers.push([Number(register[1]), right === "mem" ? "mem" : BigInt(right)]);
    else throw fail(`cannot read "${each}": expected r1 = 5 or mem[0] = 01 02`);
  }
  return { registers, memory };
}

/** r0..r9 are dumped to the first 80 bytes of the memory; the case's own 32 bytes lie at `CASE_MEMORY`. */
export const CASE_MEMORY = 128;
export const CASE_LENGTH = CASE_MEMORY + 32;

/** The code of a case with the names of functions of Linux in place of their BTF ids replaced by what `idOf` says. */
export const withIds = (text: string, idOf: (name: string) => number): string =>
  text.replace(/\b(kfunc|btf)\[([a-z]\w*)\]/g, (_, form: string, name: string) => `${form}[${idOf(name)}]`);

/** The maps that cases may name: four numbers, the same in one element, and an arena of four pages. */
export const CASE_MAPS: readonly MapSpec[] = [
  { name: "numbers", type: "array", keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 },
  { name: "block", type: "array", keySize: 4, valueSize: 32, maxEntries: 1, flags: 0 },
  {
    ...{ name: "pages", type: "arena", keySize: 0, valueSize: 0, maxEntries: 4, flags: MAP_FLAGS.MMAPABLE },
    mapExtra: ARENA_START,
  },
];
export const NUMBERS: readonly bigint[] = [10n, 20n, 30n, 40n];

/**
 * The code of a case between code that sets the registers and code that dumps them: the same for every engine. It begins
 * with r1 = the memory, or with `prologue` in its place.
 */
export function wholeProgram({ before, code, functions }: OpcodeCase, prologue = ""): string {
  const set = before.registers
    .toSorted(([a], [b]) => Number(a === 1) - Number(b === 1))
    .map(([r, value]) => (value === "mem" ? `r${r} = *(u64 *)(r10 - 104)` : `r${r} = ${value} ll`));
  const save = Array.from({ length: 10 }, (_, r) => `*(u64 *)(r10 - ${24 + 8 * r}) = r${r}`);
  const dump = save.flatMap((_, r) => [`r0 = *(u64 *)(r10 - ${24 + 8 * r})`, `*(u64 *)(r1 + ${8 * r}) = r0`]);
  const unset = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((r) => !before.registers.some(([given]) => given === r));
  // What a helper may have made unreadable is not dumped as it is.
  const clobbered = /call (map_|kfunc)/.test(code) ? [1, 2, 3, 4, 5] : [];
  const kept = clobbered.map((r) => `r${r} = 0`);
  return [
    prologue,
    "*(u64 *)(r10 - 112) = r1",
    `r1 += ${CASE_MEMORY}`,
    "*(u64 *)(r10 - 104) = r1",
    ...unset.map((r) => `r${r} = 0`),
    ...set,
    code,
    ...(functions === "" ? [] : [1, 2, 3, 4, 5].map((r) => `r${r} = 0`)),
    ...kept,
    ...save,
    "r1 = *(u64 *)(r10 - 112)",
    ...dump,
    "r0 = 0",
    "exit",
    functions,
  ].join("\n");
}

/** Whether a case loads bytes of a packet, and so needs a socket buffer in place of plain memory. */
export const loadsPacket = ({ row }: OpcodeCase): boolean => /^ld(abs|ind)/.test(row);

/** The packet of such cases: an Ethernet header of zeros, and a payload of 80 81 82 ... 9f. */
export const CASE_PACKET: Uint8Array = Uint8Array.from({ length: 46 }, (_, i) => (i < 14 ? 0 : 0x80 + i - 14));

/** The program of such a case: a socket filter that returns the case's r0. */
export function packetProgram({ before, code }: OpcodeCase): string {
  const set = before.registers.map(([r, value]) => `r${r} = ${value} ll`);
  return ["r6 = r1", ...set, code, "exit"].join("\n");
}
