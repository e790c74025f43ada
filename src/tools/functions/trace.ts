import { filter, is, PID } from "../frame/common.ts";
import { type Cell, format } from "../frame/format.ts";
import type { Value } from "../frame/look.ts";
import { headText, lineText } from "../frame/run.ts";
import { type Column, type Plan, ToolError, tool, when } from "../frame/tool.ts";
import { num, stack, text } from "../frame/values.ts";
import { splitOutside, translate } from "./expression.ts";
import { placesOf, returnsOf } from "./probe-pattern.ts";

/** One time that a place was reached. */
export interface Traced {
  readonly time: string;
  readonly seconds: number;
  readonly cpu: number;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  readonly function: string;
  readonly message: string;
  readonly kernelStack: readonly string[];
  readonly userStack: readonly string[];
}

/** One probe of the command line, taken apart: `r::vfs_read (retval > 0) "got %d", retval`. */
interface Probe {
  readonly index: number;
  readonly function: string;
  readonly places: readonly string[];
  readonly condition: string;
  readonly format: string;
  readonly values: readonly string[];
}

const SPEC = /%[-0]*\d*(?:\.\d+)?(?:ll|l|h|hh)?([sdiuxXpcKU%])/g;

function readProbe(linux: Parameters<typeof placesOf>[0], words: string, index: number): Probe {
  const place = /^\s*(\S+?)(?=\s|$)/.exec(words)?.[1];
  if (place === undefined) throw new ToolError(`error: no probe in '${words}'`);
  let rest = words.slice(words.indexOf(place) + place.length).trim();
  const parts = place.split(":");
  const full = parts.length === 1 ? `p::${place}` : parts.length === 2 ? `p:${place}` : place;
  const found = placesOf(linux, full);
  if (found.probes.length === 0) throw new ToolError(`Failed to attach BPF program to ${full}: no such place`);
  const kind = found.kind;
  let condition = "";
  if (rest.startsWith("(")) {
    const [inner = ""] = splitOutside(rest, "\n");
    let [depth, end] = [0, 0];
    for (; end < inner.length; end++) {
      if (inner[end] === "(") depth++;
      if (inner[end] === ")" && --depth === 0) break;
    }
    if (depth !== 0) throw new ToolError(`error: unmatched parenthesis in '${words}'`);
    condition = translate(rest.slice(1, end), kind, []);
    rest = rest.slice(end + 1).trim();
  }
  const string = /^"((?:[^"\\]|\\.)*)"/.exec(rest);
  if (rest !== "" && string === null) throw new ToolError(`unrecognized format: '${rest}'`);
  const shown = (string?.[1] ?? "").replaceAll("\\n", "\n").replaceAll("\\t", "\t").replaceAll('\\"', '"');
  const after = rest
    .slice(string?.[0].length ?? 0)
    .replace(/^\s*,/, "")
    .trim();
  // `arg2@user` points to memory of the process.
  const translated = (each: string): string =>
    each.trim().endsWith("@user")
      ? `uptr(${translate(each.trim().slice(0, -"@user".length), kind, [])})`
      : translate(each, kind, []);
  const expressions = after === "" ? [] : splitOutside(after, ",").map(translated);
  const kinds = [...shown.matchAll(SPEC)].map(([, letter]) => letter).filter((letter) => letter !== "%");
  if (kinds.length !== expressions.length)
    throw new ToolError(`number of format specifiers and number of arguments do not match in '${words}'`);
  const values = expressions.map((expression, at) => {
    if (kinds[at] === "s") return `str(${expression})`;
    if (kinds[at] === "K") return `ksym(${expression})`;
    if (kinds[at] === "U") return `usym(${expression})`;
    return kinds[at] === "d" || kinds[at] === "i" ? `(int64)(${expression})` : `(uint64)(${expression})`;
  });
  const function_ = parts.at(-1)!;
  return {
    ...{ index, function: function_, condition, format: shown, values },
    places: full.startsWith("r:") ? returnsOf(found.probes) : found.probes,
  };
}

/** The message of an event: numbers of 32 bits where the format says so. */
function message(probe: Probe, values: readonly Value[]): string {
  let next = 0;
  return probe.format.replace(SPEC, (spec: string, letter: string) => {
    if (letter === "%") return "%";
    const value = values[next++];
    const long = /ll|l/.test(spec.slice(0, -1));
    const plain = spec.replace(/ll|l|hh|h/g, "");
    const whole = typeof value === "bigint" ? value : BigInt(Math.trunc(num(value)));
    const cell = (kind: string, cellValue: Cell): string => format(plain.replace(/[a-zA-Z]$/, kind), [cellValue]);
    switch (letter) {
      case "s":
      case "K":
      case "U":
        return cell("s", text(value));
      case "c":
        return String.fromCharCode(Number(whole & 0xffn));
      case "d":
      case "i":
        return cell("d", long ? BigInt.asIntN(64, whole) : BigInt.asIntN(32, whole));
      case "u":
        return cell("d", BigInt.asUintN(long ? 64 : 32, whole));
      case "X":
        return cell("x", BigInt.asUintN(long ? 64 : 32, whole)).toUpperCase();
      default:
        return cell("x", BigInt.asUintN(long || letter === "p" ? 64 : 32, whole));
    }
  });
}

