import { pathText } from "../fs/mount.ts";
import { KERNEL_BASE } from "../kallsyms.ts";
import type { Linux } from "../linux.ts";
import { EXIT_ZOMBIE, TASK_IDLE, TASK_INTERRUPTIBLE, TASK_RUNNING, TASK_UNINTERRUPTIBLE, type Task } from "../task.ts";
import { type DirectoryNode, directory, file, type Node } from "./node.ts";

/** The letter of a task's state, as `ps` shows it. */
export function stateLetter(task: Task): string {
  return LETTERS[task.state & 0xff] ?? "R";
}

const LETTERS: Readonly<Record<number, string>> = {
  [TASK_RUNNING]: "R",
  [TASK_INTERRUPTIBLE]: "S",
  [TASK_UNINTERRUPTIBLE]: "D",
  [TASK_IDLE]: "I",
  [EXIT_ZOMBIE]: "Z",
};

const STATE_NAMES: Readonly<Record<string, string>> = {
  R: "running",
  S: "sleeping",
  D: "disk sleep",
  I: "idle",
  Z: "zombie",
};

/** Ticks of 4 ms as the 10 ms that /proc counts in. */
const clockTicks = (ticks: number) => Math.floor((ticks * 4) / 10);

/** All threads of a process, the leader first. */
function threads(linux: Linux, tgid: number): readonly Task[] {
  return linux.tasks().filter((task) => task.tgid === tgid);
}

/** The directories of processes, made once for each. */
export class ProcessDirectories {
  readonly #linux: Linux;
  readonly #nodes = new WeakMap<Task, DirectoryNode>();

  constructor(linux: Linux) {
    this.#linux = linux;
  }

  find(name: string): DirectoryNode | undefined {
    if (!/^[1-9]\d{0,9}$/.test(name)) return undefined;
    const task = this.#linux.taskOf(Number(name));
    return task && this.of(task);
  }

  names(): readonly string[] {
    return this.#linux
      .tasks()
      .filter(({ pid, tgid }) => pid === tgid)
      .map(({ pid }) => pid)
      .sort((a, b) => a - b)
      .map(String);
  }

