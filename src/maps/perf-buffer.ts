import type { LinearMemory } from "../memory/memory.ts";
import { ERRNO } from "./errno.ts";

/** Types of records in a perf buffer. */
const PERF_RECORD = { lost: 2, sample: 9 } as const;
const HEADER = 8;
const LOST_SIZE = 24;
/** The length of a record is 16 bits wide. */
const MAX_RECORD = 0xffff;

/** The words of the buffer's state, before its data: positions of writer and reader, records lost, how often it woke. */
const STATE = { head: 0, tail: 1, lost: 2, allLost: 3 } as const;
export const PERF_STATE_SIZE = 16;

/**
 * One CPU's perf buffer as `bpf_perf_event_output` writes it and libbpf's `perf_buffer` reads it: records of a header (type,
 * misc, size), the length of the data and the data, rounded up to 8 bytes. What finds no room is counted, and the next
 * record that does is preceded by one that says how many were lost.
 */
export class PerfBuffer {
  readonly #memory: LinearMemory;
  /** Index of the state's first word. */
  readonly #state: number;
  readonly #data: number;
  readonly #size: number;

  /** `at`: the state and behind it `size` bytes of data, a power of two. */
  constructor(memory: LinearMemory, at: number, size: number) {
    this.#memory = memory;
    this.#state = at >> 2;
    this.#data = at + PERF_STATE_SIZE;
    this.#size = size;
  }

  /** Records that were lost, ever. */
  get lost(): number {
    return this.#memory.u32[this.#state + STATE.allLost];
  }

  #copyIn(position: number, from: number, size: number): void {
    const { u8 } = this.#memory;
    const start = position & (this.#size - 1);
    const first = Math.min(size, this.#size - start);
    u8.copyWithin(this.#data + start, from, from + first);
    u8.copyWithin(this.#data, from + first, from + size);
  }

  #word(position: number, value: number): void {
    this.#memory.u32[(this.#data + (position & (this.#size - 1))) >> 2] = value;
  }

  /** Writes a sample; 0, -ENOSPC where there is no room. */
  output(data: number, size: number): number {
    const { u32 } = this.#memory;
    const raw = (4 + size + 7) & ~7;
    const lost = u32[this.#state + STATE.lost];
    const needed = HEADER + raw + (lost > 0 ? LOST_SIZE : 0);
    const head = u32[this.#state + STATE.head];
    const used = (head - u32[this.#state + STATE.tail]) >>> 0;
    // One byte always stays free, so that full and empty differ.
    if (HEADER + raw > MAX_RECORD || needed > this.#size - 1 - used) {
      u32[this.#state + STATE.lost]++;
      u32[this.#state + STATE.allLost]++;
      return -ERRNO.ENOSPC;
    }
    let at = head;
    if (lost > 0) {
      u32[this.#state + STATE.lost] = 0;
      for (const word of [PERF_RECORD.lost, LOST_SIZE << 16, 0, 0, lost, 0]) {
        this.#word(at, word);
        at += 4;
      }
    }
    this.#word(at, PERF_RECORD.sample);
    this.#word(at + 4, (HEADER + raw) << 16);
    this.#word(at + 8, raw - 4);
    this.#copyIn(at + 12, data, size);
    for (let padding = at + 12 + size; padding < at + HEADER + raw; padding++)
      this.#memory.u8[this.#data + (padding & (this.#size - 1))] = 0;
    u32[this.#state + STATE.head] = at + HEADER + raw;
    return 0;
  }

  /** Takes all records, oldest first: the data of samples with the padding that Linux counts, and how many were lost between. */
  consume(sample: (data: Uint8Array) => void, lost: (count: number) => void): void {
    const { u8, u32 } = this.#memory;
    const mask = this.#size - 1;
    const word = (position: number): number => u32[(this.#data + (position & mask)) >> 2];
    const end = u32[this.#state + STATE.head];
    let at = u32[this.#state + STATE.tail];
    while (at !== end) {
      if (word(at) === PERF_RECORD.lost) lost(word(at + 16));
      else {
        const from = at + 12;
        sample(Uint8Array.from({ length: word(at + 8) }, (_, byte) => u8[this.#data + ((from + byte) & mask)]));
      }
      at = (at + (word(at + 4) >>> 16)) >>> 0;
    }
    u32[this.#state + STATE.tail] = end;
  }
}
