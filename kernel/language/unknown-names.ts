import type { CellDiagnostic, UnknownName } from "./types.ts";

/** "Cannot find name", the same with "Did you mean", "No value exists in scope for the shorthand property". */
const UNKNOWN_NAME = new Map([
  [2304, /^Cannot find name '([^']+)'/],
  [2552, /^Cannot find name '([^']+)'/],
  [18004, /shorthand property '([^']+)'/],
]);
const DID_YOU_MEAN = 2552;

/** What is known of names that no cell declares now. */
export interface NameOrigins {
  /** Whether a cell declared it before the last restart. */
  readonly wasDeclared: (name: string) => boolean;
  /** The names that the modules which the kernel brings export; asked only if a name is unknown. */
  readonly exportsOf: () => Promise<ReadonlyMap<string, ReadonlySet<string>>>;
}

/** Marks the errors that say of a name that it is unknown; a name that TypeScript takes for a slip of the pen is none. */
export async function markUnknownNames(
  diagnostics: readonly CellDiagnostic[],
  origins: NameOrigins,
): Promise<CellDiagnostic[]> {
  const names = diagnostics.map(({ code, message }) => UNKNOWN_NAME.get(code)?.exec(message)?.[1]);
  if (names.every((name) => name === undefined)) return [...diagnostics];
  const exports = await origins.exportsOf();
  return diagnostics.map((diagnostic, index) => {
    const name = names[index];
    if (name === undefined) return diagnostic;
    const origin = originOf(name, origins, exports);
    return origin === "none" && diagnostic.code === DID_YOU_MEAN
      ? diagnostic
      : { ...diagnostic, unknown: { name, origin } };
  });
}

function originOf(
  name: string,
  { wasDeclared }: NameOrigins,
  exports: ReadonlyMap<string, ReadonlySet<string>>,
): UnknownName["origin"] {
  if (wasDeclared(name)) return "restart";
  for (const [module, names] of exports) if (names.has(name)) return { module };
  return "none";
}
