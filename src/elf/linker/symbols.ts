import { SHN } from "../constants.ts";
import { ElfError } from "../error.ts";
import type { ElfSymbol, Section } from "../file.ts";
import type { WrittenSymbol } from "../write.ts";
import { type LinkInput, TYPES_SECTION, typeOfSymbol } from "./input.ts";
import { mismatch } from "./match.ts";
import type { MergedSections } from "./sections.ts";

/** A name that objects see of each other, and which of them defines it. */
export interface GlobalSymbol {
  readonly name: string;
  /** Place in {@link MergedSymbols.list}. */
  readonly index: number;
  /** Who defines it; who declares it, as long as nobody does. */
  input: LinkInput;
  symbol: ElfSymbol;
  weak: boolean;
  isExtern: boolean;
  /** Its VAR or FUNC in `input`. */
  type: number | undefined;
}

const isExtern = ({ section, type }: ElfSymbol): boolean => section === SHN.UNDEF && type === "notype";

/** The symbols of the result: of several definitions a strong one counts, else the first; declarations find theirs. */
export class MergedSymbols {
  readonly list: WrittenSymbol[] = [];
  readonly globals = new Map<string, GlobalSymbol>();
  readonly #sections: MergedSections;
  readonly #sectionSymbols = new Map<number, number>();
  readonly #places = new Map<ElfSymbol, number>();

  constructor(sections: MergedSections) {
    this.#sections = sections;
  }

  /** Adds the symbols of an object. Throws {@link ElfError} where two strong definitions, or two declarations, disagree. */
  add(input: LinkInput): void {
    for (const symbol of input.file.symbols) {
      if (symbol.index === 0 || symbol.type === "file") continue;
      const section = input.file.sections[symbol.section];
      const place = section && this.#sections.placeOf(section);
      if (place === undefined && symbol.section !== SHN.UNDEF && symbol.section < SHN.LORESERVE) continue;
      const index = this.#add(input, symbol, section);
      if (index !== undefined) this.#places.set(symbol, index);
    }
  }

  /** Where a symbol of an object went. */
  indexOf(symbol: ElfSymbol): number | undefined {
    return this.#places.get(symbol);
  }

  #add(input: LinkInput, symbol: ElfSymbol, section: Section | undefined): number | undefined {
    const place = section && this.#sections.placeOf(section);
    if (symbol.type === "section") {
      const known = this.#sectionSymbols.get(place!.index);
      if (known !== undefined) return known;
      const index = this.#push({ ...symbol, section: place!.index + 1, value: 0 });
      this.#sectionSymbols.set(place!.index, index);
      return index;
    }
    const moved: WrittenSymbol = {
      ...symbol,
      section: place === undefined ? symbol.section : place.index + 1,
      value: symbol.value + (place?.offset ?? 0),
    };
    if (symbol.binding === "local") return place?.repeated === true ? undefined : this.#push(moved);
    const known = this.globals.get(symbol.name);
    if (known === undefined) {
      const index = this.#push(moved);
      this.globals.set(symbol.name, {
        ...{ name: symbol.name, index, input, symbol, weak: symbol.binding === "weak" },
        ...{ isExtern: isExtern(symbol), type: typeOfSymbol(input, symbol) },
      });
      return index;
    }
    if (place?.repeated !== true && section?.name !== TYPES_SECTION) this.#resolve(known, input, symbol, moved);
    return known.index;
  }

  /** A name that is known: who of the two defines it. */
  #resolve(known: GlobalSymbol, input: LinkInput, symbol: ElfSymbol, moved: WrittenSymbol): void {
    const fail = (reason: string): never => {
      throw new ElfError(`object ${input.number}: ${reason}`, { section: ".symtab", offset: symbol.index * 24 });
    };
    const strong = symbol.binding === "global";
    const own = isExtern(symbol);
    if (!own && !known.isExtern && !known.weak && strong)
      fail(`conflicting non-weak symbol #${symbol.index} (${symbol.name}) definition`);
    const type = typeOfSymbol(input, symbol);
    if (type !== undefined && known.type !== undefined) {
      const isMap = [input, known.input].some((each) =>
        each.btf?.byName(".maps", "datasec")?.vars.some(({ type: id }) => each.btf!.type(id).name === symbol.name),
      );
      const places = [
        { btf: known.input.btf!, id: known.type },
        { btf: input.btf!, id: type },
      ] as const;
      const reason = mismatch(symbol.name, ...places, isMap);
      if (reason !== undefined) fail(reason);
    }
    const before = this.list[known.index]!;
    const hidden = before.hidden || symbol.hidden;
    const wins = !own && (known.isExtern || (known.weak && strong));
    const binding = strong || before.binding === "global" ? "global" : "weak";
    this.list[known.index] = { ...(wins ? moved : before), hidden, binding };
    if (strong) known.weak = false;
    if (!wins) return;
    Object.assign(known, { input, symbol, isExtern: false, type: type ?? known.type });
  }

  #push(symbol: WrittenSymbol): number {
    return this.list.push(symbol) - 1;
  }
}
