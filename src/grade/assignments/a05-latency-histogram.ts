import { assignment } from "../assignment/assignment.ts";
import { sameMap } from "./tracing.ts";

export interface Params {
  readonly call: string;
  readonly times: string;
  readonly slow: string;
  readonly least: number;
}

/** What a1/1 asks for, with parts that a wrong one has otherwise. */
const latencies = ({ call, times }: Params, { key = "tid", unit = "/ 1000", by = "comm" } = {}): string => `
tracepoint:syscalls:sys_enter_${call} { @since[${key}] = nsecs; }
tracepoint:syscalls:sys_exit_${call} /@since[${key}]/ {
  @${times}[${by}] = hist((nsecs - @since[${key}]) ${unit});
  delete(@since[${key}]);
}`;

const slowOnes = ({ call, slow, least }: Params, { condition = `>= ${least}` } = {}): string => `
tracepoint:syscalls:sys_enter_${call} { @since[tid] = nsecs; }
tracepoint:syscalls:sys_exit_${call} /@since[tid]/ {
  if ((nsecs - @since[tid]) / 1000 ${condition}) { @${slow}[comm] = count(); }
  delete(@since[tid]);
}`;

const nanoseconds = (params: Params) => [["unit", latencies(params, { unit: "" })]] as const;
const all = (params: Params) => [["all", slowOnes(params, { condition: ">= 0" })]] as const;

/** Entry and exit of a system call joined, summed up where they happen. */
export const A05 = assignment({
  id: "a5",
  title: "How long does it take?",
  summary: "The latency of a system call as a histogram for each program, and how many calls are slow.",
  lesson: "12",
  source: "a05-latency-histogram",
  revision: 1,
  variant: (v): Params => ({
    call: v.choice("call", ["read", "write", "openat", "close"]),
    times: `${v.name("times")}_us`,
    slow: `${v.name("slow")}_n`,
    least: v.number("least", 2, 6),
  }),
  tasks: [
    {
      id: "a5/1",
      title: "A histogram for each program",
      points: 5,
      submit: { name: "times", kind: "bpftrace" },
      visible: [
        {
          title: "it is right on a machine with seed 7",
          run: ({ answer, params, it }) =>
            sameMap(answer, latencies(params), { name: params.times, seed: 7 }, it, nanoseconds(params)),
        },
      ],
      hidden: [
        {
          title: "it is right on another machine",
          weight: 2,
          run: ({ answer, params, it, v }) =>
            sameMap(
              answer,
              latencies(params),
              { name: params.times, seed: v.number("seed", 100, 9999) },
              it,
              nanoseconds(params),
            ),
        },
      ],
      hints: [
        "Note the time when a thread enters the call, under its tid; when it leaves, the difference is how long it took.",
        "hist((nsecs - @since[tid]) / 1000) into @NAME[comm]; /@since[tid]/ leaves out calls whose entry you did not see; delete what you noted.",
      ],
      mistakes: {
        name: "The map has to have the name that your notebook says.",
        unit: "These are nanoseconds: microseconds are asked for.",
      },
    },
    {
      id: "a5/2",
      title: "How many are slow?",
      points: 5,
      submit: { name: "slow", kind: "bpftrace" },
      visible: [
        {
          title: "it is right on a machine with seed 7",
          run: ({ answer, params, it }) =>
            sameMap(answer, slowOnes(params), { name: params.slow, seed: 7 }, it, all(params)),
        },
      ],
      hidden: [
        {
          title: "it is right on another machine",
          weight: 2,
          run: ({ answer, params, it, v }) =>
            sameMap(
              answer,
              slowOnes(params),
              { name: params.slow, seed: v.number("seed", 100, 9999) },
              it,
              all(params),
            ),
        },
      ],
      hints: [
        "Start with a5/1: what changes is only what is done with the difference.",
        "if (... >= LEAST) { @NAME[comm] = count(); }",
      ],
      mistakes: {
        name: "The map has to have the name that your notebook says.",
        all: "All calls are counted: only those that take long enough are asked for.",
      },
    },
  ],
});
