import { filter, is, PID } from "../frame/common.ts";
import { STACK_OPTIONS, type StackRow, stackReport, stacksWord, threadsWord } from "../frame/stacks.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, stack, text } from "../frame/values.ts";

/** Where CPUs spend their time. */
export const profile = tool({
  name: "profile",
  summary: "Profile CPU stack traces at a timed interval",
  about: "a timer on each CPU (perf event); a per-CPU hash by stacks counts samples",
  options: {
    pid: { ...PID, help: "profile process with this PID only" },
    tid: { flags: ["-L", "--tid"], kind: "int", help: "profile thread with this TID only" },
    ...STACK_OPTIONS,
    frequency: { flags: ["-F", "--frequency"], kind: "int", initial: 49, help: "sample frequency, Hertz" },
    includeIdle: { flags: ["-I", "--include-idle"], kind: "flag", help: "include CPU idle stacks" },
    cpu: { flags: ["-C", "--cpu"], kind: "int", help: "cpu number to run profile on" },
    duration: { kind: "int", help: "duration of trace, in seconds" },
  },
  plan: (o): Plan<StackRow> => ({
    program: `
      profile:hz:${Math.max(1, o.frequency)}
      ${filter(is("pid", o.pid), is("tid", o.tid), is("cpu", o.cpu), !o.includeIdle && "tid != 0")} {
        @samples[${o.user ? "0" : "kstack(perf)"}, ${o.kernel ? "0" : "ustack(perf)"}, pid, comm] = count();
      }`,
    banner: o.folded
      ? ""
      : `Sampling at ${o.frequency} Hertz of ${threadsWord(o)} by ${stacksWord(o)} stack${o.cpu === undefined ? "" : ` on CPU#${o.cpu}`}${o.duration === undefined ? "... Hit Ctrl-C to end." : ` for ${o.duration} secs.`}\n`,
    duration: o.duration,
    report: (look) =>
      stackReport(
        look.entries("samples").map(({ key: [kernel, user, pid, comm], value }) => ({
          ...{ kernel: stack(kernel), user: stack(user), pid: num(pid), comm: text(comm), value },
        })),
        o,
      ),
  }),
});
