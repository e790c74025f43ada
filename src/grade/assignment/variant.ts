import { ArgumentError, requireWhole } from "../../isa/argument.ts";
import { toHex } from "../../isa/encode.ts";
import { GradeError } from "../error.ts";
import { hmac } from "./hmac.ts";

/** Bytes that a course's secret has at least. */
const SHORTEST_SECRET = 16;

const CONSONANTS = "bdfgklmnprstvz";
const VOWELS = "aeiou";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * One student's instance of an assignment: numbers, names and choices that follow from HMAC-SHA256(secret, assignment/student)
 * and a label each, so what one draws does not depend on what else is drawn. Without the secret nothing of it can be foretold.
 *
 * @example
 * const v = Variant.of(secret, "a3", "s042");
 * v.number("port", 1024, 65535); // the same at every call
 * v.name("map");                 // "rumika"
 */
export class Variant {
  readonly assignment: string;
  /** Names this instance; nothing can be derived from it. */
  readonly id: string;
  readonly #seed: Uint8Array;

  private constructor(assignment: string, seed: Uint8Array) {
    this.assignment = assignment;
    this.#seed = seed;
    this.id = toHex(hmac(seed, bytesOf("id"))).slice(0, 16);
  }

  /** The instance of a student in a course. Throws `GradeError` for a secret that could be guessed. */
  static of(secret: Uint8Array | string, assignment: string, student: string): Variant {
    const key = typeof secret === "string" ? bytesOf(secret) : secret;
    if (key.length < SHORTEST_SECRET) {
      const mend = "head -c 32 /dev/urandom | base64 > secret makes one";
      throw new GradeError(
        "not-a-secret",
        "secret",
        `it has ${key.length} bytes, at least ${SHORTEST_SECRET} are needed`,
        mend,
      );
    }
    return new Variant(assignment, hmac(key, bytesOf(`${assignment}/${student}`)));
  }

  /** An instance to practise with: everybody can make the same one. */
  static practice(assignment: string, number = 1): Variant {
    requireWhole("number of the practice variant", number, 0);
    return new Variant(assignment, hmac(bytesOf("practice"), bytesOf(`${assignment}/${number}`)));
  }

  /** `count` bytes. */
  bytes(label: string, count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 32)
      bytes.set(hmac(this.#seed, bytesOf(`${label}#${at}`)).slice(0, count - at), at);
    return bytes;
  }

  /** A whole number from `least` to `most`, both included; at most 2 ** 32 different ones. */
  number(label: string, least: number, most: number): number {
    const count = most - least + 1;
    if (!Number.isSafeInteger(least) || !(count >= 1 && count <= 2 ** 32))
      throw new ArgumentError("range", "whole numbers, the lower one first", `${least} to ${most}`);
    const drawn = new DataView(this.bytes(label, 8).buffer).getBigUint64(0);
    return least + Number(drawn % BigInt(count));
  }

  /** One of a list. */
  choice<T>(label: string, list: readonly T[]): T {
    return list[this.number(label, 0, list.length - 1)]!;
  }

  /** `count` different ones of a list, in an order that is drawn too. */
  sample<T>(label: string, list: readonly T[], count: number): readonly T[] {
    const rest = [...list];
    return Array.from({ length: Math.min(count, list.length) }, (_, index) => {
      const [taken] = rest.splice(this.number(`${label}[${index}]`, 0, rest.length - 1), 1);
      return taken!;
    });
  }

  /** A name that can be spoken, of four to eight small letters: for maps, files, programs. */
  name(label: string): string {
    const bytes = this.bytes(label, 8);
    const syllables = 2 + (bytes[7]! % 3);
    return Array.from({ length: syllables }, (_, at) => {
      const byte = bytes[at]!;
      return CONSONANTS[byte % CONSONANTS.length]! + VOWELS[(byte >> 4) % VOWELS.length]!;
    }).join("");
  }

  /** An address of IPv4 that is not special. */
  address(label: string): string {
    return [10, ...[1, 2].map((at) => this.number(`${label}.${at}`, 0, 255)), this.number(`${label}.3`, 1, 254)].join(
      ".",
    );
  }

  /** Another variant that belongs to this one: for hidden inputs one after the other. */
  part(label: string): Variant {
    return new Variant(this.assignment, hmac(this.#seed, bytesOf(`part:${label}`)));
  }
}
