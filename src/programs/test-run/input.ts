import { requireBytes } from "../../isa/argument.ts";
import { TestRunError } from "./error.ts";

/** What a test run is given, as `bpf_attr.test` of bpf(2). */
export interface TestRunInput {
  /** The packet (`data_in`). */
  readonly data?: Uint8Array;
  /** The context as the program type's user structure (`ctx_in`): `struct __sk_buff`, `struct xdp_md`, arguments, a record. */
  readonly context?: Uint8Array;
  /** How often it will run; what is not a packet runs once. */
  readonly repeat?: number;
  /** Bytes of the context that the program reads; default 0. Linux knows it from verifying (`max_ctx_offset`). */
  readonly contextEnd?: number;
  /** Whether a device has this index; default: the loopback device alone, 1. */
  readonly hasDevice?: (ifindex: number) => boolean;
  /** The cookie of the socket that a program has chosen since this was asked last, 0 for none; default: it cannot choose. */
  readonly takeChosen?: () => number;
}

/** What is in memory for a run. Running again goes on with what the run before left, as `repeat` does in Linux. */
export interface TestRun {
  /** Offset of the object that r1 points to; 0, which is a NULL pointer to the program, where it was given none. */
  readonly context: number;
  /** What Linux does before each of several runs. */
  readonly before?: () => void;
  /** The packet as it is now: what Linux copies to `data_out`. */
  dataOut(): Uint8Array;
  /** What Linux copies to `ctx_out`; of system call programs back to `ctx_in`. Undefined where none was given. */
  contextOut(): Uint8Array | undefined;
  /** Gives the memory back. */
  free(): void;
}

export const ETHERNET = 14;
export const LOOPBACK_IFINDEX = 1;
export const PAGE = 4096;
/** Linux keeps this much after a packet for its own structure. */
export const TAIL = 320;

/**
 * The context in the size that Linux has it: what is missing is zero, more must be zero (E2BIG). Undefined for none, as Linux
 * takes one without bytes.
 */
export function wholeContext(given: Uint8Array | undefined, size: number): Uint8Array | undefined {
  if (given === undefined) return undefined;
  requireBytes("context", given);
  if (given.subarray(size).some((byte) => byte !== 0))
    throw new TestRunError("E2BIG", `a context of ${given.length} bytes`, `The structure has ${size} bytes.`);
  const whole = new Uint8Array(size);
  whole.set(given.subarray(0, size));
  return whole;
}

/** Refuses a context with anything but zeros in bytes that cannot be chosen. */
export function requireZeros(context: Uint8Array, from: number, to: number, what: string): void {
  if (context.subarray(from, to).every((byte) => byte === 0)) return;
  throw new TestRunError("EINVAL", `bytes ${from} to ${to - 1} of the context are not zero`, what);
}

/** Checks the size of a frame: a whole Ethernet header, and what Linux has room for. */
export function requireFrame(data: Uint8Array, largest: number, tooLarge: "EINVAL" | "ENOMEM"): void {
  requireBytes("packet", data);
  if (data.length < ETHERNET)
    throw new TestRunError(
      "EINVAL",
      `a packet of ${data.length} bytes`,
      "Give it at least an Ethernet header, 14 bytes.",
    );
  if (data.length > largest)
    throw new TestRunError(tooLarge, `a packet of ${data.length} bytes`, `Linux takes at most ${largest} bytes here.`);
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
