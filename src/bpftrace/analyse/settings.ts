import type { Span } from "../ast/expression.ts";
import type { Program } from "../ast/program.ts";
import { hintOf, nearest } from "../near-miss.ts";
import type { Settings } from "./scope.ts";

/** What applies where a program says nothing. */
export const DEFAULTS: Settings = {
  maxStrlen: 1024,
  maxMapKeys: 4096,
  stackMode: "bpftrace",
  printMapsOnExit: true,
  strTruncTrailer: "..",
  maxCatBytes: 10240,
  missingProbes: "error",
  license: "GPL",
};

interface Row {
  readonly name: string;
  /** The setting that it changes; none: it means nothing on this machine, and is accepted. */
  readonly sets?: keyof Settings;
  readonly kind: "number" | "boolean" | "text";
  readonly values?: readonly string[];
  readonly least?: bigint;
  readonly most?: bigint;
}

/** Every name that `config` knows. */
export const CONFIG: readonly Row[] = [
  { name: "max_strlen", sets: "maxStrlen", kind: "number", least: 1n, most: 32768n },
  { name: "max_map_keys", sets: "maxMapKeys", kind: "number", least: 1n, most: 1n << 24n },
  { name: "stack_mode", sets: "stackMode", kind: "text", values: ["bpftrace", "perf", "raw", "build_id"] },
  { name: "print_maps_on_exit", sets: "printMapsOnExit", kind: "boolean" },
  { name: "str_trunc_trailer", sets: "strTruncTrailer", kind: "text" },
  { name: "max_cat_bytes", sets: "maxCatBytes", kind: "number" },
  { name: "missing_probes", sets: "missingProbes", kind: "text", values: ["error", "warn", "ignore"] },
  { name: "license", sets: "license", kind: "text" },
  { name: "cache_user_symbols", kind: "text" },
  { name: "cpp_demangle", kind: "boolean" },
  { name: "lazy_symbolication", kind: "boolean" },
  { name: "log_size", kind: "number" },
  { name: "max_bpf_progs", kind: "number" },
  { name: "max_probes", kind: "number" },
  { name: "on_stack_limit", kind: "number" },
  { name: "perf_rb_pages", kind: "number" },
  { name: "show_debug_info", kind: "boolean" },
];

/** Reads a program's `config` blocks. */
export function readSettings(program: Program, fault: (span: Span, message: string, hint?: string) => void): Settings {
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const item of program.items) {
    if (item.kind !== "config") continue;
    for (const { name, value, span } of item.entries) {
      const plain = name.toLowerCase().replace(/^bpftrace_/, "");
      const row = CONFIG.find((candidate) => candidate.name === plain);
      if (row === undefined) {
        if (!plain.startsWith("unstable_")) {
          const near = nearest(
            plain,
            CONFIG.map((candidate) => candidate.name),
          );
          fault(span, `Unrecognized config variable: ${name}`, hintOf(near).hint);
        }
        continue;
      }
      const kind = typeof value === "bigint" ? "number" : typeof value === "boolean" ? "boolean" : "text";
      const wrong = kind !== row.kind && !(row.kind === "boolean" && kind === "number");
      if (wrong)
        fault(
          span,
          `Invalid type for ${name}. Type: ${kind === "number" ? "int" : kind === "text" ? "string" : "bool"}. Expected: ${row.kind === "number" ? "int" : row.kind === "text" ? "string" : "bool"}`,
        );
      else if (row.values !== undefined && !row.values.includes(String(value)))
        fault(span, `Invalid value for ${name}: ${value}`);
      else if (
        typeof value === "bigint" &&
        ((row.least !== undefined && value < row.least) || (row.most !== undefined && value > row.most))
      )
        fault(span, `Invalid value for ${name}: ${value}`);
      else if (row.sets !== undefined)
        settings[row.sets] =
          row.kind === "number" ? Number(value) : row.kind === "boolean" ? value === true || value === 1n : value;
    }
  }
  return settings as unknown as Settings;
}
