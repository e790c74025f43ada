/** A machine after any number of the events of its record: it touches no page, so text and frame share it. */
import type { MachineEventKind } from "../../linux/record/machine-event.ts";
import type { EventRow, MachineData } from "./machine-data.ts";

/** Kinds of events by their number in rows. */
export const KIND = {
  switch: 0,
  wakeup: 1,
  migrate: 2,
  fork: 3,
  rename: 4,
  end: 5,
  enter: 6,
  exit: 7,
  issue: 8,
  complete: 9,
  receive: 10,
  send: 11,
  interrupt: 12,
  program: 13,
} as const satisfies Readonly<Record<MachineEventKind, number>>;

export interface TaskState {
  readonly name: string;
  /** `on CPU 0`, `waits for CPU 1`, `sleeping`. */
  readonly state: string;
  /** The system call that it is in. */
  readonly call: string;
}

export interface DeviceState {
  /** Requests that a disk works on. */
  readonly busy: number;
  /** Requests that are done, or packets received. */
  readonly done: number;
  readonly sent: number;
  readonly bytes: number;
}

export interface ProgramState {
  readonly runs: number;
  readonly last: number | undefined;
}

/** What is shown of a moment. */
export interface MachineState {
  readonly cpus: readonly { readonly pid: number; readonly waiting: readonly number[] }[];
  /** By pid, without those that are gone. */
  readonly tasks: ReadonlyMap<number, TaskState>;
  readonly devices: readonly DeviceState[];
  readonly programs: readonly ProgramState[];
  /** What the last event changed: `cpu 0`, `task 12`, `device 1`, `program 0`. */
  readonly changed: ReadonlySet<string>;
}

/** A stretch of time in which a CPU had one task. */
export interface Slice {
  readonly cpu: number;
  readonly pid: number;
  readonly from: number;
  readonly to: number;
}

type Changing<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The machine after `count` events.
 *
 * @example stateAt(data, 3).cpus[0].pid // who has CPU 0
 */
export function stateAt(data: MachineData, count: number): MachineState {
  const { events, states, calls, texts } = data;
  const cpus = data.cpus.map(({ pid, waiting }) => ({ pid, waiting: [...waiting] }));
  const tasks = new Map<number, Changing<TaskState>>(
    data.tasks.map(([pid, name, state, nr]) => [
      pid,
      { name, state: states[state] ?? "", call: nr === undefined ? "" : calls[nr]! },
    ]),
  );
  const devices = data.devices.map((): Changing<DeviceState> => ({ busy: 0, done: 0, sent: 0, bytes: 0 }));
  const programs = data.programs.map((): Changing<ProgramState> => ({ runs: 0, last: undefined }));
  const ending = new Set<number>();
  const changed = new Set<string>();

  const task = (pid: number) => {
    const known = tasks.get(pid) ?? { name: pid === 0 ? "idle" : "", state: "", call: "" };
    if (pid !== 0) tasks.set(pid, known);
    changed.add(`task ${pid}`);
    return known;
  };
  /** Out of the queue that it waits in. */
  const leaveQueue = (pid: number) => {
    for (const [cpu, { waiting }] of cpus.entries()) {
      const at = waiting.indexOf(pid);
      if (at < 0) continue;
      waiting.splice(at, 1);
      changed.add(`cpu ${cpu}`);
    }
  };
  const enterQueue = (pid: number, cpu: number) => {
    leaveQueue(pid);
    cpus[cpu]!.waiting.push(pid);
    changed.add(`cpu ${cpu}`);
    task(pid).state = `waits for CPU ${cpu}`;
  };
  const switchTo = (cpu: number, previous: number, next: number, state: number) => {
    leaveQueue(next);
    cpus[cpu]!.pid = next;
    changed.add(`cpu ${cpu}`);
    if (next !== 0) task(next).state = `on CPU ${cpu}`;
    if (previous === 0) return;
    if (ending.has(previous)) tasks.delete(previous);
    else if (state === 0) enterQueue(previous, cpu);
    else task(previous).state = states[state] ?? "sleeping";
  };
  for (const [cpu, { pid, waiting }] of cpus.entries()) {
    if (pid !== 0) task(pid).state = `on CPU ${cpu}`;
    for (const each of waiting) task(each).state = `waits for CPU ${cpu}`;
  }

  changed.clear();
  for (const [, cpu, pid, kind, one = 0, two = 0] of events.slice(0, count)) {
    changed.clear();
    switch (kind) {
      case KIND.switch:
        switchTo(cpu, pid, one, two);
        break;
      case KIND.wakeup:
        // Still on its way off the CPU: it stays.
        if (cpus[two]!.pid === one) task(one).state = `on CPU ${two}`;
        else enterQueue(one, two);
        break;
      case KIND.migrate:
        if (cpus.some(({ waiting }) => waiting.includes(one))) enterQueue(one, two);
        break;
      case KIND.fork:
        task(one).name = texts[two]!;
        break;
      case KIND.rename:
        task(pid).name = texts[one]!;
        break;
      case KIND.end:
        ending.add(pid);
        task(pid).call = "exits";
        break;
      case KIND.enter:
        task(pid).call = calls[one]!;
        break;
      case KIND.exit:
        task(pid).call = "";
        break;
      case KIND.issue:
        devices[one]!.busy++;
        changed.add(`device ${one}`);
        break;
      case KIND.complete: {
        const disk = devices[one]!;
        // Issued before the record began.
        disk.busy = Math.max(0, disk.busy - 1);
        disk.done++;
        disk.bytes += two;
        changed.add(`device ${one}`);
        break;
      }
      case KIND.receive:
      case KIND.send: {
        const device = devices[one]!;
        if (kind === KIND.receive) device.done++;
        else device.sent++;
        device.bytes += two;
        changed.add(`device ${one}`);
        break;
      }
      case KIND.interrupt:
        changed.add(`cpu ${cpu}`);
        break;
      case KIND.program:
        programs[one]!.runs++;
        programs[one]!.last = two;
        changed.add(`program ${one}`);
        break;
    }
  }
  return { cpus, tasks, devices, programs, changed };
}

