/**
 * Pointers to objects in map values and in allocated objects (`__kptr`, `__kptr_untrusted`, `__percpu_kptr`, `__uptr`):
 * what a load gives, what may be stored, and what `bpf_kptr_xchg` takes and returns.
 *
 * Behaviour and messages: `check_map_kptr_access`, `map_kptr_match_type`, `process_kptr_func` of Linux 6.18.
 */
import type { Btf } from "../btf/btf.ts";
import type { SpecialField } from "../btf/special-fields.ts";
import { CLASS, CLASS_MASK, MODE, MODE_MASK, REG } from "../isa/constants.ts";
import { inRcuSection, structsMatch } from "./btf-pointers.ts";
import { type Environment, registerAt } from "./environment.ts";
import { toNumber } from "./int64.ts";
import { checkUnmodified } from "./memory.ts";
import {
  hasKind,
  isAllocated,
  isRcuSafe,
  isReferencedPointer,
  mapRecord,
  type Pointee,
  pointeeOf,
  pointeeRecord,
  recordBtf,
  recordOf,
} from "./records.ts";
import { dropReference } from "./references.ts";
import {
  ALLOC,
  AUX,
  BASE_TYPE,
  EXTRA,
  ID,
  isNull,
  MAYBE_NULL,
  markPointer,
  markUnknown,
  NON_OWN_REF,
  OFF,
  PERCPU,
  RCU,
  REF,
  TRUSTED,
  TYPE,
  TYPES,
  typeName,
  UNTRUSTED,
  VALUE,
} from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { forEachRegister } from "./state.ts";
import { tnumIsConst } from "./tnum.ts";

const KINDS = ["kptr", "kptr_untrusted", "percpu_kptr", "uptr"] as const;

/** The pointer in a map's value at a known place, which an access of 8 bytes loads or stores as a whole. */
export function pointerAt(env: Environment, r: number, offset: number): SpecialField | undefined {
  const w = env.words;
  const map = env.maps[w[r + AUX]];
  if (map.btf === undefined || !tnumIsConst(w, r + VALUE)) return undefined;
  const at = offset + toNumber(w, r + VALUE);
  return mapRecord(env, map).find((field) => field.offset === at && KINDS.some((kind) => kind === field.kind));
}

/** A load or store of a pointer in a map's value by the current instruction. `value` as in `Access`. */
export function accessPointer(env: Environment, r: number, field: SpecialField, value: number): void {
  const insn = env.insns[env.index];
  const cls = insn.code & CLASS_MASK;
  const { btf } = env.maps[env.words[r + AUX]].btf!;
  if ((insn.code & MODE_MASK) !== MODE.MEM) reject("kptr_mode");
  if (cls !== CLASS.LDX && isReferencedPointer(field)) reject("kptr_store");
  if (cls !== CLASS.LDX && field.kind === "uptr") reject("uptr_store");
  if (cls === CLASS.LDX) loadPointer(env, btf, field, registerAt(value));
  else if (cls === CLASS.STX) {
    if (!isNull(env.words, registerAt(value))) checkMatches(env, value, field, pointeeOf(env, btf, field), "EACCES");
  } else if (insn.imm !== 0) reject("kptr_store_constant", field.offset);
}

function loadPointer(env: Environment, btf: Btf, field: SpecialField, r: number): void {
  const w = env.words;
  if (field.kind === "uptr") {
    const target = btf.type(field.target!);
    markPointer(w, r, TYPES.MEM | MAYBE_NULL);
    w[r + AUX] = target.kind === "struct" ? target.size : 0;
    w[r + ID] = env.newId();
    return;
  }
  const pointee = pointeeOf(env, btf, field);
  let flags = MAYBE_NULL;
  if (isRcuSafe(field, pointee) && inRcuSection(env)) {
    flags |= RCU;
    if (field.kind === "percpu_kptr") flags |= PERCPU;
    else if (pointee.btf !== 0) flags |= ALLOC;
    if (hasKind(pointeeRecord(env, pointee), "bpf_list_node", "bpf_rb_node")) flags |= NON_OWN_REF;
  } else flags |= UNTRUSTED;
  setPointee(env, r, pointee, flags);
  w[r + ID] = env.newId();
}

