import type { Data } from "../../bpftrace/output/data.ts";
import type { MapData, MapValue } from "../../bpftrace/output/map-data.ts";
import { machineNames, timeText } from "../../bpftrace/run/names.ts";
import type { Session } from "../../bpftrace/run/session.ts";
import type { Linux } from "../../linux/linux.ts";
import { log2Slot } from "./histogram.ts";

/** A stack as the tools print it: functions, innermost first. */
export interface Stack {
  readonly addresses: readonly bigint[];
  readonly functions: readonly string[];
}

/** What programs print, as values of TypeScript; addresses are bigint. */
export type Value = number | bigint | string | Stack | readonly Value[];

/** A value of bpftrace as one of TypeScript. */
export function plain(data: Data): Value {
  switch (data.kind) {
    case "integer":
      return data.form === "pointer" || data.value > BigInt(Number.MAX_SAFE_INTEGER) ? data.value : Number(data.value);
    case "text":
      return data.text;
    case "bytes":
      return new TextDecoder().decode(data.bytes);
    case "stack":
      return { addresses: data.addresses, functions: data.functions };
    case "tuple":
    case "array":
      return data.elements.map(plain);
    case "record":
      return data.fields.map(({ value }) => plain(value));
  }
}

/** An element of a map: the parts of its key, and what is counted for it. */
export interface Entry {
  readonly key: readonly Value[];
  readonly value: number;
}

/** What a tool may look at while it runs: its own maps, the machine's files and clock. */
export class Look {
  readonly linux: Linux;
  readonly #session: Session;
  /** When the tool was started: virtual nanoseconds. */
  readonly start: number;
  /** The moment that the first event tells; later ones are shown from there on. */
  #first: number | undefined;

  constructor(linux: Linux, session: Session) {
    this.linux = linux;
    this.#session = session;
    this.start = linux.ktimeNs();
  }

  /** Virtual nanoseconds since boot. */
  get now(): number {
    return this.linux.ktimeNs();
  }

  /** The wall clock by a format of `strftime`. */
  clock(format = "%H:%M:%S"): string {
    return timeText(BigInt(Math.round(this.now)), format);
  }

  /** Seconds since the first event that was asked about. */
  since(ns: number): number {
    this.#first ??= ns;
    return (ns - this.#first) / 1e9;
  }

  /** How many places the tool's programs are attached to. */
  get places(): number {
    return this.#session.typed.probes
      .filter(({ provider }) => provider !== "begin" && provider !== "end" && provider !== "interval")
      .reduce((sum, { hooks }) => sum + hooks.length, 0);
  }

  /** A text file of the machine; empty where there is none. */
  file(path: string): string {
    try {
      return new TextDecoder().decode(this.linux.files.bytes(path));
    } catch {
      return "";
    }
  }

  /** The name of a process. */
  comm(pid: number): string | undefined {
    return this.linux.taskOf(pid)?.comm;
  }

  /** A function's name, with its offset where that is wanted. */
  symbol(address: bigint, offset = false): string {
    return machineNames(this.linux).kernel(address, offset);
  }

  #map(name: string): MapData["entries"] {
    return this.#session.map(name).entries;
  }

  /** A map's elements with their keys and numbers. */
  entries(name: string): readonly Entry[] {
    return this.#map(name).map(({ key, value }) => ({ key: parts(key), value: number(value) }));
  }

  /** A map's elements whose values are tuples. */
  records(name: string): readonly { readonly key: readonly Value[]; readonly value: readonly Value[] }[] {
    return this.#map(name).flatMap(({ key, value }) =>
      value.kind === "value" ? [{ key: parts(key), value: parts(value.data) }] : [],
    );
  }

  /** Totals and counts of a map of `stats`. */
  stats(name: string): readonly { readonly key: readonly Value[]; readonly count: number; readonly total: number }[] {
    return this.#map(name).flatMap(({ key, value }) =>
      value.kind === "stats" ? [{ key: parts(key), count: Number(value.count), total: Number(value.total) }] : [],
    );
  }

  /** Histograms of powers of two by their keys, in bcc's slots. */
  histograms(name: string): readonly { readonly key: readonly Value[]; readonly slots: readonly number[] }[] {
    return this.#map(name).flatMap(({ key, value }) => {
      if (value.kind !== "histogram") return [];
      const slots: number[] = [];
      for (const { min, count } of value.rows) {
        const slot = log2Slot(min ?? 0n);
        slots[slot] = (slots[slot] ?? 0) + Number(count);
      }
      return [{ key: parts(key), slots: Array.from(slots, (count) => count ?? 0) }];
    });
  }

  /** The number that a map without key holds. */
  total(name: string): number {
    return this.entries(name)[0]?.value ?? 0;
  }

  /** Removes what a map holds. */
  clear(...names: readonly string[]): void {
    for (const name of names) this.#session.clear(name);
  }
}

function parts(key: Data | undefined): readonly Value[] {
  if (key === undefined) return [];
  const value = plain(key);
  return Array.isArray(value) ? (value as readonly Value[]) : [value];
}

function number(value: MapValue): number {
  switch (value.kind) {
    case "value":
      return Number(value.data.kind === "integer" ? value.data.value : 0n);
    case "average":
      return Number(value.average);
    case "stats":
    case "histogram":
      return Number(value.total);
    case "series":
      return value.points.length;
  }
}
