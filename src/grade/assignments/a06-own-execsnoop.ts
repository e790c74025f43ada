import { assignment } from "../assignment/assignment.ts";
import type { Variant } from "../assignment/variant.ts";
import { sameLines } from "./tracing.ts";

/** What a line may have, as bpftrace writes it. */
const FIELDS = {
  pid: ["%d", "pid"],
  uid: ["%d", "uid"],
  comm: ["%s", "comm"],
  file: ["%s", "str(args.filename)"],
} as const;
type Field = keyof typeof FIELDS;

export interface Params {
  readonly fields: readonly Field[];
  readonly separator: string;
  readonly least: number;
}

const printed = (fields: readonly Field[], separator: string): string =>
  `printf("${fields.map((field) => FIELDS[field][0]).join(separator)}\\n", ${fields.map((field) => FIELDS[field][1]).join(", ")});`;

const starts = ({ fields, separator }: Params): string =>
  `tracepoint:sched:sched_process_exec { ${printed(fields, separator)} }`;

const lives = ({ separator, least }: Params, { condition = `>= ${least}` } = {}): string => `
tracepoint:sched:sched_process_exec { @since[pid] = nsecs; }
tracepoint:sched:sched_process_exit /@since[pid] && pid == tid/ {
  $ms = (nsecs - @since[pid]) / 1000000;
  if ($ms ${condition}) { printf("%s${separator}%d\\n", comm, $ms); }
  delete(@since[pid]);
}`;

const seedOf = (v: Variant): number => v.number("seed", 100, 9999);
const reversed = (params: Params) => [["order", starts({ ...params, fields: [...params.fields].reverse() })]] as const;
const everybody = (params: Params) => [["all", lives(params, { condition: ">= 0" })]] as const;

/** A tool of one's own: who is started, and who lives long. */
export const A06 = assignment({
  id: "a6",
  title: "Your own execsnoop",
  summary: "A line for each program that is started, in a form of your own; then how long each of them lived.",
  lesson: "11",
  source: "a06-own-execsnoop",
  revision: 1,
  variant: (v): Params => ({
    fields: v.sample("fields", Object.keys(FIELDS) as Field[], 3),
    separator: v.choice("separator", [" | ", ";", " -> ", ", ", "/"]),
    least: v.number("least", 1, 4),
  }),
  tasks: [
    {
      id: "a6/1",
      title: "Who is started?",
      points: 4,
      submit: { name: "starts", kind: "bpftrace" },
      visible: [
        {
          title: "it is right on a machine with seed 7",
          run: ({ answer, params, it }) => sameLines(answer, starts(params), 7, it, reversed(params)),
        },
      ],
      hidden: [
        {
          title: "it is right on another machine",
          weight: 2,
          run: ({ answer, params, it, v }) => sameLines(answer, starts(params), seedOf(v), it, reversed(params)),
        },
      ],
      hints: [
        "tracepoint:sched:sched_process_exec is raised when a process has become another program.",
        'Its field filename is a text: str(args.filename). printf("%d ... %s\\n", pid, ...) prints a line.',
      ],
      mistakes: { order: "The fields are there, but in the opposite order." },
    },
    {
      id: "a6/2",
      title: "How long did it live?",
      points: 6,
      submit: { name: "lives", kind: "bpftrace" },
      visible: [
        {
          title: "it is right on a machine with seed 7",
          run: ({ answer, params, it }) => sameLines(answer, lives(params), 7, it, everybody(params)),
        },
      ],
      hidden: [
        {
          title: "it is right on another machine",
          weight: 2,
          run: ({ answer, params, it, v }) => sameLines(answer, lives(params), seedOf(v), it, everybody(params)),
        },
      ],
      hints: [
        "Note the time at sched_process_exec under the pid; at sched_process_exit the difference is its life.",
        "A process may have threads, which exit too: pid == tid is the process itself. Print only lives of at least your number of milliseconds.",
      ],
      mistakes: {
        all: "Short lives are printed too: only those of at least your number of milliseconds are asked for.",
      },
    },
  ],
});
