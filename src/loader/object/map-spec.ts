/** What `BPF_MAP_CREATE` is given for the maps of an object, as libbpf fills it in. */
import type { Btf } from "../../btf/btf.ts";
import type { ObjectData, ObjectFile, ObjectMap } from "../../elf/object.ts";
import { ARENA_START } from "../../maps/arena.ts";
import { MAP_FLAGS } from "../../maps/flags.ts";
import { MAP_TYPES, type MapSpec, type MapType } from "../../maps/spec.ts";
import { ObjectError } from "./error.ts";
import { internalMapName, isMappable, linuxName } from "./names.ts";

const TYPE_BY_NUMBER = new Map<number, MapType>(
  (Object.keys(MAP_TYPES) as MapType[]).map((type) => [MAP_TYPES[type], type]),
);

/** Types that libbpf creates without BTF of key and value, because Linux does not want it there. */
const WITHOUT_BTF: ReadonlySet<MapType> = new Set<MapType>([
  ...(["perf_event_array", "cgroup_array", "stack_trace", "array_of_maps", "hash_of_maps", "devmap"] as const),
  ...(["devmap_hash", "cpumap", "xskmap", "sockmap", "sockhash", "queue", "stack", "arena"] as const),
]);

const PAGE = 4096;

/** The size that a ring buffer gets: a power of two of whole pages, at least what was asked for. */
export function ringbufSize(size: number): number {
  if (size === 0) return 0;
  for (let power = PAGE; power <= 2 ** 31; power *= 2) if (size <= power) return power;
  return size;
}

/** What maps are made with beyond what they declare. */
export interface MapMachineFacts {
  readonly object: string;
  /** The object's types. */
  readonly btf: Btf | undefined;
  readonly cpus: number;
}

/** A map that an object declares. */
export function declaredMapSpec(map: ObjectMap, facts: MapMachineFacts): MapSpec {
  const type = TYPE_BY_NUMBER.get(map.type);
  if (type === undefined)
    throw new ObjectError(
      "EINVAL",
      facts.object,
      `map '${map.name}': failed to create: Invalid argument`,
      `Linux has no map type ${map.type}.`,
    );
  const ring = type === "ringbuf" || type === "user_ringbuf";
  const perfDefault = type === "perf_event_array" && map.maxEntries === 0;
  const { btf } = facts;
  const typed = btf !== undefined && !WITHOUT_BTF.has(type) && map.valueType !== 0;
  return {
    type,
    name: linuxName(map.name),
    keySize: map.keySize,
    valueSize: map.valueSize,
    maxEntries: perfDefault ? facts.cpus : ring ? ringbufSize(map.maxEntries) : map.maxEntries,
    flags: map.mapFlags,
    ...(map.numaNode === 0 ? {} : { numaNode: map.numaNode }),
    ...extraOf(type, map.mapExtra),
    ...(typed ? { btf: { btf, keyType: map.keyType, valueType: map.valueType } } : {}),
    ...(map.inner === undefined ? {} : { inner: declaredMapSpec(map.inner, facts) }),
  };
}

/** libbpf maps an arena without an address of its own where Linux has room. */
function extraOf(type: MapType, mapExtra: bigint): Pick<MapSpec, "mapExtra"> {
  if (mapExtra !== 0n) return { mapExtra };
  return type === "arena" ? { mapExtra: ARENA_START } : {};
}

/** The array of one element that a section of data becomes. */
export function dataMapSpec(
  file: ObjectFile,
  { name, kind, size }: Pick<ObjectData, "name" | "kind" | "size">,
  object: string,
): MapSpec {
  const readOnly = kind === "rodata" ? MAP_FLAGS.RDONLY_PROG : 0;
  const mappable = isMappable(file, name) ? MAP_FLAGS.MMAPABLE : 0;
  const type = file.btf?.byName(name, "datasec");
  return {
    type: "array",
    name: internalMapName(object, name),
    keySize: 4,
    valueSize: size,
    maxEntries: 1,
    flags: readOnly | mappable,
    ...(type === undefined || name === ".kconfig" ? {} : { btf: { btf: file.btf!, keyType: 0, valueType: type.id } }),
  };
}
