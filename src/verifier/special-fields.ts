/** What lies in map values beside data: where it is, what may use it, and that nothing else touches it. */
import type { SpecialField, SpecialKind } from "../btf/special-fields.ts";
import type { MapSpec } from "../maps/spec.ts";
import { type Environment, registerAt } from "./environment.ts";
import { toBigInt, toBigIntU, toNumber, toNumberU } from "./int64.ts";
import { hasKind, mapRecord } from "./records.ts";
import { AUX, OFF, SMIN, UMAX, VALUE } from "./registers.ts";
import { reject } from "./rejection.ts";
import { tnumIsConst } from "./tnum.ts";

const POINTERS: ReadonlySet<SpecialKind> = new Set<SpecialKind>(["kptr", "kptr_untrusted", "percpu_kptr", "uptr"]);

/** Linux's word for a kind in messages. */
const kindName = (kind: SpecialKind): string => (kind === "kptr_untrusted" ? "kptr" : kind);

export const findField = (env: Environment, map: MapSpec, ...kinds: SpecialKind[]): SpecialField | undefined =>
  mapRecord(env, map).find(({ kind }) => kinds.includes(kind));

/** Values with a lock are told apart by lookup, so that each is unlocked as what it was locked as. */
export const hasLock = (env: Environment, map: MapSpec): boolean =>
  hasKind(mapRecord(env, map), "bpf_spin_lock", "bpf_res_spin_lock");

const TRACING: ReadonlySet<string> = new Set([
  "kprobe",
  "tracepoint",
  "perf_event",
  "raw_tracepoint",
  "raw_tracepoint_writable",
]);

/** Programs of the type may use a map with such values. */
export function checkProgramFields(env: Environment, map: MapSpec): void {
  const { type } = env.spec;
  const tracing = TRACING.has(type);
  if (tracing && findField(env, map, "bpf_list_head", "bpf_rb_root"))
    reject("special_tracing", "bpf_{list_head,rb_root}");
  if (hasLock(env, map)) {
    if (type === "socket_filter") reject("lock_socket_filter");
    if (tracing) reject("special_tracing", "bpf_spin_lock");
  }
  if (tracing && findField(env, map, "bpf_timer")) reject("special_tracing", "bpf_timer");
  if (tracing && findField(env, map, "bpf_wq")) reject("special_tracing", "bpf_wq");
}

/**
 * The register points exactly to the field of that kind in a map's value. `use`: how the messages call what is there.
 */
export function checkFieldPointer(env: Environment, register: number, kind: SpecialKind, use: string): void {
  const w = env.words;
  const r = registerAt(register);
  if (!tnumIsConst(w, r + VALUE)) reject("special_offset", register, use);
  const map = env.maps[w[r + AUX]];
  const name = map.name.slice(0, 15);
  if (map.btf === undefined || map.btf.valueType === 0) reject("special_no_btf", name, use);
  const field = findField(env, map, kind);
  if (field === undefined) {
    reject("special_missing", "map", name, use);
    return;
  }
  const offset = toBigInt(w, r + VALUE) + BigInt(w[r + OFF]);
  if (offset !== BigInt(field.offset)) reject("special_elsewhere", String(offset), use, field.offset);
}

/** An access that is within the value leaves special fields alone, but for whole pointers. */
export function checkFieldsUntouched(
  env: Environment,
  register: number,
  offset: number,
  size: number,
  by: "insn" | "helper",
): void {
  const w = env.words;
  const r = registerAt(register);
  const map = env.maps[w[r + AUX]];
  const first = toNumber(w, r + SMIN) + offset;
  const end = toNumberU(w, r + UMAX) + offset + size;
  for (const field of mapRecord(env, map)) {
    if (first >= field.offset + field.size || field.offset >= end) continue;
    const name = kindName(field.kind);
    if (!POINTERS.has(field.kind)) reject("special_direct", name);
    if (by === "helper") reject("kptr_helper", name);
    if (!tnumIsConst(w, r + VALUE)) reject("kptr_variable", name);
    const at = BigInt(offset) + toBigIntU(w, r + VALUE);
    if (at !== BigInt(field.offset)) reject("kptr_misaligned", name, field.offset, String(at));
    if (size !== 8) reject("kptr_size", name);
  }
}
