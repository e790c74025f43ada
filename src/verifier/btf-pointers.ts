/**
 * Pointers to structures of Linux: what a load through one gives, how far that may be trusted, and whether a pointer is one
 * to the structure that somebody asks for.
 *
 * Behaviour and messages: `check_ptr_to_btf_access` and `btf_struct_ids_match` of Linux 6.18.
 */
import { structFields } from "../btf/struct-metas.ts";
import { structAccess, structWalk } from "../btf/struct-walk.ts";
import { MAP_TYPES } from "../maps/spec.ts";
import { type Environment, registerAt } from "./environment.ts";
import { formatBits } from "./format-state.ts";
import { isZero, type Words } from "./int64.ts";
import { MAP_STRUCTS } from "./map-structs.ts";
import {
  ALLOC,
  AUX,
  EXTRA,
  ID,
  MAYBE_NULL,
  markPointer,
  markUnknown,
  NON_OWN_REF,
  PERCPU,
  RCU,
  RDONLY,
  REF,
  TRUSTED,
  TYPE,
  TYPES,
  UNTRUSTED,
  USER,
  VALUE,
} from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { checkStructWrite } from "./struct-writes.ts";
import { tnumIsConst } from "./tnum.ts";
import { isTrusted, SAFE } from "./trust.ts";
import { memberTrust } from "./trusted-members.ts";

/** What RCU protects stays: in a section, under a lock, and in programs that never wait. */
export const inRcuSection = ({ state, sleepable }: Environment): boolean =>
  state.resources.rcu > 0 || state.resources.locks > 0 || !sleepable;

/** The id of a structure of Linux by name; refuses what the Linux at hand does not have. */
export function structId({ kernel }: Environment, name: string): number {
  if (kernel === undefined) return reject("not_modelled", "typed kernel pointers without Linux's BTF");
  return kernel.byName(name, "struct")?.id ?? reject("not_modelled", `struct ${name}, which this BTF lacks`);
}

/** Makes a register a pointer to a structure of Linux. */
export function setStructPointer(env: Environment, r: number, flags: number, struct: string): void {
  const id = structId(env, struct);
  markPointer(env.words, r, TYPES.BTF_ID | flags);
  env.words[r + AUX] = id;
}

/** The name that a pointer's structure has in messages. */
export const structName = (env: Environment, w: Words, r: number): string =>
  env.btfAt(w[r + EXTRA]).type(w[r + AUX]).name;

/** Checks an access through a pointer to a structure of Linux, and sets the register that receives what is loaded. */
export function checkStructAccess(
  env: Environment,
  base: number,
  offset: number,
  size: number,
  way: "read" | "write",
  value: number,
): void {
  const w = env.words;
  const r = registerAt(base);
  const type = w[r + TYPE];
  const name = structName(env, w, r);
  const btf = env.btfAt(w[r + EXTRA]);
  if (!env.perfmon) reject("struct_capability", name);
  if (!env.gpl && w[r + EXTRA] === 0) reject("struct_license", name);
  if (offset < 0) reject("struct_negative", base, name, offset);
  if (!tnumIsConst(w, r + VALUE) || !isZero(w, r + VALUE))
    reject("struct_variable", base, name, offset, formatBits(w, r + VALUE));
  if (type & USER) reject("struct_user", base, name, offset);
  if (type & PERCPU) reject("struct_percpu", base, name, offset);
  if (type & ALLOC && !(way === "write" && type & UNTRUSTED)) checkFieldsOfObject(env, r, offset, size);
  else if (way === "write") {
    checkStructWrite(env, btf, w[r + AUX], offset, size);
    return;
  }
  const receiver = way === "read" ? value : -1;
  const found = structAccess(btf, w[r + AUX], offset, size);
  switch (found.kind) {
    case "error":
      throw new Rejection("struct_access", [found.message], found.errno);
    case "scalar":
      if (receiver >= 0) markUnknown(w, registerAt(receiver));
      return;
    case "memory":
      if (receiver >= 0) markPointer(w, registerAt(receiver), TYPES.MEM | RDONLY | UNTRUSTED);
      return;
    case "pointer": {
      if (type & ALLOC) {
        // Objects of the program hold numbers as far as it can see: what it stored there may be gone.
        if (receiver >= 0) markUnknown(w, registerAt(receiver));
        return;
      }
      const flags = pointerFlags(env, r, name, found);
      if (receiver < 0) return;
      const to = registerAt(receiver);
      markPointer(w, to, TYPES.BTF_ID | flags);
      w[to + AUX] = found.id;
      w[to + EXTRA] = btf === env.kernel ? 0 : env.btfIndex(btf);
      if (flags & MAYBE_NULL) w[to + ID] = env.newId();
    }
  }
}

