import { BtfError } from "../btf/error.ts";
import { parseBtfExt } from "../btf/ext.ts";
import { readBtfMaps } from "./btf-maps.ts";
import { readData } from "./data-sections.ts";
import { ElfError } from "./error.ts";
import { readExterns } from "./externs.ts";
import { readElf, type Section } from "./file.ts";
import { findFunctions, functionIndex, readFunctions, TEXT } from "./functions.ts";
import { readLegacyMaps } from "./legacy-maps.ts";
import type { ObjectFile, ObjectMap } from "./object.ts";
import { readObjectBtf } from "./object-btf.ts";

/** Maps as bytes: `maps`, and `maps/name` as some loaders had them. */
const isLegacyMaps = (name: string): boolean => name === "maps" || name.startsWith("maps/");

/**
 * Reads an object file that clang wrote for `-target bpf`. Nothing is loaded or patched: what instructions refer to is
 * said beside them. Throws {@link ElfError} with section and offset, in libbpf's words where it has words for it.
 *
 * @example
 * const object = openObject(readFileSync("execsnoop.bpf.o"));
 * object.programs.map(({ name, section, insns }) => `${section}: ${name}, ${insns.length} instructions`);
 */
export function openObject(bytes: Uint8Array): ObjectFile {
  const file = readElf(bytes);
  const section = (name: string) => file.sections.find((each) => each.name === name);
  const btf = within(section(".BTF"), ({ bytes: own }) => readObjectBtf(own, file.sections, file.symbols));
  const ext = within(btf && section(".BTF.ext"), ({ bytes: own }) => parseBtfExt(own, btf!));
  const places = findFunctions(file);
  const functionAt = functionIndex(places);
  const mapSections = file.sections.filter(({ name, size }) => size > 0 && (name === ".maps" || isLegacyMaps(name)));
  const maps = mapSections.flatMap((each) =>
    isLegacyMaps(each.name)
      ? readLegacyMaps(each, file.symbols)
      : (within(each, () => readBtfMaps(file, each, btf, functionAt)) ?? []),
  );
  const externs = within(section(".symtab"), () => readExterns(file.symbols, btf)) ?? [];
  const named = new Set(maps.map(({ name }) => name));
  const mapsAt = new Map(
    file.symbols
      .filter(({ name, section: at }) => named.has(name) && mapSections.some(({ index }) => index === at))
      .map(({ name, section: at, value }) => [`${at}:${value}`, name]),
  );
  const externNames = new Set(externs.map(({ name }) => name));
  const functions = readFunctions(file, places, ext, {
    sections: file.sections,
    functionAt,
    mapAt: (at, offset) => mapsAt.get(`${at}:${offset}`),
    isMaps: (at) => mapSections.some(({ index }) => index === at),
    isExtern: (name) => externNames.has(name),
  });
  refuseDuplicates(functions, maps);
  const onlyOne = functions.length === 1;
  return {
    license: textOf(section("license")),
    version: versionOf(section("version")),
    programs: functions.filter((each) => each.section !== TEXT || onlyOne),
    subprograms: functions.filter((each) => each.section === TEXT && !onlyOne),
    maps,
    data: readData(file, btf, functionAt),
    externs,
    btf,
  };
}

/** Reads a section; what is wrong with its BTF becomes an error of the object. */
function within<T>(section: Section | undefined, read: (section: Section) => T): T | undefined {
  if (section === undefined) return undefined;
  try {
    return read(section);
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    const about = error.typeId === undefined ? "" : `type [${error.typeId}]: `;
    throw new ElfError(`${about}${error.reason}`, { section: section.name, offset: error.offset });
  }
}

function refuseDuplicates(functions: readonly { readonly name: string }[], maps: readonly ObjectMap[]): void {
  const seen = new Set<string>();
  for (const { name } of [...functions, ...maps]) {
    if (seen.has(name)) throw new ElfError(`'${name}' is defined twice`, { section: ".symtab", offset: 0 });
    seen.add(name);
  }
}

/** A text of a section, up to its zero. */
function textOf(section: Section | undefined): string {
  const bytes = section?.bytes ?? new Uint8Array(0);
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function versionOf(section: Section | undefined): number | undefined {
  if (section === undefined) return undefined;
  const { bytes, name } = section;
  if (bytes.length !== 4)
    throw new ElfError(`invalid kver section: ${bytes.length} bytes instead of 4`, { section: name, offset: 0 });
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}
