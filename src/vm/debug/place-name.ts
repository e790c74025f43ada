import type { DebugState } from "./debug-state.ts";

/**
 * An address in words: `fp-8` in the stack of the function that runs, `packet+14`, `map counts+8`, or the number itself.
 *
 * @example placeName(state, 0xffff88800001fff8n); // "fp-8"
 */
export function placeName({ frames, memory }: Pick<DebugState, "frames" | "memory">, address: bigint): string {
  for (const [index, { pointer, stack }] of [...frames.entries()].reverse()) {
    const below = pointer - address;
    if (below <= 0n || below > BigInt(stack.length)) continue;
    return `${index === frames.length - 1 ? "fp" : `fp${index}`}-${below}`;
  }
  for (const { name, address: start, bytes } of memory) {
    const offset = address - start;
    if (offset >= 0n && offset < BigInt(bytes.length)) return `${name}+${offset}`;
  }
  return `0x${address.toString(16)}`;
}
