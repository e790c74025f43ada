import { filter, is, PID } from "../frame/common.ts";
import type { Stack } from "../frame/look.ts";
import { headText, lineText } from "../frame/run.ts";
import { type Column, type Plan, tool, when } from "../frame/tool.ts";
import { num, stack, text } from "../frame/values.ts";

/** One question whether a process has a capability. */
export interface Capability {
  readonly time: string;
  readonly uid: number;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  readonly capability: number;
  readonly name: string;
  /** 1: a refusal is written to the audit log. */
  readonly audit: number;
  readonly inSetId: number;
  readonly kernelStack: readonly string[];
  readonly userStack: readonly string[];
}

/** Capabilities by number. */
const NAMES = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN " +
  "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE " +
  "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
).split(" ");

/** Questions about what processes may do. */
export const capable = tool({
  name: "capable",
  summary: "Trace security capability checks",
  about: "a kprobe on cap_capable: capability and options are its arguments; no map",
  options: {
    verbose: { flags: ["-v", "--verbose"], kind: "flag", help: "include non-audit checks" },
    pid: PID,
    kernelStack: { flags: ["-K", "--kernel-stack"], kind: "flag", help: "output kernel stack trace" },
    userStack: { flags: ["-U", "--user-stack"], kind: "flag", help: "output user stack trace" },
    extra: { flags: ["-x", "--extra"], kind: "flag", help: "show extra fields in TID and INSETID columns" },
  },
  plan: (o): Plan<Capability> => {
    const columns: readonly Column<Capability>[] = [
      ["TIME", "%-9s", "%-9s", (row) => row.time],
      ["UID", "%-6s", "%-6d", (row) => row.uid],
      ["PID", "%-7s", "%-7d", (row) => row.pid],
      ...when<Capability>(o.extra, ["TID", "%-7s", "%-7d", (row) => row.tid]),
      ["COMM", "%-16s", "%-16s", (row) => row.comm],
      ["CAP", "%-4s", "%-4d", (row) => row.capability],
      ["NAME", "%-20s", "%-20s", (row) => row.name],
      ["AUDIT", "%-6s", "%-6s", (row) => row.audit],
      ...when<Capability>(o.extra, ["INSETID", "%s", "%s", (row) => row.inSetId]),
    ];
    const frames = ({ addresses }: Stack, symbol: (address: bigint) => string) => addresses.map(symbol);
    return {
      program: `
      kprobe:cap_capable ${filter(is("pid", o.pid), !o.verbose && "(arg3 & 2) == 0")} {
        print((uid, pid, tid, comm, (uint64)(int32)arg2, (uint64)((arg3 & 2) == 0), (uint64)((arg3 & 4) != 0),
          ${o.kernelStack ? "kstack(perf)" : "0"}, ${o.userStack ? "ustack(perf)" : "0"}));
      }`,
      banner: headText(columns),
      event: ([uid, pid, tid, comm, capability, audit, insetid, kernel, user], look) => ({
        ...{ time: look.clock(), uid: num(uid), pid: num(pid), tid: num(tid), comm: text(comm) },
        capability: num(capability),
        name: num(capability) in NAMES ? `CAP_${NAMES[num(capability)]}` : "?",
        ...{ audit: num(audit), inSetId: num(insetid) },
        kernelStack: frames(stack(kernel), (address) => look.symbol(address, true)),
        userStack: frames(stack(user), (address) => look.symbol(address, true)),
      }),
      line: (row) =>
        lineText(columns, row) + [...row.kernelStack, ...row.userStack].map((frame) => `        ${frame}\n`).join(""),
    };
  },
});
