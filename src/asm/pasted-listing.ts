/**
 * Listings of other tools as assembler text: the verifier's log, `bpftool prog dump xlated` and `llvm-objdump -d` put numbers,
 * bytes and words around each instruction. What is not the instruction becomes blanks, so that columns stay what they are.
 */

/** The tools' own lines, which have no instruction. */
const HEADERS: readonly RegExp[] = [/^Disassembly of section .*:$/, /^\S+:\s+file format \S+$/];
/** A label of llvm-objdump, which the assembler reads as one. */
const HEADING = /^[0-9a-f]{8,16} <[^>]*>:$/;

/** `  12: (b7) r0 = 2`, as the verifier and bpftool write it. */
const LOGGED = /^(\s*(\d+): \(([0-9a-f]{2})\) )(.*)$/;
/** `  12:  b7 00 00 00 02 00 00 00  r0 = 0x2`, as llvm-objdump writes it, with the bytes or without. */
const DUMPED = /^(\s*(\d+):\s+(?:(?:[0-9a-f]{2} ){7,15}[0-9a-f]{2}\s+)?)(\S.*)$/;
const RAW_BYTES = /^\s*\d+:\s+(?:[0-9a-f]{2} ){7}/;
/** What the verifier tells of registers behind an instruction. */
const STATE = /\s+; (?:(?:frame\d+: )?(?:[Rr]\d|fp-)).*$/;
/** A number of 32 bits whose sign is set: listings show its bits. */
const UPPER_HALF = /0x[89a-f][0-9a-f]{7}\b/;
/** Exchanges as the verifier's log has them, which C compilers write with the two widths. */
const EXCHANGE = /atomic(?:64)?_(cmp)?xchg\(\(u(32|64) \*\)\(([^)]*)\)/;
const exchange = (_: string, compare: string | undefined, bits: string, place: string): string =>
  `${compare ?? ""}xchg${bits === "32" ? "32_32" : "_64"}(${place}`;
/** `<name+0x8>` behind a jump. */
const TARGET = /\s<[^>]*>\s*$/;

const blank = (text: string): string => text.replace(/[^\t]/g, " ");

/** A line that is missing from a listing, so that jumps over it would go elsewhere. */
export interface ListingGap {
  /** 1-based line of the text, and the number of the instruction there. */
  readonly line: number;
  readonly number: number;
  /** The number that should follow. */
  readonly wanted: number;
}

/** What a text is to the assembler. */
export interface Pasted {
  readonly text: string;
  readonly gap?: ListingGap;
}

/**
 * A text without what tools put around instructions; a text that is no listing as it is. Jumps go by distances, so every
 * instruction must be there, in order: the first that is not is the `gap`. An instruction that a verifier's log shows again is
 * taken once.
 *
 * @example pastedListing("   0: (b7) r0 = 2\n   1: (95) exit").text // "          r0 = 2\n          exit"
 */
export function pastedListing(text: string): Pasted {
  const lines = text.split("\n");
  if (lines.some((line) => LOGGED.test(line))) return logged(lines);
  const isDump = lines.some(
    (line) => RAW_BYTES.test(line) || [...HEADERS, HEADING].some((header) => header.test(line.trim())),
  );
  return isDump ? { text: lines.map(dumpedLine).join("\n") } : { text };
}

function dumpedLine(line: string): string {
  if (HEADERS.some((header) => header.test(line.trim()))) return blank(line);
  const [, prefix, , rest] = DUMPED.exec(line) ?? [];
  if (prefix === undefined || rest === undefined) return line;
  return blank(prefix) + rest.replace(TARGET, blank);
}

/** Only numbered lines are instructions; all else is what the verifier or bpftool has to say. */
function logged(lines: readonly string[]): Pasted {
  let next: number | undefined;
  let gap: ListingGap | undefined;
  const seen = new Set<number>();
  const text = lines.map((line, index) => {
    const [, prefix, digits, code, rest] = LOGGED.exec(line) ?? [];
    if (prefix === undefined || rest === undefined) return blank(line);
    const number = Number(digits);
    if (seen.has(number)) return blank(line);
    seen.add(number);
    if (next !== undefined && number !== next) gap ??= { line: index + 1, number, wanted: next };
    next = number + (code === "18" ? 2 : 1);
    const instruction = rest.replace(STATE, blank).replace(/= subprog(\[[^\]]*\])/, "= func$1");
    // Listings leave out that a constant has 64 bits.
    const wide = code === "18" && /^r\d+ = -?(?:0x)?[0-9a-f]+\s*$/.test(instruction);
    if (code === "18") return blank(prefix) + (wide ? `${instruction.trimEnd()} ll` : instruction);
    const signed = instruction.replace(UPPER_HALF, (bits) => String(Number(bits) | 0));
    return blank(prefix) + signed.replace(/atomic64_fetch/, "atomic_fetch").replace(EXCHANGE, exchange);
  });
  return { text: text.join("\n"), ...(gap ? { gap } : {}) };
}
