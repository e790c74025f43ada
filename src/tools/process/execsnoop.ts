import { pattern } from "../frame/common.ts";
import { type Plan, tool, when } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One call of `execve`. */
export interface Exec {
  /** Seconds since the tool was started. */
  readonly seconds: number;
  readonly time: string;
  readonly uid: number;
  readonly comm: string;
  readonly pid: number;
  readonly ppid: number;
  /** 0, or -errno. */
  readonly ret: number;
  readonly args: string;
}

const ARGUMENT = 1;

/** New processes, with their arguments. */
export const execsnoop = tool({
  name: "execsnoop",
  summary: "Trace exec() syscalls",
  about: "tracepoints sys_enter_execve and sys_exit_execve; a hash of threads that are in the call",
  options: {
    time: { flags: ["-T", "--time"], kind: "flag", help: "include time column on output (HH:MM:SS)" },
    timestamp: { flags: ["-t", "--timestamp"], kind: "flag", help: "include timestamp on output" },
    fails: { flags: ["-x", "--fails"], kind: "flag", help: "include failed exec()s" },
    uid: { flags: ["-u", "--uid"], kind: "int", metavar: "USER", help: "trace this UID only" },
    quote: { flags: ["-q", "--quote"], kind: "flag", help: 'Add quotemarks (") around arguments.' },
    name: { flags: ["-n", "--name"], kind: "text", help: "only print commands matching this name (regex), any arg" },
    line: { flags: ["-l", "--line"], kind: "text", help: "only print commands where arg contains this line (regex)" },
    printUid: { flags: ["-U", "--print-uid"], kind: "flag", help: "print UID column" },
    maxArgs: {
      flags: ["--max-args"],
      kind: "int",
      initial: 20,
      help: "maximum number of arguments parsed and displayed, defaults to 20",
    },
    ppid: { flags: ["-P", "--ppid"], kind: "int", help: "trace this parent PID only" },
  },
  plan: (o): Plan<Exec> => {
    const open = new Map<number, string[]>();
    const [name, line] = [o.name, o.line].map((text) => (text === undefined ? undefined : pattern(text)));
    return {
      program: `
        tracepoint:syscalls:sys_enter_execve ${o.uid === undefined ? "" : `/uid == ${o.uid}/`} {
          @called[tid] = nsecs;
          $i = 0;
          while ($i <= ${Math.max(1, o.maxArgs)}) {
            $arg = *(uint64 *)(args.argv + $i);
            if ($arg == 0) { break; }
            print((${ARGUMENT}, pid, $i, str($arg)));
            $i++;
          }
        }
        tracepoint:syscalls:sys_exit_execve /@called[tid]/ {
          print((0, pid, curtask.real_parent.tgid, uid, args.ret, comm, nsecs));
          delete(@called, tid);
        }`,
      event: ([kind, pid, ...rest], look) => {
        if (kind === ARGUMENT) {
          const [index, word] = rest;
          open.set(num(pid), [...(index === 0 ? [] : (open.get(num(pid)) ?? [])), text(word)]);
          return undefined;
        }
        const [ppid, uid, ret, comm, ns] = rest;
        const words = open.get(num(pid)) ?? [];
        open.delete(num(pid));
        if (num(ret) !== 0 && !o.fails) return undefined;
        if (o.ppid !== undefined && num(ppid) !== o.ppid) return undefined;
        if (name !== undefined && !name.test(text(comm))) return undefined;
        const shown = words.length > o.maxArgs ? [...words.slice(0, o.maxArgs), "..."] : words;
        const args = shown.map((word) => (o.quote ? `"${word.replaceAll('"', '\\"')}"` : word)).join(" ");
        if (line !== undefined && !line.test(args)) return undefined;
        return {
          seconds: (num(ns) - look.start) / 1e9,
          time: look.clock(),
          uid: num(uid),
          comm: text(comm),
          pid: num(pid),
          ppid: num(ppid),
          ret: num(ret),
          args: args.replaceAll("\n", "\\n"),
        };
      },
      columns: [
        ...when<Exec>(o.time, ["TIME", "%-8s", "%-8s", (row) => row.time]),
        ...when<Exec>(o.timestamp, ["TIME(s)", "%-7s", "%-7.3f", (row) => row.seconds]),
        ...when<Exec>(o.printUid, ["UID", "%-5s", "%-5d", (row) => row.uid]),
        ["PCOMM", "%-16s", "%-16s", (row) => row.comm],
        ["PID", "%-7s", "%-7d", (row) => row.pid],
        ["PPID", "%-7s", "%-7d", (row) => row.ppid],
        ["RET", "%3s", "%3d", (row) => row.ret],
        ["ARGS", "%s", "%s", (row) => row.args],
      ],
    };
  },
});
