import type { BtfExt } from "../btf/ext.ts";
import { decode, SLOT_BYTES } from "../isa/encode.ts";
import { SHF_EXECINSTR, SHT } from "./constants.ts";
import type { FunctionAt } from "./data-sections.ts";
import { ElfError } from "./error.ts";
import type { ElfFile, ElfSymbol, Section } from "./file.ts";
import type { ObjectFunction } from "./object.ts";
import { programRelocations, type Targets } from "./program-relocations.ts";

/** Where a function lies. */
export interface FunctionPlace {
  readonly name: string;
  readonly section: Section;
  readonly symbol: ElfSymbol;
  /** Bytes from the start of the section. */
  readonly start: number;
  readonly end: number;
}

/** Name of the section with functions that are no programs. */
export const TEXT = ".text";

/** Functions of all sections with instructions, in the order of sections and places. */
export function findFunctions(file: ElfFile): FunctionPlace[] {
  const bySection = Map.groupBy(file.symbols, ({ section }) => section);
  const places = file.sections.flatMap((section) => {
    if (section.type !== SHT.PROGBITS || (section.flags & SHF_EXECINSTR) === 0 || section.size === 0) return [];
    const fail = (reason: string, offset: number): never => {
      throw new ElfError(reason, { section: section.name, offset });
    };
    if (section.size % SLOT_BYTES !== 0) fail(`${section.size} bytes are no whole number of instructions`, 0);
    const symbols = bySection.get(section.index) ?? [];
    const typed = symbols.filter(({ type }) => type === "func");
    // Compilers before LLVM 10 gave functions no type and no size.
    const untyped = typed.length === 0;
    const own = untyped ? symbols.filter(({ type, binding }) => type === "notype" && binding === "global") : typed;
    own.sort((a, b) => a.value - b.value);
    return own.map((symbol, index) => {
      const { name, value: start } = symbol;
      const end = untyped && symbol.size === 0 ? (own[index + 1]?.value ?? section.size) : start + symbol.size;
      if (start % SLOT_BYTES !== 0 || end % SLOT_BYTES !== 0 || end <= start)
        fail(`sec '${section.name}': program '${name}' is no whole number of instructions`, start);
      if (end > section.size) fail(`sec '${section.name}': program at offset ${start} crosses section boundary`, start);
      if (index > 0 && start < own[index - 1].value + own[index - 1].size)
        fail(`sec '${section.name}': functions '${own[index - 1].name}' and '${name}' overlap`, start);
      if (symbol.binding === "local" && section.name !== TEXT)
        fail(`sec '${section.name}': program '${name}' is static and not supported`, start);
      return { name, section, symbol, start, end };
    });
  });
  return withoutNamesakes(places);
}

/** Linked objects may have static functions of one name: the later ones get a number, `helper.2`. */
function withoutNamesakes(places: readonly FunctionPlace[]): FunctionPlace[] {
  const seen = new Map<string, number>();
  return places.map((place) => {
    const count = (seen.get(place.name) ?? 0) + 1;
    seen.set(place.name, count);
    return count > 1 && place.symbol.binding === "local" ? { ...place, name: `${place.name}.${count}` } : place;
  });
}

/** Name of the function that starts at a byte of a section. */
export function functionIndex(places: readonly FunctionPlace[]): FunctionAt {
  const byPlace = new Map(places.map(({ section, start, name }) => [`${section.index}:${start}`, name]));
  return (section, offset) => byPlace.get(`${section}:${offset}`);
}

interface AtInstruction {
  readonly insn: number;
}

/** The records of instructions from `start` up to `end`, counted from `start`; `sorted` is by instruction. */
function within<T extends AtInstruction>(sorted: readonly T[], start: number, end: number): T[] {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].insn < start) low = middle + 1;
    else high = middle;
  }
  const found: T[] = [];
  for (let at = low; at < sorted.length && sorted[at].insn < end; at++)
    found.push({ ...sorted[at], insn: sorted[at].insn - start });
  return found;
}

const sorted = <T extends AtInstruction>(records: readonly T[] = []): T[] =>
  [...records].sort((a, b) => a.insn - b.insn);

/** Reads the functions: instructions, what they refer to, and what `.BTF.ext` says about them. */
export function readFunctions(
  file: ElfFile,
  places: readonly FunctionPlace[],
  ext: BtfExt | undefined,
  targets: Targets,
): ObjectFunction[] {
  const bySection = Map.groupBy(places, ({ section }) => section);
  return [...bySection].flatMap(([section, own]) => {
    const funcs = sorted(ext?.funcs.get(section.name));
    const lines = sorted(ext?.lines.get(section.name));
    const core = sorted(ext?.core.get(section.name));
    const relocations = new Map(file.relocations(section).map((relocation) => [relocation.offset, relocation]));
    for (const offset of relocations.keys())
      if (offset % SLOT_BYTES !== 0)
        throw new ElfError(`relocation within an instruction`, { section: section.name, offset });
    return own.map((place): ObjectFunction => {
      const start = place.start / SLOT_BYTES;
      const end = place.end / SLOT_BYTES;
      const insns = decode(section.bytes.subarray(place.start, place.end));
      const { binding, hidden } = place.symbol;
      return {
        name: place.name,
        section: section.name,
        start,
        linkage: binding === "local" || hidden ? "static" : "global",
        weak: binding === "weak",
        insns,
        relocations: programRelocations(place, insns, relocations, targets),
        funcInfo: within(funcs, start, end),
        lineInfo: within(lines, start, end),
        coreRelocations: within(core, start, end),
      };
    });
  });
}
