/** What the machine view's frame reads: how the machine stood, and what happened, in few characters. */
import type { MachineEvent } from "../../linux/record/machine-event.ts";
import type { MachineMoment } from "../../linux/record/machine-record.ts";
import { syscallByNumber } from "../../linux/syscall-table.ts";
import { TASK_STATES } from "../../linux/task.ts";
import { KIND } from "./machine-state.ts";

/** A record as this view needs it. */
export interface MachineRecordView {
  readonly begin: MachineMoment;
  readonly end: number;
  readonly events: readonly MachineEvent[];
  readonly lost: number;
}

/** `[nanoseconds, CPU, pid, kind, ...what the kind tells]`; see {@link MachineEvent}. */
export type EventRow = readonly [time: number, cpu: number, pid: number, kind: number, one?: number, two?: number];

export interface MachineData {
  /** Virtual nanoseconds: when the record begins, counted from the start of the machine, and how long it is. */
  readonly from: number;
  readonly span: number;
  /** Events that came too late to be kept. */
  readonly lost: number;
  readonly cpus: readonly { readonly pid: number; readonly waiting: readonly number[] }[];
  /** Those that anything happens to: pid, name, state, and the system call that it is in. */
  readonly tasks: readonly (readonly [pid: number, name: string, state: number, nr?: number])[];
  /** Tasks that sleep all the time. */
  readonly asleep: number;
  readonly devices: readonly string[];
  readonly programs: readonly { readonly name: string; readonly type: string; readonly hooks: readonly string[] }[];
  /** Names of states and of system calls, by number, and other texts. */
  readonly states: Readonly<Record<number, string>>;
  readonly calls: Readonly<Record<number, string>>;
  readonly texts: readonly string[];
  readonly events: readonly EventRow[];
}

/** The record's rows with texts, devices and programs by number. */
export function machineData({ begin, end, events, lost }: MachineRecordView): MachineData {
  const texts = indexed<string>();
  const devices = indexed<string>();
  const programs = indexed<number>();
  const calls = new Set<number>();
  for (const { id, hooks } of begin.programs) if (hooks.length > 0) programs(id);
  const rowOf = (event: MachineEvent): EventRow => {
    const { time, cpu, pid, kind } = event;
    const head = [time - begin.time, cpu, pid, KIND[kind]] as const;
    switch (kind) {
      case "switch":
        return [...head, event.task, event.state];
      case "wakeup":
      case "migrate":
        return [...head, event.task, event.to];
      case "fork":
        return [...head, event.task, texts(event.name)];
      case "rename":
      case "interrupt":
        return [...head, texts(event.name)];
      case "end":
        return head;
      case "enter":
        calls.add(event.nr);
        return [...head, event.nr];
      case "exit":
        calls.add(event.nr);
        return [...head, event.nr, event.result];
      case "issue":
      case "complete":
      case "receive":
      case "send":
        return [...head, devices(event.device), event.bytes];
      case "program":
        return [...head, programs(event.program), event.result];
    }
  };
  const rows = events.map(rowOf);
  const seen = new Set([
    ...begin.cpus.flatMap(({ pid, waiting }) => [pid, ...waiting]),
    ...events.flatMap((event) => [event.pid, ...("task" in event ? [event.task] : [])]),
  ]);
  const tasks = begin.tasks.filter(({ pid }) => seen.has(pid));
  for (const { nr } of tasks) if (nr !== undefined) calls.add(nr);
  const known = new Map(begin.programs.map((program) => [program.id, program]));
  const unknown = { name: "a program that was loaded later", type: "", hooks: [] };
  return {
    from: begin.time,
    span: end - begin.time,
    lost,
    cpus: begin.cpus,
    tasks: tasks.map(({ pid, name, state, nr }) => (nr === undefined ? [pid, name, state] : [pid, name, state, nr])),
    asleep: begin.tasks.length - tasks.length,
    devices: devices.all,
    programs: programs.all.map((id) => {
      const { name, type, hooks } = known.get(id) ?? unknown;
      return { name, type, hooks };
    }),
    states: TASK_STATES,
    calls: Object.fromEntries([...calls].map((nr) => [nr, syscallByNumber(nr)?.name ?? `system call ${nr}`])),
    texts: texts.all,
    events: rows,
  };
}

/** Numbers values in the order in which they come. */
function indexed<T>(): ((value: T) => number) & { readonly all: readonly T[] } {
  const all: T[] = [];
  const numbers = new Map<T, number>();
  const number = (value: T): number => {
    const known = numbers.get(value) ?? all.push(value) - 1;
    numbers.set(value, known);
    return known;
  };
  return Object.assign(number, { all });
}
