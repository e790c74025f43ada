import type { LinearMemory } from "../memory/memory.ts";
import { ERRNO } from "./errno.ts";
import { PERF_STATE_SIZE, PerfBuffer } from "./perf-buffer.ts";
import type { MapMachine } from "./runtime.ts";
import { ReferenceArrayMap } from "./slots.ts";
import type { MapSpec } from "./spec.ts";

/** Index of `bpf_perf_event_output` that means the CPU that runs the program. */
export const CURRENT_CPU_INDEX = 0xffff_ffff;

/** Bytes of data of each CPU's buffer unless said otherwise: libbpf's examples use 8 to 64 pages. */
const PAGES = 8;
const PAGE = 4096;

/**
 * Perf buffers by CPU. On Linux each is an event that a process opens with perf_event_open(2) and puts into the array; here
 * `open` does both for a CPU. A program can only write to the buffer of the CPU that it runs on.
 */
export class PerfEventArrayMap extends ReferenceArrayMap {
  readonly #cpus: number;

  constructor(memory: LinearMemory, index: number, spec: MapSpec, { cpus }: MapMachine) {
    super(memory, index, spec);
    this.#cpus = cpus;
  }

  /** Opens a buffer of `pages` (a power of two) for every CPU that has a place, as libbpf's `perf_buffer__new` does. */
  open(pages = PAGES): void {
    for (let cpu = 0; cpu < Math.min(this.#cpus, this.spec.maxEntries); cpu++) {
      const block = this.allocate(8 + PERF_STATE_SIZE + pages * PAGE);
      this.memory.u32[block >> 2] = pages * PAGE;
      this.setSlot(cpu, block);
    }
  }

  /** The buffer at an index, if one is open. */
  buffer(at: number): PerfBuffer | undefined {
    const block = this.slot(at);
    return block === 0 ? undefined : new PerfBuffer(this.memory, block + 8, this.memory.u32[block >> 2]);
  }

  /** `bpf_perf_event_output`: 0, or E2BIG, ENOENT, EOPNOTSUPP (another CPU's buffer), ENOSPC. */
  output(index: number, data: number, size: number): number {
    const at = index >>> 0 === CURRENT_CPU_INDEX ? this.memory.cpu : index >>> 0;
    if (at >= this.spec.maxEntries) return -ERRNO.E2BIG;
    const buffer = this.buffer(at);
    if (buffer === undefined) return -ERRNO.ENOENT;
    if (at !== this.memory.cpu) return -ERRNO.EOPNOTSUPP;
    return buffer.output(data, size);
  }

  /** Events have no numbers here: they are opened by `open`. */
  protected override resolve(_value: number): number {
    return -ERRNO.EBADF;
  }

  protected override describe(_object: number): number {
    return -ERRNO.ENOTSUPP;
  }
}
