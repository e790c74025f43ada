/** What Linux finds in the values of a map by their BTF type, and which types of maps may have it. */
import type { Btf } from "../btf/btf.ts";
import { sizeOf } from "../btf/size.ts";
import { type SpecialField, type SpecialKind, specialFields } from "../btf/special-fields.ts";
import type { Errno } from "./errno.ts";
import { MAP_FLAGS } from "./flags.ts";
import type { MapSpec, MapType } from "./spec.ts";

const STORAGES: readonly MapType[] = ["sk_storage", "inode_storage", "task_storage", "cgrp_storage"];
const LOCKED: readonly MapType[] = ["hash", "array", "cgroup_storage_deprecated", ...STORAGES];
const TIMED: readonly MapType[] = ["hash", "lru_hash", "array"];
const POINTED: readonly MapType[] = [...TIMED, "percpu_hash", "lru_percpu_hash", "percpu_array", ...STORAGES];
const TASKS: readonly MapType[] = ["task_storage"];

/** Types of maps whose values may have such a field. */
const HOMES: Readonly<Record<SpecialKind, readonly MapType[]>> = {
  bpf_spin_lock: LOCKED,
  bpf_res_spin_lock: LOCKED,
  bpf_timer: TIMED,
  bpf_wq: TIMED,
  bpf_task_work: TIMED,
  bpf_list_head: TIMED,
  bpf_rb_root: TIMED,
  kptr: POINTED,
  kptr_untrusted: POINTED,
  percpu_kptr: POINTED,
  bpf_refcount: POINTED,
  uptr: TASKS,
  bpf_list_node: [],
  bpf_rb_node: [],
};

const PAGE = 4096;

const known = new WeakMap<MapSpec, readonly SpecialField[]>();

/**
 * The special fields of a map's values, by offset; none without BTF, and none where Linux cannot tell them (two timers): it
 * makes such a map all the same, and nothing in it is special.
 *
 * @example mapFields(spec).find(({ kind }) => kind === "bpf_spin_lock")?.offset
 */
export function mapFields(spec: MapSpec): readonly SpecialField[] {
  let fields = known.get(spec);
  if (fields === undefined) {
    const { btf } = spec;
    const found = btf && btf.valueType > 0 ? specialFields(btf.btf, btf.valueType) : [];
    fields = typeof found === "string" ? [] : found;
    known.set(spec, fields);
  }
  return fields;
}

/** Whether `BPF_F_LOCK` means something for the map: its values have a `bpf_spin_lock`. */
export const hasSpinLock = (spec: MapSpec): boolean => mapFields(spec).some(({ kind }) => kind === "bpf_spin_lock");

/** Bytes of a type, a section of data among them. */
function bytesOf(btf: Btf, id: number): number | undefined {
  if (id >= btf.count) return undefined;
  const type = btf.resolve(id);
  return type.kind === "datasec" ? type.size : sizeOf(btf, id);
}

/** Linux's errno for a map whose BTF types do not fit it; undefined where they do. Looked at after all else. */
export function btfErrno(spec: MapSpec): Errno | undefined {
  const { btf: types, type, keySize, valueSize, flags } = spec;
  if (types === undefined) return undefined;
  const { btf, keyType, valueType } = types;
  if (keyType === 0 && valueType === 0) return undefined;
  if (valueType === 0 || bytesOf(btf, valueType) !== valueSize) return "EINVAL";
  if (keyType === 0 ? !mayLackKey(spec) : bytesOf(btf, keyType) !== keySize) return "EINVAL";
  const fields = mapFields(spec);
  if (fields.length > 0 && flags & (MAP_FLAGS.RDONLY_PROG | MAP_FLAGS.WRONLY_PROG)) return "EACCES";
  if (!fields.every(({ kind }) => HOMES[kind].includes(type))) return "EOPNOTSUPP";
  if (keyType !== 0 && !keyFits(spec, btf, keyType)) return "EINVAL";
  // What a process shares by a pointer lies in one page.
  for (const { kind, target } of fields) {
    const bytes = kind === "uptr" ? bytesOf(btf, target!) : undefined;
    if (bytes === 0) return "EINVAL";
    if (bytes !== undefined && bytes > PAGE) return "E2BIG";
  }
  return undefined;
}

/** A section of variables is an array's only element; a Bloom filter has no keys. */
function mayLackKey({ type, maxEntries, btf }: MapSpec): boolean {
  const isSection = btf!.btf.resolve(btf!.valueType).kind === "datasec";
  return type === "bloom_filter" || (type === "array" && maxEntries === 1 && isSection);
}

/** Some types of maps know what their keys are. */
function keyFits({ type }: MapSpec, btf: Btf, keyType: number): boolean {
  const key = btf.resolve(keyType);
  if (type === "lpm_trie") return key.kind === "struct";
  if (type === "array" || type === "percpu_array" || STORAGES.includes(type))
    return key.kind === "int" && key.bits === 32;
  return true;
}
