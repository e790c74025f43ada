/** Arguments of kernel functions: what each must be follows from its type in Linux's BTF and from the end of its name. */
import { sizeOf } from "../btf/size.ts";
import { type BtfType, isComposite } from "../btf/type.ts";
import { REG } from "../isa/constants.ts";
import { checkDynptr, type Dynptr, type DynptrKind, makeDynptr } from "./dynptrs.ts";
import { type Environment, registerAt } from "./environment.ts";
import { checkHelperMemory, checkSizedMemory } from "./helper-memory.ts";
import { checkIteratorArgument } from "./iterators.ts";
import type { Kfunc } from "./kfunc.ts";
import { checkFieldArgument, fieldArgument, type Root } from "./kfunc-fields.ts";
import { checkConstantArgument, checkObjectArgument, isObject, wantsTrust } from "./kfunc-objects.ts";
import { checkUnmodified } from "./memory.ts";
import { isNull, MAYBE_NULL, REF, TYPE, TYPES, typeName } from "./registers.ts";
import { reject } from "./rejection.ts";
import type { StackObject } from "./stack-objects.ts";
import { slotAt } from "./state.ts";

/** One call, and what its arguments have told so far. */
export interface KfuncCall {
  readonly kfunc: Kfunc;
  /** The iterator that the function works on. */
  iterator: StackObject | undefined;
  /** The dynptr that the function looks at. */
  dynptr: Dynptr | undefined;
  /** Reference that an argument holds; 0: none. */
  reference: number;
  /** Register whose object the call gives back; 0: none. */
  release: number;
  /** The argument that must be a constant. */
  constant: number;
  /** The map that an argument is or lies in a value of, and the lookup that it came from. */
  map: number | undefined;
  mapLookup: number;
  /** The function of the program that is called back. */
  callback: number | undefined;
  /** The list or tree that the function works on. */
  root: Root | undefined;
  /** The struct of the object that is passed, and whether the program owns it. */
  object: { readonly btf: number; readonly id: number } | undefined;
  owning: boolean;
}

/** Checks all arguments of a call. */
export function checkKfuncArguments(env: Environment, call: KfuncCall): void {
  const { params } = call.kfunc.proto;
  for (let argument = 0; argument < params.length; argument++) {
    const { name } = params[argument];
    if (name.endsWith("__ign") || name.endsWith("__prog")) continue;
    const type = env.kernel!.resolve(params[argument].type);
    if (type.kind === "ptr") {
      if (checkPointer(env, call, argument, type.type)) argument++;
    } else if (type.kind === "int" || type.kind === "enum" || type.kind === "enum64")
      checkNumber(env, call, argument, name);
    else reject("not_modelled", `arguments of type ${type.kind}`);
  }
  const { row, name } = call.kfunc;
  if (row!.flags.has("release") && call.release === 0) reject("kfunc_release", name);
}

function checkNumber(env: Environment, call: KfuncCall, argument: number, name: string): void {
  const register = REG.R1 + argument;
  if (env.words[registerAt(register) + TYPE] !== TYPES.SCALAR) reject("kfunc_scalar", register);
  if (name.endsWith("__k")) call.constant = checkConstantArgument(env, register);
  if (name === "rdonly_buf_size" || name === "rdwr_buf_size")
    reject("not_modelled", "constant arguments of kernel functions");
}

