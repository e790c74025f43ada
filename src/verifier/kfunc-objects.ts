/** Arguments of kernel functions that are objects of Linux, and results that are. */
import { type BtfType, isComposite } from "../btf/type.ts";
import type { KfuncFlag } from "../helpers/kfuncs.ts";
import { REG } from "../isa/constants.ts";
import { checkPointerOffset } from "./argument-offset.ts";
import { kindName } from "./attach-target.ts";
import { structId, structsMatch } from "./btf-pointers.ts";
import { type Environment, registerAt } from "./environment.ts";
import { toBigIntU } from "./int64.ts";
import type { KfuncCall } from "./kfunc-arguments.ts";
import { markPrecise } from "./precision.ts";
import {
  AUX,
  BASE_TYPE,
  EXTRA,
  markPointer,
  OFF,
  RCU,
  RDONLY,
  REF,
  TRUSTED,
  TYPE,
  TYPES,
  typeName,
  UNTRUSTED,
  VALUE,
} from "./registers.ts";
import { reject } from "./rejection.ts";
import { tnumIsConst } from "./tnum.ts";
import { hasUnsafeFlags, isTrusted, SAFE, STRUCT_OF_TYPE } from "./trust.ts";

/** Whether a value is an object of Linux: a typed pointer, or a pointer of a kind that stands for one. */
export const isObject = (type: number): boolean =>
  (type & BASE_TYPE) === TYPES.BTF_ID || STRUCT_OF_TYPE[type & BASE_TYPE] !== undefined;

/** The function takes nothing that could be NULL or gone. */
export const wantsTrust = (flags: ReadonlySet<KfuncFlag>): boolean =>
  flags.has("trusted_args") || flags.has("rcu") || flags.has("release");

/** Checks that an object is the structure `wanted`, and can be trusted as far as the function asks. */
export function checkObjectArgument(env: Environment, { kfunc }: KfuncCall, argument: number, wanted: BtfType): void {
  const register = REG.R1 + argument;
  const w = env.words;
  const r = registerAt(register);
  const type = w[r + TYPE];
  const flags = kfunc.row!.flags;
  if (!isComposite(wanted))
    reject("kfunc_unsupported", kfunc.name, argument, kindName(wanted), wanted.kind === "void" ? "" : wanted.name);
  if (wantsTrust(flags) && !isTrusted(w, r)) {
    if (!flags.has("rcu")) reject("kfunc_untrusted", register);
    if (!(type & RCU)) reject("kfunc_rcu", register);
  }
  const releases = flags.has("release") && w[r + REF] !== 0;
  checkPointerOffset(w, r, register, releases);
  const base = type & BASE_TYPE;
  if (base === TYPES.BTF_ID && hasUnsafeFlags(type) && !(type & RCU))
    reject("kfunc_kind", argument, typeName(type), typeName(base | (type & SAFE)));
  const btf = base === TYPES.BTF_ID ? w[r + EXTRA] : 0;
  const types = env.btfAt(btf);
  const id = base === TYPES.BTF_ID ? w[r + AUX] : structId(env, STRUCT_OF_TYPE[base]);
  const actual = types.resolve(id);
  const strict = releases || areNoAliases(types.type(id).name, wanted.name);
  // Said in any case: what does not match stands in the log.
  const matches = structsMatch(env, actual.id, w[r + OFF], wanted.id, strict, btf, 0);
  if (matches || PROJECTIONS[wanted.name] === actual.name) return;
  reject(
    "kfunc_struct",
    ...[kfunc.name, argument, kindName(wanted), wanted.name, register, kindName(actual), actual.name],
  );
}

const INIT = "___init";

/** A structure that is being made is not yet one of its kind. */
const areNoAliases = (a: string, b: string): boolean => a === b + INIT || b === a + INIT;

/** What programs see of a structure, by the name that it has for them. */
const PROJECTIONS: Readonly<Record<string, string>> = { __sk_buff: "sk_buff", xdp_md: "xdp_buff" };

/** A number that must be known: its value. */
export function checkConstantArgument(env: Environment, register: number): bigint {
  const w = env.words;
  const r = registerAt(register);
  if (!tnumIsConst(w, r + VALUE)) reject("kfunc_constant", register);
  markPrecise(env, register);
  return toBigIntU(w, r + VALUE);
}

/** The context as the structure behind it, as `bpf_cast_to_kern_ctx` gives it: Linux's BTF lists these by program type. */
export function castContext(env: Environment): void {
  const kernel = env.kernel!;
  const list = kernel.byName("bpf_ctx_convert", "struct");
  const name = `BPF_PROG_TYPE_${env.type.toUpperCase()}_kern`;
  const member = list?.kind === "struct" ? list.members.find((each) => each.name === name) : undefined;
  if (member === undefined) {
    reject("not_modelled", `bpf_cast_to_kern_ctx without Linux's list of contexts`);
    return;
  }
  if (kernel.type(member.type).kind !== "struct") reject("cast_context", member.type);
  const r = registerAt(REG.R0);
  markPointer(env.words, r, TYPES.BTF_ID | TRUSTED);
  env.words[r + AUX] = member.type;
}

/** Any address as one of the structure `id`, as `bpf_rdonly_cast` gives it: to be read with care. */
export function castReadOnly(env: Environment, wanted: bigint): void {
  const kernel = env.kernel!;
  const w = env.words;
  const r = registerAt(REG.R0);
  // Ids have 32 bits; the message shows all that was passed.
  const id = Number(BigInt.asUintN(32, wanted));
  if (id >= kernel.count) reject("cast_type", `${BigInt.asIntN(64, wanted)}`);
  const type = kernel.type(id);
  if (type.kind === "void") {
    markPointer(w, r, TYPES.MEM | RDONLY | UNTRUSTED);
    return;
  }
  if (!isComposite(type)) reject("cast_struct");
  markPointer(w, r, TYPES.BTF_ID | UNTRUSTED);
  w[r + AUX] = id;
}