/** Any function, with any of its arguments. */
export const trace = tool({
  name: "trace",
  summary: "Attach to functions and print trace messages.",
  about:
    "kprobes, kretprobes, uprobes, tracepoints or static probes, one program for each probe of the command line; no map",
  options: {
    pid: { ...PID, help: "id of the process to trace (optional)" },
    tid: { flags: ["-L", "--tid"], kind: "int", help: "id of the thread to trace (optional)" },
    maxEvents: { flags: ["-M", "--max-events"], kind: "int", help: "number of events to print before quitting" },
    timestamp: { flags: ["-t", "--timestamp"], kind: "flag", help: "print timestamp column (offset from trace start)" },
    time: { flags: ["-T", "--time"], kind: "flag", help: "print time column" },
    printCpu: { flags: ["-C", "--print_cpu"], kind: "flag", help: "print CPU id" },
    kernelStack: { flags: ["-K", "--kernel-stack"], kind: "flag", help: "output kernel stack trace" },
    userStack: { flags: ["-U", "--user-stack"], kind: "flag", help: "output user stack trace" },
    name: { flags: ["-n", "--name"], kind: "text", help: "only print process names containing this name" },
    msgFilter: {
      flags: ["-f", "--msg-filter"],
      kind: "text",
      help: "only print the msg of event containing this string",
    },
    probes: { kind: "list", required: true, metavar: "probe", help: "probe specifier (see examples)" },
  },
  plan: (o, linux): Plan<Traced> => {
    const probes = o.probes.map((words, index) => readProbe(linux, words, index));
    const messages = probes.some((probe) => probe.format !== "");
    const columns: readonly Column<Traced>[] = [
      ...when<Traced>(o.time, ["TIME", "%-8s", "%-8s", (row) => row.time]),
      ...when<Traced>(o.timestamp, ["TIME", "%-8s", "%-8.6f", (row) => row.seconds]),
      ...when<Traced>(o.printCpu, ["CPU", "%-3s", "%-3d", (row) => row.cpu]),
      ["PID", "%-7s", "%-7d", (row) => row.pid],
      ["TID", "%-7s", "%-7d", (row) => row.tid],
      ["COMM", "%-15s", "%-15s", (row) => row.comm],
      ["FUNC", "%-16s", "%-16s", (row) => row.function],
      [messages ? "-" : "", "%s", "%s", (row) => row.message],
    ];
    let shown = 0;
    return {
      program: probes
        .map(
          (probe) => `
      ${probe.places.join(",\n      ")} ${filter(is("pid", o.pid), is("tid", o.tid), probe.condition === "" ? false : `(${probe.condition})`)} {
        print((${[String(probe.index), "nsecs", "cpu", "pid", "tid", "comm", o.kernelStack ? "kstack(perf)" : "0", o.userStack ? "ustack(perf)" : "0", ...probe.values].join(", ")}));
      }`,
        )
        .join(""),
      banner: headText(columns),
      event: ([index, ns, cpu, pid, tid, comm, kernel, user, ...values], look) => {
        const probe = probes[num(index)]!;
        const said = message(probe, values);
        if (o.name !== undefined && !text(comm).includes(o.name)) return undefined;
        if (o.msgFilter !== undefined && !said.includes(o.msgFilter)) return undefined;
        if (o.maxEvents !== undefined && shown++ >= o.maxEvents) return undefined;
        return {
          ...{ time: look.clock(), seconds: (num(ns) - look.start) / 1e9, cpu: num(cpu), pid: num(pid), tid: num(tid) },
          ...{ comm: text(comm), function: probe.function, message: said },
          kernelStack: stack(kernel).addresses.map((address) => look.symbol(address, true)),
          userStack: stack(user).addresses.map((address) => look.symbol(address, true)),
        };
      },
      line: (row) => {
        const frames = [...row.kernelStack, ...row.userStack];
        const end = o.kernelStack || o.userStack ? "\n" : "";
        return `${lineText(columns, row)}${frames.map((frame) => `        ${frame}\n`).join("")}${end}`;
      },
    };
  },
});
