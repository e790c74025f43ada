import type { Expression } from "../ast/expression.ts";
import { printAttachPoint } from "../ast/print.ts";
import type { AttachPoint, Macro, Probe, Program } from "../ast/program.ts";
import { BpftraceError, type Diagnostic, type Source, SyntaxFault } from "../diagnostics.ts";
import { type ResolvedPoint, resolvePoint } from "../probes/resolve.ts";
import type { ProbeSource } from "../probes/source.ts";
import { Cursor } from "../syntax/cursor.ts";
import { parseExpression } from "../syntax/parse-expression.ts";
import type { Type } from "../types/type.ts";
import { TypeTable } from "../types/type-table.ts";
import { kindText } from "../types/type-text.ts";
import { analyseExpression } from "./expression.ts";
import { type Analysis, mapNamed, report, type Scope, type Settings } from "./scope.ts";
import { readSettings } from "./settings.ts";
import { analyseStatements } from "./statement.ts";
import type { EventRow, MapInfo, TypedProbe, Variable } from "./typed.ts";

export interface AnalyseOptions {
  /** `$1`, `$2`, ... */
  readonly parameters?: readonly string[];
  /** Named parameters, which `getopt` reads. */
  readonly options?: Readonly<Record<string, string>>;
  /** Allow what changes the machine. */
  readonly unsafe?: boolean;
  /** The process that bpftrace started, `cpid`. */
  readonly child?: number | undefined;
  /** Takes the type of each expression, for who shows the tree with its types. */
  readonly types?: Map<Expression, Type>;
}

/** A program with all its types. */
export interface TypedProgram {
  readonly probes: readonly TypedProbe[];
  readonly maps: readonly MapInfo[];
  readonly events: readonly EventRow[];
  readonly formats: readonly string[];
  readonly settings: Settings;
  readonly warnings: readonly Diagnostic[];
}

/** Types of maps and variables settle after a few rounds; a program whose types do not is wrong. */
const MOST_ROUNDS = 10;

/** Programs that one attach point with a wildcard may become. */
const MOST_PROBES = 1024;

/** Gives every expression of a program its type. Throws `BpftraceError` with all faults. */
export function analyse(
  source: Source,
  program: Program,
  machine: ProbeSource,
  options: AnalyseOptions = {},
): TypedProgram {
  const diagnostics: Diagnostic[] = [];
  const types = new TypeTable(machine.btf);
  for (const item of program.items) {
    if (item.kind === "c-declaration") types.declare(item);
    if (item.kind === "include") types.include();
  }
  const analysis: Analysis = {
    types,
    source: machine,
    settings: readSettings(
      program,
      (span, message, hint) =>
        void diagnostics.push({ severity: "ERROR", message, span, ...(hint !== undefined && { hint }) }),
    ),
    parameters: options.parameters ?? [],
    options: options.options ?? {},
    unsafe: options.unsafe ?? false,
    child: options.child,
    typeOfNode: options.types,
    maps: new Map(),
    macros: new Map(
      program.items.flatMap((item) => (item.kind === "macro" ? [[item.name, item] as [string, Macro]] : [])),
    ),
    functions: new Map(
      program.items.flatMap((item) => (item.kind === "subprogram" ? [[item.name, item] as const] : [])),
    ),
    defines: new Map(
      program.items.flatMap((item) => (item.kind === "define" ? [[item.name, meaning(item.text)] as const] : [])),
    ),
    events: [],
    formats: [],
    diagnostics: [],
    changed: false,
  };
  for (const item of program.items) if (item.kind === "map-declaration") declareMap(analysis, item);
  diagnostics.push(...analysis.diagnostics);
  const points = resolveAll(program, analysis, machine, diagnostics);
  const variables = new Map<string, Variable[]>();
  let probes: TypedProbe[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    analysis.changed = false;
    analysis.events = [];
    analysis.diagnostics = [];
    probes = points.flatMap(({ probe, point, hooks }, index) =>
      analyseProbe(analysis, probe, point, hooks, variables, index),
    );
    if (!analysis.changed) break;
  }
  const all = [...diagnostics, ...analysis.diagnostics];
  const errors = all.filter(({ severity }) => severity === "ERROR");
  if (errors.length > 0) throw new BpftraceError(source, errors);
  return {
    probes: probes.filter(({ hooks }) => hooks.length > 0),
    maps: [...analysis.maps.values()].filter(({ value }) => value.kind !== "none"),
    events: analysis.events,
    formats: analysis.formats,
    settings: analysis.settings,
    warnings: all.filter(({ severity }) => severity === "WARNING"),
  };
}

/** What the text of a `#define` means as an expression. */
function meaning(text: string): Expression | undefined {
  try {
    const cursor = new Cursor(text);
    const expression = parseExpression(cursor);
    return cursor.peek().kind === "end" ? expression : undefined;
  } catch (fault) {
    if (fault instanceof SyntaxFault) return undefined;
    throw fault;
  }
}

const MAP_KINDS: Readonly<Record<string, MapInfo["kind"]>> = {
  hash: "hash",
  lruhash: "lruhash",
  percpuhash: "percpuhash",
  percpulruhash: "percpulruhash",
};

