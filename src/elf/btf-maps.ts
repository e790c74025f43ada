import type { Btf } from "../btf/btf.ts";
import { sizeOf } from "../btf/size.ts";
import type { BtfType, Member, StructType } from "../btf/type.ts";
import type { FunctionAt } from "./data-sections.ts";
import { ElfError } from "./error.ts";
import type { ElfFile, Section } from "./file.ts";
import type { ObjectMap } from "./object.ts";

/** Map types whose elements are programs, which `values` may list. */
const PROG_ARRAY = 3;

/** Map types whose elements are maps. */
const MAPS_OF_MAPS: ReadonlySet<number> = new Set([12, 13]);

const POINTER_BYTES = 8;

/** What of a map's declaration its `values` say: from where in the variable, and what may be there. */
interface Declared {
  readonly map: ObjectMap;
  /** Byte offset of `values` in the variable; `undefined` where there is none. */
  readonly valuesAt: number | undefined;
}

/**
 * Maps that the section `.maps` declares: each variable is a struct whose members say its attributes by their types.
 * Messages are libbpf's.
 */
export function readBtfMaps(
  file: ElfFile,
  section: Section,
  btf: Btf | undefined,
  functionAt: FunctionAt,
): ObjectMap[] {
  const fail = (reason: string, offset = 0): never => {
    throw new ElfError(reason, { section: section.name, offset });
  };
  const described = btf?.byName(section.name, "datasec");
  if (btf === undefined || described === undefined)
    return fail(
      `DATASEC '${section.name}' not found${btf === undefined ? ": maps are declared by types, compile with -g" : ""}.`,
    );
  const places = described.vars.map(({ type: id, offset, size }, index) => {
    const variable = btf.type(id);
    const name = variable.name;
    if (variable.name === "") fail(`map #${index}: empty name.`, offset);
    if (offset + size > section.size) fail(`map '${name}' BTF data is too big.`, offset);
    if (variable.kind !== "var") return fail(`map '${name}': unexpected var kind ${variable.kind}.`, offset);
    if (variable.linkage !== "global") fail(`map '${name}': unsupported map linkage ${variable.linkage}.`, offset);
    const type = btf.resolve(variable.type);
    if (type.kind !== "struct") return fail(`map '${name}': unexpected def kind ${type.kind}.`, offset);
    if (type.size > size) fail(`map '${name}' has invalid size`, offset);
    return { offset, size, ...readDeclaration(btf, name, type, (reason) => fail(reason, offset)) };
  });
  const initial = new Map<string, ObjectMap["initial"][number][]>();
  for (const { offset, symbol } of file.relocations(section)) {
    const place = places.find((at) => offset >= at.offset && offset < at.offset + at.size);
    const { map, valuesAt } = place ?? fail(".maps relocation hits no map", offset);
    const at = offset - place!.offset - (valuesAt ?? 0);
    if (valuesAt === undefined || at < 0) fail(`map '${map.name}': only 'values' can hold addresses`, offset);
    if (at % POINTER_BYTES !== 0) fail(`map '${map.name}': 'values' hit at a part of an element`, offset);
    const list = initial.get(map.name) ?? [];
    initial.set(map.name, list);
    const index = at / POINTER_BYTES;
    const target = places.find((other) => symbol.section === section.index && symbol.value === other.offset);
    if (map.type === PROG_ARRAY) {
      const name = functionAt(symbol.section, symbol.value);
      if (name === undefined) fail(`'${symbol.name}' isn't a valid program reference`, offset);
      list.push({ index, kind: "program", name: name! });
    } else {
      if (target === undefined) fail(`'${symbol.name}' isn't a valid map reference`, offset);
      list.push({ index, kind: "map", name: target!.map.name });
    }
  }
  return places
    .sort((a, b) => a.offset - b.offset)
    .map(({ map }) => ({ ...map, initial: (initial.get(map.name) ?? []).sort((a, b) => a.index - b.index) }));
}

