import { filter, is, PID } from "../frame/common.ts";
import { format } from "../frame/format.ts";
import { log2Text } from "../frame/histogram.ts";
import { histogramRows } from "../frame/histograms.ts";
import type { Look } from "../frame/look.ts";
import { type Plan, type Report, ToolError, tool } from "../frame/tool.ts";
import { parameterNames, splitOutside, translate } from "./expression.ts";
import { placesOf, returnsOf } from "./probe-pattern.ts";

/** How often a value was seen; of histograms, how often one from `low` to `high`. */
export interface Distribution {
  readonly probe: string;
  readonly event: string;
  readonly count: number;
}

/** One specifier, taken apart: `p::__kmalloc(u64 size):u64:size:size>16#sizes`. */
interface Specifier {
  readonly label: string;
  readonly expressions: readonly string[];
  readonly program: string;
  readonly map: string;
  readonly histogram: boolean;
}

function readSpecifier(
  linux: Parameters<typeof placesOf>[0],
  words: string,
  index: number,
  histogram: boolean,
  who: readonly (string | false)[],
): Specifier {
  const hash = words.lastIndexOf("#");
  const [text, label] = hash < 0 ? [words, words] : [words.slice(0, hash), words.slice(hash + 1)];
  const [kind = "", library = "", place = "", types = "", expressions = "", condition = ""] = splitOutside(text, ":");
  const tracepoint = kind === "t" || kind === "u";
  if (!["p", "r", "t", "u"].includes(kind) || place === "")
    throw new ToolError(`error: probe must start with p, r, t or u: '${words}'`);
  const [, name = place, signature = ""] = /^([^(]+)\((.*)\)$/s.exec(place) ?? [];
  const parameters = tracepoint ? [] : parameterNames(signature);
  const found = placesOf(linux, `${kind === "r" ? "p" : kind}:${library}:${name}`);
  if (found.probes.length === 0) throw new ToolError(`error: no place matches '${words}'`);
  const needsEntry = /\$entry\(|\$latency/.test(expressions + condition);
  const entries = [
    ...new Set([...`${expressions} ${condition}`.matchAll(/\$entry\((\w+)\)/g)].map(([, each]) => each!)),
  ];
  const shown = expressions === "" ? [] : splitOutside(expressions, ",").map((each) => each.trim());
  const convert = (expression: string): string =>
    translate(
      expression
        .replaceAll("$retval", "retval")
        .replaceAll("$latency", `(nsecs - @since${index}[tid])`)
        .replace(/\$entry\((\w+)\)/g, (_, each: string) => `@entry${index}_${each}[tid]`),
      found.kind,
      parameters,
    );
  const kinds = types.split(",").map((each) => each.trim());
  const values = (shown.length === 0 ? [kind === "r" ? "retval" : "1"] : shown).map((expression, at) => {
    const value = convert(expression);
    return /char\s*\*|string/.test(kinds[at] ?? "")
      ? `str(${value})`
      : /^(?:int|s8|s16|s32|s64|long)/.test(kinds[at] ?? "")
        ? `(int64)(${value})`
        : `(uint64)(${value})`;
  });
  const map = `dist${index}`;
  const store = histogram ? `@${map} = hist(${values[0]});` : `@${map}[${values.join(", ")}] = count();`;
  const test = condition === "" ? store : `if (${convert(condition)}) { ${store} }`;
  const places = kind === "r" ? returnsOf(found.probes) : found.probes;
  const before = needsEntry
    ? `${found.probes.join(", ")} ${filter(...who)} {
        @since${index}[tid] = nsecs;
        ${entries.map((each) => `@entry${index}_${each}[tid] = (uint64)${convert(each)};`).join(" ")}
      }`
    : "";
  const after = needsEntry
    ? `delete(@since${index}, tid); ${entries.map((each) => `delete(@entry${index}_${each}, tid);`).join(" ")}`
    : "";
  const wanted = needsEntry ? [`@since${index}[tid]`] : who;
  return {
    ...{ label, map, histogram, expressions: shown.length === 0 ? [kind === "r" ? "retval" : "total calls"] : shown },
    program: `${before} ${places.join(", ")} ${filter(...wanted)} { ${test} ${after} }`,
  };
}

function report(look: Look, specifier: Specifier, top: number | undefined): Report<Distribution> {
  const { map, label, expressions } = specifier;
  if (specifier.histogram) {
    const slots = look.histograms(map)[0]?.slots ?? [];
    const rows = histogramRows(label, slots).map(({ low, high, count }) => ({
      probe: label,
      event: `${low} -> ${high}`,
      count,
    }));
    return { text: `${label}\n${log2Text(slots, expressions[0] ?? "")}`, rows };
  }
  const rows = look
    .entries(map)
    .map(({ key, value }) => ({
      probe: label,
      event:
        expressions[0] === "total calls"
          ? "total calls"
          : expressions
              .map((name, at) => `${name} = ${typeof key[at] === "string" ? `'${key[at]}'` : String(key[at])}`)
              .join(","),
      count: value,
    }))
    .slice(top === undefined ? 0 : -top);
  const lines = rows.map(({ count, event }) => format("\t%-10s %s\n", [count, event]));
  return { text: `${label}\n${format("\t%-10s %s\n", ["COUNT", "EVENT"])}${lines.join("")}`, rows };
}

/** What values the arguments and results of functions have. */
export const argdist = tool({
  name: "argdist",
  summary: "Trace a function and display a summary of its parameter values.",
  about:
    "kprobes, kretprobes, uprobes, tracepoints or static probes, one for each specifier; per-CPU hashes by value, or histograms",
  options: {
    pid: { ...PID, help: "id of the process to trace (optional)" },
    tid: { flags: ["-t", "--tid"], kind: "int", help: "id of the thread to trace (optional)" },
    interval: {
      flags: ["-i", "--interval"],
      kind: "int",
      initial: 1,
      help: "output interval, in seconds (default 1 second)",
    },
    duration: { flags: ["-d", "--duration"], kind: "int", help: "total duration of trace, in seconds" },
    number: { flags: ["-n", "--number"], kind: "int", metavar: "COUNT", help: "number of outputs" },
    cumulative: {
      flags: ["-c", "--cumulative"],
      kind: "flag",
      help: "do not clear histograms and freq counts at each interval",
    },
    top: { flags: ["-T", "--top"], kind: "int", help: "number of top results to show (not applicable to histograms)" },
    histogram: {
      flags: ["-H", "--histogram"],
      kind: "list",
      metavar: "specifier",
      help: "probe specifier to capture histogram of",
    },
    count: {
      flags: ["-C", "--count"],
      kind: "list",
      metavar: "specifier",
      help: "probe specifier to capture count of",
    },
  },
  plan: (o, linux): Plan<Distribution> => {
    const all = [
      ...o.histogram.map((words) => [words, true] as const),
      ...o.count.map((words) => [words, false] as const),
    ];
    if (all.length === 0) throw new ToolError("At least one specifier is required");
    const who = [is("pid", o.pid), is("tid", o.tid)];
    const specifiers = all.map(([words, histogram], index) => readSpecifier(linux, words, index, histogram, who));
    return {
      program: specifiers.map(({ program }) => program).join("\n"),
      interval: o.interval,
      count: o.number,
      duration: o.duration,
      report: (look) => {
        const reports = specifiers.map((specifier) => report(look, specifier, o.top));
        if (!o.cumulative) look.clear(...specifiers.map(({ map }) => map));
        return {
          text: `[${look.clock()}]\n${reports.map(({ text }) => text).join("")}`,
          rows: reports.flatMap(({ rows }) => rows),
        };
      },
    };
  },
});
