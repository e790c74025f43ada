import { type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One process that Linux killed because memory ran out. */
export interface OomKill {
  readonly time: string;
  /** Who wanted memory. */
  readonly pid: number;
  readonly comm: string;
  /** Who was killed. */
  readonly killedPid: number;
  readonly killedComm: string;
  readonly pages: number;
  readonly loadavg: string;
}

/** Processes that are killed because memory ran out. */
export const oomkill = tool({
  name: "oomkill",
  summary: "Trace OOM kills",
  about: "a kprobe on oom_kill_process, whose argument says who was chosen; no map",
  options: {},
  plan: (): Plan<OomKill> => ({
    program: `
      kprobe:oom_kill_process {
        $oc = (struct oom_control *)arg0;
        print((pid, comm, $oc->chosen->pid, str($oc->chosen->comm), $oc->totalpages));
      }`,
    banner: "Tracing OOM kills... Ctrl-C to stop.\n",
    event: ([pid, comm, killed, name, pages], look) => ({
      ...{ time: look.clock(), pid: num(pid), comm: text(comm), killedPid: num(killed), killedComm: text(name) },
      ...{ pages: num(pages), loadavg: look.file("/proc/loadavg").trim() },
    }),
    line: ({ time, pid, comm, killedPid, killedComm, pages, loadavg }) =>
      `${time} Triggered by PID ${pid} ("${comm}"), OOM kill of PID ${killedPid} ("${killedComm}"), ${pages} pages, loadavg: ${loadavg}\n`,
  }),
});
