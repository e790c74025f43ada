import { type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One line that was typed into bash. */
export interface TypedLine {
  readonly time: string;
  readonly pid: number;
  readonly command: string;
}

/** What people type into bash. */
export const bashreadline = tool({
  name: "bashreadline",
  summary: "Print entered bash commands from all running shells",
  about: "a uretprobe on bash's readline, whose result is the line; no map",
  options: {
    shared: {
      flags: ["-s", "--shared"],
      kind: "text",
      initial: "/bin/bash",
      help: "specify the location of libreadline.so library. Default is /bin/bash",
    },
  },
  plan: (o): Plan<TypedLine> => ({
    program: `uretprobe:${o.shared}:readline /retval != 0/ { print((pid, str(retval, 80))); }`,
    event: ([pid, command], look) => ({ time: look.clock(), pid: num(pid), command: text(command) }),
    columns: [
      ["TIME", "%-9s", "%-9s", (row) => row.time],
      ["PID", "%-7s", "%-7d", (row) => row.pid],
      ["COMMAND", "%s", "%s", (row) => row.command],
    ],
  }),
});
