import { SYSCALLS, type SyscallRow } from "./syscall-table.ts";
import type { EventRows } from "./tracepoints/row.ts";
import { EVENT_ROWS } from "./tracepoints/rows.ts";

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

type EventTables = typeof EVENT_ROWS;

/** Names of all tracepoints but those of single system calls; they are unique without their category. */
export type EventName = { readonly [C in keyof EventTables]: keyof EventTables[C] }[keyof EventTables];

/** `[type name offset size]`, the size with an `s` where the field is signed. */
function field(text: string): TracepointField {
  const words = text.split(" ");
  const [name, offset, size] = words.splice(-3) as [string, string, string];
  const signed = size.endsWith("s");
  return { type: words.join(" "), name, offset: Number(offset), size: Number.parseInt(size, 10), signed };
}

/** A row of the tables; its fields are read when somebody looks at them. */
class Event implements Tracepoint {
  readonly category: string;
  readonly name: string;
  readonly id: number;
  readonly print: string;
  readonly #text: string;
  #fields: readonly TracepointField[] | undefined;

  constructor(category: string, name: string, [id, fields, print]: EventRows[string]) {
    this.category = category;
    this.name = name;
    this.id = id;
    this.print = print;
    this.#text = fields;
  }

  get fields(): readonly TracepointField[] {
    this.#fields ??= [...COMMON, ...(this.#text === "" ? [] : this.#text.split("; ").map(field))];
    return this.#fields;
  }

  get size(): number {
    const last = this.fields.at(-1)!;
    return last.offset + last.size;
  }
}

/** Every tracepoint but those of single system calls. */
export const EVENTS: readonly Tracepoint[] = Object.entries<EventRows>(EVENT_ROWS).flatMap(([category, rows]) =>
  Object.entries(rows).map(([name, row]) => new Event(category, name, row)),
);

/**
 * Where each of {@link EVENTS} stands, by name: the index of `hooks.live`.
 *
 * @example linux.hooks.live[TP.sched_switch] // undefined while nobody looks
 */
export const TP = Object.fromEntries(EVENTS.map(({ name }, index) => [name, index])) as Readonly<
  Record<EventName, number>
>;

/** Every tracepoint of the machine. */
export const TRACEPOINTS: readonly Tracepoint[] = [...EVENTS, ...SYSCALLS.flatMap((row) => [enter(row), exit(row)])];

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

/** The first `__data_loc` and the brackets of an array say how a value lies in a record, not what it is. */
function declared({ type, name }: TracepointField): string {
  return type.endsWith("*") ? `${type}${name}` : `${type} ${name}`;
}

/**
 * What `bpftrace -lv tracepoint:CATEGORY:NAME` prints.
 *
 * @example
 * listing(tracepoint("sched:sched_process_exit")!) // "tracepoint:sched:sched_process_exit\n    char comm[16]\n ..."
 */
export function listing(row: Tracepoint): string {
  const own = row.fields.slice(COMMON.length).map((each) => `    ${declared(each)}\n`);
  return `tracepoint:${row.category}:${row.name}\n${own.join("")}`;
}
