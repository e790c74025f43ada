import type { Expression, Span } from "../ast/expression.ts";
import type { Macro, Subprogram } from "../ast/program.ts";
import type { Diagnostic } from "../diagnostics.ts";
import type { ResolvedPoint } from "../probes/resolve.ts";
import type { ProbeSource } from "../probes/source.ts";
import { NONE, sameKind, type Type, unify } from "../types/type.ts";
import type { TypeTable } from "../types/type-table.ts";
import { typeText } from "../types/type-text.ts";
import type { EventRow, MapInfo, Value, Variable } from "./typed.ts";

/** What `config = { ... }` and the environment set. */
export interface Settings {
  readonly maxStrlen: number;
  readonly maxMapKeys: number;
  readonly stackMode: "bpftrace" | "perf" | "raw" | "build_id";
  readonly printMapsOnExit: boolean;
  readonly strTruncTrailer: string;
  readonly maxCatBytes: number;
  readonly missingProbes: "error" | "warn" | "ignore";
  readonly license: string;
}

/** What is known of the whole program while it is analysed. */
export interface Analysis {
  readonly types: TypeTable;
  readonly source: ProbeSource;
  readonly settings: Settings;
  /** `$1`, `$2`, ... */
  readonly parameters: readonly string[];
  /** `getopt`. */
  readonly options: Readonly<Record<string, string>>;
  readonly unsafe: boolean;
  /** The process that bpftrace started, `cpid`. */
  readonly child: number | undefined;
  /** Types of expressions, where somebody wants to see them. */
  readonly typeOfNode: Map<Expression, Type> | undefined;
  readonly maps: Map<string, MapInfo>;
  readonly macros: ReadonlyMap<string, Macro>;
  readonly functions: ReadonlyMap<string, Subprogram>;
  /** What `#define` names mean. */
  readonly defines: ReadonlyMap<string, Expression | undefined>;
  events: EventRow[];
  /** Formats of `strftime`. */
  formats: string[];
  diagnostics: Diagnostic[];
  /** A type became known or grew: what was analysed before has to be looked at again. */
  changed: boolean;
}

/** What is known within one probe. */
export interface Scope {
  readonly analysis: Analysis;
  readonly point: ResolvedPoint;
  readonly variables: Map<string, Variable>;
  /** All of the probe's variables; those of macros have names of their own. */
  readonly all: Variable[];
  /** The same of the round before: the nth variable is the same each time. */
  readonly before: readonly Variable[];
  loops: number;
  /** How deep macros and definitions lie in each other. */
  depth: number;
  /** What the names of a macro's arguments stand for. */
  readonly bound: ReadonlyMap<string, Expression>;
  /** Scope of the call, for expressions that a macro was given. */
  readonly caller: Scope | undefined;
  /** Where a function of the library is called: what happens in it happens there. */
  readonly site: Span | undefined;
  /** In a function of the program's own: what `return` sets. */
  readonly result: { readonly name: string; readonly type: Type; readonly variable: Variable } | undefined;
  /** The body depends on which of several hooks it runs at. */
  readonly uses: { hook: boolean };
}

/** The kind of the probe, as it was written. */
export const probeWord = ({ point }: Pick<Scope, "point">): string => point.name.split(":")[0]!;

/** A value that stands for one that could not be typed: it was reported, or will be known in the next round. */
export const NOTHING: Value = { op: "nothing", type: NONE };

/** What a fault needs of its scope. */
type Where = Pick<Scope, "analysis"> & Partial<Pick<Scope, "site">>;

/** Notes a fault. */
export function report({ analysis, site }: Where, written: Span, message: string, hint?: string): Value {
  const span = site ?? written;
  const same = analysis.diagnostics.some((other) => other.message === message && other.span.start === span.start);
  if (!same) analysis.diagnostics.push({ severity: "ERROR", message, span, ...(hint !== undefined && { hint }) });
  return NOTHING;
}

/** Notes a remark, which stops nothing. */
export function warn({ analysis }: Pick<Scope, "analysis">, span: Span, message: string, hint?: string): void {
  const same = analysis.diagnostics.some((other) => other.message === message && other.span.start === span.start);
  if (!same) analysis.diagnostics.push({ severity: "WARNING", message, span, ...(hint !== undefined && { hint }) });
}

/** Makes sure that a map exists. */
export function mapNamed({ maps }: Analysis, name: string): MapInfo {
  const known = maps.get(name);
  if (known !== undefined) return known;
  const map: MapInfo = {
    name,
    index: maps.size,
    key: undefined,
    value: NONE,
    kind: undefined,
    maxEntries: undefined,
  };
  maps.set(name, map);
  return map;
}

/** Integers are kept with 8 bytes in maps. */
export function widened(type: Type): Type {
  switch (type.kind) {
    case "integer":
      return type.bool ? type : { ...type, size: 8 };
    case "tuple":
      return { ...type, elements: type.elements.map(widened) };
    default:
      return type;
  }
}

/** Puts a type into a place that may have one, and notes when the place grew; false where they do not go together. */
export function grow(analysis: Analysis, have: Type, got: Type, set: (type: Type) => void): boolean {
  if (got.kind === "none") return true;
  if (have.kind === "none") {
    set(got);
    analysis.changed = true;
    return true;
  }
  if (!sameKind(have, got)) return false;
  const larger = unify(have, got);
  if (typeText(larger) !== typeText(have)) {
    set(larger);
    analysis.changed = true;
  }
  return true;
}
