/**
 * Programs of type `ext`, which replace a global function of another program. Their context, helpers and results are those of
 * that program (`Environment.program`); here is what may be replaced by what.
 *
 * Behaviour and messages: `bpf_check_attach_target` and `btf_check_type_match` of Linux 6.18.
 */
import type { Btf } from "../btf/btf.ts";
import { type BtfType, type FuncType, isComposite } from "../btf/type.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { kindName } from "./attach-target.ts";
import { type Environment, SEEN } from "./environment.ts";
import { changesPacket, mightSleep } from "./function-effects.ts";
import { argumentsOf } from "./global-types.ts";
import { Rejection, reject } from "./rejection.ts";

/** The other program after its own verification; undefined if it is refused. */
export type FollowTarget = (target: ProgramSpec) => Environment | undefined;

/**
 * Refuses an extension that does not fit what it replaces. `compiles`: the machine compiles programs. Gives the first instruction
 * of the function that is replaced.
 */
export function checkExtension(env: Environment, follow: FollowTarget, compiles: boolean): number {
  const { spec } = env;
  const { attachProgram: target, attachBtfId = 0 } = spec;
  if (attachBtfId === 0) reject("attach_missing");
  if (target === undefined) {
    const known = typeof attachBtfId === "string" || attachBtfId < (env.kernel?.count ?? 0);
    reject(known ? "extension_kernel" : "attach_unknown", ...(known ? [] : [attachBtfId]));
  }
  const { btf } = target!;
  const other = follow(target!);
  if (other === undefined) return reject("extension_target");
  if (btf === undefined) return reject("extension_types");
  const id =
    typeof attachBtfId === "number"
      ? attachBtfId
      : (btf.byName(attachBtfId, "func")?.id ?? reject("extension_name", attachBtfId));
  if (id >= btf.count) reject("attach_unknown", id);
  const type = btf.type(id);
  const subprogram = liveFunction(other, id);
  if (subprogram < 0) return reject("extension_subprogram", type.name);
  checkFunction(env, other, subprogram, compiles);
  // `liveFunction` found it among the records, which are of functions only.
  checkSamePrototype(env, btf, type as FuncType);
  return other.subprograms[subprogram].start;
}

/** The function's number among those that are left when what no path reaches is gone; -1 for none. */
function liveFunction({ spec: { functions = [] }, flags }: Environment, id: number): number {
  return functions.findIndex(({ insn, type }) => type === id && (insn === 0 || (flags[insn] & SEEN) !== 0));
}

function checkFunction(env: Environment, other: Environment, subprogram: number, compiles: boolean): void {
  if (other.subprograms[subprogram].isException) reject("extension_exception");
  if (isUnreliable(other, subprogram)) reject("extension_static");
  if (!compiles) reject("extension_jit");
  if (changesPacket(env, 0) && !changesPacket(other, subprogram)) reject("extension_packet");
  if (mightSleep(env, 0) && !mightSleep(other, subprogram)) reject("extension_sleeps");
  const { type, expectedAttachType } = other.spec;
  if (type === "ext") reject("extension_nested");
  if (type !== "tracing") return;
  if (expectedAttachType === undefined || expectedAttachType === "trace_fentry" || expectedAttachType === "trace_fexit")
    reject("extension_trampoline");
}

/** Some call did not fit the function's types; the main function's must say that it gets the context. */
function isUnreliable(other: Environment, subprogram: number): boolean {
  if (subprogram > 0 || other.spec.type === "ext") return other.mismatched.has(subprogram);
  try {
    const wanted = argumentsOf(other, 0);
    return wanted.length !== 1 || wanted[0].kind !== "context";
  } catch (cause) {
    if (!(cause instanceof Rejection)) throw cause;
    return true;
  }
}

function checkSamePrototype({ spec }: Environment, theirs: Btf, original: FuncType): void {
  const { btf: own, functions = [] } = spec;
  const main = own?.type(functions[0]?.type ?? 0);
  if (own === undefined || main?.kind !== "func") throw new Rejection("extension_btf", []);
  const [name, other] = [main.name, original.name];
  if (main.linkage !== "global") reject("extension_linkage", name);
  if (original.linkage !== "global") reject("extension_linkage", other);
  const [proto, wanted] = [own.type(main.type), theirs.type(original.type)];
  if (proto.kind !== "func_proto" || wanted.kind !== "func_proto")
    throw new Rejection("internal", ["a function without a prototype"]);
  if (proto.params.length !== wanted.params.length)
    reject("extension_arguments", name, proto.params.length, other, wanted.params.length);
  const [result, expected] = [own.resolve(proto.type), theirs.resolve(wanted.type)];
  if (!sameForm(result, expected)) reject("extension_result", kindName(result), name, kindName(expected), other);
  proto.params.forEach((param, index) => {
    let [mine, its] = [own.resolve(param.type), theirs.resolve(wanted.params[index].type)];
    if (!sameForm(mine, its)) reject("extension_kind", index, name, kindName(mine), other, kindName(its));
    if ("size" in mine && "size" in its && mine.size !== its.size)
      reject("extension_size", index, name, mine.size, other, its.size);
    if (isNumber(mine)) return;
    if (mine.kind !== "ptr" || its.kind !== "ptr") {
      reject("extension_argument", index, name);
      return;
    }
    [mine, its] = [own.resolve(mine.type), theirs.resolve(its.type)];
    if (!isComposite(mine)) reject("extension_pointer", index, name);
    if (!isComposite(its)) reject("extension_pointer", index, other);
    if (mine.name !== its.name) reject("extension_struct", index, name, mine.name, other, its.name);
  });
}

const isNumber = ({ kind }: BtfType): boolean => kind === "int" || kind === "enum" || kind === "enum64";

/** The same kind, with as many members: what Linux compares at once, as both stand in one word. */
function sameForm(a: BtfType, b: BtfType): boolean {
  if (a.kind !== b.kind) return false;
  if (isComposite(a) && isComposite(b)) return a.members.length === b.members.length;
  if ("values" in a && "values" in b) return a.values.length === b.values.length;
  return true;
}
