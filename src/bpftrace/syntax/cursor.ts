import type { Span } from "../ast/expression.ts";
import { SyntaxFault } from "../diagnostics.ts";
import { describeToken, quote, scan, type Token } from "./token.ts";

/** How deep expressions and statements may lie in each other: enough for people, too little for the engine's stack. */
const MOST_NESTED = 150;

/** The place in a text where its parser is. */
export class Cursor {
  readonly text: string;
  /** Where the next token is looked for. */
  at = 0;
  /** End of the last token taken. */
  end = 0;
  #peeked: { readonly at: number; readonly token: Token } | undefined;
  #depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next token; it stays. */
  peek(): Token {
    if (this.#peeked?.at !== this.at) this.#peeked = { at: this.at, token: scan(this.text, this.at) };
    return this.#peeked.token;
  }

  /** Takes the next token. */
  next(): Token {
    const token = this.peek();
    this.at = token.span.end;
    this.end = token.span.end;
    return token;
  }

  /** Whether the next token is this sign or word. */
  sees(text: string): boolean {
    const { kind, text: found } = this.peek();
    return found === text && (kind === "punctuation" || kind === "identifier");
  }

  /** Takes the next token if it is this sign or word. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.next();
    return true;
  }

  /** Takes this sign or word; throws `SyntaxFault` for another. `also` names what could stand there, too. */
  expect(text: string, ...also: readonly string[]): Token {
    if (!this.sees(text)) this.unexpected(text, ...also);
    return this.next();
  }

  identifier(what = "identifier"): Token {
    if (this.peek().kind !== "identifier") this.unexpected(what);
    return this.next();
  }

  /** Says that the next token cannot stand here. */
  unexpected(...expected: readonly string[]): never {
    const token = this.peek();
    // As the parser that bpftrace is generated from: more than four possibilities say nothing.
    const hint = expected.length > 0 && expected.length <= 4 ? `, expecting ${expected.map(quote).join(" or ")}` : "";
    throw new SyntaxFault(`syntax error, unexpected ${describeToken(token)}${hint}`, token.span);
  }

  /** What has been read since an offset. */
  span(start: number): Span {
    return { start, end: Math.max(this.end, start) };
  }

  /** Reads something that may contain itself. */
  nested<T>(read: () => T): T {
    if (++this.#depth > MOST_NESTED) {
      this.#depth = 0;
      throw new SyntaxFault("the program is nested too deeply", this.peek().span);
    }
    const result = read();
    this.#depth--;
    return result;
  }

  /** Goes on at an offset, after a fault or a look ahead. */
  reset(at: number): void {
    this.at = at;
    this.#depth = 0;
  }
}
