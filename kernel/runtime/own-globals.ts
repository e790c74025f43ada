import type { AnyNode, Function as FunctionNode, Identifier, Program, VariableDeclaration } from "acorn";
import type { Edit } from "./edits.ts";
import { boundNames, walk } from "./walk.ts";

/** What a cell's own variable is called in the script if Node has a global of that name. */
const OWN = "__own_";

/** Node's globals, before any cell ran. */
const GLOBALS = new Set(Object.getOwnPropertyNames(globalThis));

/** Those of them that cells declared. Like the variables themselves they live as long as the process. */
const owned = new Set<string>();

/**
 * The name that a cell's top-level declaration has in the script.
 *
 * V8 has one scope of `let` names for everything in the process, so a cell's `const process = m.spawn()` or `class Map` would
 * replace the global in every module: the runtime's, the packages' and the libraries'. Such names are renamed, here and in
 * all cells after it.
 */
export function scriptName(declared: string): string {
  if (!GLOBALS.has(declared)) return declared;
  owned.add(declared);
  return OWN + declared;
}

/** Renames what refers to declarations that {@link scriptName} renamed; names bound inside functions and blocks stay. */
export function renameOwned(program: Program, edits: Edit[]): void {
  if (owned.size > 0) rename(program, new Set(), edits);
}

/** @param hidden owned names that an inner declaration hides here */
function rename(root: AnyNode, hidden: ReadonlySet<string>, edits: Edit[]): void {
  walk(root, (node) => {
    if (node !== root && opensScope(node)) {
      rename(node, new Set([...hidden, ...bound(node).filter((name) => owned.has(name))]), edits);
      return false;
    }
    switch (node.type) {
      case "FunctionDeclaration":
        for (const child of [...node.params, node.body]) visit(child);
        return false;
      case "ImportDeclaration":
      case "ExportAllDeclaration":
        return false;
      case "ExportNamedDeclaration":
        return node.declaration != null;
      case "MemberExpression":
        visit(node.object);
        if (node.computed) visit(node.property);
        return false;
      case "Property":
        if (node.shorthand) {
          const name = node.value.type === "AssignmentPattern" ? node.value.left : node.value;
          if (name.type === "Identifier" && refers(name)) insert(node.start, `${name.name}: ${OWN}`);
          if (node.value.type === "AssignmentPattern") visit(node.value.right);
          return false;
        }
        if (node.computed) visit(node.key);
        visit(node.value);
        return false;
      case "MethodDefinition":
      case "PropertyDefinition":
        if (node.computed) visit(node.key);
        if (node.value) visit(node.value);
        return false;
      case "LabeledStatement":
        visit(node.body);
        return false;
      case "BreakStatement":
      case "ContinueStatement":
      case "MetaProperty":
        return false;
      case "Identifier":
        if (refers(node)) insert(node.start, OWN);
        return false;
      default:
        return true;
    }
  });

  function visit(node: AnyNode): void {
    // A scope that is reached here is a child of `root`, so it must not be taken for `root` itself.
    if (opensScope(node)) rename(node, new Set([...hidden, ...bound(node).filter((name) => owned.has(name))]), edits);
    else rename(node, hidden, edits);
  }
  function refers({ name }: Identifier): boolean {
    return owned.has(name) && !hidden.has(name);
  }
  function insert(at: number, text: string): void {
    edits.push({ start: at, end: at, text });
  }
}

function opensScope(node: AnyNode): boolean {
  return /Function|Class|^BlockStatement|^StaticBlock|^For|^SwitchStatement|^CatchClause/.test(node.type);
}

/** The names that a scope binds, over all: those of a function's parameters, its own name, and all that is hoisted in it. */
function bound(scope: AnyNode): string[] {
  const names: string[] = [];
  // A declared function's name belongs to the scope around it, a class has it inside too.
  if ("id" in scope && scope.type !== "FunctionDeclaration" && scope.id?.type === "Identifier")
    names.push(scope.id.name);
  if ("params" in scope) names.push(...(scope as FunctionNode).params.flatMap(boundNames));
  if (scope.type === "CatchClause" && scope.param) names.push(...boundNames(scope.param));
  const isFunction = "params" in scope || scope.type === "StaticBlock";
  walk(scope, (node) => {
    if (node !== scope && isFunction && node.type === "VariableDeclaration" && node.kind === "var")
      names.push(...variables(node));
    return node === scope || !/Function|Class|StaticBlock/.test(node.type);
  });
  for (const statement of directStatements(scope)) {
    if (statement.type === "VariableDeclaration" && statement.kind !== "var") names.push(...variables(statement));
    if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
      if (statement.id) names.push(statement.id.name);
    }
  }
  return names;
}

function directStatements(scope: AnyNode): AnyNode[] {
  if (scope.type === "BlockStatement" || scope.type === "StaticBlock") return scope.body;
  if (scope.type === "SwitchStatement") return scope.cases.flatMap(({ consequent }) => consequent);
  if (scope.type === "ForStatement") return scope.init ? [scope.init] : [];
  if (scope.type === "ForInStatement" || scope.type === "ForOfStatement") return [scope.left];
  return [];
}

function variables({ declarations }: VariableDeclaration): string[] {
  return declarations.flatMap(({ id }) => boundNames(id));
}
