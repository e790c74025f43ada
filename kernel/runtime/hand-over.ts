import type { FromChild } from "./messages.ts";

/**
 * The function under this symbol on `globalThis` gives bytes to the kernel's parent, under a name. Libraries that hand work in
 * find it there, so that they need to know nothing of this kernel; elsewhere there is none.
 *
 * @example
 * ```ts
 * const handOver = globalThis[Symbol.for("Jupyter.handOver")];
 * handOver?.("answer", new TextEncoder().encode("42"));
 * ```
 */
export const HAND_OVER: symbol = Symbol.for("Jupyter.handOver");

/** Gives bytes to the parent. */
export type HandOver = (name: string, bytes: Uint8Array) => void;

/** The most that the parent keeps: names, and bytes under each. */
export const HANDED_NAMES = 256;
export const HANDED_BYTES = 1 << 20;

/** Makes the child's end of it. */
export function createHandOver(emit: (message: FromChild) => void): HandOver {
  return (name, bytes) => {
    if (bytes.length > HANDED_BYTES) throw new HandOverError(`${name}: ${bytes.length} bytes; at most ${HANDED_BYTES}`);
    emit({ type: "handed", name: String(name), bytes: Buffer.from(bytes).toString("base64") });
  };
}

/** What cells have handed over: the parent's end. The child is not trusted, so what is too much is left out. */
export class Handed {
  readonly #bytes = new Map<string, Uint8Array>();

  receive({ name, bytes }: Extract<FromChild, { type: "handed" }>): void {
    if (typeof name !== "string" || name.length > 200 || typeof bytes !== "string") return;
    if (bytes.length > HANDED_BYTES * 1.4 || (this.#bytes.size >= HANDED_NAMES && !this.#bytes.has(name))) return;
    this.#bytes.set(name, Buffer.from(bytes, "base64"));
  }

  get all(): ReadonlyMap<string, Uint8Array> {
    return this.#bytes;
  }
}

/** More bytes than the parent takes. */
export class HandOverError extends Error {
  override readonly name = "HandOverError";
  readonly code = "hand-over";
}
