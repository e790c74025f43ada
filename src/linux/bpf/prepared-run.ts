import { ArgumentError, isObject, requireBytes } from "../../isa/argument.ts";
import { accessBytes } from "../../isa/constants.ts";
import { LinearMemory } from "../../memory/memory.ts";
import { type ContextValue, contextBytes } from "../../programs/test-run/context-values.ts";
import { prepareTestRun, type TestRun } from "../../programs/test-run.ts";
import { TraceRecord, type TraceValue } from "../hooks/record.ts";
import { type Tracepoint, tracepoint } from "../tracepoints.ts";
import type { LinuxProgram } from "./program.ts";
import type { BpfSubsystem } from "./subsystem.ts";

/** What a program is run on by hand: a packet, a context, or both. */
export interface RunInput {
  /** The packet; for type `raw` the memory that r1 points to. */
  readonly data?: Uint8Array;
  /**
   * What r1 points to, as the user structure of the program type: its bytes, or its members by name. Of a packet what Linux
   * lets a caller choose (`mark`, `cb`, ...); of a raw tracepoint `args`, of a kprobe registers (`rdi`, ...).
   */
  readonly context?: Uint8Array | Readonly<Record<string, ContextValue | string>>;
  /** Of a tracepoint whose record `context` is by names of its fields: `"sched:sched_switch"`. */
  readonly event?: string;
}

/** The input of a test run in memory: a packet with its context, or for type `raw` plain bytes. */
export interface PreparedRun extends TestRun {
  /** For `raw`: bytes at `context`; else 0. */
  readonly length: number;
}

/**
 * Puts the input of a test run into memory; throws `TestRunError` where Linux refuses it, `ArgumentError` for what is no input.
 * `repeat` is how often it will run.
 */
export function prepareRun(bpf: BpfSubsystem, program: LinuxProgram, input: RunInput, repeat?: number): PreparedRun {
  const { memory, packets, sockets } = bpf.host;
  const { type } = program.spec;
  const { data, context } = input;
  if (type === "raw") {
    requireBytes("data", data);
    const at = memory.allocate(data.length);
    memory.u8.set(data, at);
    return {
      context: at,
      length: data.length,
      dataOut: () => memory.u8.slice(at, at + data.length),
      contextOut: () => undefined,
      free: () => memory.free(at, data.length),
    };
  }
  const bytes = context === undefined ? {} : { context: contextOf(program, input) };
  const run = prepareTestRun(memory, type, {
    ...(data === undefined ? {} : { data }),
    ...bytes,
    ...(repeat === undefined ? {} : { repeat }),
    contextEnd: contextEnd(program),
    ...(sockets ? { takeChosen: () => sockets.takeAssigned() } : {}),
    ...(packets ? { hasDevice: (ifindex: number) => packets.mtu(ifindex) !== undefined } : {}),
  });
  return { length: 0, ...run };
}

/** How far into its context the program reads or writes, as far as the verifier saw: Linux's `max_ctx_offset`. */
function contextEnd({ spec, verdict }: LinuxProgram): number {
  let end = 0;
  for (const [at, { code, offset }] of spec.insns.entries()) {
    const facts = verdict?.facts[at];
    if (facts?.seen && facts.pointer === "ctx") end = Math.max(end, offset + accessBytes(code));
  }
  return end;
}

function contextOf({ spec }: LinuxProgram, { context, event, data }: RunInput): Uint8Array {
  if (context instanceof Uint8Array) return context;
  if (!isObject(context)) throw new ArgumentError("context", "bytes or an object of members", context);
  if (spec.type === "tracepoint") return recordOf(event, context);
  const values = context as Readonly<Record<string, ContextValue>>;
  // The end of a packet is the end of what was given, unless the caller says so.
  const ends = spec.type === "xdp" && data !== undefined && values.data_end === undefined;
  return contextBytes(spec.type, ends ? { data_end: data.length, ...values } : values);
}

/** A tracepoint's record by the names of its fields. */
function recordOf(event: string | undefined, values: Readonly<Record<string, unknown>>): Uint8Array {
  const row = event === undefined ? undefined : tracepoint(event.replace(/^tracepoint:/, ""));
  if (row === undefined)
    throw new ArgumentError("event", 'the tracepoint that the record is of, such as "sched:sched_switch"', event);
  return recordBytes(row, values);
}

const OWN = 8;
const bare = (name: string): string => name.replace(/\[.*$/, "");

function recordBytes(row: Tracepoint, values: Readonly<Record<string, unknown>>): Uint8Array {
  const own = row.fields.filter(({ offset }) => offset >= OWN);
  for (const name of Object.keys(values)) {
    if (own.some((field) => bare(field.name) === name)) continue;
    const known = own.map((field) => bare(field.name)).join(", ");
    throw new ArgumentError(`context.${name}`, `one of ${known}`, values[name], `${row.name} has no field ${name}.`);
  }
  const list = own.map((field): TraceValue => {
    const value = values[bare(field.name)] ?? (/\[/.test(field.name) || /__data_loc/.test(field.type) ? "" : 0);
    if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") return value;
    if (value instanceof Uint8Array || Array.isArray(value)) return value as TraceValue;
    throw new ArgumentError(`context.${bare(field.name)}`, "a number, a text or a list of numbers", value);
  });
  const memory = new LinearMemory();
  const record = new TraceRecord(memory, row);
  record.write({ pid: 0 }, list, () => 0);
  return memory.u8.slice(record.at, memory.allocatorState().top);
}
