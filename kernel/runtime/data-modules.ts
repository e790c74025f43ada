/**
 * Files that are data: `import text from "./notes.txt"` is its text, `import bytes from "./packet.bin"` its bytes. Anything
 * else is imported so with the attribute of the proposals, `with { type: "text" }` or `with { type: "bytes" }`.
 *
 * @see https://github.com/tc39/proposal-import-text
 * @see https://github.com/tc39/proposal-import-bytes
 */
export type DataKind = "text" | "bytes";

const EXTENSIONS: Readonly<Record<DataKind, readonly string[]>> = {
  text: "txt md csv tsv html xml svg yaml yml toml log c h s bt sh".split(" "),
  bytes: "bin png jpg jpeg gif webp pcap gz".split(" "),
};

const KINDS = new Map(
  Object.entries(EXTENSIONS).flatMap(([kind, names]) => names.map((name) => [name, kind as DataKind])),
);

/** What the module at `url` is data as; undefined where it is code. */
export function dataKind(url: string, attributes: Readonly<Record<string, string | undefined>>): DataKind | undefined {
  const { type } = attributes;
  if (type === "text" || type === "bytes") return type;
  return type === undefined ? KINDS.get(/\.(\w+)$/.exec(url)?.[1] ?? "") : undefined;
}

/** The module that Node runs for a file of data. */
export function dataModule(kind: DataKind): string {
  const encoding = kind === "text" ? ', "utf8"' : "";
  const read = `readFileSync(new URL(import.meta.url)${encoding})`;
  return `import { readFileSync } from "node:fs";\nexport default ${kind === "text" ? read : `new Uint8Array(${read})`};\n`;
}

/** The module that Node runs for a file that the module at `translator`, a URL, translates. */
export const translatedModule = (translator: string): string =>
  [
    `import { readFileSync } from "node:fs";`,
    `import { fileURLToPath } from "node:url";`,
    `import { value } from ${JSON.stringify(translator)};`,
    "const path = fileURLToPath(import.meta.url);",
    "export default value(new Uint8Array(readFileSync(path)), path);",
  ].join(" ");

/** The same for the type checker: a declaration for each extension. */
export const DATA_TYPES: string = Object.entries(EXTENSIONS)
  .flatMap(([kind, names]) => {
    const type = kind === "text" ? "string" : "Uint8Array<ArrayBuffer>";
    return names.map((name) => `declare module "*.${name}" { const data: ${type}; export default data; }\n`);
  })
  .join("");
