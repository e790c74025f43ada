/**
 * Objects that the program allocates: what the functions that make, share, insert and take them out return, and what
 * happens to the references that are held.
 */
import { structFields } from "../btf/struct-metas.ts";
import { REG } from "../isa/constants.ts";
import { syncBounds } from "./bounds.ts";
import { dropContradiction } from "./contradiction.ts";
import { type Environment, registerAt } from "./environment.ts";
import { set, type Words } from "./int64.ts";
import type { KfuncCall } from "./kfunc-arguments.ts";
import type { Root } from "./kfunc-fields.ts";
import { isPlainStruct } from "./plain-struct.ts";
import { hasKind } from "./records.ts";
import { releaseReference } from "./references.ts";
import {
  ALLOC,
  AUX,
  EXTRA,
  markNotInit,
  markPointer,
  markUnknown,
  NON_OWN_REF,
  OFF,
  PERCPU,
  RCU,
  REF,
  S32_MAX,
  S32_MIN,
  SMAX,
  SMIN,
  TYPE,
  TYPES,
} from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import { forEachRegister } from "./state.ts";

/** Linux's greatest object for each CPU. */
const MAX_PERCPU_SIZE = 512;
const MAX_ERRNO = 4095;

const setObject = (w: Words, r: number, btf: number, id: number): void => {
  markPointer(w, r, TYPES.BTF_ID | ALLOC);
  w[r + AUX] = id;
  w[r + EXTRA] = btf;
};

/** Sets r0 where the call returns an object of the program's; false: it returns something else. */
export function setObjectResult(env: Environment, call: KfuncCall): boolean {
  const w = env.words;
  const r = registerAt(REG.R0);
  switch (call.kfunc.name) {
    case "bpf_obj_new_impl":
    case "bpf_percpu_obj_new_impl":
      setNew(env, call.constant, call.kfunc.name === "bpf_percpu_obj_new_impl");
      return true;
    case "bpf_refcount_acquire_impl":
      setObject(w, r, call.object!.btf, call.object!.id);
      return true;
    default:
      if (
        call.root === undefined ||
        !/^bpf_(list_(pop|front|back)|rbtree_(remove|first|root|left|right))/.test(call.kfunc.name)
      )
        return false;
      setNode(w, r, call.root);
      return true;
  }
}

/** A new object of the program's struct. */
function setNew(env: Environment, wanted: bigint, percpu: boolean): void {
  if (wanted > 0xffff_ffffn) reject("object_type_range");
  const id = Number(wanted);
  const { btf } = env.spec;
  if (btf === undefined) throw new Rejection("object_no_btf", []);
  const type = id < btf.count ? btf.type(id) : undefined;
  if (type?.kind !== "struct") throw new Rejection("object_not_struct", []);
  if (percpu) {
    if (type.size > MAX_PERCPU_SIZE) reject("object_percpu_size", type.size, MAX_PERCPU_SIZE);
    if (!isPlainStruct(btf, type, env.log)) reject("object_percpu_scalars");
    if (structFields(btf, id)) reject("object_percpu_fields");
  }
  const w = env.words;
  const r = registerAt(REG.R0);
  setObject(w, r, env.btfIndex(btf), id);
  if (percpu) w[r + TYPE] |= PERCPU;
}

/** A node of what a list or tree holds. */
export function setNode(w: Words, r: number, { btf, struct, node }: Root): void {
  setObject(w, r, btf, struct);
  w[r + OFF] = node;
}

/** The pointer no longer owns its object: it is good while the lock is held. */
export function setNonOwning(env: Environment, w: Words, r: number): void {
  w[r + TYPE] |= NON_OWN_REF;
  if (hasKind(structFields(env.btfAt(w[r + EXTRA]), w[r + AUX]), "bpf_refcount")) w[r + TYPE] |= RCU;
}

/** The object in r2 goes into a list or tree: the reference is given away, and copies of it no longer own the object. */
export function giveToGraph(env: Environment): void {
  const reference = env.words[registerAt(REG.R2) + REF];
  forEachRegister(env.state, (w, r) => {
    if (w[r + REF] !== reference) return;
    w[r + REF] = 0;
    setNonOwning(env, w, r);
  });
  releaseReference(env, reference);
}

/** A resilient lock may not be taken: that path goes on with an errno. */
export function pushFailedLock(env: Environment): void {
  const { words: w } = env.push(env.index + 1, "ENOMEM").frame;
  for (let register = REG.R0; register <= REG.R5; register++) markNotInit(w, registerAt(register));
  const r = registerAt(REG.R0);
  markUnknown(w, r);
  w[r + S32_MIN] = -MAX_ERRNO;
  w[r + S32_MAX] = -1;
  set(w, r + SMIN, -MAX_ERRNO, -1);
  set(w, r + SMAX, -1, -1);
  syncBounds(w, r);
  dropContradiction(env.log, w, r, "retval");
}
