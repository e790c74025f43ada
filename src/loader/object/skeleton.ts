/** A TypeScript module for an object file: the object itself, and a class whose maps and variables have its types. */
import type { ObjectData, ObjectFile, ObjectMap } from "../../elf/object.ts";
import { isPerCpu, MAP_TYPES, type MapType } from "../../maps/spec.ts";
import { recordSize, recordTypes } from "./map-codecs.ts";
import { isMappable, objectName } from "./names.ts";
import { openFile } from "./open-file.ts";
import { operationsOf } from "./operations.ts";
import { TsTypes, typeName } from "./ts-types.ts";

/** Columns of the object's bytes in text. */
const COLUMNS = 112;

const NUMBERS: Readonly<Record<number, string>> = { 1: "number", 2: "number", 4: "number", 8: "bigint" };

/**
 * What `bpfbook gen skeleton` writes: for `execsnoop.bpf.o` a class `Execsnoop` with typed `maps`, `progs`, `links`,
 * `rodata`, `data`, `bss` and the states of {@link BpfObject}. The object's bytes are in the text.
 *
 * @param name name of the object's file, or of the object
 * @example
 * writeFileSync("execsnoop.skel.ts", skeletonText(readFileSync("execsnoop.bpf.o"), "execsnoop.bpf.o"));
 * // const skel = Execsnoop.open(m).load().attach(); for await (const event of skel.maps.events.follow({ for: "1s" })) ...
 */
export function skeletonText(bytes: Uint8Array, name: string, importFrom = "bpfbook"): string {
  const { own, className, declarations } = declare(bytes, name);
  return [
    `// Made by bpfbook gen skeleton from ${name.slice(name.lastIndexOf("/") + 1)}; do not edit.`,
    `import { ${IMPORTED} } from "${importFrom}";`,
    "",
    ...declarations,
    `export class ${className} extends BpfObject<${className}Types> {`,
    `  static open(machine: Machine, options: OpenOptions = {}): ${className} {`,
    `    return new ${className}(machine, OBJECT, { name: ${JSON.stringify(own)}, ...options });`,
    "  }",
    "}",
    "",
    "const OBJECT = Uint8Array.from(",
    "  atob(",
    "    [",
    ...base64Lines(bytes).map((line) => `      "${line}",`),
    `    ].join(""),`,
    "  ),",
    "  (character) => character.charCodeAt(0),",
    ");",
    "",
  ].join("\n");
}

/**
 * The same class for the type checker alone, without the bytes: what `import skel from "./execsnoop.bpf.o"` has as its types.
 *
 * @example skeletonTypes(readFileSync("execsnoop.bpf.o"), "execsnoop.bpf.o") // "import { ... } from \"bpfbook\"; ..."
 */
export function skeletonTypes(bytes: Uint8Array, name: string, importFrom = "bpfbook"): string {
  const { className, declarations } = declare(bytes, name);
  return [
    `import { ${IMPORTED} } from "${importFrom}";`,
    ...declarations,
    `declare class ${className} extends BpfObject<${className}Types> {`,
    "  /** Opens it on a machine: to be configured, then loaded and attached. */",
    `  static open(machine: Machine, options?: OpenOptions): ${className};`,
    "}",
    `export default ${className};`,
    "",
  ].join("\n");
}

const IMPORTED = "type BpfLink, type BpfMap, BpfObject, type BpfProgram, type Machine, type OpenOptions";

