/** Options of builders: read by name, with defaults, and mistakes told with the option's name. */
import { suggest } from "../asm/suggest.ts";
import { ArgumentError, isObject, requireWhole } from "../isa/argument.ts";
import { parseIp, parseMac } from "./address.ts";

/** Bytes after a header: text becomes UTF-8. */
export type Payload = Uint8Array | string;

/** The options of one call; each is asked for by name. */
export class Options {
  readonly #call: string;
  readonly #given: Readonly<Record<string, unknown>>;

  /** Throws `ArgumentError` for what is no object and for a name that is none of `known`. */
  constructor(call: string, given: unknown, known: readonly string[]) {
    if (!isObject(given)) throw new ArgumentError(`${call}'s options`, "an object", given);
    for (const name of Object.keys(given)) {
      if (known.includes(name)) continue;
      const meant = suggest(name, known);
      const hint = meant === undefined ? "" : `Did you mean ${meant}?`;
      throw new ArgumentError(`${call}'s option`, `one of ${known.join(", ")}`, name, hint);
    }
    this.#call = call;
    this.#given = given;
  }

  has(name: string): boolean {
    return this.#given[name] !== undefined;
  }

  get(name: string): unknown {
    return this.#given[name];
  }

  /** How messages name an option: `packet.udp: dport`. */
  path(name: string): string {
    return `${this.#call}: ${name}`;
  }

  whole(name: string, most: number, otherwise: number): number {
    const value = this.#given[name] ?? otherwise;
    requireWhole(this.path(name), value, 0, most);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#given[name] ?? false;
    if (typeof value !== "boolean") throw new ArgumentError(this.path(name), "true or false", value);
    return value;
  }

  mac(name: string, otherwise: string): Uint8Array {
    return parseMac(this.path(name), this.#given[name] ?? otherwise);
  }

  ip(name: string, otherwise: string): Uint8Array {
    return parseIp(this.path(name), this.#given[name] ?? otherwise);
  }

  payload(name = "payload"): Uint8Array {
    const value = this.#given[name] ?? "";
    if (typeof value === "string") return new TextEncoder().encode(value);
    if (value instanceof Uint8Array) return value;
    throw new ArgumentError(this.path(name), "bytes (a Uint8Array) or text", value);
  }

  /** A value of a closed list, or a number. */
  choice<Name extends string>(
    name: string,
    numbers: Readonly<Record<Name, number>>,
    otherwise: NoInfer<Name>,
    most: number,
  ): number {
    const value = this.#given[name] ?? otherwise;
    if (typeof value === "number") return this.whole(name, most, 0);
    if (typeof value === "string" && Object.hasOwn(numbers, value)) return numbers[value as Name];
    throw new ArgumentError(this.path(name), `a number or one of ${Object.keys(numbers).join(", ")}`, value);
  }
}
