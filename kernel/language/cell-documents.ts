import { type CellNames, namesOf } from "./names.ts";
import { moduleName, SESSION } from "./project.ts";
import type { Cell } from "./types.ts";

/** An executed cell that declared something. */
interface ExecutedCell {
  /** What the cells after it call its name space. */
  readonly space: string;
  /** Name of its own document, if it has one; otherwise it lies in the session's document. */
  readonly module: string | undefined;
  readonly text: string;
  readonly uses: readonly ExecutedCell[];
}

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
 * The executed cells as the type checker sees them. Each is a name space of one document, the session; a cell imports each
 * name that it uses from the cell that last declared it, so values, types and generics flow and redeclaring is hiding. Only
 * `let` and `var` become `declare let`, to be assignable, and to be as wide as declared: a name space ends what the checker
 * concluded from the order of statements.
 *
 * One document, because the server rebuilds its whole program when the set of imported files changes (15 ms with a library of
 * 250 files, more with each file), and only looks at the text that changed when it does not (3 ms). Cells with imports of
 * their own must be modules: they have documents, and the session passes them on.
 */
export class CellDocuments {
  #names = new Map<string, Declaration>();
  #count = 0;

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
    const { aliases, imported, uses } = this.#aliases([...foreign]);
    // The empty statement: right after an import the server would complete the cell's first word as part of an import.
    return { text: `${importSession(uses)}${aliases};\n${code}`, lineShift: 1, imported };
  }

  /** Makes what a cell declared visible to those after it. */
  commit({ code }: Cell): void {
    const names = namesOf(code);
    if (names.declared.size === 0) return;
    const { aliases, uses } = this.#aliases([...names.used].filter((name) => !names.declared.has(name)));
    this.#count++;
    const space = `__cell_${this.#count}`;
    const body = `${aliases}\n${code}\n${exportList(names)}`;
    const cell: ExecutedCell = {
      space,
      module: names.isModule ? moduleName(this.#count) : undefined,
      text: names.isModule ? `${importSession(uses)}${body}` : `export namespace ${space} { ${body}\n}`,
      uses,
    };
    for (const [name, { kind }] of names.declared) {
      this.#names.delete(name);
      this.#names.set(name, { cell, kind });
    }
  }

  /** All names that cells declared so far, the latest first. */
  names(): string[] {
    return [...this.#names.keys()].reverse();
  }

  /** The session's document, and those of the modules in it. Cells whose names were all declared anew are gone. */
  documents(): CellDocument[] {
    const cells = reachable([...this.#names.values()].map(({ cell }) => cell));
    const modules = cells.filter(({ module }) => module !== undefined);
    const text = cells.map(({ space, module, text }) =>
      module === undefined ? text : `import * as ${space} from "./${module}"; export { ${space} };`,
    );
    return [
      { name: SESSION, text: ["export {};", ...text].join("\n") },
      ...modules.map(({ module, text }) => ({ name: module!, text })),
    ];
  }

  reset(): void {
    this.#names = new Map();
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
      aliases +=
        kind === "binding"
          ? `import ${name} = ${cell.space}.${name}; `
          : `declare let ${name}: typeof ${cell.space}.${name}; `;
    }
    return { aliases, imported, uses: [...uses] };
  }
}

/** Also where nothing is used: the files that a document names must stay the same from cell to cell. */
function importSession(uses: readonly ExecutedCell[]): string {
  return `import { ${uses.map(({ space }) => space).join(", ")} } from "./${SESSION}"; `;
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
