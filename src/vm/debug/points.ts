import { ArgumentError, isObject, requireWhole } from "../../isa/argument.ts";
import type { LinearMemory } from "../../memory/memory.ts";
import type { SourceLine } from "../../programs/spec.ts";
import type { Xlated } from "../types.ts";
import { type Condition, readCondition } from "./condition.ts";
import { type MemoryAccess, overlaps } from "./memory-access.ts";
import { DebugError } from "./stop.ts";

/**
 * A place in a program: a slot as the program was written, or a line of its source (from 1). `program` is the name of one that
 * a tail call leads to; absent: the one that runs first.
 */
export type Place = ({ readonly slot: number } | { readonly line: number }) & { readonly program?: string };

/** What to stop at: when a register changes, or when memory is changed, read or written. */
export type Watched =
  | { readonly register: number }
  | {
      /** An address as the program sees it. */
      readonly address: bigint;
      readonly bytes: 1 | 2 | 4 | 8;
      /** `read` and `write` see instructions, not what helpers do inside; `change` sees both. Default `change`. */
      readonly on?: "change" | "read" | "write";
    };

/** Types say it too, but values of type `any` get past them. Throws `ArgumentError`. */
function requireWatched(watched: Watched): void {
  if (!isObject(watched))
    throw new ArgumentError("watched", "such as { register: 1 } or { address, bytes: 8 }", watched);
  if ("register" in watched) {
    requireWhole("register", watched.register, 0, 10);
    return;
  }
  const { address, bytes, on = "change" } = watched;
  if (typeof address !== "bigint") throw new ArgumentError("address", "a bigint, such as 0xffff888000000000n", address);
  if (![1, 2, 4, 8].includes(bytes)) throw new ArgumentError("bytes", "1, 2, 4 or 8", bytes);
  if (!["change", "read", "write"].includes(on)) throw new ArgumentError("on", '"change", "read" or "write"', on);
}

/** Types say it too. Throws `ArgumentError`. */
export function requirePlace(place: Place): void {
  if (!isObject(place) || !("slot" in place || "line" in place))
    throw new ArgumentError("place", "such as { line: 3 } or { slot: 0 }", place);
}

/** Slots of the xlated program at which a place of the written program begins; throws `DebugError` where there is none. */
export function slotsAt(
  place: Place,
  { origin }: Xlated,
  lines: readonly (SourceLine | undefined)[] = [],
): Set<number> {
  const first = (at: number): boolean => at === 0 || origin[at - 1] !== origin[at];
  if ("slot" in place) {
    const found = origin.flatMap((from, at) => (from === place.slot && first(at) ? [at] : []));
    if (found.length > 0) return new Set(found);
    const why = "there is none, or the verifier found that it never runs";
    throw new DebugError("NO_INSTRUCTION", `no instruction at slot ${place.slot}: ${why}`);
  }
  if (lines.length === 0) throw new DebugError("NO_LINES", "the program's source lines are not known: name a slot");
  const line = (at: number): number | undefined => lines[origin[at]!]?.line;
  const found = origin.flatMap((_, at) =>
    line(at) === place.line && (at === 0 || line(at - 1) !== place.line) ? [at] : [],
  );
  if (found.length > 0) return new Set(found);
  const known = [...new Set(lines.flatMap((each) => (each ? [each.line] : [])))].sort((a, b) => a - b);
  const next = known.find((each) => each > place.line);
  const hint = next === undefined ? `the last is on line ${known.at(-1)}` : `the next is on line ${next}`;
  throw new DebugError("NO_INSTRUCTION", `no instruction on line ${place.line}; ${hint}`);
}

/** A breakpoint that is set. */
export interface Breakpoint {
  readonly id: number;
  readonly place: Place;
  readonly condition?: string;
}

interface ActiveBreakpoint extends Breakpoint {
  readonly program: Xlated;
  readonly slots: ReadonlySet<number>;
  readonly holds: Condition;
}

/** The breakpoints and watches of a debugger. */
export class Points {
  readonly #memory: LinearMemory;
  readonly #breakpoints = new Map<number, ActiveBreakpoint>();
  readonly #watches = new Map<number, Watched>();
  #next = 1;

  constructor(memory: LinearMemory) {
    this.#memory = memory;
  }

  addBreakpoint(place: Place, program: Xlated, slots: ReadonlySet<number>, condition?: string): number {
    const holds = condition === undefined ? () => true : readCondition(condition);
    const id = this.#next++;
    this.#breakpoints.set(id, { id, place, program, slots, holds, ...(condition === undefined ? {} : { condition }) });
    return id;
  }

  addWatch(watched: Watched): number {
    requireWatched(watched);
    if ("address" in watched && this.#memory.offsetOf(watched.address) === undefined) {
      throw new DebugError("NO_MEMORY", `there is no memory at 0x${watched.address.toString(16)}`);
    }
    const id = this.#next++;
    this.#watches.set(id, watched);
    return id;
  }

  remove(id: number): boolean {
    return this.#breakpoints.delete(id) || this.#watches.delete(id);
  }

  get breakpoints(): readonly Breakpoint[] {
    return Array.from(this.#breakpoints.values(), ({ slots: _, holds: __, program: ___, ...shown }) => shown);
  }

  get watches(): ReadonlyMap<number, Watched> {
    return this.#watches;
  }

  /** The breakpoint that stops before a slot, if one does. */
  breakpointAt(at: Xlated, slot: number, registers: () => readonly bigint[]): number | undefined {
    for (const { id, program, slots, holds } of this.#breakpoints.values()) {
      if (program === at && slots.has(slot) && holds(registers())) return id;
    }
    return undefined;
  }

  /** Whether an access would be noticed by itself, whatever it changes. */
  accessed(access: MemoryAccess | undefined): number | undefined {
    if (access === undefined) return undefined;
    for (const [id, watched] of this.#watches) {
      if ("register" in watched || watched.on === undefined || watched.on === "change") continue;
      const seen = watched.on === "read" ? access.kind !== "write" : access.kind !== "read";
      if (seen && overlaps(access, watched)) return id;
    }
    return undefined;
  }

  /** The value of each watch now, by its id. */
  values(register: (number: number) => bigint): Map<number, bigint> {
    return new Map(
      Array.from(this.#watches, ([id, watched]) => [
        id,
        "register" in watched ? register(watched.register) : this.#read(watched.address, watched.bytes),
      ]),
    );
  }

  /** Whether a change of this watch's value stops the run. */
  stopsOnChange(id: number): boolean {
    const watched = this.#watches.get(id)!;
    return "register" in watched || watched.on === undefined || watched.on === "change";
  }

  #read(address: bigint, bytes: number): bigint {
    const at = this.#memory.offsetOf(address) ?? 0;
    let value = 0n;
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#memory.u8[at + i]!);
    return value;
  }
}
