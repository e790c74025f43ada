/** The input of one try: everything that a program can read and did not compute itself. */
import { Random } from "../random.ts";

/** An element that a map holds when the program begins. */
export interface Element {
  /** Index in the program's maps. */
  readonly map: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** What the program finds. Changed copies of it are the tries of the search. */
export interface Input {
  /** Bytes from which the packet is cut; those beyond `length` are there for when it grows. */
  readonly packet: Uint8Array;
  readonly length: number;
  /** The context of programs that take no packet. */
  readonly context: Uint8Array;
  /** What helpers return: random numbers first, then clock and task, see `NUMBERS`. */
  readonly numbers: Uint8Array;
  readonly elements: readonly Element[];
}

/** Longest packet that is tried. */
export const MOST_PACKET = 2048;
const FIRST_LENGTH = 64;
/** Random numbers that are part of the input; later ones repeat them. */
export const RANDOMS = 8;

/** Where the other numbers lie in `Input.numbers`. */
export const NUMBERS = { time: 32, pid: 40, tgid: 44, uid: 48, gid: 52, size: 56 } as const;

/** A first input: all bytes differ from their neighbours, so that a value shows which bytes it came from. */
export function firstInput(contextSize: number): Input {
  const random = new Random(1, 2);
  const bytes = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => random.below(255) + 1);
  const numbers = bytes(NUMBERS.size);
  // A clock and ids of a plausible size: nine bytes of noise are no time at which a machine runs.
  for (const at of [NUMBERS.time + 5, NUMBERS.time + 6, NUMBERS.time + 7]) numbers[at] = 0;
  for (const at of [NUMBERS.pid, NUMBERS.tgid, NUMBERS.uid, NUMBERS.gid]) numbers.fill(0, at + 2, at + 4);
  return { packet: bytes(MOST_PACKET), length: FIRST_LENGTH, context: bytes(contextSize), numbers, elements: [] };
}

/** The places in an input where bytes may be changed one for another. */
function parts(input: Input): readonly { readonly bytes: Uint8Array; put(bytes: Uint8Array): Input }[] {
  return [
    {
      bytes: input.packet.subarray(0, input.length),
      put: (bytes) => {
        const packet = input.packet.slice();
        packet.set(bytes);
        return { ...input, packet };
      },
    },
    { bytes: input.context, put: (context) => ({ ...input, context }) },
    { bytes: input.numbers, put: (numbers) => ({ ...input, numbers }) },
    ...input.elements.map((element, index) => ({
      bytes: element.value,
      put: (value: Uint8Array) => ({ ...input, elements: input.elements.with(index, { ...element, value }) }),
    })),
  ];
}

/**
 * Inputs in which `from` is `to` wherever its bytes occur, in either byte order: what a program compares is most often what it
 * has read (the observation of "REDQUEEN: Fuzzing with Input-to-State Correspondence", NDSS 2019).
 */
export function* replaced(input: Input, from: bigint, to: bigint, widest = 8): Generator<Input> {
  for (const width of WIDTHS) {
    if (width > widest) continue;
    const fits = BigInt.asUintN(8 * width, from) === BigInt.asUintN(64, from);
    if (!fits && width === 8) continue;
    const patterns = new Map<string, readonly [Uint8Array, Uint8Array]>();
    for (const big of [false, true]) {
      const pattern = encoded(from, width, big);
      patterns.set(pattern.join(), [pattern, encoded(to, width, big)]);
    }
    for (const part of parts(input)) {
      for (const [pattern, wanted] of patterns.values()) {
        let found = 0;
        for (let at = 0; at + width <= part.bytes.length && found < MOST_PLACES; at++) {
          if (!pattern.every((byte, k) => part.bytes[at + k] === byte)) continue;
          found++;
          const bytes = part.bytes.slice();
          bytes.set(wanted, at);
          yield part.put(bytes);
        }
      }
    }
  }
}

const WIDTHS = [8, 4, 2, 1] as const;
/** Places at which one value is tried. */
const MOST_PLACES = 6;

function encoded(value: bigint, width: number, big: boolean): Uint8Array {
  const bytes = Uint8Array.from({ length: width }, (_, k) => Number((value >> BigInt(8 * k)) & 0xffn));
  return big ? bytes.reverse() : bytes;
}

/** Inputs with a few bytes changed, mostly near the beginning, where headers are. */
export function* disturbed(input: Input, random: Random, constants: readonly bigint[]): Generator<Input> {
  for (;;) {
    const candidates = parts(input).filter(({ bytes }) => bytes.length > 0);
    if (candidates.length === 0) return;
    const part = candidates[random.below(candidates.length)]!;
    const bytes = part.bytes.slice();
    const at = random.below(Math.min(bytes.length, random.below(2) === 0 ? 48 : bytes.length));
    if (constants.length > 0 && random.below(2) === 0) {
      const width = [1, 2, 4, 8][random.below(4)]!;
      const value = encoded(constants[random.below(constants.length)]!, width, random.below(2) === 0);
      bytes.set(value.subarray(0, bytes.length - at), at);
    } else bytes[at] = EXTREMES[random.below(EXTREMES.length)] ?? random.below(256);
    yield part.put(bytes);
  }
}

/** `undefined` stands for any byte. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, undefined, undefined] as const;
