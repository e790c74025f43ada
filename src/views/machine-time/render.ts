/** A machine over a span of virtual time: a view to step through, and the same in short as text. */
import type { MimeBundle } from "../../plot/displayable.ts";
import { grouped, plural } from "../../plot/format.ts";
import { gantt } from "../../plot/gantt.ts";
import { html } from "../html.ts";
import { interactiveBundle } from "../interactive.ts";
import { table, textTable } from "../table.ts";
import { virtualTime } from "../virtual-time.ts";
import { type MachineData, type MachineRecordView, machineData } from "./machine-data.ts";
import { eventText, KIND, namesOf, slicesOf, stateAt } from "./machine-state.ts";
import { MACHINE_TIME_CLIENT } from "./machine-time.client-text.ts";

/** Of the frame without lanes and tables, of a lane, of a line of tables, and of tables at most, in pixels; and lanes that a kind has at most. */
const HEIGHT = 330;
const LANE = 18;
const LINE = 19;
const TABLES = 250;
const MOST_LANES = 12;
/** Events of the table, and tasks of the text. */
const MOST_ROWS = 100;
const MOST_TASKS = 10;

const TASKS = [{ title: "task" }, { title: "CPU time", kind: "number" }, { title: "at the end" }] as const;
const PROGRAMS = [{ title: "program" }, { title: "attached to" }, { title: "runs", kind: "number" }] as const;
const EVENTS = [{ title: "ms", kind: "number" }, { title: "CPU", kind: "number" }, { title: "what happened" }] as const;

/** Lanes of CPUs, and CPUs, run queues, tasks, devices and programs at any moment of the record. */
export function renderMachineRecord(record: MachineRecordView): MimeBundle {
  const data = machineData(record);
  const { events, span, lost, cpus, programs } = data;
  const names = namesOf(data);
  const nameOf = (pid: number) => (pid === 0 ? "idle" : `${names.get(pid) ?? "task"} ${pid}`);
  const end = stateAt(data, events.length);
  const later = lost > 0 ? `; ${grouped(lost)} later ones were not kept` : "";
  const label = `${plural(cpus.length, "CPU")} over ${virtualTime(BigInt(span))} of virtual time, ${plural(events.length, "event")}${later}`;
  const used = cpuTimes(data);
  const busiest = [...used].sort(([, a], [, b]) => b - a).slice(0, MOST_TASKS);
  const tasks = busiest.map(([pid, ns]) => [nameOf(pid), virtualTime(BigInt(ns)), end.tasks.get(pid)?.state ?? "gone"]);
  const runs = programs.map(({ name, hooks }, index) => [name, hooks.join(", "), grouped(end.programs[index]!.runs)]);
  const devices = data.devices.map((name, index) => {
    const { done, sent } = end.devices[index]!;
    const disk = events.some(([, , , kind, one]) => (kind === KIND.issue || kind === KIND.complete) && one === index);
    return disk ? `${name}: ${plural(done, "request")}` : `${name}: ${plural(done, "packet")} in, ${grouped(sent)} out`;
  });
  const intervals = [...slicesOf(data)]
    .sort((a, b) => a.cpu - b.cpu)
    .map(({ cpu, pid, from, to }) => ({
      ...{ lane: `CPU ${cpu}`, from: from / 1e6, to: to / 1e6, name: nameOf(pid) },
    }));
  const chart = intervals.length === 0 ? "All CPUs are idle." : gantt(intervals).text;
  const parts = [
    `Machine: ${label}`,
    chart,
    ...(tasks.length === 0 ? [] : [textTable([TASKS.map(({ title }) => title), ...tasks], TASKS)]),
    ...(runs.length === 0 ? [] : [textTable([PROGRAMS.map(({ title }) => title), ...runs], PROGRAMS)]),
    ...(devices.length === 0 ? [] : [devices.join("; ")]),
  ];
  const rows = events
    .slice(0, MOST_ROWS)
    .map((event) => ({ cells: [(event[0] / 1e6).toFixed(6), event[1], eventText(data, nameOf, event)] }));
  const rest = events.length > MOST_ROWS && html`<p>and ${grouped(events.length - MOST_ROWS)} more</p>`;
  const lanes = [cpus, data.devices, programs].reduce((sum, { length }) => sum + Math.min(MOST_LANES, length), 0);
  // With a title, a head and a margin for each table that is there.
  const left = [cpus, data.devices, programs].reduce((sum, { length }) => sum + (length === 0 ? 0 : length + 2), 0);
  const lines = Math.max(left, names.size + 3);
  return interactiveBundle({
    kind: "Machine view",
    label,
    text: parts.join("\n\n"),
    data,
    client: MACHINE_TIME_CLIENT,
    height: HEIGHT + LANE * lanes + Math.min(TABLES, LINE * lines),
    folded: ["The events as a table", html`${table("Events", EVENTS, rows)}${rest}`],
  });
}

/** Nanoseconds on CPUs, by pid. */
function cpuTimes(data: MachineData): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const { pid, from, to } of slicesOf(data)) times.set(pid, (times.get(pid) ?? 0) + to - from);
  return times;
}
