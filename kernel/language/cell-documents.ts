import { namesOf } from "./names.ts";
import { documentName } from "./project.ts";
import type { Cell } from "./types.ts";

/** An executed cell that declared something. */
export interface CellDocument {
  readonly name: string;
  readonly text: string;
  /** The documents that its prelude imports. */
  readonly uses: readonly CellDocument[];
}

/** Where a name was last declared. */
interface Declaration {
  readonly document: CellDocument;
  readonly kind: "variable" | "binding";
}

type Names = readonly string[];

/** A cell as a module document: one line of imports from the cells before it, then the cell. */
export interface PreparedCell {
  readonly text: string;
  /** Lines before the cell's first. */
  readonly lineShift: number;
  /** Names that the first line imports. */
  readonly imported: readonly string[];
  /** All documents that it depends on, directly or not, each after those that it imports. */
  readonly documents: readonly CellDocument[];
}

/**
 * The executed cells as module documents. A cell imports each name that it uses from the cell that last declared it, so
 * values, types and generics flow and redeclaring is hiding; only `let` and `var` become `declare let`, to be assignable.
 */
export class CellDocuments {
  #names = new Map<string, Declaration>();
  #number = 0;

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
    const { prelude, imported, uses } = this.#prelude([...foreign]);
    return { text: `${prelude}\n${code}`, lineShift: 1, imported, documents: reachable(uses) };
  }

  /** Makes what a cell declared visible to those after it. */
  commit({ code }: Cell): void {
    const { declared, used } = namesOf(code);
    if (declared.size === 0) return;
    const { prelude, uses } = this.#prelude([...used].filter((name) => !declared.has(name)));
    const exports = [...declared].filter(([, { exported }]) => !exported).map(([name]) => name);
    this.#number++;
    // A cell that runs unchecked must not trouble those after it with errors of its own: nobody asks for them.
    const text = `${prelude}\n${code}\nexport { ${exports.join(", ")} };`;
    const document = { name: documentName(this.#number), text, uses };
    for (const [name, { kind }] of declared) {
      this.#names.delete(name);
      this.#names.set(name, { document, kind });
    }
  }

  /** All names that cells declared so far, the latest first. */
  names(): string[] {
    return [...this.#names.keys()].reverse();
  }

  reset(): void {
    this.#names = new Map();
  }

  #prelude(names: readonly string[]) {
    const uses = new Map<CellDocument, { bindings: string[]; variables: string[] }>();
    const imported: string[] = [];
    for (const name of names) {
      const declaration = this.#names.get(name);
      if (declaration === undefined) continue;
      const { document, kind } = declaration;
      const group = uses.get(document) ?? { bindings: [], variables: [] };
      uses.set(document, group);
      (kind === "binding" ? group.bindings : group.variables).push(name);
      imported.push(name);
    }
    let prelude = "";
    let index = 0;
    for (const [{ name }, { bindings, variables }] of uses) {
      if (bindings.length > 0) prelude += `import { ${bindings.join(", ")} } from "./${name}"; `;
      if (variables.length === 0) continue;
      const alias = `__cell_${index++}`;
      prelude += `import type * as ${alias} from "./${name}"; `;
      for (const variable of variables) prelude += `declare let ${variable}: typeof ${alias}.${variable}; `;
    }
    return { prelude, imported, uses: [...uses.keys()] };
  }
}

function reachable(roots: readonly CellDocument[]): CellDocument[] {
  const found = new Set<CellDocument>();
  const open = [...roots].reverse();
  // With a stack of its own: a notebook may be a chain of a thousand cells.
  while (open.length > 0) {
    const document = open.at(-1)!;
    const next = found.has(document) ? undefined : document.uses.find((used) => !found.has(used));
    if (next) open.push(next);
    else found.add(open.pop()!);
  }
  return [...found];
}
