/**
 * A subprogram that helpers can call: its five arguments as low and high halves (ten i32), the low half of r0 as result;
 * the upper half is `memory.returnHigh` afterwards.
 */
export type Callback = (...halves: number[]) => number;

/** Upper 32 bits of the address of every subprogram, as a signed i32: Linux puts jitted code into the module area. */
export const FUNCTION_HIGH = -1;

/** Low 32 bits of the first address. */
const FIRST = 0xc000_0000;

/** Bytes between two functions. */
const STRIDE = 16;

/**
 * The subprograms of all programs of a machine by their address, which `ld_imm64` with src 4 loads. A program passes the
 * address to a helper (`bpf_loop`, `bpf_for_each_map_elem`, timers), and the helper calls what it finds here, at once or later.
 *
 * @example
 * const address = callbacks.reserve();
 * callbacks.define(address, (indexLow) => (indexLow < 5 ? 0 : 1));
 * callbacks.at(address)?.(3, 0, 0, 0, 0, 0, 0, 0, 0, 0); // 0
 */
export class Callbacks {
  readonly #functions: (Callback | undefined)[] = [];

  /** An address for a function that will exist when the program runs: its low half, as a signed i32. */
  reserve(): number {
    return (FIRST + STRIDE * (this.#functions.push(undefined) - 1)) | 0;
  }

  define(address: number, callback: Callback): void {
    this.#functions[indexOf(address)] = callback;
  }

  /** The function at the low half of an address; undefined where there is none. */
  at(address: number): Callback | undefined {
    return (address >>> 0) % STRIDE === 0 ? this.#functions[indexOf(address)] : undefined;
  }
}

const indexOf = (address: number): number => ((address >>> 0) - FIRST) / STRIDE;
