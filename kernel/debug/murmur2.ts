/** Constants of MurmurHash2 by Austin Appleby (public domain), 32 bits. */
const M = 0x5bd1e995;
const R = 24;

/**
 * The hash by which JupyterLab names a cell's code to the debugger: MurmurHash2 of its UTF-8 bytes, as an unsigned number.
 *
 * @example murmur2("", 0) // 0
 */
export function murmur2(text: string, seed: number): number {
  const bytes = new TextEncoder().encode(text);
  const words = new DataView(bytes.buffer);
  let hash = seed ^ bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    let word = Math.imul(words.getUint32(at, true), M);
    word = Math.imul(word ^ (word >>> R), M);
    hash = Math.imul(hash, M) ^ word;
  }
  if (at < bytes.length) {
    for (let rest = bytes.length - 1; rest >= at; rest--) hash ^= bytes[rest]! << (8 * (rest - at));
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return (hash ^ (hash >>> 15)) >>> 0;
}