  of(task: Task): DirectoryNode {
    let node = this.#nodes.get(task);
    if (node === undefined) {
      node = { ...directory(this.#files(task)), uid: task.uid };
      this.#nodes.set(task, node);
    }
    return node;
  }

  #files(task: Task): Readonly<Record<string, Node>> {
    const linux = this.#linux;
    return {
      comm: file(() => `${task.comm}\n`),
      cgroup: file(() => `0::${task.cgroup.path}\n`),
      cmdline: file(() => commandLine(task)),
      cwd: { kind: "link", target: () => (task.cwd === undefined ? "/" : pathText(task.cwd)) },
      fd: descriptors(task),
      maps: file(() => maps(linux, task)),
      mounts: file(() => new TextDecoder().decode(linux.files.bytes("/proc/mounts"))),
      stack: file(() => kernelStack(linux, task)),
      stat: file(() => stat(task, threads(linux, task.tgid).length)),
      status: file(() => status(task, threads(linux, task.tgid).length)),
      task: {
        kind: "directory",
        find: (name) => {
          const thread = linux.taskOf(Number(name));
          return thread?.tgid === task.tgid ? this.of(thread) : undefined;
        },
        names: () => threads(linux, task.tgid).map(({ pid }) => String(pid)),
      },
    };
  }
}

/** Its arguments with a zero behind each; a process that nobody gave any has its name. */
function commandLine({ program, argv, comm }: Task): string {
  if (program === undefined) return "";
  return (argv.length > 0 ? argv : [comm]).map((word) => `${word}\0`).join("");
}

/** `/proc/PID/fd`: a link for each open file. */
function descriptors(task: Task): DirectoryNode {
  return {
    kind: "directory",
    find: (name) => {
      const opened = /^\d+$/.test(name) ? task.files.get(Number(name)) : undefined;
      return (
        opened && { kind: "link", target: () => (opened.place === undefined ? opened.path : pathText(opened.place)) }
      );
    },
    names: () => task.files.entries().map(([fd]) => String(fd)),
  };
}

/** The programs and libraries whose functions the task is in: text only, as the simulation has no more of them. */
function maps(linux: Linux, task: Task): string {
  if (task.program === undefined) return "";
  const frames = task.user.subarray(0, task.userDepth);
  const used = new Set(Array.from(frames, (frame) => linux.symbols.of(frame).module));
  const modules = new Map<string, { low: bigint; high: bigint }>();
  for (const { module, address, size } of linux.symbols.list()) {
    if (module === undefined || !used.has(module)) continue;
    const end = address + BigInt(size);
    const known = modules.get(module);
    modules.set(module, known === undefined ? { low: address, high: end } : { low: known.low, high: end });
  }
  const hex = (address: bigint) => address.toString(16).padStart(12, "0");
  return [...modules]
    .map(
      ([module, { low, high }]) =>
        `${hex(low & ~0xfffn)}-${hex((high + 0xfffn) & ~0xfffn)} r-xp 00000000 fe:01 0 ${module}\n`,
    )
    .join("");
}

/** Functions of the scheduler, which `/proc/PID/stack` leaves out: `__sched_text_start` to `__sched_text_end`. */
const SCHED_START = KERNEL_BASE + 0x11f_4f60n;
const SCHED_END = KERNEL_BASE + 0x11f_da77n;

/** `/proc/PID/stack`: from the function that went to sleep on. */
function kernelStack(linux: Linux, task: Task): string {
  const lines: string[] = [];
  for (let level = task.kernelDepth - 1; level >= 0; level--) {
    const { name, address, at, size } = linux.symbols.of(task.kernel[level]!);
    if (address >= SCHED_START && address < SCHED_END) continue;
    lines.push(`[<0>] ${name}+0x${at.toString(16)}/0x${size.toString(16)}\n`);
  }
  return lines.join("");
}

/** The 52 numbers of `/proc/PID/stat`; those that the simulation has not are 0. */
function stat(task: Task, threadCount: number): string {
  const { pid, tgid, comm, parent, userTicks, systemTicks, prio, nice, cpu } = task;
  const numbers = new Array<number>(49).fill(0);
  numbers[0] = parent?.tgid ?? 0;
  numbers[1] = numbers[2] = tgid;
  numbers[10] = clockTicks(userTicks);
  numbers[11] = clockTicks(systemTicks);
  numbers[14] = prio - 100;
  numbers[15] = nice;
  numbers[16] = threadCount;
  numbers[35] = cpu.id;
  return `${pid} (${comm}) ${stateLetter(task)} ${numbers.join(" ")}\n`;
}

function status(task: Task, threadCount: number): string {
  const { comm, umask, tgid, pid, parent, uid, gid, voluntary, involuntary } = task;
  const letter = stateLetter(task);
  const four = (id: number) => `${id}\t${id}\t${id}\t${id}`;
  const capabilities = uid === 0 ? "000001ffffffffff" : "0000000000000000";
  const rows: readonly (readonly [string, string | number])[] = [
    ["Name", comm],
    ["Umask", umask.toString(8).padStart(4, "0")],
    ["State", `${letter} (${STATE_NAMES[letter]})`],
    ["Tgid", tgid],
    ["Ngid", 0],
    ["Pid", pid],
    ["PPid", parent?.tgid ?? 0],
    ["TracerPid", 0],
    ["Uid", four(uid)],
    ["Gid", four(gid)],
    ["FDSize", Math.max(64, task.files.entries().length)],
    ["Threads", threadCount],
    ["CapPrm", capabilities],
    ["CapEff", capabilities],
    ["voluntary_ctxt_switches", voluntary],
    ["nonvoluntary_ctxt_switches", involuntary],
  ];
  return rows.map(([name, value]) => `${name}:\t${value}\n`).join("");
}
