import type { ArenaMap } from "../maps/arena.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import { DIRECT_MAP, DIRECT_MAP_HIGH } from "../memory/memory.ts";
import { arenaPage } from "./arena.ts";
import type { ContextWindow } from "./context-window.ts";
import { ExecutionError } from "./errors.ts";
import type { Operation } from "./operation.ts";
import { CHECKED_STACK, STACK_SIZE } from "./types.ts";

/** A piece of memory that an unverified program may touch. */
export interface Region {
  /** As errors call it: "memory", "stack", "value of map sizes". */
  readonly name: string;
  readonly start: number;
  readonly size: number;
}

/** The values of arrays whose addresses the program holds in `ld_imm64`. */
export function addressedValues(operations: readonly Operation[], maps: readonly RuntimeMap[]): Region[] {
  const named = new Set(operations.flatMap((o) => (o.kind === "map" && o.valueOffset !== undefined ? [o.map] : [])));
  return [...named].flatMap((index) => {
    const { elements, spec } = maps[index] ?? {};
    if (elements === undefined || spec === undefined) return [];
    return [{ name: `the value of map ${spec.name}`, start: elements.base, size: spec.valueSize }];
  });
}

/** How an instruction comes by the address that it uses: `r1 + 8`. */
export function originOfAddress(operation: Operation): string {
  switch (operation.kind) {
    case "load":
    case "store":
    case "atomic": {
      const { base, offset } = operation;
      const distance = offset === 0 ? "" : offset < 0 ? ` - ${-offset}` : ` + ${offset}`;
      return `r${base}${distance}`;
    }
    default:
      return "in no register";
  }
}

/** The pieces of memory that one run of an unverified program may touch, and the error for everything else. */
export class Regions {
  readonly #regions: Region[] = [];
  readonly #lasting: readonly Region[];
  readonly #window: ContextWindow | undefined;
  /** The arena whose pages the program may touch by 32-bit addresses. */
  readonly #arena: ArenaMap | undefined;
  /** Where the stack of the run under way begins. */
  stackStart = 0;
  #context = 0;

  /**
   * `lasting`: what every run may touch, such as values whose address stands in the program; `window`: the context of a
   * program of a real type.
   */
  constructor(lasting: readonly Region[] = [], window?: ContextWindow, arena?: ArenaMap) {
    this.#lasting = lasting;
    this.#window = window;
    this.#arena = arena;
  }

  add(region: Region): void {
    if (!this.#regions.some((r) => r.start === region.start && r.size === region.size)) this.#regions.push(region);
  }

  /** All that the run may touch now. */
  get all(): readonly Region[] {
    return this.#regions;
  }

  /** Starts over with what every run has: its memory or context, and the stack, which ends at `top`. */
  begin(memory: number, length: number, top: number): void {
    const size = CHECKED_STACK;
    this.stackStart = top - size;
    this.#context = memory;
    this.#regions.splice(
      0,
      this.#regions.length,
      ...(this.#window === undefined ? [{ name: "memory", start: memory, size: length }] : []),
      { name: "the stack", start: top - size, size },
      ...this.#lasting,
    );
  }

  /**
   * The offset of `size` bytes at an address (two signed halves) that the program may touch; throws `ExecutionError`, which
   * says how the program came by the address: `r1 + 8`.
   */
  offset(low: number, high: number, size: number, at: number, origin: string): number {
    const start = low >>> 0;
    if (high === DIRECT_MAP_HIGH) {
      for (const region of this.#regions) {
        if (start >= region.start && start + size <= region.start + region.size) return start;
      }
      const packet = this.#window?.packet(this.#context);
      if (packet !== undefined && start >= packet[0] && start + size <= packet[1]) return start;
    }
    if (high === 0 && this.#arena !== undefined) {
      const first = this.#arena.locate(low);
      if (first >= 0 && this.#arena.locate(low + size - 1) === first + size - 1) return first;
    }
    const address = (BigInt(high >>> 0) << 32n) | BigInt(start);
    throw new ExecutionError(
      "out-of-bounds",
      at,
      `${size} byte${size === 1 ? "" : "s"} at 0x${address.toString(16)} ${this.#nearest(address, size)}; the address is ${origin}`,
      address,
    );
  }

  /** The offset of the context, if that is what the address is: what a helper takes as its context. */
  context(low: number, high: number, at: number): number {
    if (this.#window === undefined) return this.offset(low, high, 1, at, "r1");
    if (high === DIRECT_MAP_HIGH && low >>> 0 === this.#context) return low;
    throw new ExecutionError(
      "bad-argument",
      at,
      `the helper wants the context, r1 of the program (${this.#window.struct})`,
    );
  }

  /** What is near a bad address, the context and the packet too. */
  #neighbours(): readonly Region[] {
    const window = this.#window;
    if (window === undefined) return this.#regions;
    const packet = window.packet(this.#context);
    return [
      ...this.#regions,
      ...(packet === undefined ? [] : [{ name: "the packet", start: packet[0], size: packet[1] - packet[0] }]),
    ];
  }

  /** Where a bad address lies, in terms of the region that is nearest to it. */
  #nearest(address: bigint, size: number): string {
    const [lie, begin, run, are] = size === 1 ? ["lies", "begins", "runs", "is"] : ["lie", "begin", "run", "are"];
    const window = this.#window;
    const page = this.#arena && address <= 0xffff_ffffn ? arenaPage(this.#arena, Number(address)) : undefined;
    if (page !== undefined) {
      return `${lie} in page ${page} of arena ${this.#arena!.spec.name}, which is not there: a program makes pages by bpf_arena_alloc_pages, a process by touching them`;
    }
    const within = address - DIRECT_MAP - BigInt(this.#context);
    if (window !== undefined && within >= 0n && within < BigInt(window.size)) {
      return `${lie} ${within} bytes into the context: struct ${window.struct} allows no such access there, or the pointer was stored and loaded again, which only the verifier follows`;
    }
    let best: { distance: bigint; text: string } | undefined;
    for (const region of this.#neighbours()) {
      const start = DIRECT_MAP + BigInt(region.start);
      const end = start + BigInt(region.size);
      const before = address < start;
      const distance = before ? start - address : address - end;
      const magnitude = distance < 0n ? -distance : distance;
      if (best !== undefined && magnitude >= best.distance) continue;
      const bytes = region.start === this.stackStart ? `${STACK_SIZE} bytes for each call` : `${region.size} bytes`;
      const where = `${region.name} (${bytes} at 0x${start.toString(16)})`;
      const text = before
        ? `${begin} ${distance} before ${where}`
        : distance < 0n
          ? `${run} ${address + BigInt(size) - end} past the end of ${where}`
          : distance === 0n
            ? `${begin} right at the end of ${where}`
            : `${begin} ${distance} past the end of ${where}`;
      best = { distance: magnitude, text };
    }
    if (best === undefined || best.distance > 0x1_0000n) {
      const what = address < 0x1_0000n ? "a null pointer gone astray" : "not a pointer that this program was given";
      return `${are} in no memory: ${what}`;
    }
    return best.text;
  }
}
