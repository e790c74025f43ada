/**
 * What a global function may be given, by the types of its parameters and their tags (`__arg_ctx`, `__arg_nonnull`...).
 *
 * Behaviour and messages: `btf_prepare_func_args` of Linux 6.18.
 */
import type { Btf } from "../btf/btf.ts";
import { declTags } from "../btf/decl-tags.ts";
import { sizeOf } from "../btf/size.ts";
import { type BtfType, isComposite } from "../btf/type.ts";
import type { Environment } from "./environment.ts";
import { functionType } from "./functions.ts";
import { Rejection, reject } from "./rejection.ts";

/** What one argument of a global function may be. */
export type Argument =
  | { readonly kind: "number" }
  | { readonly kind: "context" }
  /** A dynptr to look at. */
  | { readonly kind: "dynptr" }
  /** Memory of a size, or NULL. */
  | { readonly kind: "memory"; readonly size: number; readonly nullable: boolean }
  /** Any address, to be read with care. */
  | { readonly kind: "address" }
  /** A structure of Linux that is surely valid, or any address as one. */
  | { readonly kind: "object"; readonly id: number; readonly trusted: boolean; readonly nullable: boolean }
  /** An address in an arena, or a number. */
  | { readonly kind: "arena" };

const MAX_ARGUMENTS = 5;
const TAGS = ["ctx", "trusted", "untrusted", "nonnull", "nullable", "arena"] as const;
type Tag = (typeof TAGS)[number];

const isTag = (text: string): text is Tag => (TAGS as readonly string[]).includes(text);

/** What a function's arguments must be; refuses types that there are no arguments of. */
export function argumentsOf(env: Environment, subprogram: number): Argument[] {
  const btf = env.spec.btf!;
  const { name, type, linkage } = functionType(env, subprogram)!;
  const proto = btf.type(type);
  if (proto.kind !== "func_proto") return reject("internal", "a function without a prototype");
  const { params } = proto;
  if (params.length > MAX_ARGUMENTS) reject("global_arguments", name, params.length, MAX_ARGUMENTS);
  const result = btf.resolve(proto.type);
  if (result.kind !== "int" && result.kind !== "enum" && result.kind !== "enum64") reject("global_result", name);
  const function_ = env.spec.functions![subprogram].type;
  return params.map((param, index) => {
    const tags = tagsOf(btf, function_, index, linkage === "global");
    return argumentOf(env, btf, index, param.type, name, tags);
  });
}

/** The tags of a parameter, which only global functions may have. */
function tagsOf(btf: Btf, id: number, index: number, isGlobal: boolean): ReadonlySet<Tag> {
  const tags = new Set<Tag>();
  for (const { name, component } of declTags(btf, id)) {
    if (component !== index || !name.startsWith("arg:")) continue;
    if (!isGlobal) reject("global_tag_static", index);
    const tag = name.slice("arg:".length);
    if (isTag(tag)) tags.add(tag);
    else reject("global_tag_unknown", index);
  }
  return tags;
}

function argumentOf(
  env: Environment,
  btf: Btf,
  index: number,
  id: number,
  name: string,
  tags: ReadonlySet<Tag>,
): Argument {
  const type = btf.resolve(id);
  const only = (...allowed: Tag[]): boolean => [...tags].every((tag) => allowed.includes(tag));
  if (type.kind !== "ptr") {
    if (tags.size > 0) reject("global_tag_pointer", index);
    if (type.kind === "int" || type.kind === "enum" || type.kind === "enum64") return { kind: "number" };
    return reject("global_type", index, kindName(type.kind), name);
  }
  const target = btf.resolve(type.type);
  if (tags.has("ctx") || isContext(env, btf, type.type)) {
    if (!only("ctx")) reject("global_tags", index);
    if (tags.has("ctx")) checkContextType(env, btf, type.type, index);
    return { kind: "context" };
  }
  if (isComposite(target) && target.name === "bpf_dynptr") {
    if (tags.size > 0) reject("global_tags", index);
    return { kind: "dynptr" };
  }
  if (tags.has("trusted")) {
    if (tags.has("nonnull")) reject("global_tags", index);
    return { kind: "object", id: kernelType(env, target, index), trusted: true, nullable: tags.has("nullable") };
  }
  if (tags.has("untrusted")) {
    if (!only("untrusted")) reject("global_tag_alone", index, "untrusted");
    if (target.kind === "void" || target.kind === "int" || target.kind === "enum") return { kind: "address" };
    return { kind: "object", id: kernelType(env, target, index), trusted: false, nullable: false };
  }
  if (tags.has("arena")) {
    if (!only("arena")) reject("global_tag_alone", index, "arena");
    return { kind: "arena" };
  }
  if (tags.has("nullable")) reject("global_tags", index);
  const size = sizeOf(btf, target.id);
  if (size === undefined)
    return reject("global_size", index, kindName(target.kind), target.kind === "void" ? "" : target.name, -22);
  return { kind: "memory", size, nullable: !tags.has("nonnull") };
}

/** The type of Linux that has the same name and kind as one of the program. */
function kernelType({ kernel }: Environment, target: BtfType, index: number): number {
  if (kernel === undefined) return reject("not_modelled", "typed kernel pointers without Linux's BTF");
  // What stands behind three underscores is a name of the program's own.
  const name = target.name.replace(/___.*$/, "");
  const found = [...kernel.allByName(name, target.kind)];
  const values = [index, kindName(target.kind), target.name] as const;
  if (found.length === 0) throw new Rejection("global_object", [...values, "has no matches"], "ENOENT");
  if (found.length > 1) throw new Rejection("global_object", [...values, "is ambiguous"], "EINVAL");
  return found[0].id;
}

/** Types of programs whose context is an array of numbers. */
const NUMBERS: ReadonlySet<string> = new Set(["raw_tracepoint", "tracing"]);

/** A parameter that says that it is the context is of a type that the context can have. */
function checkContextType({ type: own, program }: Environment, btf: Btf, target: number, index: number): void {
  const type = btf.resolve(target);
  if (type.kind === "void") return;
  switch (own) {
    case "kprobe":
      if (isComposite(type) && type.name === "pt_regs") return;
      break;
    case "perf_event":
      if (isComposite(type) && /^(pt_regs|user_pt_regs|user_regs_struct|bpf_perf_event_data)$/.test(type.name)) return;
      break;
    default:
      if (NUMBERS.has(own) && type.kind === "int" && type.size === 8) return;
  }
  const wanted = program.context?.struct;
  if (wanted !== undefined && isComposite(type) && type.name === wanted) return;
  reject("global_context_type", index);
}

/** Whether a pointer's target is what the program type's context is called in C; contexts of tracepoints have no name. */
function isContext({ type: own, program }: Environment, btf: Btf, target: number): boolean {
  if (own === "tracepoint" || own === "raw_tracepoint") return false;
  if (own === "kprobe" && btf.type(target).name === "bpf_user_pt_regs_t") return true;
  const type = btf.resolve(target);
  return type.kind === "struct" && type.name === program.context?.struct;
}

const kindName = (kind: string): string => (kind === "void" ? "UNKNOWN" : kind.toUpperCase());
