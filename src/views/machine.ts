/** A machine at one moment of its virtual time. */
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import { viewBundle } from "./bundle.ts";
import { type Html, html } from "./html.ts";
import { STYLE } from "./style.ts";
import { type Column, table, textTable } from "./table.ts";
import { virtualTime } from "./virtual-time.ts";

/** A machine as this view needs it: plain facts, so that the class decides what it tells. */
export interface MachineView {
  /** Virtual nanoseconds since it was started. */
  readonly now: bigint;
  readonly cpus: number;
  /** Once it has run: who has each CPU, who waits for it, and what it spent its time with, in nanoseconds. */
  readonly cpuRows?: readonly {
    readonly running: string;
    readonly waiting: readonly string[];
    readonly user: number;
    readonly system: number;
    readonly idle: number;
  }[];
  /** Disks and network devices that something went through: what, and what is attached. */
  readonly devices?: readonly {
    readonly name: string;
    readonly traffic: string;
    readonly programs: readonly string[];
  }[];
  readonly seed: number;
  /** Tasks that live and have run since it was started. */
  readonly tasks: readonly { readonly pid: number; readonly comm: string; readonly state: string }[];
  /** How many more tasks sleep, and have done so from the beginning. */
  readonly asleep: number;
  /** Loaded programs, each with the hooks that it is attached to. */
  readonly programs: readonly {
    readonly id: number;
    readonly name: string;
    readonly type: string;
    readonly hooks: readonly { readonly name: string; readonly events: number }[];
  }[];
  readonly maps: readonly { readonly id: number; readonly name: string; readonly type: string }[];
}

/** Rows of one table; of the others only the number. */
const MAX_ROWS = 12;

/** Time, CPUs with their queues, tasks by pid, devices, programs with their hooks, maps: a table each, empty ones left out. */
export function renderMachine(machine: MachineView): MimeBundle {
  const facts = `${plural(machine.cpus, "CPU")}, seed ${machine.seed}, at ${virtualTime(machine.now)} of virtual time`;
  const { asleep } = machine;
  const tasks = [...machine.tasks].sort((a, b) => a.pid - b.pid);
  const tables: readonly Part[] = [
    {
      title: "CPUs",
      columns: [
        { title: "CPU", kind: "number" },
        { title: "runs" },
        { title: "waiting for it" },
        ...["user", "system", "idle"].map((title) => ({ title, kind: "number" }) as const),
      ],
      rows: (machine.cpuRows ?? []).map(({ running, waiting, user, system, idle }, cpu) => {
        const whole = Math.max(1, user + system + idle);
        const shares = [user, system, idle].map((part) => `${((100 * part) / whole).toFixed(1)}%`);
        return [String(cpu), running, waiting.join(", "), ...shares];
      }),
    },
    {
      title: `${plural(tasks.length, "task")}${asleep > 0 ? `, and ${asleep} that have only slept` : ""}`,
      columns: [{ title: "pid", kind: "number" }, { title: "comm" }, { title: "state" }],
      rows: tasks.map(({ pid, comm, state }) => [String(pid), comm, state]),
    },
    {
      title: plural(machine.programs.length, "program"),
      columns: [{ title: "id", kind: "number" }, { title: "name" }, { title: "type" }, { title: "attached to" }],
      rows: machine.programs.map(({ id, name, type, hooks }) => [
        String(id),
        name,
        type,
        hooks.map(({ name: hook, events }) => `${hook} (${plural(events, "event")})`).join(", ") || "nothing",
      ]),
    },
    {
      title: "Devices",
      columns: [{ title: "device" }, { title: "what went through" }, { title: "programs" }],
      rows: (machine.devices ?? []).map((dev) => [dev.name, dev.traffic, dev.programs.join(", ")]),
    },
    {
      title: plural(machine.maps.length, "map"),
      columns: [{ title: "id", kind: "number" }, { title: "name" }, { title: "type" }],
      rows: machine.maps.map(({ id, name, type }) => [String(id), name, type]),
    },
  ];
  const parts = tables.filter(({ rows }) => rows.length > 0);
  return viewBundle({
    label: `Machine: ${facts}`,
    body: html`<p style="${STYLE.headline}"><strong>Machine</strong>: ${facts}</p>${parts.map(partTable)}`,
    text: [`Machine: ${facts}`, ...parts.map(partText)].join("\n\n"),
  });
}

interface Part {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

function partTable({ title, columns, rows }: Part): Html {
  const shown = rows.slice(0, MAX_ROWS).map((cells) => ({ cells }));
  const more = rows.length > MAX_ROWS && html`<p style="${STYLE.headline}">and ${rows.length - MAX_ROWS} more</p>`;
  return html`${table(title, columns, shown)}${more}`;
}

function partText({ title, columns, rows }: Part): string {
  const heads = columns.map((column) => column.title);
  const more = rows.length > MAX_ROWS ? `\nand ${rows.length - MAX_ROWS} more` : "";
  return `${title}\n${textTable([heads, ...rows.slice(0, MAX_ROWS)], columns)}${more}`;
}
