import { existsSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { DATA_TYPES } from "../runtime/data-modules.ts";
import { AMBIENT_TYPES } from "./ambient-types.ts";
import type { LanguageServiceOptions } from "./types.ts";

/** A document of the language server; none of them is a file on disk. */
export interface ServerDocument {
  readonly uri: string;
  readonly languageId: "typescript" | "json";
  readonly text: string;
}

/** Names of the documents, as if they lay in the notebook's folder, so that modules resolve as they do from there. */
export const SCRATCH = ".bpfbook-cell.ts";
const GLOBALS = ".bpfbook-globals.d.ts";

/** The name of the document of a cell that is a module. */
export function moduleName(number: number): string {
  return `.bpfbook-cell-${number}.ts`;
}

/** The name of a page of the session. */
export function pageName(number: number): string {
  return `.bpfbook-session-${number}.ts`;
}

export function documentUri(cwd: string, name: string): string {
  return pathToFileURL(join(cwd, name)).href;
}

/** The documents that never change: compiler options and the globals of cells. */
export function projectDocuments({ cwd, modules = {}, globals = "" }: LanguageServiceOptions): ServerDocument[] {
  const nodeTypes = dirname(createRequire(import.meta.url).resolve("@types/node/package.json"));
  const undiciTypes = dirname(createRequire(join(nodeTypes, "index.d.ts")).resolve("undici-types/package.json"));
  const compilerOptions = {
    // With the errors of `noImplicitAny` left out (diagnostics.ts). Switched off, `const all = []` would be a `never[]`.
    strict: true,
    allowUnreachableCode: true,
    allowUnusedLabels: true,
    target: "esnext",
    // No DOM: a cell runs in Node.
    lib: ["esnext"],
    module: "esnext",
    moduleResolution: "bundler",
    moduleDetection: "force",
    allowImportingTsExtensions: true,
    allowJs: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
    // Hermetic: the kernel's own types of Node, wherever the notebook lies.
    types: ["node"],
    typeRoots: [dirname(nodeTypes)],
    paths: {
      // The types of Node are ambient modules, which win over files. Without these rows the server would look for files
      // under every builtin's name at every check (500 failing stats, half of the time of a check).
      ...Object.fromEntries(["node:*", ...builtinModules].map((name) => [name, [`./${GLOBALS}`]])),
      "undici-types/*": [join(undiciTypes, "*.d.ts")],
      ...Object.fromEntries(Object.entries(modules).map(([name, path]) => [name, [declarationsOf(path)]])),
    },
  };
  const document = (name: string, languageId: ServerDocument["languageId"], text: string): ServerDocument => ({
    uri: documentUri(cwd, name),
    languageId,
    text,
  });
  return [
    // Lists itself, or the server would make another project for it.
    document("tsconfig.json", "json", JSON.stringify({ compilerOptions, files: ["tsconfig.json", GLOBALS, SCRATCH] })),
    document(GLOBALS, "typescript", AMBIENT_TYPES + DATA_TYPES + globals),
  ];
}

/** The server takes a path as it is, so it is told of the declarations beside a built module. */
function declarationsOf(path: string): string {
  const declarations = path.replace(/\.js$/, ".d.ts");
  return existsSync(declarations) ? declarations : path;
}