function setPointee(env: Environment, r: number, { btf, id }: Pointee, flags: number): void {
  const w = env.words;
  markPointer(w, r, TYPES.BTF_ID | flags);
  w[r + AUX] = id;
  w[r + EXTRA] = btf;
}

/** The register holds what may be put into the pointer. */
function checkMatches(
  env: Environment,
  register: number,
  field: SpecialField,
  pointee: Pointee,
  errno: "EACCES",
): void {
  const w = env.words;
  const r = registerAt(register);
  const type = w[r + TYPE];
  const unreferenced = field.kind === "kptr_untrusted";
  const bad = (name: string): never => {
    const expected = `${typeName(TYPES.BTF_ID)}${pointee.name}`;
    const more = unreferenced ? ` or ${typeName(TYPES.BTF_ID | UNTRUSTED)}${pointee.name}` : "";
    throw new Rejection("kptr_type", [register, typeName(type), name, expected, more], errno);
  };
  if ((type & BASE_TYPE) !== TYPES.BTF_ID) bad("");
  const local = w[r + EXTRA] !== 0;
  const allowed = local
    ? MAYBE_NULL | ALLOC | (field.kind === "percpu_kptr" ? PERCPU : 0)
    : MAYBE_NULL | TRUSTED | RCU | (unreferenced ? UNTRUSTED : 0);
  if (type & ~(BASE_TYPE | allowed)) bad("");
  try {
    checkUnmodified(w, r, register, true);
  } catch (cause) {
    if (cause instanceof Rejection) throw new Rejection(cause.row, cause.values, "EACCES");
    throw cause;
  }
  const name = env.btfAt(w[r + EXTRA]).type(w[r + AUX]).name;
  if (!structsMatch(env, w[r + AUX], w[r + OFF], pointee.id, !unreferenced, w[r + EXTRA], pointee.btf)) bad(name);
}

/** What an exchange works on. */
export interface Exchange {
  readonly field: SpecialField;
  readonly pointee: Pointee;
}

/** First argument of `bpf_kptr_xchg`: the place of a referenced pointer. */
export function checkExchangePlace(env: Environment, register: number): Exchange {
  const w = env.words;
  const r = registerAt(register);
  if (!isAllocated(w[r + TYPE])) {
    const map = env.maps[w[r + AUX]];
    if (map.btf === undefined || map.btf.valueType === 0)
      reject("special_no_btf", map.name.slice(0, 15), "bpf_kptr_xchg");
  }
  if (!tnumIsConst(w, r + VALUE)) reject("special_offset", register, "kptr");
  const record = recordOf(env, w, r) ?? [];
  const pointers = record.filter(({ kind }) => kind !== "uptr" && KINDS.some((each) => each === kind));
  if (pointers.length === 0) reject("kptr_missing", register);
  const at = w[r + OFF] + toNumber(w, r + VALUE);
  const field = pointers.find(({ offset }) => offset === at);
  if (field === undefined) return reject("kptr_elsewhere", at);
  if (!isReferencedPointer(field)) reject("kptr_unreferenced", at);
  return { field, pointee: pointeeOf(env, recordBtf(env, w, r), field) };
}

/** Second argument: what is put there, of the pointer's type. */
export const checkExchanged = (env: Environment, register: number, { field, pointee }: Exchange): void =>
  checkMatches(env, register, field, pointee, "EACCES");

/** The reference moves into the pointer: what points to the object is forgotten, but for what RCU protects. */
export function giveToPointer(env: Environment, reference: number): boolean {
  if (!dropReference(env.state, reference)) return false;
  const inRcu = inRcuSection(env);
  const both = ALLOC | PERCPU;
  forEachRegister(env.state, (w, r) => {
    if (w[r + REF] !== reference) return;
    if (inRcu && (w[r + TYPE] & both) === both) {
      w[r + REF] = 0;
      w[r + TYPE] = (w[r + TYPE] & ~ALLOC) | RCU;
    } else markUnknown(w, r);
  });
  return true;
}

/** What was there before. */
export function setExchanged(env: Environment, { field, pointee }: Exchange): void {
  const local = pointee.btf !== 0 ? ALLOC | (field.kind === "percpu_kptr" ? PERCPU : 0) : 0;
  setPointee(env, registerAt(REG.R0), pointee, MAYBE_NULL | local);
}