/**
 * A read of a map's own structure through the pointer to the map: what is found there nobody vouches for.
 *
 * Behaviour and messages: `check_ptr_to_map_access` of Linux 6.18.
 */
export function checkMapStruct(
  env: Environment,
  base: number,
  offset: number,
  size: number,
  way: "read" | "write",
  value: number,
): void {
  const { type } = env.maps[env.words[registerAt(base) + AUX]];
  const struct = MAP_STRUCTS[type];
  if (struct === undefined) {
    reject("map_struct_type", MAP_TYPES[type]);
    return;
  }
  if (!env.perfmon) reject("struct_capability", struct);
  if (offset < 0) reject("map_struct_negative", base, struct, offset);
  if (way === "write") reject("map_struct_write", struct);
  const found = structAccess(env.kernel!, structId(env, struct), offset, size);
  if (found.kind === "error") throw new Rejection("struct_access", [found.message], found.errno);
  if (value < 0) return;
  const w = env.words;
  const to = registerAt(value);
  switch (found.kind) {
    case "scalar":
      markUnknown(w, to);
      return;
    case "memory":
      markPointer(w, to, TYPES.MEM | RDONLY | UNTRUSTED);
      return;
    case "pointer":
      markPointer(w, to, TYPES.BTF_ID | walkedFlags(found));
      w[to + AUX] = found.id;
  }
}

/** An access to an object of the program's leaves what is special in it alone. */
function checkFieldsOfObject(env: Environment, r: number, offset: number, size: number): void {
  const w = env.words;
  if ((w[r + TYPE] & (NON_OWN_REF | RCU)) === 0 && w[r + REF] === 0)
    reject("linux_bug", "ref_obj_id for allocated object must be non-zero");
  for (const field of structFields(env.btfAt(w[r + EXTRA]), w[r + AUX]) ?? [])
    if (offset < field.offset + field.size && field.offset < offset + size)
      reject("object_field", field.kind === "kptr_untrusted" ? "kptr" : field.kind);
}

const TAGS = { user: USER, percpu: PERCPU, rcu: RCU } as const;

/** What the way to a member says of the pointer in it. */
const walkedFlags = ({ tag, throughUnion }: Pick<Walked, "tag" | "throughUnion">): number =>
  (throughUnion ? UNTRUSTED : 0) | (tag ? TAGS[tag] : 0);

interface Walked {
  readonly member: string;
  readonly tag: keyof typeof TAGS | undefined;
  readonly throughUnion: boolean;
}

/** The flags of a pointer that was loaded from a member: what is known of the structure decides. */
function pointerFlags(env: Environment, r: number, struct: string, found: Walked): number {
  const w = env.words;
  const type = w[r + TYPE];
  const walked = walkedFlags(found);
  if (type & UNTRUSTED) return UNTRUSTED;
  if (!isTrusted(w, r) && !(type & RCU)) return walked & ~(SAFE | RCU);
  const trust = memberTrust(struct, found.member);
  if (trust === "trusted") return walked | TRUSTED;
  if (trust === "trusted_or_null") return walked | TRUSTED | MAYBE_NULL;
  if (!inRcuSection(env) || type & MAYBE_NULL) return UNTRUSTED;
  if (trust === "rcu") return walked | RCU;
  if (trust === "rcu_or_null") return (walked | RCU | MAYBE_NULL) & ~UNTRUSTED;
  if (walked & RCU) return walked | MAYBE_NULL;
  return walked & (PERCPU | USER) ? walked : walked & ~(SAFE | RCU);
}

/**
 * Whether a pointer at `offset` of structure `id` is one to structure `wanted`, too: the same, or one that begins there.
 * What is wrong with the offset stands in the log. `btf`, `wantedBtf`: whose types they are, as in `EXTRA`.
 */
export function structsMatch(
  env: Environment,
  id: number,
  offset: number,
  wanted: number,
  strict: boolean,
  btf = 0,
  wantedBtf: number = btf,
): boolean {
  const same = btf === wantedBtf;
  if (same && offset === 0 && id === wanted) return true;
  if (strict) return false;
  const kernel = env.btfAt(btf);
  let [at, off] = [id, offset];
  for (let depth = 0; depth <= kernel.count; depth++) {
    const step = structWalk(kernel, at, off, 1);
    if (step.kind === "error") env.log.write(`${step.message}\n`);
    if (step.kind !== "struct") return false;
    if (same && step.id === wanted) return true;
    [at, off] = [step.id, 0];
  }
  return false;
}
