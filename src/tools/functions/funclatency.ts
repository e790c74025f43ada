import { filter, is, PID, TIMESTAMP } from "../frame/common.ts";
import { type HistogramRow, histogramReport } from "../frame/histograms.ts";
import { type Plan, ToolError, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";
import { placesOf, returnsOf, tracingBanner } from "./probe-pattern.ts";

/** How long functions take. */
export const funclatency = tool({
  name: "funclatency",
  summary: "Time functions and print latency as a histogram",
  about: "a kprobe and a kretprobe (uprobe and uretprobe) on each function; a hash by thread and function; a histogram",
  options: {
    pid: PID,
    interval: { flags: ["-i", "--interval"], kind: "int", help: "summary interval, in seconds" },
    duration: { flags: ["-d", "--duration"], kind: "int", help: "total duration of trace, in seconds" },
    timestamp: TIMESTAMP,
    microseconds: { flags: ["-u", "--microseconds"], kind: "flag", help: "microsecond histogram" },
    milliseconds: { flags: ["-m", "--milliseconds"], kind: "flag", help: "millisecond histogram" },
    function: { flags: ["-F", "--function"], kind: "flag", help: "show a separate histogram per function" },
    regexp: {
      flags: ["-r", "--regexp"],
      kind: "flag",
      help: 'use regular expressions. Default is "*" wildcards only.',
    },
    pattern: { kind: "text", required: true, help: "search expression for functions" },
  },
  plan: (o, linux): Plan<HistogramRow> => {
    const places = placesOf(linux, o.pattern, o.regexp);
    const banner = tracingBanner(places, o.pattern);
    if (places.kind !== "kernel" && places.kind !== "user")
      throw new ToolError(`Error: unrecognized pattern format '${o.pattern}'`);
    const [unit, factor] = o.milliseconds ? ["msecs", 1_000_000] : o.microseconds ? ["usecs", 1000] : ["nsecs", 1];
    const user = places.kind === "user";
    const key = user ? "[func, pid]" : o.function ? "[func]" : "";
    return {
      program: `
      ${places.probes.join(",\n      ")} ${filter(is("pid", o.pid))} { @start[tid, func] = nsecs; }
      ${returnsOf(places.probes).join(",\n      ")} /@start[tid, func]/ {
        $ns = nsecs - @start[tid, func];
        @dist${key} = hist($ns / ${factor});
        @all = stats($ns);
        delete(@start, (tid, func));
      }`,
      banner,
      interval: o.interval ?? o.duration,
      duration: o.duration,
      report: (look) => {
        const { text: shown, rows } = histogramReport(look, {
          map: "dist",
          unit,
          ...(key !== "" && { section: "Function" }),
          name: ([name, pid]) => (user ? `${text(name)} [${num(pid)}]` : text(name)),
          ...(o.timestamp && { time: look.clock() }),
        });
        const all = look.stats("all")[0];
        look.clear("all");
        if (all === undefined) return { text: shown, rows };
        const [average, total] = [all.total / factor / all.count, all.total / factor].map(Math.floor);
        return { text: `${shown}\navg = ${average} ${unit}, total: ${total} ${unit}, count: ${all.count}\n\n`, rows };
      },
      farewell: "Detaching...\n",
    };
  },
});
