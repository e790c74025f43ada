import type { WrongAnswers } from "./wrong-answer.ts";

const NAME = "str(args.file->f_path.dentry->d_name.name)";
const TOP = "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }";
const sleep = (ms: string, action: string, rest = "delete(@start, tid);") => `
  tracepoint:syscalls:sys_enter_nanosleep { @start[tid] = nsecs; }
  tracepoint:syscalls:sys_exit_nanosleep /@start[tid]/ { $ms = ${ms}; ${action} ${rest} }`;
const MS = "(nsecs - @start[tid]) / 1000000";
const PRINT = 'printf("%s %d\\n", comm, $ms);';

export const WRONG_20: WrongAnswers = {
  "20-1": [
    { answer: "fexit:vfs_read /retval > 0/ { @[comm] = sum(retval); }", mistake: "comm" },
    { answer: `fentry:vfs_read { @[${NAME}] = sum(args.count); }`, mistake: "asked" },
    { answer: `fexit:vfs_read /retval > 0/ { @[${NAME}] = count(); }`, mistake: "calls" },
    { answer: `fexit:vfs_read { @[${NAME}] = sum(retval); }`, mistake: "errors" },
  ],
  "20-2": [
    { answer: TOP, mistake: "all" },
    { answer: `${TOP} END { print(@, 2); }`, mistake: "twice" },
    { answer: `${TOP} END { clear(@); print(@, 2); }`, mistake: "nothing" },
  ],
  "20-3": [
    { answer: sleep("nsecs - @start[tid]", `if ($ms >= $1 * 1000000) { ${PRINT} }`), mistake: "unit" },
    { answer: sleep(MS, PRINT), mistake: "limit" },
    { answer: sleep(MS, `if ($ms >= 5) { ${PRINT} }`), mistake: "fixed" },
    { answer: sleep(MS, `if ($ms >= $1) { ${PRINT} }`, ""), mistake: "left" },
  ],
};