/** Who had which CPU when; idle stretches are left out. */
export function slicesOf({ cpus, events, span }: MachineData): Slice[] {
  const now = cpus.map(({ pid }) => ({ pid, from: 0 }));
  const slices: Slice[] = [];
  const close = (cpu: number, to: number) => {
    const { pid, from } = now[cpu]!;
    if (pid !== 0 && to > from) slices.push({ cpu, pid, from, to });
  };
  for (const [time, cpu, , kind, next = 0] of events) {
    if (kind !== KIND.switch) continue;
    close(cpu, time);
    now[cpu] = { pid: next, from: time };
  }
  for (const cpu of now.keys()) close(cpu, span);
  return slices;
}

/** Names of all tasks of a record, by pid: the last that each had. */
export function namesOf({ tasks, events, texts }: MachineData): ReadonlyMap<number, string> {
  const names = new Map(tasks.map(([pid, name]) => [pid, name]));
  for (const [, , pid, kind, one = 0, two = 0] of events) {
    if (kind === KIND.fork) names.set(one, texts[two]!);
    else if (kind === KIND.rename) names.set(pid, texts[one]!);
  }
  return names;
}

/** An event in words: `nginx 1003 enters read`. */
export function eventText(data: MachineData, name: (pid: number) => string, event: EventRow): string {
  const [, , pid, kind, one = 0, two = 0] = event;
  const who = name(pid);
  switch (kind) {
    case KIND.switch:
      return pid === 0
        ? `${name(one)} runs`
        : `${who} ${two === 0 ? "must wait" : `is ${data.states[two] ?? "sleeping"}`}, ${name(one)} runs`;
    case KIND.wakeup:
      return `${who} wakes ${name(one)}, for CPU ${two}`;
    case KIND.migrate:
      return `${name(one)} moves to CPU ${two}`;
    case KIND.fork:
      return `${who} makes ${data.texts[two]} ${one}`;
    case KIND.rename:
      return `${who} becomes ${data.texts[one]}`;
    case KIND.end:
      return `${who} exits`;
    case KIND.enter:
      return `${who} calls ${data.calls[one]}`;
    case KIND.exit:
      return `${who}: ${data.calls[one]} returns ${two}`;
    case KIND.issue:
      return `${data.devices[one]} gets a request, ${two} bytes`;
    case KIND.complete:
      return `${data.devices[one]} is done with ${two} bytes`;
    case KIND.receive:
      return `${data.devices[one]} receives ${two} bytes`;
    case KIND.send:
      return `${data.devices[one]} sends ${two} bytes`;
    case KIND.interrupt:
      return `interrupt of ${data.texts[one]}, while ${who} runs`;
    case KIND.program:
      return `program ${data.programs[one]!.name} runs and returns ${resultText(data.programs[one]!.type, two)}`;
    default:
      return "";
  }
}

const XDP_ACTIONS = ["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"];

/** What a program returned; what XDP programs decide has names. */
export function resultText(type: string, result: number): string {
  return (type === "xdp" ? XDP_ACTIONS[result] : undefined) ?? String(result | 0);
}
