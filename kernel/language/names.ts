import { type Token, tokenize } from "./tokens.ts";

/** How later cells see a name: a `variable` (`let`, `var`) can be assigned to, a `binding` is imported as it is. */
export interface DeclaredName {
  readonly kind: "variable" | "binding";
  /** The cell itself says `export`. */
  readonly exported: boolean;
}

/** The names of a cell, found without a parser, so that unfinished and wrong cells have them too. */
export interface CellNames {
  /** Declared at the top level: values, types, imports; `var` also inside blocks. */
  readonly declared: ReadonlyMap<string, DeclaredName>;
  /** It has what only a module can: imports, `export { }`, `export default`, `declare global`. */
  readonly isModule: boolean;
  /** All words that may refer to a declaration; some are only property names or type parameters, which does no harm. */
  readonly used: ReadonlySet<string>;
}

/** Words that may stand before a declaration's keyword. */
const MODIFIERS = new Set(["export", "default", "declare", "abstract", "async"]);
/** After these a word starts no statement, even on a new line. */
const EXPRESSION_WORDS = new Set(
  "return typeof instanceof in of new throw case extends implements as satisfies".split(" "),
);
const CONTROL = new Set(["if", "for", "while", "switch", "catch", "with", "await"]);
const BLOCK_WORDS = new Set(["else", "do", "try", "finally"]);
/** Punctuation after which a statement can begin on the next line. */
const ENDS = new Set([")", "]", "}", ">", "++", "--", ";"]);

/**
 * Finds the names that a cell declares and uses.
 *
 * @example
 * ```ts
 * namesOf("interface P { x: T }\nlet { a, b: [c] } = f()").declared.keys(); // P, a, c
 * ```
 */
export function namesOf(code: string): CellNames {
  const { tokens } = tokenize(code);
  const scan = new DeclarationScan(tokens);
  scan.run();
  const used = new Set<string>();
  tokens.forEach((token, index) => {
    const before = tokens[index - 1]?.text;
    if (token.kind === "word" && before !== "." && before !== "?.") used.add(token.text.replace(/^@/, ""));
  });
  return { declared: scan.declared, isModule: scan.isModule, used };
}

