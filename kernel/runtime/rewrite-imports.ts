import type {
  AnyNode,
  ExportAllDeclaration,
  ExportNamedDeclaration,
  Identifier,
  ImportDeclaration,
  Literal,
} from "acorn";
import { blank, type Edit } from "./edits.ts";
import { scriptName } from "./own-globals.ts";
import { walk } from "./walk.ts";

/** The async function that imports of a cell are routed through: same arguments and result as dynamic `import()`. */
export const IMPORT_FUNCTION = "__bpfbook_import";
/** The object that `import.meta` of a cell becomes: `{ url, filename, dirname, resolve(specifier) }` of the notebook's folder. */
export const META_OBJECT = "__bpfbook_meta";

/** Dynamic imports and `import.meta`, anywhere in the cell: code of the inspector is no module and has neither. */
export function rewriteDynamicImports(root: AnyNode, edits: Edit[]): void {
  walk(root, (node) => {
    if (node.type === "ImportExpression") {
      edits.push({ start: node.start, end: node.start + "import".length, text: IMPORT_FUNCTION });
    } else if (node.type === "MetaProperty" && node.meta.name === "import") {
      edits.push({ start: node.start, end: node.end, text: META_OBJECT });
    }
    return true;
  });
}

/**
 * One static import as a declaration that awaits the module: `import a, { b as c } from "x"` becomes
 * `let {"default": a, "b": c} = await __bpfbook_import("x");`. Line ends inside the statement stay behind it.
 *
 * @returns the names that it declares
 */
export function rewriteImport(code: string, node: ImportDeclaration, edits: Edit[]): string[] {
  const call = moduleCall(node);
  const named: string[] = [];
  let namespace: string | undefined;
  for (const specifier of node.specifiers) {
    if (specifier.type === "ImportNamespaceSpecifier") namespace = scriptName(specifier.local.name);
    else named.push(`${JSON.stringify(importedName(specifier))}: ${scriptName(specifier.local.name)}`);
  }
  const pattern = named.length > 0 ? `{${named.join(", ")}}` : undefined;
  let text: string;
  if (namespace !== undefined) text = `let ${namespace} = ${call}${pattern ? `, ${pattern} = ${namespace}` : ""};`;
  // `void`: the module is not the value of the cell.
  else text = pattern ? `let ${pattern} = ${call};` : `void ${call};`;
  edits.push({ start: node.start, end: node.end, text: text + lineEnds(code, node) });
  return node.specifiers.map((specifier) => specifier.local.name);
}

/** `export ... from "x"`: nobody imports a cell, so only the loading of the module is left. */
export function rewriteReexport(
  code: string,
  node: ExportAllDeclaration | ExportNamedDeclaration,
  edits: Edit[],
): void {
  const text = node.source ? `void ${moduleCall({ ...node, source: node.source })};${lineEnds(code, node)}` : undefined;
  edits.push({ start: node.start, end: node.end, text: text ?? blank(code.slice(node.start, node.end)) });
}

function moduleCall({ source, attributes }: Pick<ImportDeclaration, "source" | "attributes">): string {
  const pairs = attributes.map(({ key, value }) => `${JSON.stringify(nameOf(key))}: ${JSON.stringify(value.value)}`);
  // Node wants the attribute where TypeScript and bundlers do not; a notebook should not have to know.
  if (pairs.length === 0 && String(source.value).endsWith(".json")) pairs.push('"type": "json"');
  const options = pairs.length > 0 ? `, {with: {${pairs.join(", ")}}}` : "";
  return `await ${IMPORT_FUNCTION}(${JSON.stringify(source.value)}${options})`;
}

function importedName(specifier: ImportDeclaration["specifiers"][number]): string {
  return specifier.type === "ImportSpecifier" ? nameOf(specifier.imported) : "default";
}

function nameOf(node: Identifier | Literal): string {
  return node.type === "Identifier" ? node.name : String(node.value);
}

function lineEnds(code: string, { start, end }: { start: number; end: number }): string {
  return code.slice(start, end).replace(/[^\r\n\u2028\u2029]/g, "");
}
