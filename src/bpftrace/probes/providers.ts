import type { ProgramType } from "../../programs/types.ts";

/** A kind of probe. */
export interface Provider {
  readonly name: string;
  /** Other names: short ones, and those of older releases. */
  readonly aliases: readonly string[];
  /** The type of its programs; none: it runs by hand. */
  readonly program: ProgramType;
  /** How many parts follow its name, at least and at most. */
  readonly parts: readonly [least: number, most: number];
  /** Whether `arg0` and its followers can be used. */
  readonly arguments?: true;
  /** Whether `retval` can be used. */
  readonly result?: true;
  /** Whether `args` can be used. */
  readonly args?: true;
  readonly doc: string;
}

/** Every kind of probe, in the order of bpftrace's list. */
export const PROVIDERS: readonly Provider[] = [
  {
    name: "kprobe",
    aliases: ["k"],
    program: "kprobe",
    parts: [1, 2],
    arguments: true,
    doc: "A function of Linux begins.",
  },
  {
    name: "kretprobe",
    aliases: ["kr"],
    program: "kprobe",
    parts: [1, 2],
    result: true,
    doc: "A function of Linux returns.",
  },
  {
    name: "uprobe",
    aliases: ["u"],
    program: "kprobe",
    parts: [2, 3],
    arguments: true,
    args: true,
    doc: "A function of a program begins.",
  },
  {
    name: "uretprobe",
    aliases: ["ur"],
    program: "kprobe",
    parts: [2, 3],
    result: true,
    doc: "A function of a program returns.",
  },
  {
    name: "usdt",
    aliases: ["U"],
    program: "kprobe",
    parts: [1, 3],
    arguments: true,
    doc: "A marker that a program's author set.",
  },
  { name: "begin", aliases: ["BEGIN"], program: "raw_tracepoint", parts: [0, 0], doc: "Before all others, once." },
  { name: "end", aliases: ["END"], program: "raw_tracepoint", parts: [0, 0], doc: "After all others, once." },
  { name: "self", aliases: [], program: "raw_tracepoint", parts: [2, 2], doc: "bpftrace itself gets SIGUSR1." },
  { name: "test", aliases: [], program: "raw_tracepoint", parts: [1, 1], doc: "Run by `--test`." },
  { name: "bench", aliases: [], program: "raw_tracepoint", parts: [1, 1], doc: "Run by `--bench`." },
  {
    name: "tracepoint",
    aliases: ["t"],
    program: "tracepoint",
    parts: [2, 2],
    args: true,
    doc: "Execution passes a tracepoint of Linux.",
  },
  { name: "profile", aliases: ["p"], program: "perf_event", parts: [1, 2], doc: "A timer on every CPU." },
  { name: "interval", aliases: ["i"], program: "perf_event", parts: [1, 2], doc: "A timer on one CPU." },
  { name: "software", aliases: ["s"], program: "perf_event", parts: [1, 2], doc: "An event that Linux counts." },
  {
    name: "hardware",
    aliases: ["h"],
    program: "perf_event",
    parts: [1, 2],
    doc: "An event that the processor counts.",
  },
  { name: "watchpoint", aliases: ["w"], program: "perf_event", parts: [3, 3], doc: "Memory is read or written." },
  {
    name: "fentry",
    aliases: ["f", "kfunc"],
    program: "tracing",
    parts: [1, 3],
    args: true,
    doc: "A function of Linux begins, with typed arguments.",
  },
  {
    name: "fexit",
    aliases: ["fr", "kretfunc"],
    program: "tracing",
    parts: [1, 3],
    args: true,
    result: true,
    doc: "A function of Linux returns, with typed arguments and result.",
  },
  { name: "iter", aliases: ["it"], program: "tracing", parts: [1, 2], doc: "Each object of a kind in Linux." },
  {
    name: "rawtracepoint",
    aliases: ["rt"],
    program: "raw_tracepoint",
    parts: [1, 2],
    arguments: true,
    args: true,
    doc: "A tracepoint with the arguments as they are passed.",
  },
];

/** A provider by its name, a short one or one of older releases; `BEGIN` may be written in any case. */
export function providerOf(name: string): Provider | undefined {
  const lower = name.toLowerCase();
  return (
    PROVIDERS.find((row) => row.name === name || row.aliases.includes(name)) ??
    PROVIDERS.find((row) => row.name === lower)
  );
}
