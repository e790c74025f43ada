/** Arguments of kernel functions: what each must be follows from its type in Linux's BTF and from the end of its name. */
import { sizeOf } from "../btf/size.ts";
import { type BtfType, isComposite } from "../btf/type.ts";
import { REG } from "../isa/constants.ts";
import { checkPointerOffset } from "./argument-offset.ts";
import { checkConstantString } from "./constant-strings.ts";
import { checkDynptr, type Dynptr, type DynptrKind, makeDynptr } from "./dynptrs.ts";
import { type Environment, registerAt } from "./environment.ts";
import { checkHelperMemory, checkSizedMemory } from "./helper-memory.ts";
import { toBigIntU } from "./int64.ts";
import { checkIteratorArgument } from "./iterators.ts";
import type { Kfunc } from "./kfunc.ts";
import { checkFieldArgument, fieldArgument, type Root } from "./kfunc-fields.ts";
import { checkConstantArgument, checkObjectArgument, isObject, wantsTrust } from "./kfunc-objects.ts";
import { isNumber, isPlainStruct } from "./plain-struct.ts";
import { isNull, MAYBE_NULL, REF, TYPE, TYPES, typeName, VALUE } from "./registers.ts";
import { Rejection, reject } from "./rejection.ts";
import type { StackObject } from "./stack-objects.ts";
import { slotAt } from "./state.ts";
import { tnumIsConst } from "./tnum.ts";

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
  /** The argument that must be a constant, unsigned. */
  constant: bigint;
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
  /** Bytes of memory that the function returns, where an argument says so. */
  resultSize: number | undefined;
}

/** Checks all arguments of a call. */
export function checkKfuncArguments(env: Environment, call: KfuncCall): void {
  const { params } = call.kfunc.proto;
  for (let argument = 0; argument < params.length; argument++) {
    const { name } = params[argument];
    // Linux passes what the program is itself.
    if (name.endsWith("__ign") || name.endsWith("__prog")) continue;
    const type = env.kernel!.resolve(params[argument].type);
    if (type.kind === "ptr") {
      if (checkPointer(env, call, argument, type.type)) argument++;
    } else if (type.kind === "int" || type.kind === "enum" || type.kind === "enum64")
      checkNumber(env, call, argument, name);
    else reject("kfunc_argument_type", argument, type.kind.toUpperCase());
  }
  const { row, name } = call.kfunc;
  if (row!.flags.has("release") && call.release === 0) reject("kfunc_release", name);
}

function checkNumber(env: Environment, call: KfuncCall, argument: number, name: string): void {
  const register = REG.R1 + argument;
  if (env.words[registerAt(register) + TYPE] !== TYPES.SCALAR) reject("kfunc_scalar", register);
  if (name.endsWith("__k")) call.constant = checkConstantArgument(env, register);
  if (name === "rdonly_buf_size" || name === "rdwr_buf_size")
    call.resultSize = Number(checkConstantArgument(env, register));
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
    checkPointerOffset(w, r, register);
    if (w[r + TYPE] !== TYPES.CTX) reject("kfunc_context", argument, typeName(w[r + TYPE]));
    return false;
  }
  const size = sizeArgument(env, kfunc, argument);
  if (nullable && isNull(w, r) && !size) return false;
  if (isComposite(type) && type.name === "bpf_dynptr") {
    checkDynptrArgument(env, call, register, name);
    return false;
  }
  if (isComposite(type) && type.name.startsWith("bpf_iter_")) {
    checkPointerOffset(w, r, register);
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
  if (name.endsWith("__str")) {
    checkPointerOffset(w, r, register);
    if (w[r + TYPE] !== TYPES.MAP_VALUE) reject("kfunc_string", argument);
    checkConstantString(env, register);
    return false;
  }
  if (isObject(w[r + TYPE])) {
    checkObjectArgument(env, call, argument, type);
    return false;
  }
  return checkMemoryArgument(env, call, argument, type, size);
}

/** How the argument behind a pointer gives its size: any number, or a constant; undefined: it does not. */
function sizeArgument(env: Environment, { proto }: Kfunc, argument: number): "any" | "constant" | undefined {
  const name = proto.params[argument + 1]?.name ?? "";
  if (env.words[registerAt(REG.R1 + argument + 1) + TYPE] !== TYPES.SCALAR) return undefined;
  return name.endsWith("__sz") ? "any" : name.endsWith("__szk") ? "constant" : undefined;
}

/** Kernel functions that make a dynptr, and to what. */
const DYNPTR_MAKERS: Readonly<Record<string, DynptrKind>> = {
  bpf_dynptr_from_skb: "skb",
  bpf_dynptr_from_skb_meta: "skb_meta",
  bpf_dynptr_from_xdp: "xdp",
};

function checkDynptrArgument(env: Environment, call: KfuncCall, register: number, name: string): void {
  const r = registerAt(register);
  checkPointerOffset(env.words, r, register);
  if (!name.endsWith("__uninit")) {
    call.dynptr = checkDynptr(env, register);
    return;
  }
  const kind = DYNPTR_MAKERS[call.kfunc.name] ?? call.dynptr?.kind;
  if (kind === undefined) reject("not_modelled", `dynptrs of ${call.kfunc.name}`);
  else makeDynptr(env, register, kind, call.dynptr?.reference);
}

/** Plain memory of the program: numbers, with a size that the type or the next argument tells. */
function checkMemoryArgument(
  env: Environment,
  call: KfuncCall,
  argument: number,
  type: BtfType,
  sized: "any" | "constant" | undefined,
): boolean {
  const register = REG.R1 + argument;
  const { name } = call.kfunc.proto.params[argument];
  if (!isNumber(type) && !isPlainStruct(env.kernel!, type, env.log) && !(sized && type.kind === "void"))
    reject(
      "kfunc_pointer_target",
      argument,
      kindName(type),
      type.kind === "void" ? "" : type.name,
      sized ? "void, " : "",
    );
  checkPointerOffset(env.words, registerAt(register), register);
  const missing = isNull(env.words, registerAt(register));
  if (sized) {
    if (!missing || !name.endsWith("__opt")) {
      try {
        checkSizedMemory(env, register + 1, { way: "read", zeroAllowed: true, raw: false });
        checkSizedMemory(env, register + 1, { way: "write", zeroAllowed: true, raw: false });
      } catch (cause) {
        if (!(cause instanceof Rejection) || cause.row === "internal") throw cause;
        // The log has both: what is wrong with the memory, and with which arguments.
        env.log.write(`${cause.message}\n`);
        throw new Rejection("kfunc_size_pair", [argument, argument + 1], cause.code);
      }
    }
    if (sized === "constant") {
      const r = registerAt(register + 1);
      if (!tnumIsConst(env.words, r + VALUE)) reject("kfunc_constant", register + 1);
      call.constant = toBigIntU(env.words, r + VALUE);
    }
    return true;
  }
  const size = sizeOf(env.kernel!, type.id)!;
  if (missing) return false;
  checkHelperMemory(env, register, { size, way: "read", zeroAllowed: true, raw: false });
  checkHelperMemory(env, register, { size, way: "write", zeroAllowed: true, raw: false });
  return false;
}

/** A kind as Linux's messages spell it. */
const kindName = ({ kind }: BtfType): string => (kind === "void" ? "UNKNOWN" : kind.toUpperCase());
