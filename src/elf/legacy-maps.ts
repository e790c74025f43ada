import { ElfError } from "./error.ts";
import type { ElfSymbol, Section } from "./file.ts";
import type { ObjectMap } from "./object.ts";

/** The five numbers that every loader knows: type, key_size, value_size, max_entries, map_flags. */
const KNOWN_BYTES = 20;

/**
 * Maps of a section `maps`: a struct of numbers for each symbol, as objects before BTF had them. All definitions take the
 * same room; what is behind the numbers that are known must be zero.
 */
export function readLegacyMaps(section: Section, symbols: readonly ElfSymbol[]): ObjectMap[] {
  const own = symbols
    .filter((symbol) => symbol.section === section.index && symbol.type !== "section" && symbol.name !== "")
    .sort((a, b) => a.value - b.value);
  if (own.length === 0) return [];
  const room = section.bytes.length / own.length;
  const fail = (reason: string, offset: number): never => {
    throw new ElfError(reason, { section: section.name, offset });
  };
  if (!Number.isInteger(room)) fail(`unable to determine legacy map definition size: ${own.length} maps`, 0);
  if (room < 16) fail(`map definitions of ${room} bytes: four numbers take 16`, 0);
  const view = new DataView(section.bytes.buffer, section.bytes.byteOffset, section.bytes.byteLength);
  return own.map(({ name, value: at }): ObjectMap => {
    if (at + room > section.bytes.length) fail(`corrupted maps section: last map "${name}" too small`, at);
    for (let more = at + KNOWN_BYTES; more < at + room; more++)
      if (section.bytes[more] !== 0) fail(`map '${name}' has unrecognized, non-zero options`, more);
    const word = (index: number) => (4 * index < room ? view.getUint32(at + 4 * index, true) : 0);
    return {
      name,
      type: word(0),
      keySize: word(1),
      valueSize: word(2),
      maxEntries: word(3),
      mapFlags: word(4),
      numaNode: 0,
      mapExtra: 0n,
      pinned: false,
      keyType: 0,
      valueType: 0,
      inner: undefined,
      initial: [],
      declared: "legacy",
    };
  });
}