/** The types of what an object has, and the name of its class. */
function declare(
  bytes: Uint8Array,
  name: string,
): { readonly own: string; readonly className: string; readonly declarations: readonly string[] } {
  const own = objectName(name) || "object";
  const file = openFile(bytes, own);
  const className = typeName(own);
  const types = file.btf && new TsTypes(file.btf, [className, `${className}Types`]);
  const operations = operationsOf(file).map(({ variable }) => variable.name);
  const maps = [
    ...file.maps.map((map) => property(map.name, mapType(file, map, types))),
    ...file.data
      .filter((section) => isShown(file, section))
      .map(({ name: section }) => property(sectionIdent(section), "BpfMap")),
    ...operations.map((name) => property(name, "BpfMap<number, Uint8Array>")),
  ];
  if (file.externs.some(({ kind }) => kind === "kconfig")) maps.push(property("kconfig", "BpfMap"));
  const progs = file.programs.map((program) => property(program.name, "BpfProgram"));
  const links = [...file.programs.map(({ name }) => name), ...operations].map((name) =>
    property(name, "BpfLink | undefined"),
  );
  const groups = { maps, progs, links, ...variables(file, types) };
  const shape = Object.entries(groups).map(([group, lines]) =>
    lines.length === 0
      ? `  readonly ${group}: Readonly<Record<never, never>>;`
      : `  readonly ${group}: {\n${lines.join("\n")}\n  };`,
  );
  const declarations = [
    ...(types?.declarations ?? []).flatMap((text) => [text, ""]),
    `/** What ${own} has. */`,
    `export interface ${className}Types {`,
    ...shape,
    "}",
    "",
    "/** Opened, configured, loaded, attached, destroyed, in this order; anything else is an `ObjectError`. */",
  ];
  return { own, className, declarations };
}

const property = (name: string, type: string): string => `    readonly ${name}: ${type};`;

/** As bpftool names it: without the dot in front. */
const sectionIdent = (section: string): string => section.replace(/^\./, "").replaceAll(/\W/g, "_");

const KINDS: ReadonlySet<ObjectData["kind"]> = new Set(["rodata", "data", "bss"] as const);

/** Sections that nobody outside the object sees (texts of a format, tables of a switch) are left out, as by bpftool. */
const isShown = (file: ObjectFile, { kind, name }: ObjectData): boolean => KINDS.has(kind) && isMappable(file, name);

function mapType(file: ObjectFile, map: ObjectMap, types: TsTypes | undefined): string {
  const type = (Object.keys(MAP_TYPES) as MapType[]).find((name) => MAP_TYPES[name] === map.type);
  const side = (id: number, size: number): string =>
    (id === 0 ? undefined : types?.of(id)) ?? NUMBERS[size] ?? "Uint8Array";
  if (type === "ringbuf" || type === "user_ringbuf" || type === "perf_event_array") {
    const records = recordTypes(file).map((each) => ({ ...each, size: recordSize(each.size, type) }));
    // Of two structs of one size nobody can tell which it is: such records are bytes.
    const known = records.filter(({ size }) => records.filter((other) => other.size === size).length === 1);
    return `BpfMap<number, ${known.map(({ id }) => types!.of(id)).join(" | ") || "Uint8Array"}>`;
  }
  const key = map.keySize === 0 ? "number" : side(map.keyType, map.keySize);
  if (type === "stack_trace") return `BpfMap<${key}, readonly bigint[]>`;
  const value = side(map.valueType, map.valueSize);
  const each =
    type !== undefined && isPerCpu(type) ? `readonly ${/[|{ ]/.test(value) ? `(${value})` : value}[]` : value;
  return `BpfMap<${key}, ${each}>`;
}

/** The variables of each kind, which can be written; static ones are the program's own. */
function variables(
  file: ObjectFile,
  types: TsTypes | undefined,
): Partial<Record<"rodata" | "data" | "bss" | "kconfig" | "arena", string[]>> {
  const of = (name: string): string[] => {
    const seen = new Set<string>();
    const section = file.data.find((each) => each.name === name);
    return (section?.variables ?? []).flatMap((variable) => {
      const hidden = variable.linkage === "static" || seen.has(variable.name);
      if (types === undefined || variable.type === 0 || hidden) return [];
      seen.add(variable.name);
      return [`    ${variable.name}: ${types.of(variable.type)};`];
    });
  };
  const arena = file.data.flatMap(({ kind, name }) => (kind === "arena" ? of(name) : []));
  const settings = file.externs.filter(({ kind }) => kind === "kconfig");
  return {
    rodata: of(".rodata"),
    data: of(".data"),
    bss: of(".bss"),
    // Few objects have one: the others' text says nothing of it.
    ...(arena.length === 0 ? {} : { arena }),
    kconfig: types === undefined ? [] : settings.map(({ name, type }) => property(name, types.of(type))),
  };
}

function base64Lines(bytes: Uint8Array): string[] {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).match(new RegExp(`.{1,${COLUMNS}}`, "g")) ?? [];
}
