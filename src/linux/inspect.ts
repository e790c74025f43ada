import { DISPLAY, type Displayable } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { type Inode, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFSOCK } from "./fs/inode.ts";
import type { Linux } from "./linux.ts";
import { stateLetter } from "./proc/process-files.ts";
import type { Task } from "./task.ts";

/** Rows of plain values; in a notebook they show themselves as a table. */
export type Rows<Row> = readonly Row[] & Displayable;

/** Gives rows the way to show themselves, hidden, so that they compare as what they are. */
function rowsOf<Row extends object>(title: string, rows: readonly Row[]): Rows<Row> {
  return Object.defineProperty([...rows], DISPLAY, {
    value: () => render("rows", { title, rows }),
  }) as unknown as Rows<Row>;
}

/** One name in a directory, as `ls -l` shows it. */
export interface FileRow {
  /** `-rw-r--r--`. */
  readonly mode: string;
  readonly links: number;
  readonly owner: number;
  readonly group: number;
  readonly size: number;
  /** With ` -> target` for a symbolic link. */
  readonly name: string;
}

const KINDS: Readonly<Record<number, string>> = {
  [S_IFDIR]: "d",
  [S_IFLNK]: "l",
  [S_IFCHR]: "c",
  [S_IFBLK]: "b",
  [S_IFIFO]: "p",
  [S_IFSOCK]: "s",
};

/** `-rw-r--r--`, `drwxrwxrwt`. */
export function modeText(mode: number): string {
  const letters = [...(mode & 0o777).toString(2).padStart(9, "0")].map((bit, i) => (bit === "1" ? "rwx"[i % 3]! : "-"));
  if ((mode & 0o1000) !== 0) letters[8] = letters[8] === "x" ? "t" : "T";
  return (KINDS[mode & S_IFMT] ?? "-") + letters.join("");
}

/** What is in a directory, by name. Throws `FileError`. */
export function listFiles(linux: Linux, path: string): Rows<FileRow> {
  const row = ([name, inode]: readonly [string, Inode]): FileRow => ({
    mode: modeText(inode.mode),
    links: inode.nlink,
    owner: inode.uid,
    group: inode.gid,
    size: inode.size,
    name: inode.isLink ? `${name} -> ${inode.target}` : name,
  });
  return rowsOf(path, [...linux.files.directory(path)].map(row));
}

/** One process, as `ps -ef` shows it. */
export interface ProcessRow {
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly state: string;
  /** The CPU that it runs on, or ran on last. */
  readonly cpu: number;
  /** Milliseconds on CPUs. */
  readonly time: number;
  readonly comm: string;
}

function processRow(task: Task): ProcessRow {
  const { pid, parent, uid, cpu, cpuNs, comm } = task;
  const name = task.program === undefined ? `[${comm}]` : comm;
  return {
    pid,
    ppid: parent?.tgid ?? 0,
    uid,
    state: stateLetter(task),
    cpu: cpu.id,
    // No time at all is negative zero.
    time: Math.round(cpuNs / 1e6) + 0,
    comm: name,
  };
}

/** All tasks, by pid. */
export function processes(linux: Linux): Rows<ProcessRow> {
  return rowsOf("processes", [...linux.tasks()].sort((a, b) => a.pid - b.pid).map(processRow));
}

/** A task with its share of the CPUs. */
export interface TopRow extends ProcessRow {
  /** Percent of one CPU, since the machine was started. */
  readonly "cpu%": number;
}

/** Tasks by what they have used of the CPUs, the greediest first. */
export function top(linux: Linux): Rows<TopRow> {
  const now = Math.max(1, linux.ktimeNs());
  const share = (task: Task) => Math.round((task.cpuNs / now) * 1000) / 10 + 0;
  const rows = [...linux.tasks()].sort((a, b) => b.cpuNs - a.cpuNs || a.pid - b.pid);
  return rowsOf(
    "top",
    rows.map((task): TopRow => ({ ...processRow(task), "cpu%": share(task) })),
  );
}

/** A line of Linux's log. */
export interface LogRow {
  /** Virtual seconds since boot. */
  readonly time: string;
  readonly text: string;
}

/** Linux's own log, the oldest line first. */
export function kernelLog(linux: Linux): Rows<LogRow> {
  return rowsOf(
    "kernel log",
    linux.log.lines().map(({ time, text }): LogRow => ({ time: (time / 1e9).toFixed(6), text })),
  );
}
