/** One row for each program type. The verifier, the loader, displays and documentation read them. */
import {
  KPROBE_CONTEXT,
  PERF_EVENT_CONTEXT,
  RAW_TRACEPOINT_CONTEXT,
  SCHED_CLS_CONTEXT,
  SOCKET_FILTER_CONTEXT,
  TRACEPOINT_CONTEXT,
  XDP_CONTEXT,
} from "./contexts.ts";
import { BASE, INGRESS, NETWORK, PERF_EVENT, SCHED_CLS, SOCKET_BUFFER, TRACING, XDP } from "./helper-sets.ts";
import type { ProgramRow } from "./row.ts";
import { PROGRAM_TYPES, type ProgramType } from "./types.ts";

const helpers = (...families: (readonly string[])[]): ReadonlySet<string> => new Set(families.flat());

const rows: Readonly<Record<ProgramType, Omit<ProgramRow, "type" | "number">>> = {
  raw: {
    doc: "A bare program on plain memory: r1 points to it, r2 is its length. Not a type of Linux.",
    sections: [],
    helpers: helpers(BASE, TRACING),
    packetAccess: false,
  },
  socket_filter: {
    doc: "Runs for each packet that a socket receives; returns how many bytes of it to keep.",
    sections: ["socket"],
    context: SOCKET_FILTER_CONTEXT,
    helpers: helpers(BASE, NETWORK, SOCKET_BUFFER),
    packetAccess: false,
  },
  kprobe: {
    doc: "Runs when a function of Linux is entered, or at an instruction in it.",
    sections: ["kprobe+", "kretprobe+", "uprobe+", "uretprobe+", "ksyscall+", "kretsyscall+", "usdt+"],
    context: KPROBE_CONTEXT,
    helpers: helpers(BASE, TRACING),
    packetAccess: false,
  },
  sched_cls: {
    doc: "Runs for each packet that enters or leaves a device through traffic control.",
    sections: ["tc", "tc/ingress", "tc/egress", "tcx/ingress", "tcx/egress", "classifier"],
    verdicts: {
      [-1]: "TC_ACT_UNSPEC",
      0: "TC_ACT_OK",
      1: "TC_ACT_RECLASSIFY",
      2: "TC_ACT_SHOT",
      3: "TC_ACT_PIPE",
      4: "TC_ACT_STOLEN",
      5: "TC_ACT_QUEUED",
      6: "TC_ACT_REPEAT",
      7: "TC_ACT_REDIRECT",
      8: "TC_ACT_TRAP",
    },
    context: SCHED_CLS_CONTEXT,
    helpers: helpers(BASE, NETWORK, SOCKET_BUFFER, INGRESS, SCHED_CLS),
    packetAccess: true,
  },
  tracepoint: {
    doc: "Runs when execution passes a tracepoint of Linux; its context is the event's record.",
    sections: ["tracepoint+", "tp+"],
    context: TRACEPOINT_CONTEXT,
    helpers: helpers(BASE, TRACING),
    packetAccess: false,
  },
  xdp: {
    doc: "Runs in a network driver for each packet received, before Linux makes a socket buffer of it.",
    sections: ["xdp", "xdp.frags", "xdp/devmap", "xdp.frags/devmap", "xdp/cpumap", "xdp.frags/cpumap"],
    verdicts: { 0: "XDP_ABORTED", 1: "XDP_DROP", 2: "XDP_PASS", 3: "XDP_TX", 4: "XDP_REDIRECT" },
    context: XDP_CONTEXT,
    helpers: helpers(BASE, NETWORK, INGRESS, XDP),
    packetAccess: true,
  },
  perf_event: {
    doc: "Runs for each sample of a perf event, such as a timer that fires 99 times a second.",
    sections: ["perf_event"],
    context: PERF_EVENT_CONTEXT,
    helpers: helpers(BASE, TRACING, PERF_EVENT),
    packetAccess: false,
  },
  raw_tracepoint: {
    doc: "Runs at a tracepoint of Linux with the arguments as they were passed, before a record is made of them.",
    sections: ["raw_tracepoint+", "raw_tp+"],
    context: RAW_TRACEPOINT_CONTEXT,
    helpers: helpers(BASE, TRACING),
    packetAccess: false,
  },
};

/**
 * Every program type.
 *
 * @example PROGRAMS.xdp.context?.fields.map((field) => field.name) // ["data", "data_end", ...]
 */
export const PROGRAMS: Readonly<Record<ProgramType, ProgramRow>> = Object.fromEntries(
  (Object.keys(rows) as ProgramType[]).map((type) => [type, { type, number: PROGRAM_TYPES[type], ...rows[type] }]),
) as Record<ProgramType, ProgramRow>;

/**
 * The program type that libbpf chooses for an ELF section name, or undefined.
 *
 * @example typeOfSection("tp/syscalls/sys_enter_read") // "tracepoint"
 */
export function typeOfSection(section: string): ProgramType | undefined {
  const matches = (pattern: string): boolean =>
    pattern.endsWith("+")
      ? section === pattern.slice(0, -1) || section.startsWith(`${pattern.slice(0, -1)}/`)
      : section === pattern;
  return Object.values(PROGRAMS).find((row) => row.sections.some(matches))?.type;
}
