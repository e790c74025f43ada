/** A machine over a span of virtual time: how it stood, and what happened. What the machine view is drawn from. */
import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import type { BpfSubsystem } from "../bpf/subsystem.ts";
import type { Duration } from "../duration.ts";
import type { Linux } from "../linux.ts";
import { deviceId } from "../net/picture.ts";
import type { RunSummary } from "../summary.ts";
import type { MachineEvent } from "./machine-event.ts";
import { watchMachine } from "./watch-machine.ts";

/** Events that are kept; those that come later are only counted. */
const MOST_EVENTS = 4_000;

/** How a machine stands at one moment. */
export interface MachineMoment {
  /** Virtual nanoseconds since it was started. */
  readonly time: number;
  /** By CPU: the pid of the task that has it (0: idle), and pids that wait for it. */
  readonly cpus: readonly { readonly pid: number; readonly waiting: readonly number[] }[];
  /** `nr`: the system call that it is in. */
  readonly tasks: readonly {
    readonly pid: number;
    readonly name: string;
    readonly state: number;
    readonly nr?: number;
  }[];
  readonly devices: readonly { readonly name: string; readonly kind: "disk" | "network" }[];
  /** Programs that are loaded, with the hooks that they are attached to. */
  readonly programs: readonly {
    readonly id: number;
    readonly name: string;
    readonly type: string;
    readonly hooks: readonly string[];
  }[];
}

/** The machine as it stands now. */
export function momentOf(linux: Linux, bpf: BpfSubsystem): MachineMoment {
  const links = [...bpf.links.values()];
  const network = linux.network.namespaces.flatMap(({ devices }) => [...devices.values()]);
  return {
    time: linux.ktimeNs(),
    cpus: linux.cpus.map(({ current, fair }) => ({ pid: current.pid, waiting: fair.waiting.map(({ pid }) => pid) })),
    tasks: linux.tasks().map(({ pid, comm, state, phase, program, outside, nr }) => ({
      ...{ pid, name: comm, state },
      // Threads of Linux have no program; a page fault or a signal is no system call.
      ...(phase === "kernel" && program !== undefined && outside === undefined ? { nr } : {}),
    })),
    devices: [
      ...linux.disks.map(({ name }) => ({ name, kind: "disk" as const })),
      ...network.map((dev) => ({ name: deviceId(dev), kind: "network" as const })),
    ],
    programs: [...bpf.programs.values()].map((program) => ({
      id: program.id,
      name: program.spec.name,
      type: program.spec.type,
      hooks: links.filter((link) => link.program === program).map(({ hook }) => hook),
    })),
  };
}

/**
 * What happened on a machine in a span of virtual time. In a notebook it shows CPUs, run queues, tasks, devices and programs at any
 * moment of it, to be stepped through event by event, forwards and back.
 *
 * @example
 * const record = await m.view({ for: "20ms" });
 * record.events.filter(({ kind }) => kind === "wakeup").length;
 */
export class MachineRecord implements Displayable {
  readonly begin: MachineMoment;
  /** Virtual nanoseconds since the machine was started: up to here nothing is missing. */
  readonly end: number;
  /** At most 4,000, by time. */
  readonly events: readonly MachineEvent[];
  /** Events that came later than `end`. */
  readonly lost: number;
  /** What the whole run says of itself. */
  readonly summary: RunSummary;

  constructor(parts: Pick<MachineRecord, "begin" | "end" | "events" | "lost" | "summary">) {
    this.begin = parts.begin;
    this.end = parts.end;
    this.events = parts.events;
    this.lost = parts.lost;
    this.summary = parts.summary;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("machine-record", this);
  }
}

/** Runs the machine for a span of virtual time and keeps what happens. Throws `DurationError`, `RunningError`. */
export async function recordMachine(linux: Linux, bpf: BpfSubsystem, duration: Duration): Promise<MachineRecord> {
  const begin = momentOf(linux, bpf);
  const seen: MachineEvent[] = [];
  let lost = 0;
  let firstLost = Number.POSITIVE_INFINITY;
  const stop = watchMachine(linux, bpf, (event) => {
    if (seen.length < MOST_EVENTS) {
      seen.push(event);
      return;
    }
    lost++;
    firstLost = Math.min(firstLost, event.time);
  });
  try {
    const summary = await linux.run(duration);
    // CPUs have clocks of their own, a little apart: what one did after another's first lost event goes, too.
    const events = seen.filter(({ time }) => time < firstLost).sort((a, b) => a.time - b.time);
    lost += seen.length - events.length;
    return new MachineRecord({ begin, end: Math.min(linux.ktimeNs(), firstLost), events, lost, summary });
  } finally {
    stop();
  }
}
