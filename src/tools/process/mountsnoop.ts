import { filter, is, PID } from "../frame/common.ts";
import { type Plan, tool } from "../frame/tool.ts";
import { num, text } from "../frame/values.ts";

/** One call of `mount` or `umount`. */
export interface Mount {
  readonly comm: string;
  readonly pid: number;
  readonly tid: number;
  readonly namespace: number;
  readonly call: string;
  /** 0, or -errno. */
  readonly result: number;
}

const FLAGS: readonly (readonly [name: string, bit: number])[] = [
  ...([
    ["MS_RDONLY", 0],
    ["MS_NOSUID", 1],
    ["MS_NODEV", 2],
    ["MS_NOEXEC", 3],
    ["MS_SYNCHRONOUS", 4],
  ] as const),
  ...([
    ["MS_REMOUNT", 5],
    ["MS_MANDLOCK", 6],
    ["MS_DIRSYNC", 7],
    ["MS_NOATIME", 10],
    ["MS_NODIRATIME", 11],
  ] as const),
  ...([
    ["MS_BIND", 12],
    ["MS_MOVE", 13],
    ["MS_REC", 14],
    ["MS_SILENT", 15],
    ["MS_POSIXACL", 16],
  ] as const),
  ...([
    ["MS_UNBINDABLE", 17],
    ["MS_PRIVATE", 18],
    ["MS_SLAVE", 19],
    ["MS_SHARED", 20],
    ["MS_RELATIME", 21],
  ] as const),
  ...([
    ["MS_KERNMOUNT", 22],
    ["MS_I_VERSION", 23],
    ["MS_STRICTATIME", 24],
    ["MS_LAZYTIME", 25],
  ] as const),
];

const UMOUNT_FLAGS: readonly (readonly [name: string, bit: number])[] = [
  ["MNT_FORCE", 0],
  ["MNT_DETACH", 1],
  ["MNT_EXPIRE", 2],
  ["UMOUNT_NOFOLLOW", 3],
];

const ERRORS: Readonly<Record<number, string>> = {
  ...{ 1: "EPERM", 2: "ENOENT", 6: "ENXIO", 12: "ENOMEM", 13: "EACCES", 14: "EFAULT", 15: "ENOTBLK", 16: "EBUSY" },
  ...{ 19: "ENODEV", 20: "ENOTDIR", 22: "EINVAL", 24: "EMFILE", 36: "ENAMETOOLONG", 40: "ELOOP" },
};

function flagsText(flags: number, known: readonly (readonly [name: string, bit: number])[]): string {
  const names = known.filter(([, bit]) => (flags >>> bit) & 1);
  const rest = names.reduce((left, [, bit]) => left & ~(1 << bit), flags) >>> 0;
  return [...names.map(([name]) => name), ...(rest !== 0 || names.length === 0 ? [`0x${rest.toString(16)}`] : [])].join(
    "|",
  );
}

const resultText = (result: number): string =>
  result === 0 ? "0" : ERRORS[-result] === undefined ? String(result) : `-${ERRORS[-result]}`;

/** File systems that are mounted and unmounted. */
export const mountsnoop = tool({
  name: "mountsnoop",
  summary: "Trace mount() and umount() syscalls",
  about: "tracepoints sys_enter_ and sys_exit_ of mount and umount; hashes by thread keep the arguments",
  options: { pid: PID },
  plan: (o): Plan<Mount> => ({
    program: `
      tracepoint:syscalls:sys_enter_mount ${filter(is("pid", o.pid))} {
        @called[tid] = 1;
        @source[tid] = str(args.dev_name);
        @target[tid] = str(args.dir_name);
        @type[tid] = str(args.type);
        @data[tid] = str(args.data);
        @flags[tid] = (uint64)args.flags;
      }
      tracepoint:syscalls:sys_exit_mount /@called[tid]/ {
        print(("mount", comm, pid, tid, (uint64)curtask->nsproxy->mnt_ns->ns.inum, (int64)args.ret, @flags[tid],
          @source[tid], @target[tid], @type[tid], @data[tid]));
        delete(@called, tid);
        delete(@source, tid);
        delete(@target, tid);
        delete(@type, tid);
        delete(@data, tid);
        delete(@flags, tid);
      }
      tracepoint:syscalls:sys_enter_umount ${filter(is("pid", o.pid))} {
        @called[tid] = 1;
        @target[tid] = str(args.name);
        @flags[tid] = (uint64)args.flags;
      }
      tracepoint:syscalls:sys_exit_umount /@called[tid]/ {
        print(("umount", comm, pid, tid, (uint64)curtask->nsproxy->mnt_ns->ns.inum, (int64)args.ret, @flags[tid], @target[tid]));
        delete(@called, tid);
        delete(@target, tid);
        delete(@flags, tid);
      }`,
    event: ([kind, comm, pid, tid, namespace, ret, flags, ...texts]) => {
      const quoted = texts.map((each) => JSON.stringify(text(each)));
      const call =
        kind === "mount"
          ? `mount(${quoted.slice(0, 3).join(", ")}, ${flagsText(num(flags), FLAGS)}, ${quoted[3]})`
          : `umount(${quoted[0]}, ${flagsText(num(flags), UMOUNT_FLAGS)})`;
      return {
        ...{ comm: text(comm), pid: num(pid), tid: num(tid), namespace: num(namespace), result: num(ret) },
        call: `${call} = ${resultText(num(ret))}`,
      };
    },
    columns: [
      ["COMM", "%-16s", "%-16s", (row) => row.comm],
      ["PID", "%-7s", "%-7d", (row) => row.pid],
      ["TID", "%-7s", "%-7d", (row) => row.tid],
      ["MNT_NS", "%-11s", "%-11d", (row) => row.namespace],
      ["CALL", "%s", "%s", (row) => row.call],
    ],
  }),
});
