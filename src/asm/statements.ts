import type { Report } from "./report.ts";
import type { Token, TokenizedText } from "./tokenize.ts";

/** A piece of text between line ends and `;`: labels, then at most one instruction. */
export interface Piece {
  /** Names in front of a colon. */
  readonly labels: readonly Token[];
  /** The instruction; empty where only labels stand. */
  readonly tokens: readonly Token[];
  /** It stands behind another instruction and its `;`, so it may be meant as a comment. */
  readonly joined?: boolean;
}

/**
 * Splits tokenized text at line ends and semicolons.
 *
 * After an instruction `;` both separates, which is all that it does for LLVM, and begins a comment, as people write them.
 * Right behind an instruction it separates, so that nothing is dropped unseen; behind a blank the text after it counts as code
 * when it begins like an instruction, which `isCode` tells, and is skipped to the line's end otherwise.
 */
export function splitStatements(text: TokenizedText, isCode: (tokens: readonly Token[]) => boolean): Piece[] {
  const pieces: Piece[] = [];
  for (const line of text.tokens) {
    for (let start = 0; start < line.length; ) {
      let end = start;
      while (end < line.length && line[end].text !== ";") end++;
      const piece = pieceOf(line.slice(start, end));
      const joined = start > 0 && piece.labels.length === 0 && piece.tokens.length > 0;
      if (joined && isBehindBlank(line, start - 1) && !isCode(piece.tokens)) break;
      pieces.push(joined ? { ...piece, joined } : piece);
      start = end + 1;
    }
  }
  return pieces;
}

function isBehindBlank(line: readonly Token[], at: number): boolean {
  const before = line[at - 1];
  return before === undefined || before.column + before.text.length < line[at].column;
}

function pieceOf(all: readonly Token[]): Piece {
  const labels: Token[] = [];
  const heading = headingOf(all);
  if (heading) return { labels: [heading], tokens: [] };
  const tokens = withoutSymbol(all);
  let at = 0;
  while (tokens[at + 1]?.text === ":" && (tokens[at].kind === "name" || tokens[at].kind === "number")) {
    labels.push(tokens[at]);
    at += 2;
  }
  return { labels, tokens: tokens.slice(at) };
}

/** The name in `0000000000000048 <name>:`, which llvm-objdump prints above a function or block. */
function headingOf(tokens: readonly Token[]): Token | undefined {
  const [address, open, name, close, colon] = tokens;
  const isHeading = address?.kind === "number" && open?.text === "<" && close?.text === ">" && colon?.text === ":";
  return isHeading && tokens.length === 5 ? name : undefined;
}

/** Cuts off the `<name>` or `<name+0x18>` that llvm-objdump prints after a jump; no instruction ends in `>`. */
function withoutSymbol(tokens: readonly Token[]): readonly Token[] {
  if (tokens.at(-1)?.text !== ">") return tokens;
  const open = tokens.findLastIndex(({ text }) => text === "<");
  return open <= 0 || tokens[open + 1].kind !== "name" ? tokens : tokens.slice(0, open);
}

/** The labels of a text and the slots that they name. */
export class Labels {
  /** Slot of each named label, in the order of the text. */
  readonly named = new Map<string, number>();
  /** Slots of each numeric label, ascending. */
  readonly #numeric = new Map<string, number[]>();
  readonly #lines = new Map<string, number>();

  /** Notes that a label stands before `slot`; a name that is taken is reported. */
  define(token: Token, slot: number, report: Report): void {
    if (token.kind === "number") {
      const slots = this.#numeric.get(token.text);
      if (slots) slots.push(slot);
      else this.#numeric.set(token.text, [slot]);
      return;
    }
    const line = this.#lines.get(token.text);
    if (line !== undefined) {
      report.add(token, token, `label \`${token.text}\` is already on line ${line}`);
      return;
    }
    this.#lines.set(token.text, token.line);
    this.named.set(token.text, slot);
  }

  /** The nearest numeric label at or before slot `from`, or after it. */
  local(number: string, ahead: boolean, from: number): number | undefined {
    const slots = this.#numeric.get(number) ?? [];
    // How many are at or before `from`: a text may have as many labels as lines.
    let [low, high] = [0, slots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (slots[middle] <= from) low = middle + 1;
      else high = middle;
    }
    return ahead ? slots[low] : slots[low - 1];
  }
}
