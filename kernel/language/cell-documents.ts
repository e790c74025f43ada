import { type CellNames, namesOf } from "./names.ts";
import { moduleName, pageName } from "./project.ts";
import type { Cell } from "./types.ts";

/** An executed cell that declared something. */
interface ExecutedCell {
  readonly number: number;
  /** It has a document of its own; otherwise it lies in its page. */
  readonly isModule: boolean;
  /** Imports, the cell, and what it exports. */
  readonly body: string;
  readonly uses: readonly ExecutedCell[];
}

/** Cells in one page. The text of a page is read anew for every cell that is added to it; a new page costs a whole program. */
const PAGE = 32;

/** Where a name was last declared. */
interface Declaration {
  readonly cell: ExecutedCell;
  readonly kind: "variable" | "binding";
}

type Names = readonly string[];

/** A cell's document: one line of imports from the cells before it, then the cell. */
export interface PreparedCell {
  readonly text: string;
  /** Lines before the cell's first. */
  readonly lineShift: number;
  /** Names that the first line imports. */
  readonly imported: Names;
}

/** A document's name and text. */
export interface CellDocument {
  readonly name: string;
  readonly text: string;
}

/**
 * The executed cells as the type checker sees them. Each is a name space in a page of the session; a cell imports each name
 * that it uses from the cell that last declared it, so values, types and generics flow and redeclaring is hiding. Only `let`
 * and `var` become `declare let`, to be assignable, and to be as wide as declared: a name space ends what the checker
 * concluded from the order of statements.
 *
 * Pages, because the server rebuilds its whole program when the files that a document imports change (15 ms with a library of
 * 250 files, more with each file), and only looks at the text that changed when they do not (3 ms). So every document imports
 * all pages. Cells with imports of their own must be modules: they have documents, and their page passes them on.
 */
export class CellDocuments {
  #names = new Map<string, Declaration>();
  /** Names that a reset has taken away, and no cell has declared again. */
  readonly #lost = new Set<string>();
  #count = 0;
  #always = "";
  /** Cells that are still reachable, each after those that it uses. */
  #live: readonly ExecutedCell[] = [];
  /** Numbers of the pages that have some. */
  #pages: readonly number[] = [];

  /**
   * The document of a cell that is about to run, or is being typed.
   *
   * @param local names that the cell is known to declare, beyond those that are found in it
   * @param wanted names that should be there too, for completion
   */
  prepare(code: string, { local = [], wanted = [] }: { local?: Names; wanted?: Names } = {}): PreparedCell {
    const { declared, used } = namesOf(code);
    const foreign = new Set([...used, ...wanted]);
    for (const name of [...declared.keys(), ...local]) foreign.delete(name);
    const { aliases, imported } = this.#aliases([...foreign]);
    // The empty statement: right after an import the server would complete the cell's first word as part of an import.
    return { text: `${this.#header()}${aliases};\n${code}`, lineShift: 1, imported };
  }

  /** Makes what a cell declared visible to those after it. */
  commit({ code }: Cell): void {
    const names = namesOf(code);
    if (names.declared.size === 0) return;
    const { aliases, uses } = this.#aliases([...names.used].filter((name) => !names.declared.has(name)));
    const body = `${aliases}\n${code}\n${exportList(names)}`;
    const cell: ExecutedCell = { number: ++this.#count, isModule: names.isModule, body, uses };
    for (const [name, { kind }] of names.declared) {
      this.#names.delete(name);
      this.#names.set(name, { cell, kind });
      this.#lost.delete(name);
    }
    this.#live = reachable([...this.#names.values()].map(({ cell }) => cell));
    this.#pages = [...new Set(this.#live.map(pageOf))].sort((a, b) => a - b);
  }

  /** Makes the server read these modules now, and keep them, whether cells use them or not. */
  importAlways(modules: Names): void {
    this.#always = modules.map((name) => `import ${JSON.stringify(name)}; `).join("");
  }

  /** All names that cells declared so far, the latest first. */
  names(): string[] {
    return [...this.#names.keys()].reverse();
  }

  /** Whether a name was declared before a {@link reset}, and not since. */
  isLost(name: string): boolean {
    return this.#lost.has(name);
  }

  /** The session's pages, and the cells that are modules. Cells whose names were all declared anew are gone. */
  documents(): CellDocument[] {
    const header = this.#header();
    const pages = new Map(this.#pages.map((page) => [page, `${header}export {};\n`]));
    const modules: CellDocument[] = [];
    for (const cell of this.#live) {
      const { number, isModule, body } = cell;
      const name = moduleName(number);
      if (isModule) modules.push({ name, text: `${header}${body}` });
      const text = isModule
        ? `import * as __cell_${number} from "./${name}"; export { __cell_${number} };\n`
        : `export namespace __cell_${number} { ${body}\n}\n`;
      pages.set(pageOf(cell), pages.get(pageOf(cell))! + text);
    }
    return [...[...pages].map(([page, text]) => ({ name: pageName(page), text })), ...modules];
  }

  reset(): void {
    for (const name of this.#names.keys()) this.#lost.add(name);
    this.#names = new Map();
    this.#live = [];
    this.#pages = [];
  }

  #header(): string {
    return this.#always + this.#pages.map((page) => `import * as __page_${page} from "./${pageName(page)}"; `).join("");
  }

  #aliases(names: Names) {
    const uses = new Set<ExecutedCell>();
    const imported: string[] = [];
    let aliases = "";
    for (const name of names) {
      const declaration = this.#names.get(name);
      if (declaration === undefined) continue;
      const { cell, kind } = declaration;
      uses.add(cell);
      imported.push(name);
      const path = `${pathOf(cell)}.${name}`;
      aliases += kind === "binding" ? `import ${name} = ${path}; ` : `declare let ${name}: typeof ${path}; `;
    }
    return { aliases, imported, uses: [...uses] };
  }
}

function pageOf({ number }: ExecutedCell): number {
  return Math.ceil(number / PAGE);
}

function pathOf(cell: ExecutedCell): string {
  return `__page_${pageOf(cell)}.__cell_${cell.number}`;
}

/** Takes the names that cells have for the checker out of a text of its own. */
export function withoutPaths(text: string): string {
  return text
    .replace(/\b__page_\d+\./g, "")
    .replace(/\b__cell_\d+\./g, "")
    .replace(/import\("[^"]*\.bpfbook-[^"]*"\)\./g, "");
}

/**
 * In a name space such a list is an error, and so is `await`, but of documents that nobody asks for errors. Against `export` at
 * the declarations it lets the checker find out later what an empty array or a `null` becomes.
 */
function exportList({ declared }: CellNames): string {
  const names = [...declared].filter(([, { exported }]) => !exported).map(([name]) => name);
  return `export { ${names.join(", ")} };`;
}

/** The cells and all that they use, each after those that it uses. */
function reachable(roots: readonly ExecutedCell[]): ExecutedCell[] {
  const found = new Set<ExecutedCell>();
  const open = [...roots].reverse();
  // With a stack of its own: a notebook may be a chain of a thousand cells.
  while (open.length > 0) {
    const cell = open.at(-1)!;
    const next = found.has(cell) ? undefined : cell.uses.find((used) => !found.has(used));
    if (next) open.push(next);
    else found.add(open.pop()!);
  }
  return [...found];
}
