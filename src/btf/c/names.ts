import type { Btf } from "../btf.ts";
import type { BtfType } from "../type.ts";

/**
 * Names in C. Linux has different types of one name, in files that never meet; in one header the second is called
 * `name___2`. Tags of structs, unions and enums are names apart from those of typedefs and enum values.
 */
export class CNames {
  readonly #tags = new Map<string, number>();
  readonly #identifiers = new Map<string, number>();
  readonly #resolved = new Map<number, string>();
  readonly #btf: Btf;

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  /** The tag or typedef name of a type, the same each time. */
  ofType(id: number): string {
    const known = this.#resolved.get(id);
    if (known !== undefined) return known;
    const type = this.#btf.type(id);
    const name =
      type.name === "" || isOnlyDeclared(type)
        ? type.name
        : this.#unique(type.kind === "typedef" ? this.#identifiers : this.#tags, type.name);
    this.#resolved.set(id, name);
    return name;
  }

  /** The name of an enum's value, where it is defined. */
  ofValue(name: string): string {
    return this.#unique(this.#identifiers, name);
  }

  #unique(used: Map<string, number>, name: string): string {
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return count === 1 ? name : `${name}___${count}`;
  }
}

/** Declarations that define nothing may come as often as they like. */
const isOnlyDeclared = (type: BtfType): boolean =>
  type.kind === "fwd" || (type.kind === "enum" && type.values.length === 0);