function readDeclaration(btf: Btf, name: string, type: StructType, fail: (reason: string) => never): Declared {
  const numbers = { type: 0, max_entries: 0, map_flags: 0, numa_node: 0, key_size: 0, value_size: 0, pinning: 0 };
  let [keyType, valueType, mapExtra] = [0, 0, 0n];
  let valuesAt: number | undefined;
  let inner: ObjectMap | undefined;
  const sizes = { key: "key_size", value: "value_size" } as const;
  const setSize = (which: "key" | "value", size: number) => {
    const before = numbers[sizes[which]];
    if (before !== 0 && before !== size) fail(`map '${name}': conflicting ${which} size ${before} != ${size}.`);
    numbers[sizes[which]] = size;
  };
  for (const member of type.members) {
    switch (member.name) {
      case "key_size":
      case "value_size":
        setSize(member.name === "key_size" ? "key" : "value", Number(number(btf, name, member, fail)));
        break;
      case "type":
      case "max_entries":
      case "map_flags":
      case "numa_node":
      case "pinning":
        numbers[member.name] = Number(number(btf, name, member, fail));
        break;
      case "map_extra":
        mapExtra = number(btf, name, member, fail);
        break;
      case "key":
      case "value": {
        const to = pointee(btf, name, member, fail);
        const size = sizeOf(btf, to);
        if (size === undefined)
          return fail(`map '${name}': can't determine ${member.name} size for type [${to}]: -22.`);
        setSize(member.name, size);
        if (member.name === "key") keyType = to;
        else valueType = to;
        break;
      }
      case "values": {
        if (member !== type.members.at(-1)) fail(`map '${name}': 'values' member should be last.`);
        valuesAt = member.bitOffset / 8;
        inner = readValues(btf, name, member, numbers.type, fail);
        setSize("value", 4);
        break;
      }
      default:
        if (!member.name.startsWith("___")) fail(`map '${name}': unknown field '${member.name}'.`);
    }
  }
  if (numbers.type === 0) fail(`map '${name}': map type isn't specified.`);
  if (numbers.pinning > 1) fail(`map '${name}': invalid pinning value ${numbers.pinning}.`);
  const map: ObjectMap = {
    name,
    type: numbers.type,
    keySize: numbers.key_size,
    valueSize: numbers.value_size,
    maxEntries: numbers.max_entries,
    mapFlags: numbers.map_flags,
    numaNode: numbers.numa_node,
    mapExtra,
    pinned: numbers.pinning === 1,
    keyType,
    valueType,
    inner,
    initial: [],
    declared: "btf",
  };
  return { map, valuesAt };
}

/** `__uint(name, N)` is a pointer to an array of N; `__ulong(name, N)` an enum whose only value is N. */
function number(btf: Btf, map: string, member: Member, fail: (reason: string) => never): bigint {
  const type: BtfType = btf.resolve(member.type);
  if (type.kind === "enum" || type.kind === "enum64") return BigInt(type.values[0]?.value ?? 0);
  if (type.kind !== "ptr") return fail(`map '${map}': attr '${member.name}': expected PTR, got ${type.kind}.`);
  const array = btf.resolve(type.type);
  if (array.kind !== "array") return fail(`map '${map}': attr '${member.name}': expected ARRAY, got ${array.kind}.`);
  return BigInt(array.length);
}

/** `__type(name, T)` is a pointer to T. */
function pointee(btf: Btf, map: string, member: Member, fail: (reason: string) => never): number {
  const type: BtfType = btf.resolve(member.type);
  if (type.kind !== "ptr") return fail(`map '${map}': ${member.name} spec is not PTR: ${type.kind}.`);
  return type.type;
}

/** `__array(values, T)` is an array of pointers to T: the declaration of the inner maps, or a function. */
function readValues(btf: Btf, map: string, member: Member, mapType: number, fail: (reason: string) => never) {
  const isMaps = MAPS_OF_MAPS.has(mapType);
  const what = isMaps ? "map-in-map" : "prog-array";
  if (!isMaps && mapType !== PROG_ARRAY) return fail(`map '${map}': should be map-in-map or prog-array.`);
  const array = btf.resolve(member.type);
  if (array.kind !== "array" || array.length !== 0)
    return fail(`map '${map}': ${what} spec is not a zero-sized array.`);
  const pointer = btf.resolve(array.type);
  if (pointer.kind !== "ptr") return fail(`map '${map}': ${what} def is of unexpected kind ${pointer.kind}.`);
  const type = btf.resolve(pointer.type);
  if (isMaps) {
    if (type.kind !== "struct") return fail(`map '${map}': map-in-map inner def is of unexpected kind ${type.kind}.`);
    if (type.members.some(({ name }) => name === "values"))
      return fail(`map '${map}': multi-level map-in-map is not supported.`);
    return readDeclaration(btf, `${map}.inner`, type, fail).map;
  }
  if (type.kind !== "func_proto") return fail(`map '${map}': prog-array value def is of unexpected kind ${type.kind}.`);
  return undefined;
}
