import type { UnknownName } from "../language/service.ts";

/**
 * What to do about names that are not known: one line for those that a restart took away, and one for each module that has
 * some.
 *
 * @example
 * ```text
 * 'asm' comes from "bpfbook": run the cell with the import first, or add `import { asm } from "bpfbook";`
 * ```
 */
export function unknownNameHints(names: readonly UnknownName[]): string[] {
  const gone = names.filter(({ origin }) => origin === "restart").map(({ name }) => name);
  const modules = Map.groupBy(
    names.filter(({ origin }) => typeof origin === "object"),
    ({ origin }) => (origin as { module: string }).module,
  );
  return [
    ...(gone.length > 0 ? [goneSince(gone)] : []),
    ...[...modules].map(([module, of]) =>
      importable(
        module,
        of.map(({ name }) => name),
      ),
    ),
  ];
}

function goneSince(names: readonly string[]): string {
  const [was, is, cell] =
    names.length === 1
      ? ["it was declared in an earlier cell", "is", "that cell"]
      : ["they were declared in earlier cells", "are", "those cells"];
  return `${listed(names)}: ${was} and ${is} gone since the restart: run ${cell} again (Run > Run All Above Selected Cell).`;
}

function importable(module: string, names: readonly string[]): string {
  const from = `from ${JSON.stringify(module)}`;
  const statement = `import { ${names.join(", ")} } ${from};`;
  const come = names.length === 1 ? "comes" : "come";
  return `${listed(names)} ${come} ${from}: run the cell with the import first, or add \`${statement}\``;
}

/** `'a', 'b' and 'c'`. */
export function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}
