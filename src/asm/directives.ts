import type { SourceLine } from "./diagnostics.ts";
import { readConstant } from "./expression.ts";
import { reportMismatch } from "./mismatch.ts";
import { registerOf } from "./operand-reader.ts";
import { Reader } from "./reader.ts";
import type { Report } from "./report.ts";
import type { Piece } from "./statements.ts";
import { suggest } from "./suggest.ts";
import type { Token } from "./tokenize.ts";

/** A map that the text itself declares: `.map counts, array, key 4, value 8, entries 16`. */
export interface DeclaredMap {
  readonly name: string;
  /** Linux's name of the type in lower case, such as `hash`. */
  readonly type: string;
  /** Bytes. */
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** `BPF_F_*` flags of its creation. */
  readonly flags: number;
  readonly line: SourceLine;
}

/** What the directives of a text say. */
export interface Declarations {
  readonly constants: ReadonlyMap<string, bigint>;
  readonly maps: ReadonlyMap<string, DeclaredMap>;
}

/** The words of a text that begin with a dot and are no labels. */
const DIRECTIVES = [".equ", ".map", ".quad"] as const;

/** Words for the sizes of a map, each at most once; what is left out is 0. */
const SIZES = ["key", "value", "entries", "flags"] as const;
type SizeWord = (typeof SIZES)[number];

const MOST = 2n ** 32n - 1n;

/**
 * Takes the declarations out of a text: constants (`.equ NAME, 5` or `NAME = 5`) and maps. Those of a line may use the
 * constants of lines before it; instructions may use all. What is left are the pieces with instructions and labels.
 */
export function readDirectives(
  pieces: readonly Piece[],
  report: Report,
  mapTypes: readonly string[] | undefined,
): Declarations & { readonly rest: readonly Piece[] } {
  const scope = new Scope(report, mapTypes);
  const rest = pieces.map((piece) => {
    const isDirective = piece.tokens.length > 0 && scope.read(piece.tokens);
    return isDirective ? { labels: piece.labels, tokens: [] } : piece;
  });
  return { constants: scope.constants, maps: scope.maps, rest };
}

/** Whether a statement is a directive; used to tell code from a comment. */
export const isDirective = ([first]: readonly Token[]): boolean =>
  (DIRECTIVES as readonly string[]).includes(first?.text ?? "");

/** The declarations so far. */
class Scope {
  readonly constants = new Map<string, bigint>();
  readonly maps = new Map<string, DeclaredMap>();
  readonly #lines = new Map<string, number>();
  readonly #report: Report;
  readonly #mapTypes: readonly string[] | undefined;

  constructor(report: Report, mapTypes: readonly string[] | undefined) {
    this.#report = report;
    this.#mapTypes = mapTypes;
  }

  /** Reads a statement if it is a declaration; false where it is something else. */
  read(tokens: readonly Token[]): boolean {
    const [first, second] = tokens;
    switch (first.text) {
      case ".equ":
        this.#constant(tokens, 1, ",");
        return true;
      case ".map":
        this.#map(tokens);
        return true;
      case ".quad":
        return false;
    }
    if (first.kind === "name" && second?.text === "=" && registerOf(first.text) === undefined) {
      this.#assignment(tokens);
      return true;
    }
    if (!/^\.[A-Za-z]/.test(first.text)) return false;
    this.#report.add(first, first, `there is no directive \`${first.text}\`: .equ, .map and .quad exist`, {
      candidates: DIRECTIVES,
    });
    return true;
  }

  /** `NAME = 5`, unless it is more likely a slip for a register. */
  #assignment(tokens: readonly Token[]): void {
    const register = suggest(tokens[0].text, REGISTERS);
    if (register === undefined) {
      this.#constant(tokens, 0, "=");
      return;
    }
    const message = `there is no register \`${tokens[0].text}\` (a constant with such a name needs .equ)`;
    this.#report.add(tokens[0], tokens[0], message, { candidates: REGISTERS });
  }

  /** A name at `at`, `separator`, and an expression to the end of the line. */
  #constant(tokens: readonly Token[], at: number, separator: string): void {
    const reader = new Reader(tokens, this.constants);
    const name = this.#name(reader, at, "a constant's name");
    if (name === undefined || !this.#literal(reader, at + 1, separator)) return;
    const value = readConstant(reader, at + 2);
    if (value === undefined || value.end < tokens.length) {
      if (value) reader.expect(value.end, "the end of the line");
      this.#fail(reader);
      return;
    }
    if (this.#isNew(name, "constant")) this.constants.set(name.text, value.value);
  }

  #map(tokens: readonly Token[]): void {
    const reader = new Reader(tokens, this.constants);
    const name = this.#name(reader, 1, "a map's name");
    if (name === undefined || !this.#literal(reader, 2, ",")) return;
    const type = this.#name(reader, 3, "a map type");
    if (type === undefined) return;
    const sizes = this.#sizes(reader, 4);
    if (sizes === undefined) return;
    if (this.#mapTypes && !this.#mapTypes.includes(type.text)) {
      const message = `there is no map type \`${type.text}\``;
      this.#report.add(type, type, message, { candidates: this.#mapTypes, expected: this.#mapTypes });
    }
    if (!this.#isNew(name, "map")) return;
    const { line, column } = tokens[0];
    this.maps.set(name.text, {
      name: name.text,
      type: type.text,
      keySize: sizes.get("key") ?? 0,
      valueSize: sizes.get("value") ?? 0,
      maxEntries: sizes.get("entries") ?? 0,
      flags: sizes.get("flags") ?? 0,
      line: { line, column, text: this.#report.lineOf(line) },
    });
  }

  /** `, key 4, value 8, ...` to the end of the line. */
  #sizes(reader: Reader, from: number): ReadonlyMap<SizeWord, number> | undefined {
    const sizes = new Map<SizeWord, number>();
    for (let at = from; at < reader.tokens.length; ) {
      if (!this.#literal(reader, at, ",")) return undefined;
      const word = SIZES.find((size) => reader.is(at + 1, size));
      if (word === undefined || sizes.has(word)) {
        for (const other of SIZES) if (!sizes.has(other)) reader.expect(at + 1, `\`${other}\``);
        this.#fail(reader);
        return undefined;
      }
      const value = readConstant(reader, at + 2);
      if (value === undefined) {
        this.#fail(reader);
        return undefined;
      }
      if (value.value < 0n || value.value > MOST) {
        const [first, last] = [reader.tokens[at + 2], reader.tokens[value.end - 1]];
        this.#report.add(first, last, `${value.value} is no size: 0 to ${MOST}`);
        return undefined;
      }
      sizes.set(word, Number(value.value));
      at = value.end;
    }
    return sizes;
  }

  #name(reader: Reader, at: number, what: string): Token | undefined {
    const token = reader.tokens[at];
    if (token?.kind === "name" && registerOf(token.text) === undefined) return token;
    reader.expect(at, what);
    this.#fail(reader);
    return undefined;
  }

  #literal(reader: Reader, at: number, text: string): boolean {
    if (reader.is(at, text)) return true;
    reader.expect(at, `\`${text}\``);
    this.#fail(reader);
    return false;
  }

  #isNew(token: Token, what: string): boolean {
    const key = `${what} ${token.text}`;
    const line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, token.line);
    else this.#report.add(token, token, `${what} \`${token.text}\` is already on line ${line}`);
    return line === undefined;
  }

  #fail(reader: Reader): void {
    reportMismatch(reader, this.#report, undefined);
  }
}

const REGISTERS = Array.from({ length: 11 }, (_, number) => [`r${number}`, `w${number}`]).flat();
