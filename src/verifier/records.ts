/** The special fields of what a register points to, and the objects that kernel pointers in them are of. */
import type { Btf } from "../btf/btf.ts";
import type { SpecialField, SpecialKind } from "../btf/special-fields.ts";
import { structFields } from "../btf/struct-metas.ts";
import type { MapSpec } from "../maps/spec.ts";
import { mapFields } from "../maps/special.ts";
import type { Environment } from "./environment.ts";
import type { Words } from "./int64.ts";
import { ALLOC, AUX, BASE_TYPE, EXTRA, NON_OWN_REF, TYPE, TYPES } from "./registers.ts";
import { reject } from "./rejection.ts";

/** Structures of Linux that it can release when a map with a pointer to one is freed. */
const RELEASABLE: ReadonlySet<string> = new Set(["task_struct", "cgroup", "bpf_cpumask", "bpf_crypto_ctx", "sk_buff"]);

/** Of these Linux frees an object only when no RCU section can see it any more. */
const RCU_PROTECTED: ReadonlySet<string> = new Set(["task_struct", "cgroup", "bpf_cpumask", "bpf_crypto_ctx"]);

/** What a kernel pointer points to. */
export interface Pointee {
  /** Whose types `id` is of, as in `EXTRA`. */
  readonly btf: number;
  readonly id: number;
  readonly name: string;
}

/** Linux's structure of the name where it has one, else the program's own. */
export function pointeeOf(env: Environment, btf: Btf, field: SpecialField): Pointee {
  const { name } = btf.type(field.target!);
  const { kernel } = env;
  if (kernel === undefined) return reject("not_modelled", "kernel pointers without Linux's BTF");
  const found = kernel.byName(name, "struct");
  if (found) return { btf: 0, id: found.id, name };
  if (kernel.byName(name, "fwd")) return reject("not_modelled", `struct ${name}, which this BTF lacks`);
  return { btf: env.btfIndex(btf), id: field.target!, name };
}

const NO_FIELDS: readonly SpecialField[] = [];

const isPointer = ({ kind }: SpecialField): boolean => kind === "kptr" || kind === "percpu_kptr";

/** The special fields of a map's values; none if a pointer is to what Linux could not release. */
export function mapRecord(env: Environment, map: MapSpec): readonly SpecialField[] {
  if (map.btf === undefined) return NO_FIELDS;
  const fields = mapFields(map);
  for (const field of fields) {
    if (field.kind !== "kptr") continue;
    const { btf, name } = pointeeOf(env, map.btf!.btf, field);
    if (btf === 0 && !RELEASABLE.has(name)) return [];
  }
  return fields;
}

export const isAllocated = (type: number): boolean => (type & (BASE_TYPE | ALLOC)) === (TYPES.BTF_ID | ALLOC);

/** A pointer to an object that somebody else owns by now: good as long as the lock is held. */
export const isNonOwning = (type: number): boolean => isAllocated(type) && (type & NON_OWN_REF) !== 0;

/** The special fields of the value or object that a register points to; undefined: nothing that could have any. */
export function recordOf(env: Environment, w: Words, r: number): readonly SpecialField[] | undefined {
  const type = w[r + TYPE];
  if (type === TYPES.MAP_VALUE) return mapRecord(env, env.maps[w[r + AUX]]);
  return isAllocated(type) ? structFields(env.btfAt(w[r + EXTRA]), w[r + AUX]) : undefined;
}

/** The BTF that fields of what a register points to name types of. */
export const recordBtf = (env: Environment, w: Words, r: number): Btf =>
  w[r + TYPE] === TYPES.MAP_VALUE ? env.maps[w[r + AUX]].btf!.btf : env.btfAt(w[r + EXTRA]);

export const hasKind = (fields: readonly SpecialField[] | undefined, ...kinds: SpecialKind[]): boolean =>
  fields?.some(({ kind }) => kinds.includes(kind)) === true;

/** What is told apart by lookup or allocation, so that each lock is given back as what it was taken as. */
export const mayPointToLock = (env: Environment, w: Words, r: number): boolean =>
  hasKind(recordOf(env, w, r), "bpf_spin_lock", "bpf_res_spin_lock");

/** Objects behind the pointer stay as long as an RCU section that was open when it was read. */
export const isRcuSafe = (field: SpecialField, { btf, name }: Pointee): boolean =>
  field.kind === "percpu_kptr" || (field.kind === "kptr" && (btf !== 0 || RCU_PROTECTED.has(name)));

/** The special fields of what a kernel pointer points to, if that is an object of the program's. */
export const pointeeRecord = (env: Environment, { btf, id }: Pointee): readonly SpecialField[] | undefined =>
  btf === 0 ? undefined : structFields(env.btfAt(btf), id);

export { isPointer as isReferencedPointer };