class DeclarationScan {
  readonly declared = new Map<string, DeclaredName>();
  isModule = false;
  readonly #tokens: readonly Token[];
  /** For each open bracket: whether `var` in it belongs to the cell. */
  readonly #scopes: boolean[] = [];
  /** For each open bracket: whether it belongs to `if (`, `for (`, ... */
  readonly #controls: boolean[] = [];
  #afterControl = false;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  run(): void {
    for (let index = 0; index < this.#tokens.length; index++) {
      this.#track(index);
      const token = this.#tokens[index]!;
      if (token.kind !== "word") continue;
      if (token.depth === 0 && this.#startsStatement(index)) this.#statement(index);
      else if (token.text === "var" && this.#scopes.every(Boolean)) this.#variables(index + 1, "variable", false);
    }
  }

  /** Keeps the stacks of open brackets. */
  #track(index: number): void {
    const token = this.#tokens[index]!;
    const before = this.#tokens[index - 1];
    const pops = token.kind === "template" ? token.text.startsWith("}") : /^[)\]}]$/.test(token.text);
    const pushes = token.kind === "template" ? token.text.endsWith("${") : /^[([{]$/.test(token.text);
    if (pops) {
      this.#scopes.pop();
      this.#afterControl = this.#controls.pop() ?? false;
    }
    if (!pushes) return;
    const control = token.text === "(" && before?.kind === "word" && CONTROL.has(before.text);
    const block =
      token.text === "{" &&
      (before === undefined ||
        /^[;{}]$/.test(before.text) ||
        BLOCK_WORDS.has(before.text) ||
        (before.text === ")" && this.#afterControl));
    this.#controls.push(control);
    this.#scopes.push(control || block);
  }

  #startsStatement(index: number): boolean {
    const token = this.#tokens[index]!;
    const before = this.#tokens[index - 1];
    if (before === undefined || before.text === ";" || before.text === "}" || before.text.startsWith("@")) return true;
    // `@decorate() class`; an `if (x) class` does not exist.
    if (before.text === ")" && (token.text === "class" || token.text === "export" || token.text === "abstract"))
      return true;
    if (!token.newLine) return false;
    return before.kind === "punctuation" ? ENDS.has(before.text) : !EXPRESSION_WORDS.has(before.text);
  }

  #statement(start: number): void {
    let index = start;
    while (MODIFIERS.has(this.#text(index))) index++;
    const exported = this.#text(start) === "export" || this.#text(start + 1) === "export";
    const keyword = this.#text(index);
    const next = this.#tokens[index + 1];
    if (exported && /^[{*=]$|^default$/.test(this.#text(start + 1))) this.isModule = true;
    if (exported && this.#text(start + 1) === "type" && /^[{*]$/.test(this.#text(start + 2))) this.isModule = true;
    if (this.#text(start) === "declare" && /^(global|module)$/.test(keyword)) this.isModule = true;
    switch (keyword) {
      case "const":
        if (next?.text === "enum") this.#add(this.#tokens[index + 2], "binding", exported);
        else this.#variables(index + 1, "binding", exported);
        break;
      case "let":
      case "var":
        this.#variables(index + 1, "variable", exported);
        break;
      case "function":
        this.#add(next?.text === "*" ? this.#tokens[index + 2] : next, "binding", exported);
        break;
      case "class":
        if (next?.text !== "extends" && next?.text !== "implements") this.#add(next, "binding", exported);
        break;
      case "enum":
      case "interface":
      case "namespace":
      case "module":
        if (!next?.newLine) this.#add(next, "binding", exported);
        break;
      case "type":
        if (!next?.newLine && /^[=<]$/.test(this.#text(index + 2))) this.#add(next, "binding", exported);
        break;
      case "import":
        this.#import(index + 1, exported);
        break;
      case "{":
        // `export { a, b }`
        if (exported) this.#exportList(index);
        break;
      default:
        break;
    }
  }

  /** `a = 1, { b, c: [d] }: T = x`, from the first pattern on. */
  #variables(start: number, kind: DeclaredName["kind"], exported: boolean): void {
    const { depth } = this.#tokens[start] ?? { depth: 0 };
    let index = start;
    for (;;) {
      index = this.#pattern(index, kind, exported);
      let angles = 0;
      let inType = false;
      for (; ; index++) {
        const token = this.#tokens[index];
        if (token === undefined || token.depth < depth) return;
        if (token.depth > depth) continue;
        if (token.text === ";" || (token.newLine && angles === 0 && this.#startsStatement(index) && !inOperator(token)))
          return;
        if (token.text === ":" && angles === 0) inType = true;
        else if (token.text === "=" && angles === 0) inType = false;
        else if (token.text === "<") {
          // In a type it opens arguments; in an expression only if they are closed and something fitting follows.
          const close = inType ? undefined : this.#typeArgumentsEnd(index);
          if (inType) angles++;
          else if (close !== undefined) index = close;
        } else if (token.text === ">" && angles > 0) angles--;
        else if (token.text === "," && angles === 0) break;
      }
      index++;
    }
  }

  /** Index of the `>` that closes the type arguments opened at `start`, if that is what they are. */
  #typeArgumentsEnd(start: number): number | undefined {
    let angles = 0;
    for (let index = start; index < this.#tokens.length; index++) {
      const token = this.#tokens[index]!;
      if (token.depth < this.#tokens[start]!.depth || token.text === ";") return undefined;
      if (token.text === "<") angles++;
      if (token.text === ">") angles--;
      if (angles > 0) continue;
      const after = this.#tokens[index + 1];
      const fits = after === undefined || after.newLine || after.kind === "punctuation" || after.kind === "template";
      return fits ? index : undefined;
    }
    return undefined;
  }

  /** Adds the names that a pattern binds and returns the index after it. */
  #pattern(start: number, kind: DeclaredName["kind"], exported: boolean): number {
    const first = this.#tokens[start];
    if (first === undefined) return start;
    if (first.text !== "{" && first.text !== "[") {
      this.#add(first, kind, exported);
      return start + 1;
    }
    let index = start + 1;
    while (index < this.#tokens.length && this.#tokens[index]!.depth > first.depth) {
      const inside = first.depth + 1;
      if (this.#text(index) === "...") index++;
      // `{ key: pattern }`, `{ "key": pattern }`, `{ [key]: pattern }`
      let key = index;
      if (first.text === "{" && this.#text(key) === "[") {
        while (key < this.#tokens.length && !(this.#text(key) === "]" && this.#tokens[key]!.depth === inside)) key++;
      }
      if (first.text === "{" && this.#text(key + 1) === ":") index = key + 2;
      if (this.#text(index) !== ",") index = this.#pattern(index, kind, exported);
      // Over the default value to the next element.
      while (index < this.#tokens.length && this.#tokens[index]!.depth >= inside) {
        if (this.#tokens[index]!.depth === inside && this.#text(index) === ",") break;
        index++;
      }
      if (this.#tokens[index]?.depth === inside) index++;
      else break;
    }
    return index + 1;
  }

  /** `a, { type b as c } from`, `* as ns from`, `x = require(`; nothing for `import "x"`, `import(` and `import.meta`. */
  #import(start: number, exported: boolean): void {
    let index = start;
    if (/^[.(]$/.test(this.#text(index))) return;
    this.isModule = true;
    const typeOnly = this.#text(index) === "type" && !/^(from|,|=)$/.test(this.#text(index + 1));
    if (typeOnly) index++;
    let last: Token | undefined;
    for (; index < this.#tokens.length; index++) {
      const token = this.#tokens[index]!;
      if (token.kind === "string") return;
      if (token.text === "from" && this.#tokens[index + 1]?.kind === "string") {
        this.#add(last, "binding", exported);
        return;
      }
      if (token.text === "=") {
        this.#add(last, "binding", exported);
        return;
      }
      if (token.text === "," || token.text === "}") {
        this.#add(last, "binding", exported);
        last = undefined;
      } else last = token.kind === "word" ? token : undefined;
    }
  }

  #exportList(start: number): void {
    for (let index = start + 1; index < this.#tokens.length && this.#tokens[index]!.depth > 0; index++) {
      const name = this.declared.get(this.#text(index));
      if (name) this.declared.set(this.#text(index), { ...name, exported: true });
    }
  }

  #add(token: Token | undefined, kind: DeclaredName["kind"], exported: boolean): void {
    if (token?.kind !== "word" || /^[#@]/.test(token.text)) return;
    const known = this.declared.get(token.text);
    // What is also a type or a function must be imported whole.
    this.declared.set(token.text, {
      kind: known?.kind === "binding" ? "binding" : kind,
      exported: exported || known?.exported === true,
    });
  }

  #text(index: number): string {
    return this.#tokens[index]?.text ?? "";
  }
}

/** Whether a token at a line's start continues the line before. */
function inOperator(token: Token): boolean {
  return token.kind === "punctuation" && !["{", "[", "(", "++", "--"].includes(token.text);
}
