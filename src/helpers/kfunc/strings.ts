import { ERRNO } from "../../maps/errno.ts";
import type { LinearMemory } from "../../memory/memory.ts";
import type { ArgType } from "../arguments.ts";
import type { Host } from "../host.ts";
import { kernelOffset } from "../probe-read.ts";
import type { KfuncImplementation } from "./implementation.ts";

/** No text is looked at further than this (`XATTR_SIZE_MAX`). */
const LONGEST = 65536;

/** A string at any address of the kernel, read byte by byte: a fault ends the function with -EFAULT. */
class Text {
  readonly #memory: LinearMemory;
  readonly #at: number;

  constructor(memory: LinearMemory, at: number) {
    this.#memory = memory;
    this.#at = at;
  }

  /** Byte `index`; throws `Fault`. */
  byte(index: number): number {
    const at = this.#at + index;
    if (at >= this.#memory.u8.length) throw new Fault();
    return this.#memory.u8[at]!;
  }
}

/** A read of memory that is not there; ends a string function. */
class Fault extends Error {}

/** Finds the strings at addresses (two halves each), calls `work`, and answers with an errno where there is none. */
function withTexts(host: Host, addresses: readonly number[], work: (...texts: Text[]) => number): number {
  const texts: Text[] = [];
  for (let i = 0; i < addresses.length; i += 2) {
    const at = kernelOffset(host.memory, addresses[i]!, addresses[i + 1]!, 1);
    if (at === -ERRNO.ERANGE) return at;
    if (at < 0) return -ERRNO.EFAULT;
    texts.push(new Text(host.memory, at));
  }
  try {
    return work(...texts);
  } catch (cause) {
    if (cause instanceof Fault) return -ERRNO.EFAULT;
    throw cause;
  }
}

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte);
const same = (byte: number): number => byte;

function compare(fold: (byte: number) => number): (a: Text, b: Text) => number {
  return (a, b) => {
    for (let i = 0; i < LONGEST; i++) {
      const [x, y] = [fold(a.byte(i)), fold(b.byte(i))];
      if (x !== y) return x < y ? -1 : 1;
      if (x === 0) return 0;
    }
    return -ERRNO.E2BIG;
  };
}

/** Where a byte is among the first `count`; at the end of the text `missing(end)` answers. */
function find(text: Text, count: number, wanted: number, missing: (end: number) => number): number {
  for (let i = 0; i < count && i < LONGEST; i++) {
    const byte = text.byte(i);
    if (byte === wanted) return i;
    if (byte === 0) return missing(i);
  }
  return count <= LONGEST ? missing(count) : -ERRNO.E2BIG;
}

const none = (): number => -ERRNO.ENOENT;

function findLast(text: Text, wanted: number): number {
  let last = -ERRNO.ENOENT;
  for (let i = 0; i < LONGEST; i++) {
    const byte = text.byte(i);
    if (byte === wanted) last = i;
    if (byte === 0) return last;
  }
  return -ERRNO.E2BIG;
}

function length(text: Text, count: number): number {
  for (let i = 0; i < count && i < LONGEST; i++) if (text.byte(i) === 0) return i;
  return count <= LONGEST ? count : -ERRNO.E2BIG;
}

/** How many bytes at the beginning are (`accepts`) or are not among those of a second text. */
function span(accepts: boolean): (text: Text, set: Text) => number {
  return (text, set) => {
    for (let i = 0; i < LONGEST; i++) {
      const byte = text.byte(i);
      if (byte === 0) return i;
      let among = false;
      let j = 0;
      for (; j < LONGEST; j++) {
        const each = set.byte(j);
        if (each === byte) among = true;
        if (each === byte || each === 0) break;
      }
      if (j === LONGEST) return -ERRNO.E2BIG;
      if (among !== accepts) return i;
    }
    return -ERRNO.E2BIG;
  };
}

/** Where the second text begins within the first `count` bytes of the first. */
function search(text: Text, wanted: Text, count: number): number {
  for (let i = 0; i < LONGEST; i++) {
    for (let j = 0; i + j <= count && j < LONGEST; j++) {
      const want = wanted.byte(j);
      if (want === 0) return i;
      if (i + j === count) break;
      const have = text.byte(i + j);
      if (have === 0) return -ERRNO.ENOENT;
      if (have !== want) break;
      if (j === LONGEST - 1) return -ERRNO.E2BIG;
    }
    if (i >= count) return -ERRNO.ENOENT;
  }
  return -ERRNO.E2BIG;
}

const POINTER: ArgType = "anything";

/** A function of one text and numbers, and one of two texts and numbers; a `size_t` counts as its lower half or as very many. */
const one = (
  name: string,
  numbers: number,
  work: (text: Text, ...numbers: number[]) => number,
): KfuncImplementation => ({
  ...{ name, passing: "u32", args: [POINTER, ...new Array<ArgType>(numbers).fill("anything")] },
  implement:
    (host) =>
    (low, high, ...rest) =>
      withTexts(host, [low!, high!], (text) => work(text, ...numbersOf(rest))),
});
const two = (
  name: string,
  work: (a: Text, b: Text, ...numbers: number[]) => number,
  numbers = 0,
): KfuncImplementation => ({
  ...{ name, passing: "u32", args: [POINTER, POINTER, ...new Array<ArgType>(numbers).fill("anything")] },
  implement:
    (host) =>
    (low, high, low2, high2, ...rest) =>
      withTexts(host, [low!, high!, low2!, high2!], (a, b) => work(a, b, ...numbersOf(rest))),
});

/** Pairs of halves as numbers, exact below 2^53. */
function numbersOf(halves: readonly number[]): number[] {
  const numbers: number[] = [];
  for (let i = 0; i < halves.length; i += 2) numbers.push((halves[i + 1]! >>> 0) * 2 ** 32 + (halves[i]! >>> 0));
  return numbers;
}

const MANY = Number.POSITIVE_INFINITY;

/** The string functions of Linux 6.18: on text at any address of the kernel, with a position, an order or -errno as result. */
export const STRING_KFUNCS: readonly KfuncImplementation[] = [
  two("bpf_strcmp", compare(same)),
  two("bpf_strcasecmp", compare(lower)),
  one("bpf_strchr", 1, (text, c) => find(text, MANY, c! & 0xff, none)),
  one("bpf_strchrnul", 1, (text, c) => find(text, MANY, c! & 0xff, (end) => end)),
  one("bpf_strnchr", 2, (text, count, c) => find(text, count!, c! & 0xff, none)),
  one("bpf_strrchr", 1, (text, c) => findLast(text, c! & 0xff)),
  one("bpf_strlen", 0, (text) => length(text, MANY)),
  one("bpf_strnlen", 1, (text, count) => length(text, count!)),
  two("bpf_strspn", span(true)),
  two("bpf_strcspn", span(false)),
  two("bpf_strstr", (a, b) => search(a, b, MANY)),
  two("bpf_strnstr", (a, b, count) => search(a, b, count!), 1),
];
