import { filter, is, PID, TIMESTAMP } from "../frame/common.ts";
import { format } from "../frame/format.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { text } from "../frame/values.ts";
import { nameText, nameWord, placesOf, tracingBanner } from "./probe-pattern.ts";

/** How often a function was called. */
export interface FunctionCount {
  readonly name: string;
  readonly count: number;
}

/** How often functions are called. */
export const funccount = tool({
  name: "funccount",
  summary: "Count functions, tracepoints, and USDT probes",
  about: "kprobes, uprobes, tracepoints or static probes, as the pattern says; a per-CPU hash by function counts",
  options: {
    pid: PID,
    interval: { flags: ["-i", "--interval"], kind: "int", help: "summary interval, seconds" },
    duration: { flags: ["-d", "--duration"], kind: "int", help: "total duration of trace, seconds" },
    timestamp: TIMESTAMP,
    regexp: {
      flags: ["-r", "--regexp"],
      kind: "flag",
      help: 'use regular expressions. Default is "*" wildcards only.',
    },
    cpu: { flags: ["-c", "--cpu"], kind: "int", help: "trace this CPU only" },
    pattern: { kind: "text", required: true, help: "search expression for events" },
  },
  plan: (o, linux): Plan<FunctionCount> => {
    const places = placesOf(linux, o.pattern, o.regexp);
    const banner = tracingBanner(places, o.pattern);
    return {
      program: `${places.probes.join(",\n")} ${filter(is("pid", o.pid), is("cpu", o.cpu))} { @calls[${nameWord(places)}] = count(); }`,
      banner,
      interval: o.interval ?? o.duration,
      duration: o.duration,
      report: (look) => {
        const rows = look
          .entries("calls")
          .map(({ key: [name], value }) => ({ name: nameText(text(name)), count: value }));
        look.clear("calls");
        const lines = rows.map(({ name, count }) => format("%-36s %8d\n", [name, count]));
        const time = o.timestamp ? `${look.clock()}\n` : "";
        return { text: `\n${time}${format("%-36s %8s\n", ["FUNC", "COUNT"])}${lines.join("")}`, rows };
      },
      farewell: "Detaching...\n",
    };
  },
});
