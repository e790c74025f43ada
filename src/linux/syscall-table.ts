import { SYSCALL_ROWS } from "./syscall-rows.ts";

/** One system call of x86-64. */
export interface SyscallRow {
  readonly nr: number;
  /** The name that `strace` and libc use. */
  readonly name: string;
  /** The name in `syscalls:sys_enter_NAME` and `__x64_sys_NAME`; differs for a few (`stat` is `newstat`). */
  readonly entry: string;
  /** Id of the enter tracepoint; the exit tracepoint's is one less. */
  readonly id: number;
  /** `__x64_sys_NAME`: offset from the kernel's text base, and size. */
  readonly text: readonly [offset: number, size: number];
  /** Arguments as the tracepoint's format prints them. */
  readonly args: readonly { readonly type: string; readonly name: string }[];
}

const ROW = /^(\d+) (\w+)(?:=(\w+))? (\d+) (0x[0-9a-f]+) (\d+)(?: (.*))?$/;

function parseRow(line: string): SyscallRow {
  const [, nr, name, entry = name, id, at, size, args = ""] = ROW.exec(line)!;
  return {
    nr: Number(nr),
    name: name!,
    entry: entry!,
    id: Number(id),
    text: [Number(at), Number(size)],
    args: args === "" ? [] : args.split(", ").map(parseArgument),
  };
}

/** `const char * filename`: the last word is the name. */
function parseArgument(text: string): { readonly type: string; readonly name: string } {
  const cut = text.lastIndexOf(" ");
  return { type: text.slice(0, cut), name: text.slice(cut + 1) };
}

/** Every system call of x86-64 that has tracepoints in Linux 6.18, by number. */
export const SYSCALLS: readonly SyscallRow[] = SYSCALL_ROWS.trim().split("\n").map(parseRow);

const byNumber: (SyscallRow | undefined)[] = [];
const byName = new Map<string, SyscallRow>();
for (const row of SYSCALLS) {
  byNumber[row.nr] = row;
  byName.set(row.name, row);
}

/** The row of a system call's number; undefined where x86-64 has none. */
export function syscallByNumber(nr: number): SyscallRow | undefined {
  return byNumber[nr];
}

/**
 * The row of a system call's name as `strace` prints it.
 *
 * @example
 * syscallByName("read")?.nr // 0
 */
export function syscallByName(name: string): SyscallRow | undefined {
  return byName.get(name);
}
