/** Program types that watch the kernel, and those that are run by hand. */
import {
  KPROBE_CONTEXT,
  LIRC_MODE2_CONTEXT,
  PERF_EVENT_CONTEXT,
  RAW_TRACEPOINT_CONTEXT,
  RAW_TRACEPOINT_WRITABLE_CONTEXT,
  SYSCALL_CONTEXT,
  TRACEPOINT_CONTEXT,
} from "./contexts.ts";
import {
  BASE,
  COOKIE,
  FUNCTION_ARGUMENTS,
  ITERATOR,
  LIRC_MODE2,
  LSM,
  OPERATIONS,
  OVERRIDE,
  PERF_EVENT,
  SOCKET_CASTS,
  SYSCALL,
  TRACING,
  TYPED_TRACING,
} from "./helper-sets.ts";
import type { ProgramRow } from "./row.ts";
import type { ProgramType } from "./types.ts";

/** A row without what derives from the type. */
export type Details = Omit<ProgramRow, "type" | "number" | "sections">;

export const helpers = (...families: (readonly string[])[]): ReadonlySet<string> => new Set(families.flat());

const PROBE_FAMILIES = [...BASE, ...TRACING, ...COOKIE];
const PROBE = helpers(PROBE_FAMILIES);
const TYPED = helpers(BASE, TRACING, SOCKET_CASTS, TYPED_TRACING);
const ZERO = { min: 0, max: 0 };
const YES_OR_NO = { min: 0, max: 1 };

export const TRACING_ROWS = {
  raw: {
    doc: "A bare program on plain memory: r1 points to it, r2 is its length. Not a type of Linux.",
    attachTypes: [],
    helpers: PROBE,
  },
  kprobe: {
    doc: "Runs when a function of Linux is entered, or at an instruction in it.",
    attachTypes: ["trace_kprobe_multi", "trace_kprobe_session", "trace_uprobe_multi", "trace_uprobe_session"],
    context: KPROBE_CONTEXT,
    helpers: helpers(PROBE_FAMILIES, OVERRIDE),
    variants: {
      trace_kprobe_session: { returns: YES_OR_NO },
      trace_uprobe_session: { returns: YES_OR_NO },
    },
  },
  tracepoint: {
    doc: "Runs when execution passes a tracepoint of Linux; its context is the event's record.",
    attachTypes: [],
    context: TRACEPOINT_CONTEXT,
    helpers: PROBE,
  },
  perf_event: {
    doc: "Runs for each sample of a perf event, such as a timer that fires 99 times a second.",
    attachTypes: [],
    context: PERF_EVENT_CONTEXT,
    helpers: helpers(PROBE_FAMILIES, PERF_EVENT),
  },
  raw_tracepoint: {
    doc: "Runs at a tracepoint of Linux with the arguments as they were passed, before a record is made of them.",
    attachTypes: [],
    context: RAW_TRACEPOINT_CONTEXT,
    helpers: PROBE,
  },
  raw_tracepoint_writable: {
    doc: "Runs at a tracepoint of Linux that gives it a buffer to change.",
    attachTypes: [],
    context: RAW_TRACEPOINT_WRITABLE_CONTEXT,
    helpers: PROBE,
  },
  tracing: {
    doc: "Runs when a function of Linux is entered or left, with typed arguments; or for each object of an iterator.",
    defaultAttach: "trace_fentry",
    attachTypes: ["trace_fentry", "trace_fexit", "modify_return", "trace_raw_tp", "trace_iter"],
    helpers: helpers([...TYPED], FUNCTION_ARGUMENTS),
    returns: ZERO,
    variants: {
      modify_return: { returns: undefined },
      trace_raw_tp: { helpers: helpers([...TYPED], COOKIE), returns: undefined },
      trace_iter: { helpers: helpers([...TYPED], ITERATOR), returns: YES_OR_NO },
    },
  },
  lsm: {
    doc: "Runs where Linux asks its security modules, and may refuse.",
    defaultAttach: "lsm_mac",
    attachTypes: ["lsm_mac", "lsm_cgroup"],
    helpers: helpers([...TYPED], LSM),
  },
  ext: {
    doc: "Replaces a function of another program.",
    attachTypes: [],
    helpers: helpers(BASE),
  },
  struct_ops: {
    doc: "Implements a function of a kernel structure, such as a congestion control.",
    defaultAttach: "struct_ops",
    attachTypes: ["struct_ops"],
    helpers: helpers(BASE, OPERATIONS),
  },
  syscall: {
    doc: "Runs when a user asks for it, and may load other programs.",
    attachTypes: [],
    context: SYSCALL_CONTEXT,
    helpers: helpers([...TYPED], SYSCALL),
  },
  lirc_mode2: {
    doc: "Decodes the signals of an infrared receiver.",
    defaultAttach: "lirc_mode2",
    attachTypes: ["lirc_mode2"],
    context: LIRC_MODE2_CONTEXT,
    helpers: helpers(LIRC_MODE2),
  },
} as const satisfies Readonly<Partial<Record<ProgramType, Details>>>;
