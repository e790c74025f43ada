import type {
  AnyNode,
  ClassDeclaration,
  ExportDefaultDeclaration,
  FunctionDeclaration,
  ModuleDeclaration,
  Program,
  Statement,
  VariableDeclaration,
} from "acorn";
import { blank, type Edit, lineStarts, positionAt } from "./edits.ts";
import { scriptName } from "./own-globals.ts";
import { rewriteImport, rewriteReexport } from "./rewrite-imports.ts";
import { CellSyntaxError } from "./syntax-error.ts";
import { boundNames, walk } from "./walk.ts";

/** Prefix of the names that hoisted functions have in the script that runs. */
const HOISTED = "__cell_";

/**
 * Makes every top-level name of a cell a `let` of V8's REPL mode.
 *
 * That mode allows to declare a name again only in the same way: `const a` then `let a`, or `function f` then `const f`,
 * are errors there, and `var` and functions would overwrite properties of `globalThis` (`function fetch`). With `let` alone
 * anything can follow anything. What `const` forbids is the type checker's to report.
 *
 * - `const` becomes `let`, with the same length
 * - `var` becomes an assignment to a `let` at the cell's start, so it is still hoisted
 * - a function gets another name and a `let` at the cell's start that holds it, so it can be called before its text
 *
 * @returns the declared names
 * @throws CellSyntaxError for `using`
 */
export function rewriteDeclarations(code: string, program: Program, edits: Edit[]): string[] {
  const rewriter = new DeclarationRewriter(code, edits);
  for (const statement of program.body) rewriter.statement(statement);
  rewriter.variables(program);
  return rewriter.finish();
}

class DeclarationRewriter {
  readonly #code: string;
  readonly #edits: Edit[];
  readonly #declared = new Set<string>();
  readonly #functions = new Set<string>();
  readonly #variables = new Set<string>();

  constructor(code: string, edits: Edit[]) {
    this.#code = code;
    this.#edits = edits;
  }

  statement(node: Statement | ModuleDeclaration): void {
    switch (node.type) {
      case "ImportDeclaration":
        for (const name of rewriteImport(this.#code, node, this.#edits)) this.#declared.add(name);
        break;
      case "ExportAllDeclaration":
        rewriteReexport(this.#code, node, this.#edits);
        break;
      case "ExportNamedDeclaration":
        if (!node.declaration) rewriteReexport(this.#code, node, this.#edits);
        else {
          this.#blank(node.start, node.declaration.start);
          this.statement(node.declaration);
        }
        break;
      case "ExportDefaultDeclaration":
        this.#exportDefault(node);
        break;
      case "VariableDeclaration":
        this.#lexical(node);
        break;
      case "ClassDeclaration":
        this.#class(node);
        break;
      case "FunctionDeclaration":
        this.#function(node);
        break;
      default:
        break;
    }
  }

  /** All `var` of the cell itself, also inside blocks and loops. */
  variables(program: Program): void {
    const heads = new Set<AnyNode | null | undefined>();
    walk(program, (node) => {
      if (node.type === "ForStatement") heads.add(node.init);
      if (node.type === "ForInStatement" || node.type === "ForOfStatement") heads.add(node.left);
      if (node.type === "VariableDeclaration" && node.kind === "var") this.#variable(node, heads.has(node));
      return !/Function|StaticBlock/.test(node.type);
    });
  }

  finish(): string[] {
    const functions = [...this.#functions].map(
      (name) => `${scriptName(name)} = Object.defineProperty(${HOISTED}${name}, "name", {value: "${name}"})`,
    );
    const variables = [...this.#variables].filter((name) => !this.#functions.has(name));
    const hoisted = [...functions, ...variables.map(scriptName)];
    if (hoisted.length > 0) this.#edits.push({ start: 0, end: 0, text: `let ${hoisted.join(", ")};` });
    return [...new Set([...this.#declared, ...this.#functions, ...this.#variables])];
  }

  #lexical(node: VariableDeclaration): void {
    if (node.kind === "using" || node.kind === "await using") {
      throw new CellSyntaxError(
        "using-at-top-level",
        `A top-level '${node.kind}' would never be disposed, as a cell has no end: put it into a block, { ${node.kind} ... }, or use const and dispose it yourself.`,
        positionAt(lineStarts(this.#code), node.start),
      );
    }
    if (node.kind === "var") return;
    if (node.kind === "const") this.#replace(node.start, "const", "let  ");
    for (const { id } of node.declarations) for (const name of boundNames(id)) this.#lexicalName(name);
  }

  #lexicalName(name: string): void {
    scriptName(name);
    this.#declared.add(name);
  }

  #class({ id, start, end }: ClassDeclaration): void {
    this.#declared.add(id.name);
    const name = scriptName(id.name);
    // Its own name stays: it is what the class shows, and what its body means by it.
    if (name !== id.name)
      this.#edits.push({ start, end: start, text: `let ${name} = ` }, { start: end, end, text: ";" });
  }

  #function({ id }: FunctionDeclaration): void {
    this.#functions.add(id.name);
    this.#edits.push({ start: id.start, end: id.start, text: HOISTED });
  }

  #variable(node: VariableDeclaration, inLoopHead: boolean): void {
    for (const { id } of node.declarations) for (const name of boundNames(id)) this.#variables.add(name);
    if (inLoopHead) {
      this.#blank(node.start, node.start + "var".length);
      return;
    }
    // `void`: a declaration has no value. The parentheses also hold a pattern.
    const { end } = node.declarations.at(-1)!;
    this.#replace(node.start, "var", "void (");
    this.#edits.push({ start: end, end, text: ")" });
  }

  #exportDefault({ start, declaration }: ExportDefaultDeclaration): void {
    const named =
      (declaration.type === "FunctionDeclaration" || declaration.type === "ClassDeclaration") && declaration.id;
    this.#blank(start, declaration.start);
    if (named) {
      this.statement(declaration as Statement);
      return;
    }
    const { start: from, end } = declaration;
    this.#edits.push({ start: from, end: from, text: "(" }, { start: end, end, text: ")" });
  }

  #blank(start: number, end: number): void {
    this.#edits.push({ start, end, text: blank(this.#code.slice(start, end)) });
  }

  #replace(start: number, old: string, text: string): void {
    this.#edits.push({ start, end: start + old.length, text });
  }
}
