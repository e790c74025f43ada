import { ERRNO } from "../maps/errno.ts";
import type { LinearMemory } from "../memory/memory.ts";
import type { Task } from "./task.ts";

/** Where the buffers and structures of programs lie in their address space. */
export const USER_HEAP = 0x5555_5600_02a0;

const LOW = USER_HEAP % 2 ** 32;
const HIGH = Math.floor(USER_HEAP / 2 ** 32);

/** Bytes of a program's one buffer. */
const SIZE = 64 * 2 ** 20;

/** Where a program keeps the `struct timespec` that it sleeps by: behind the buffer. */
export const USER_TIMESPEC = USER_HEAP + SIZE;
const TIMESPEC_BYTES = 16;

/** Bytes of it that lie in memory at once: what somebody has asked for last. */
const WINDOW = 65_536;

/**
 * The buffer from which a task writes and into which it reads. It is nowhere until somebody looks: then the bytes are
 * fetched from what the task writes, or from the content of the file that it has read last.
 */
export class UserBuffer {
  readonly #memory: LinearMemory;
  #window = 0;

  constructor(memory: LinearMemory) {
    this.#memory = memory;
  }

  /** Whether an address, as two halves, lies in the buffer. */
  holds(low: number, high: number): boolean {
    return high === HIGH && low >>> 0 >= LOW && low >>> 0 < LOW + SIZE + TIMESPEC_BYTES;
  }

  /** Where `size` bytes of the task's buffer are now in linear memory; -EFAULT for more than are kept at once. */
  offset(task: Task, low: number, size: number): number {
    if (size > WINDOW) return -ERRNO.EFAULT;
    if (this.#window === 0) this.#window = this.#memory.allocate(WINDOW);
    const from = (low >>> 0) - LOW;
    const bytes = this.#memory.u8.subarray(this.#window, this.#window + size).fill(0);
    if (from >= SIZE) {
      this.#timespec(task.sleepNs, bytes, from - SIZE);
      return this.#window;
    }
    const { sent, received, receivedAt, receivedBytes } = task;
    if (sent !== undefined) bytes.set(sent.subarray(from, from + size));
    else if (received !== undefined && from < receivedBytes) {
      received.read(receivedAt + from, bytes.subarray(0, Math.min(size, receivedBytes - from)));
    }
    return this.#window;
  }

  /** `struct timespec`: seconds, and nanoseconds of the next. */
  #timespec(ns: number, bytes: Uint8Array, from: number): void {
    const words = new BigInt64Array([BigInt(Math.floor(ns / 1e9)), BigInt(Math.floor(ns % 1e9))]);
    bytes.set(new Uint8Array(words.buffer).subarray(from, from + bytes.length));
  }

  /** For rewinding: memory that was allocated since is given back by who asked. */
  remember(): () => void {
    const window = this.#window;
    return () => {
      this.#window = window;
    };
  }
}
