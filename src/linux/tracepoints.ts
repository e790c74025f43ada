import { SYSCALLS, type SyscallRow } from "./syscall-table.ts";

/** One field of a tracepoint's record, as `/sys/kernel/tracing/events/.../format` describes it. */
export interface TracepointField {
  readonly type: string;
  /** An array has its length in the name, as in the format text: `prev_comm[16]`. */
  readonly name: string;
  /** Byte offset in the record and so in a program's context. */
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

/** One tracepoint. */
export interface Tracepoint {
  readonly category: string;
  readonly name: string;
  /** As in `events/CATEGORY/NAME/id`. */
  readonly id: number;
  /** All fields, the four common ones first. */
  readonly fields: readonly TracepointField[];
  /** Bytes of the whole record. */
  readonly size: number;
  /** The format text's last line, after `print fmt: `. */
  readonly print: string;
  /** For `syscalls`: the system call it belongs to. */
  readonly syscall?: { readonly nr: number; readonly side: "enter" | "exit" };
}

const COMMON: readonly TracepointField[] = [
  { type: "unsigned short", name: "common_type", offset: 0, size: 2, signed: false },
  { type: "unsigned char", name: "common_flags", offset: 2, size: 1, signed: false },
  { type: "unsigned char", name: "common_preempt_count", offset: 3, size: 1, signed: false },
  { type: "int", name: "common_pid", offset: 4, size: 4, signed: true },
];

const SYSCALL_NR: TracepointField = { type: "int", name: "__syscall_nr", offset: 8, size: 4, signed: true };

/** Every argument takes 8 bytes, whatever its type: the record holds the registers. */
function enter(row: SyscallRow): Tracepoint {
  const args = row.args.map(({ type, name }, index) => ({
    type,
    name,
    offset: 16 + 8 * index,
    size: 8,
    signed: false,
  }));
  const forms = row.args.map(({ name }) => `${name}: 0x%08lx`).join(", ");
  const values = row.args.map(({ name }) => `, ((unsigned long)(REC->${name}))`).join("");
  return {
    category: "syscalls",
    name: `sys_enter_${row.entry}`,
    id: row.id,
    fields: [...COMMON, SYSCALL_NR, ...args],
    size: 16 + 8 * args.length,
    print: `"${forms}"${values}`,
    syscall: { nr: row.nr, side: "enter" },
  };
}

function exit(row: SyscallRow): Tracepoint {
  return {
    category: "syscalls",
    name: `sys_exit_${row.entry}`,
    id: row.id - 1,
    fields: [...COMMON, SYSCALL_NR, { type: "long", name: "ret", offset: 16, size: 8, signed: true }],
    size: 24,
    print: `"0x%lx", REC->ret`,
    syscall: { nr: row.nr, side: "exit" },
  };
}

const STATE_MASK =
  "(((0x00000000 | 0x00000001 | 0x00000002 | 0x00000004 | 0x00000008 | 0x00000010 | 0x00000020 | 0x00000040) + 1) << 1)";

/** Raised by `__schedule` before it switches: `current` is still the previous task. */
export const SCHED_SWITCH: Tracepoint = {
  category: "sched",
  name: "sched_switch",
  id: 372,
  fields: [
    ...COMMON,
    { type: "char", name: "prev_comm[16]", offset: 8, size: 16, signed: false },
    { type: "pid_t", name: "prev_pid", offset: 24, size: 4, signed: true },
    { type: "int", name: "prev_prio", offset: 28, size: 4, signed: true },
    { type: "long", name: "prev_state", offset: 32, size: 8, signed: true },
    { type: "char", name: "next_comm[16]", offset: 40, size: 16, signed: false },
    { type: "pid_t", name: "next_pid", offset: 56, size: 4, signed: true },
    { type: "int", name: "next_prio", offset: 60, size: 4, signed: true },
  ],
  size: 64,
  print:
    `"prev_comm=%s prev_pid=%d prev_prio=%d prev_state=%s%s ==> next_comm=%s next_pid=%d next_prio=%d", REC->prev_comm, ` +
    `REC->prev_pid, REC->prev_prio, (REC->prev_state & (${STATE_MASK} - 1)) ? __print_flags(REC->prev_state & ` +
    `(${STATE_MASK} - 1), "|", { 0x00000001, "S" }, { 0x00000002, "D" }, { 0x00000004, "T" }, { 0x00000008, "t" }, ` +
    `{ 0x00000010, "X" }, { 0x00000020, "Z" }, { 0x00000040, "P" }, { 0x00000080, "I" }) : "R", REC->prev_state & ` +
    `${STATE_MASK} ? "+" : "", REC->next_comm, REC->next_pid, REC->next_prio`,
};

/** Every tracepoint of the machine. */
export const TRACEPOINTS: readonly Tracepoint[] = [SCHED_SWITCH, ...SYSCALLS.flatMap((row) => [enter(row), exit(row)])];

const byName = new Map(TRACEPOINTS.map((row) => [`${row.category}:${row.name}`, row]));

/** A tracepoint by `category:name`. */
export function tracepoint(name: string): Tracepoint | undefined {
  return byName.get(name);
}

/**
 * The text of `/sys/kernel/tracing/events/CATEGORY/NAME/format`.
 *
 * @example
 * formatText(tracepoint("syscalls:sys_enter_read")!) // "name: sys_enter_read\nID: 842\nformat:\n\tfield:..."
 */
export function formatText(row: Tracepoint): string {
  const line = ({ type, name, offset, size, signed }: TracepointField) =>
    `\tfield:${type} ${name};\toffset:${offset};\tsize:${size};\tsigned:${signed ? 1 : 0};\n`;
  const common = row.fields.slice(0, COMMON.length).map(line).join("");
  const own = row.fields.slice(COMMON.length).map(line).join("");
  return `name: ${row.name}\nID: ${row.id}\nformat:\n${common}\n${own}\nprint fmt: ${row.print}\n`;
}
