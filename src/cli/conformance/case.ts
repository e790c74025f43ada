import { assemble } from "../../asm/assemble.ts";
import { AsmError } from "../../asm/diagnostics.ts";
import { helperId } from "../../helpers/names.ts";
import { decode } from "../../isa/encode.ts";
import type { Instruction } from "../../isa/instruction.ts";
import { MAP_TYPES, type MapSpec, type MapType } from "../../maps/spec.ts";

/** A case of bpf_conformance's `.data` format, ready to run. */
export interface ConformanceCase {
  readonly insns: readonly Instruction[];
  /** What r1 points to; r2 is its length. */
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly maps: readonly MapSpec[];
  /** Whose numbers its calls use: those of the test functions, or Linux's where it names a helper of Linux or a map. */
  readonly helpers: "test" | "linux";
  /** r0 at the end, 64 bits; undefined where the case expects an error only. */
  readonly result?: bigint;
  /** The error that the case expects. */
  readonly error?: string;
}

/** A case that cannot be read; `skip` where the format has it and this reader does not. */
export class CaseError extends Error {
  readonly code = "CASE";
  readonly line: number;
  readonly skip: boolean;
  constructor(line: number, message: string, skip = false) {
    super(line === 0 ? message : `line ${line}: ${message}`);
    this.name = "CaseError";
    this.line = line;
    this.skip = skip;
  }
}

interface SectionLine {
  readonly line: number;
  readonly text: string;
}

const SECTIONS = ["asm", "raw", "mem", "result", "error", "map", "no register offset", "c"] as const;
type Section = (typeof SECTIONS)[number];

/**
 * Reads a case: sections that begin with `-- asm`, `-- raw`, `-- mem`, `-- result`, `-- error`, `-- map`; `-- c` and
 * `-- no register offset` say nothing to a machine. `#` begins a comment. Throws `CaseError`.
 *
 * @example
 * parseCase("-- asm\nmov %r0, 7\nexit\n-- result\n0x7").result; // 7n
 */
export function parseCase(text: string): ConformanceCase {
  const sections = splitSections(text);
  const lines = (name: Section): readonly SectionLine[] => sections.get(name) ?? [];
  const last = (name: Section): SectionLine | undefined => lines(name).findLast((each) => bare(each) !== "");
  const maps = lines("map")
    .filter((each) => bare(each) !== "")
    .map(readMap);
  const assembly = lines("asm");
  const isLinux = maps.length > 0 || /\bbpf_\w+/.test(assembly.map(bare).join("\n"));
  const insns = lines("raw").length > 0 ? readRaw(lines("raw")) : readAsm(assembly, maps);
  if (insns.length === 0) throw new CaseError(0, "there are no instructions: neither -- asm nor -- raw");
  const result = last("result");
  const error = last("error");
  if (result === undefined && !sections.has("error"))
    throw new CaseError(0, "it expects nothing: -- result is missing");
  return {
    ...{ insns, maps, helpers: isLinux ? "linux" : "test", memory: readMemory(lines("mem")) },
    ...(result === undefined ? {} : { result: readNumber(result.line, bare(result)) }),
    ...(result === undefined || error !== undefined ? { error: error?.text.trim() ?? "" } : {}),
  };
}

function splitSections(text: string): Map<Section, SectionLine[]> {
  const sections = new Map<Section, SectionLine[]>();
  let current: SectionLine[] | undefined;
  text.split(/\r?\n/).forEach((content, index) => {
    const heading = /^\s*--\s*(.*?)\s*$/.exec(content);
    const word = heading?.[1] ?? "";
    const name = SECTIONS.find((each) => word === each || word.startsWith(`${each} `));
    // A line of C may begin with two dashes, too.
    const isText = heading === null || (name === undefined && current !== undefined && current === sections.get("c"));
    if (isText) current?.push({ line: index + 1, text: content });
    else {
      if (name === undefined) throw new CaseError(index + 1, `unknown section "-- ${word}"`, true);
      current = [];
      sections.set(name, current);
    }
  });
  return sections;
}

/** A line without its comment. */
const bare = ({ text }: SectionLine): string => text.replace(/#.*/, "").trim();

function readAsm(lines: readonly SectionLine[], maps: readonly MapSpec[]): readonly Instruction[] {
  if (lines.length === 0) return [];
  // Lines stay where they are in the file, so that errors name the right one.
  const text =
    "\n".repeat(lines[0]!.line - 1) + lines.map((each) => cutConstants(each.text.replace(/#.*/, ""))).join("\n");
  const index = (name: string): number | undefined => {
    const found = maps.findIndex((map) => map.name === name);
    return found < 0 ? undefined : found;
  };
  try {
    return assemble(text, { helper: helperId, map: index, mapNames: maps.map(({ name }) => name) }).insns;
  } catch (error) {
    if (!(error instanceof AsmError)) throw error;
    const [{ line, message }] = error.diagnostics as [AsmError["diagnostics"][number]];
    throw new CaseError(line, message);
  }
}

/** The suite's own assembler takes the low 32 bits of constants that are too large; its cases rely on it. */
function cutConstants(line: string): string {
  if (/\blddw\b|\bll\b/.test(line)) return line;
  return line.replace(/\b0x[0-9a-f]{9,}\b/gi, (number) => `0x${BigInt.asUintN(32, BigInt(number)).toString(16)}`);
}

/** One number an instruction: its eight bytes, little endian. */
function readRaw(lines: readonly SectionLine[]): readonly Instruction[] {
  const numbers = lines.flatMap((each) => words(each).map((word) => readNumber(each.line, word)));
  return decode(new Uint8Array(BigUint64Array.from(numbers).buffer));
}

function readMemory(lines: readonly SectionLine[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    lines.flatMap((each) =>
      words(each).map((word) => {
        if (!/^(0x)?[0-9a-f]{1,2}$/i.test(word)) throw new CaseError(each.line, `"${word}" is no byte in hexadecimal`);
        return Number.parseInt(word, 16);
      }),
    ),
  );
}

const words = (each: SectionLine): string[] =>
  bare(each)
    .split(/\s+/)
    .filter((word) => word !== "");

/** `name type keySize valueSize maxEntries`, the type by its number. */
function readMap(each: SectionLine): MapSpec {
  const [name, type, keySize, valueSize, maxEntries] = words(each);
  const known = (Object.entries(MAP_TYPES) as [MapType, number][]).find(([, number]) => String(number) === type);
  const sizes = [keySize, valueSize, maxEntries].map(Number);
  if (name === undefined || known === undefined || sizes.some((size) => !Number.isInteger(size) || size < 0)) {
    throw new CaseError(each.line, "expected a map: name, number of its type, key size, value size, entries");
  }
  const [key, value, entries] = sizes as [number, number, number];
  return { name, type: known[0], keySize: key, valueSize: value, maxEntries: entries, flags: 0 };
}

function readNumber(line: number, text: string): bigint {
  if (!/^-?(0x[0-9a-f]+|\d+)$/i.test(text)) throw new CaseError(line, `"${text}" is no number`);
  const negative = text.startsWith("-");
  const magnitude = BigInt(negative ? text.slice(1) : text);
  return BigInt.asUintN(64, negative ? -magnitude : magnitude);
}
