/**
 * Bob Jenkins's public-domain hash "lookup3", which Linux uses for hash maps and stack ids. With the seed 0
 * (`BPF_F_ZERO_SEED`, and always for stacks) ids and the order of elements equal Linux's.
 */
import type { LinearMemory } from "../memory/memory.ts";

const START = 0xdeadbeef | 0;

/** Mixes the last words; all 32-bit. Written out because lookups spend their time here. */
function final(a: number, b: number, c: number): number {
  c = ((c ^ b) - ((b << 14) | (b >>> 18))) | 0;
  a = ((a ^ c) - ((c << 11) | (c >>> 21))) | 0;
  b = ((b ^ a) - ((a << 25) | (a >>> 7))) | 0;
  c = ((c ^ b) - ((b << 16) | (b >>> 16))) | 0;
  a = ((a ^ c) - ((c << 4) | (c >>> 28))) | 0;
  b = ((b ^ a) - ((a << 14) | (a >>> 18))) | 0;
  return ((c ^ b) - ((b << 24) | (b >>> 8))) | 0;
}

/** The hash of one 32-bit word. */
export function hashWord(word: number): number {
  const start = (START + 4) | 0;
  return final((start + word) | 0, start, start);
}

/** The hash of two 32-bit words. */
export function hashWords2(first: number, second: number): number {
  const start = (START + 8) | 0;
  return final((start + first) | 0, (start + second) | 0, start);
}

/** The hash of four 32-bit words: one round of mixing, then the last. */
export function hashWords4(first: number, second: number, third: number, fourth: number): number {
  const start = (START + 16) | 0;
  let a = (start + first) | 0;
  let b = (start + second) | 0;
  let c = (start + third) | 0;
  a = ((a - c) ^ ((c << 4) | (c >>> 28))) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ ((a << 6) | (a >>> 26))) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ ((b << 8) | (b >>> 24))) | 0;
  b = (b + a) | 0;
  a = ((a - c) ^ ((c << 16) | (c >>> 16))) | 0;
  c = (c + b) | 0;
  b = ((b - a) ^ ((a << 19) | (a >>> 13))) | 0;
  a = (a + c) | 0;
  c = ((c - b) ^ ((b << 4) | (b >>> 28))) | 0;
  b = (b + a) | 0;
  return final((a + fourth) | 0, b, c);
}

/** The word at `at`, of which only `count` bytes count, at least one. */
function partialWord({ view, u8 }: LinearMemory, at: number, count: number): number {
  if (count >= 4) return view.getInt32(at, true);
  let word = 0;
  for (let byte = count; byte-- > 0; ) word = (word << 8) | u8[at + byte];
  return word;
}

/** The hash of `size` bytes at an offset, for a seed. */
export function hashBytes(memory: LinearMemory, at: number, size: number, seed = 0): number {
  const { view } = memory;
  let a = (START + size + seed) | 0;
  let b = a;
  let c = a;
  let left = size;
  for (; left > 12; left -= 12, at += 12) {
    a = (a + view.getInt32(at, true)) | 0;
    b = (b + view.getInt32(at + 4, true)) | 0;
    c = (c + view.getInt32(at + 8, true)) | 0;
    a = ((a - c) ^ ((c << 4) | (c >>> 28))) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ ((a << 6) | (a >>> 26))) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ ((b << 8) | (b >>> 24))) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ ((c << 16) | (c >>> 16))) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ ((a << 19) | (a >>> 13))) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ ((b << 4) | (b >>> 28))) | 0;
    b = (b + a) | 0;
  }
  a = (a + partialWord(memory, at, left)) | 0;
  if (left > 4) b = (b + partialWord(memory, at + 4, left - 4)) | 0;
  if (left > 8) c = (c + partialWord(memory, at + 8, left - 8)) | 0;
  return final(a, b, c);
}
