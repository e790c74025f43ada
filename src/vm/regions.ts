import type { RuntimeMap } from "../maps/runtime.ts";
import { DIRECT_MAP, DIRECT_MAP_HIGH } from "../memory/memory.ts";
import { ExecutionError } from "./errors.ts";
import type { Operation } from "./operation.ts";
import { CHECKED_STACK } from "./types.ts";

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

/** The pieces of memory that one run of an unverified program may touch, and the error for everything else. */
export class Regions {
  readonly #regions: Region[] = [];
  readonly #lasting: readonly Region[];

  /** `lasting`: what every run may touch, such as values whose address stands in the program. */
  constructor(lasting: readonly Region[] = []) {
    this.#lasting = lasting;
  }
  /** Where the stack of the run under way begins. */
  stackStart = 0;

  add(region: Region): void {
    if (!this.#regions.some((r) => r.start === region.start && r.size === region.size)) this.#regions.push(region);
  }

  /** All that the run may touch now. */
  get all(): readonly Region[] {
    return this.#regions;
  }

  /** Starts over with what every run has: its memory and the stack, which ends at `top`. */
  begin(memory: number, length: number, top: number): void {
    const size = CHECKED_STACK;
    this.stackStart = top - size;
    this.#regions.splice(
      0,
      this.#regions.length,
      { name: "memory", start: memory, size: length },
      { name: "the stack", start: top - size, size },
      ...this.#lasting,
    );
  }

  /** The offset of `size` bytes at an address (two signed halves) that the program may touch; throws `ExecutionError`. */
  offset(low: number, high: number, size: number, at: number): number {
    const start = low >>> 0;
    if (high === DIRECT_MAP_HIGH) {
      for (const region of this.#regions) {
        if (start >= region.start && start + size <= region.start + region.size) return start;
      }
    }
    const address = (BigInt(high >>> 0) << 32n) | BigInt(start);
    throw new ExecutionError(
      "out-of-bounds",
      at,
      `${size} byte${size === 1 ? "" : "s"} at 0x${address.toString(16)} ${this.#nearest(address, size)}`,
      address,
    );
  }

  /** Where a bad address lies, in terms of the region that is nearest to it. */
  #nearest(address: bigint, size: number): string {
    let best: { distance: bigint; text: string } | undefined;
    for (const region of this.#regions) {
      const start = DIRECT_MAP + BigInt(region.start);
      const end = start + BigInt(region.size);
      const before = address < start;
      const distance = before ? start - address : address - end;
      const magnitude = distance < 0n ? -distance : distance;
      if (best !== undefined && magnitude >= best.distance) continue;
      const where = `${region.name} (${region.size} bytes at 0x${start.toString(16)})`;
      const text = before
        ? `begin ${distance} before ${where}`
        : distance < 0n
          ? `run ${address + BigInt(size) - end} past the end of ${where}`
          : distance === 0n
            ? `begin right at the end of ${where}`
            : `begin ${distance} past the end of ${where}`;
      best = { distance: magnitude, text };
    }
    if (best === undefined || best.distance > 0x1_0000n) {
      const what = address < 0x1_0000n ? "a null pointer gone astray" : "not a pointer that this program was given";
      return `are in no memory: ${what}`;
    }
    return best.text;
  }
}