/** Checks a pointer to `target`; true if the next argument, its size, has been checked with it. */
function checkPointer(env: Environment, call: KfuncCall, argument: number, target: number): boolean {
  const { kfunc } = call;
  const register = REG.R1 + argument;
  const w = env.words;
  const r = registerAt(register);
  const { params } = kfunc.proto;
  const { name } = params[argument];
  const flags = kfunc.row!.flags;
  const nullable = name.endsWith("__nullable");
  const mayBeNull = isNull(w, r) || (w[r + TYPE] & MAYBE_NULL) !== 0;
  if (wantsTrust(flags) && mayBeNull && !nullable) reject("kfunc_null", argument);
  if (w[r + REF] !== 0) {
    call.reference = w[r + REF];
    if (flags.has("release")) call.release = register;
  }
  const type = env.kernel!.resolve(target);
  if (kfunc.name === "bpf_cast_to_kern_ctx" || (isComposite(type) && type.name === env.program.context?.struct)) {
    if (w[r + TYPE] !== TYPES.CTX) reject("kfunc_context", argument, typeName(w[r + TYPE]));
    checkUnmodified(w, r, register);
    return false;
  }
  if (nullable && isNull(w, r)) return false;
  if (isComposite(type) && type.name === "bpf_dynptr") {
    checkDynptrArgument(env, call, register, name);
    return false;
  }
  if (isComposite(type) && type.name.startsWith("bpf_iter_")) {
    call.iterator = checkIteratorArgument(env, kfunc, argument);
    const { frame, slot } = call.iterator;
    call.reference = frame.words[slotAt(slot) + REF];
    return false;
  }
  const field = fieldArgument(name, type);
  if (field && !(field === "callback" && isObject(w[r + TYPE]))) {
    checkFieldArgument(env, call, argument, field, type.name);
    return false;
  }
  if (name.includes("__") && !/__(sz|szk|opt|str|nullable)$/.test(name)) reject("not_modelled", `the argument ${name}`);
  if (name.endsWith("__str")) reject("not_modelled", "constant strings");
  if (isObject(w[r + TYPE])) {
    checkObjectArgument(env, call, argument, type);
    return false;
  }
  return checkMemoryArgument(env, kfunc, argument, type);
}

/** Kernel functions that make a dynptr, and to what. */
const DYNPTR_MAKERS: Readonly<Record<string, DynptrKind>> = { bpf_dynptr_from_skb: "skb", bpf_dynptr_from_xdp: "xdp" };

function checkDynptrArgument(env: Environment, call: KfuncCall, register: number, name: string): void {
  const r = registerAt(register);
  if (env.words[r + TYPE] === TYPES.DYNPTR) checkUnmodified(env.words, r, register);
  if (!name.endsWith("__uninit")) {
    call.dynptr = checkDynptr(env, register);
    return;
  }
  const kind = DYNPTR_MAKERS[call.kfunc.name] ?? call.dynptr?.kind;
  if (kind === undefined) reject("not_modelled", `dynptrs of ${call.kfunc.name}`);
  else makeDynptr(env, register, kind, call.dynptr?.reference);
}

/** Plain memory of the program: numbers, with a size that the type or the next argument tells. */
function checkMemoryArgument(env: Environment, kfunc: Kfunc, argument: number, type: BtfType): boolean {
  const register = REG.R1 + argument;
  const { params } = kfunc.proto;
  const next = params[argument + 1]?.name ?? "";
  const sized = /__szk?$/.test(next) && env.words[registerAt(register + 1) + TYPE] === TYPES.SCALAR;
  if (!isPlain(env, type) && !(sized && type.kind === "void"))
    reject("kfunc_pointer_target", argument, kindName(type), type.name, sized ? "void, " : "");
  if (sized) {
    checkSizedMemory(env, register + 1, { way: "read", zeroAllowed: true, raw: false });
    checkSizedMemory(env, register + 1, { way: "write", zeroAllowed: true, raw: false });
    return true;
  }
  const size = sizeOf(env.kernel!, type.id)!;
  if (isNull(env.words, registerAt(register))) return false;
  checkHelperMemory(env, register, { size, way: "read", zeroAllowed: true, raw: false });
  checkHelperMemory(env, register, { size, way: "write", zeroAllowed: true, raw: false });
  return false;
}

/** A number, or a structure of nothing but numbers. */
function isPlain(env: Environment, type: BtfType, depth = 0): boolean {
  const kernel = env.kernel!;
  switch (type.kind) {
    case "int":
    case "enum":
    case "enum64":
      return true;
    case "struct":
      return (
        depth < 4 &&
        type.members.every((member) => {
          let inner = kernel.resolve(member.type);
          while (inner.kind === "array") inner = kernel.resolve(inner.type);
          return isPlain(env, inner, depth + 1);
        })
      );
    default:
      return false;
  }
}

/** A kind as Linux's messages spell it. */
const kindName = ({ kind }: BtfType): string => (kind === "void" ? "UNKNOWN" : kind.toUpperCase());
