import { SHT } from "../constants.ts";
import { ElfError } from "../error.ts";
import type { Section } from "../file.ts";
import type { LinkInput } from "./input.ts";

/** What a damaged file could ask for is refused: a page, and what fits 31 bits. */
const MAX_ALIGN = 4096;
const MAX_SIZE = 2 ** 31 - 1;

/** Sections of one name of all objects, one behind the other. */
export interface MergedSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  align: number;
  size: number;
  readonly parts: { readonly bytes: Uint8Array; readonly at: number }[];
}

/** Where a section of an object went. */
export interface SectionPlace {
  /** Index of the merged section. */
  readonly index: number;
  /** Bytes before it. */
  readonly offset: number;
  /** What it says was there already (`license`, `version`): its symbols are those of the first object. */
  readonly repeated: boolean;
}

/** The sections of the result, in the order in which they first appear. */
export class MergedSections {
  readonly list: MergedSection[] = [];
  readonly #places = new Map<Section, SectionPlace>();

  /** Puts the sections of an object behind those of the objects before it. Throws {@link ElfError} for what does not fit. */
  add({ sections, number }: LinkInput): void {
    for (const section of sections) this.#places.set(section, this.#place(section, number));
  }

  placeOf(section: Section): SectionPlace | undefined {
    return this.#places.get(section);
  }

  /** The contents of a merged section. */
  bytesOf({ type, size, parts }: MergedSection): Uint8Array {
    if (type === SHT.NOBITS) return new Uint8Array(0);
    const bytes = new Uint8Array(size);
    for (const part of parts) bytes.set(part.bytes, part.at);
    return bytes;
  }

  #place(section: Section, number: number): SectionPlace {
    const { name, type, flags, align, size, bytes } = section;
    const fail = (reason: string): never => {
      throw new ElfError(`object ${number}: ${reason}`, { section: name, offset: 0 });
    };
    if (align > MAX_ALIGN || (align & (align - 1)) !== 0) fail(`sec ${name} is aligned to ${align} bytes`);
    if (size > MAX_SIZE) fail(`sec ${name} has ${size} bytes`);
    const known = this.list.findIndex((each) => each.name === name);
    if (known < 0) {
      this.list.push({ name, type, flags, align, size, parts: [{ bytes, at: 0 }] });
      return { index: this.list.length - 1, offset: 0, repeated: false };
    }
    const merged = this.list[known]!;
    if (merged.type !== type) fail(`sec ${name} types mismatch`);
    if (merged.flags !== flags) fail(`sec ${name} flags mismatch`);
    if (name === "license" || name === "version") {
      const before = this.bytesOf(merged);
      if (before.length !== bytes.length || before.some((byte, index) => byte !== bytes[index]))
        fail(`non-identical contents of section '${name}' are not supported`);
      return { index: known, offset: 0, repeated: true };
    }
    merged.align = Math.max(merged.align, align);
    const offset = Math.ceil(merged.size / merged.align) * merged.align;
    merged.parts.push({ bytes, at: offset });
    merged.size = offset + size;
    return { index: known, offset, repeated: false };
  }
}
