/** Where Linux maps all physical memory; an address here is this plus an offset into the machine's linear memory. */
export const DIRECT_MAP = 0xffff_8880_0000_0000n;

/** Upper 32 bits of every direct-map address, as a signed i32. The lower 32 bits are the offset. */
export const DIRECT_MAP_HIGH = 0xffff_8880 | 0;

/** Where a helper leaves the upper half of a 64-bit result. Below 64 KiB, so no program can reach it. */
export const RETURN_HIGH = 0x10;

/** Where the number of the CPU that runs now lies, for helpers, maps and jitted code; no program can reach it. */
export const CURRENT_CPU = 0x18;

/** Where the number of tail calls that the run under way has made lies; no program can reach it. */
export const TAIL_CALLS = 0x1c;

/** Offsets below this are never allocated: a small offset is a null pointer gone astray. */
export const FIRST_OFFSET = 0x1_0000;

const PAGE = 0x1_0000;

/** Linear memory is full: the machine was given a limit and something asked for more. */
export class OutOfMemoryError extends Error {
  readonly code = "ENOMEM";
  readonly wanted: number;
  readonly limit: number;
  constructor(wanted: number, limit: number) {
    super(`cannot allocate ${wanted} bytes: the machine's memory limit is ${limit} bytes`);
    this.name = "OutOfMemoryError";
    this.wanted = wanted;
    this.limit = limit;
  }
}

/** Which blocks of memory are given out: all below `top` that are not in `free`, by rounded size. */
export interface AllocatorState {
  readonly top: number;
  readonly free: ReadonlyMap<number, readonly number[]>;
}

/**
 * The one linear memory of a machine: contexts, packets, stacks, map values, kernel objects.
 *
 * Growing detaches typed arrays, so views are read from here each time they are needed (`memory.u8`, `memory.i32`) and
 * never kept across an allocation, a helper call or an `await`.
 *
 * @example
 * const memory = new LinearMemory();
 * const at = memory.allocate(16);
 * memory.i32[at >> 2] = 42;
 */
export class LinearMemory {
  readonly wasm: WebAssembly.Memory;
  u8!: Uint8Array;
  u16!: Uint16Array;
  i32!: Int32Array;
  u32!: Uint32Array;
  view!: DataView;
  #top = FIRST_OFFSET;
  /** Freed blocks by size, reused before memory grows. */
  readonly #free = new Map<number, number[]>();
  readonly #limit: number;

  /** `limit` in bytes, at most 4 GiB. */
  constructor({ limit = 2 ** 31 }: { limit?: number } = {}) {
    this.#limit = limit;
    this.wasm = new WebAssembly.Memory({ initial: 16, maximum: Math.ceil(limit / PAGE) });
    this.#renew();
  }

  /** Bytes that exist; a program that reaches further has gone astray. */
  get size(): number {
    return this.u8.length;
  }

  /** The upper half of the last 64-bit result that a helper or a program returned, as a signed i32. */
  get returnHigh(): number {
    return this.i32[RETURN_HIGH >> 2]!;
  }

  set returnHigh(value: number) {
    this.i32[RETURN_HIGH >> 2] = value;
  }

  /** The number of the CPU that runs now: whose values of per-CPU maps programs see. */
  get cpu(): number {
    return this.i32[CURRENT_CPU >> 2]!;
  }

  set cpu(value: number) {
    this.i32[CURRENT_CPU >> 2] = value;
  }

  /** Tail calls that the run under way has made. */
  get tailCalls(): number {
    return this.i32[TAIL_CALLS >> 2]!;
  }

  set tailCalls(value: number) {
    this.i32[TAIL_CALLS >> 2] = value;
  }

  /** The direct-map address of an offset, as programs see it. */
  address(offset: number): bigint {
    return DIRECT_MAP + BigInt(offset);
  }

  /** The offset of a direct-map address; undefined for any other address and for what is never allocated. */
  offsetOf(address: bigint): number | undefined {
    const offset = address - DIRECT_MAP;
    return offset >= BigInt(FIRST_OFFSET) && offset < BigInt(this.size) ? Number(offset) : undefined;
  }

  /** Zeroed bytes at a multiple of `align` (a power of two, at most 4096); throws `OutOfMemoryError`. */
  allocate(size: number, align = 8): number {
    const rounded = Math.max(8, Math.ceil(size / 8) * 8);
    if (align <= 8) {
      const reused = this.#free.get(rounded)?.pop();
      if (reused !== undefined) {
        this.u8.fill(0, reused, reused + rounded);
        return reused;
      }
    }
    const at = Math.ceil(this.#top / align) * align;
    const end = at + rounded;
    if (end > this.wasm.buffer.byteLength) this.#grow(end, size);
    this.#top = end;
    return at;
  }

  /** Gives back what `allocate(size)` returned. */
  free(offset: number, size: number): void {
    const rounded = Math.max(8, Math.ceil(size / 8) * 8);
    const blocks = this.#free.get(rounded);
    if (blocks) blocks.push(offset);
    else this.#free.set(rounded, [offset]);
  }

  /** How far memory is given out, for `restoreAllocator`. */
  allocatorState(): AllocatorState {
    return { top: this.#top, free: new Map([...this.#free].map(([size, blocks]) => [size, [...blocks]])) };
  }

  /** Forgets what was allocated and freed since `state` was taken; what lies there is the caller's to restore. */
  restoreAllocator(state: AllocatorState): void {
    this.u8.fill(0, state.top, this.#top);
    this.#top = state.top;
    this.#free.clear();
    for (const [size, blocks] of state.free) this.#free.set(size, [...blocks]);
  }

  #grow(end: number, wanted: number): void {
    if (end > this.#limit) throw new OutOfMemoryError(wanted, this.#limit);
    const have = this.wasm.buffer.byteLength;
    const target = Math.min(this.#limit, Math.max(end, have * 2));
    this.wasm.grow(Math.ceil((target - have) / PAGE));
    this.#renew();
  }

  #renew(): void {
    const buffer = this.wasm.buffer;
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.view = new DataView(buffer);
  }
}
