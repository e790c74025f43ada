import type { WrongAnswers } from "./wrong-answer.ts";

const openat = (filter: string, action: string) => `tracepoint:syscalls:sys_exit_openat ${filter} { ${action} }`;
const sleep = (start: string, filter: string, end: string) => `
  tracepoint:syscalls:sys_enter_nanosleep { ${start} = nsecs; }
  tracepoint:syscalls:sys_exit_nanosleep ${filter} { @us[comm] = max(${end}); }`;

export const WRONG_19: WrongAnswers = {
  "19-1": [
    { answer: ["kprobe", "tracepoint", "profile", "interval"], mistake: "linux" },
    { answer: ["uprobe", "kprobe", "profile", "interval"], mistake: "stable" },
    { answer: ["uprobe", "tracepoint", "interval", "interval"], mistake: "once" },
    { answer: ["uprobe", "tracepoint", "profile", "profile"], mistake: "every" },
  ],
  "19-2": [
    { answer: openat("", "@[comm] = count();"), mistake: "all" },
    { answer: openat("/args.ret >= 0/", "@[comm] = count();"), mistake: "succeeded" },
    { answer: openat("/args.ret < 0/", "@[pid] = count();"), mistake: "key" },
    { answer: openat("/args.ret < 0/", "@ = count();"), mistake: "key" },
  ],
  "19-3": [
    { answer: "tracepoint:syscalls:sys_enter_write { @[comm] = sum(args.count); }", mistake: "asked" },
    { answer: "tracepoint:syscalls:sys_exit_write /args.ret > 0/ { @[comm] = count(); }", mistake: "calls" },
    { answer: "tracepoint:syscalls:sys_exit_write { @[comm] = sum(args.ret); }", mistake: "errors" },
  ],
  "19-4": [
    { answer: sleep("$start", "", "nsecs - $start"), mistake: "scratch" },
    { answer: sleep("@start", "/@start/", "(nsecs - @start) / 1000"), mistake: "shared" },
    { answer: sleep("@start[tid]", "", "(nsecs - @start[tid]) / 1000"), mistake: "unstarted" },
    { answer: sleep("@start[tid]", "/@start[tid]/", "nsecs - @start[tid]"), mistake: "unit" },
    { answer: sleep("@start[tid]", "/@start[tid]/", "(nsecs - @start[tid]) / 1000"), mistake: "left" },
  ],
};