function declareMap(analysis: Analysis, item: Extract<Program["items"][number], { kind: "map-declaration" }>): void {
  const map = mapNamed(analysis, item.map);
  const kind = Object.hasOwn(MAP_KINDS, item.type) ? MAP_KINDS[item.type] : undefined;
  if (kind === undefined)
    report(
      { analysis },
      item.span,
      `Invalid bpf map type: ${item.type}`,
      "Valid map types: hash, lruhash, percpuhash, percpulruhash",
    );
  if (item.size !== undefined && (item.size < 1n || item.size > 1n << 24n))
    report({ analysis }, item.span, "Invalid number of elements of a map");
  map.kind = kind;
  map.maxEntries = item.size === undefined ? undefined : Number(item.size);
}

interface Place {
  readonly probe: Probe;
  readonly point: ResolvedPoint;
  readonly hooks: readonly ResolvedPoint[];
}

/** All places of all probes: what a wildcard matches stays together where the program is the same for all. */
function resolveAll(program: Program, analysis: Analysis, machine: ProbeSource, diagnostics: Diagnostic[]): Place[] {
  const places: Place[] = [];
  const once = new Set<string>();
  for (const item of program.items) {
    if (item.kind !== "probe") continue;
    for (const written of item.points) {
      const resolution = resolvePoint(filled(written, analysis), machine);
      if ("error" in resolution) {
        const { hint } = resolution;
        const missing = resolution.missing === true;
        // One of several names of a function: the others do.
        const spare = missing && item.points.length > 1;
        const severity = spare || (missing && analysis.settings.missingProbes === "warn") ? "WARNING" : "ERROR";
        if (missing && analysis.settings.missingProbes === "ignore") continue;
        const message = spare ? `could not attach probe ${printAttachPoint(written)}, skipping.` : resolution.error;
        diagnostics.push({ severity, message, span: written.span, ...(hint !== undefined && !spare && { hint }) });
        // What is skipped is read all the same: it may say what maps are.
        const { point } = resolution;
        if (severity === "WARNING" && point !== undefined && !point.provider.args)
          places.push({ probe: item, point, hooks: [] });
        continue;
      }
      const [first] = resolution.points;
      if (first === undefined) continue;
      if (first.provider.name === "begin" || first.provider.name === "end") {
        const word = first.provider.name.toUpperCase();
        if (once.has(word))
          diagnostics.push({ severity: "ERROR", message: `More than one ${word} probe defined`, span: written.span });
        once.add(word);
      }
      if (resolution.points.length > MOST_PROBES) {
        diagnostics.push({
          severity: "ERROR",
          message: `Your program is trying to generate more than ${resolution.points.length} probes, which exceeds the current limit of ${MOST_PROBES} probes.`,
          span: written.span,
        });
        continue;
      }
      places.push({ probe: item, point: first, hooks: resolution.points });
    }
  }
  return places;
}

/** Parameters in the parts of an attach point: `profile:hz:$1`. */
function filled(point: AttachPoint, { parameters }: Analysis): AttachPoint {
  const fill = (part: string) => part.replace(/\$(\d+)/g, (_, index: string) => parameters[Number(index) - 1] ?? "0");
  return { ...point, parts: point.parts.map(fill) };
}

function analyseProbe(
  analysis: Analysis,
  probe: Probe,
  point: ResolvedPoint,
  hooks: readonly ResolvedPoint[],
  known: Map<string, Variable[]>,
  index: number,
): TypedProbe[] {
  const uses = { hook: false };
  const first = analyseBody(analysis, probe, point, uses, known, `${index}:`);
  if (!uses.hook || hooks.length === 0) return [{ ...first, hooks: hooks.map(({ hook }) => hook) }];
  // What the body means depends on the hook: each gets a program of its own.
  const rest = hooks
    .slice(1)
    .map((other) => analyseBody(analysis, probe, other, uses, known, `${index}:${other.name}`));
  return [first, ...rest];
}

function analyseBody(
  analysis: Analysis,
  probe: Probe,
  point: ResolvedPoint,
  uses: { hook: boolean },
  known: Map<string, Variable[]>,
  place: string,
): TypedProbe {
  const all: Variable[] = [];
  const scope: Scope = {
    ...{ analysis, point, variables: new Map<string, Variable>(), all, loops: 0, depth: 0 },
    ...{
      bound: new Map<string, Expression>(),
      caller: undefined,
      result: undefined,
      site: undefined,
      uses,
      before: known.get(place) ?? [],
    },
  };
  const predicate = probe.predicate === undefined ? undefined : analyseExpression(scope, probe.predicate);
  if (
    predicate !== undefined &&
    predicate.type.kind !== "integer" &&
    predicate.type.kind !== "pointer" &&
    predicate.type.kind !== "none"
  )
    report(scope, probe.predicate!.span, `Invalid type for predicate: ${kindText(predicate.type)}`);
  const actions = analyseStatements(scope, probe.body);
  known.set(place, all);
  return {
    name: point.name,
    hooks: [point.hook],
    provider: point.provider.name,
    predicate,
    actions,
    variables: all,
    span: probe.span,
  };
}
