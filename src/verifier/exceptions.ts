/**
 * `bpf_throw` ends the program wherever it is. What it is called with becomes the program's result, unless the program names
 * a function of its own for that: the tag `exception_callback:NAME` on its main function.
 */
import { declTags } from "../btf/decl-tags.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { Environment } from "./environment.ts";
import { findKfunc, isKfuncCall } from "./kfunc.ts";
import { reject } from "./rejection.ts";

const TAG = "exception_callback:";

export const isThrow = (env: Environment, insn: Instruction): boolean =>
  isKfuncCall(insn) && insn.offset === 0 && findKfunc(env, insn.imm)?.name === "bpf_throw";

/** The instruction at which the function for exceptions begins, by the tag on the main function; undefined: there is none. */
export function exceptionCallback({ spec }: Environment): number | undefined {
  const { btf, functions = [] } = spec;
  if (btf === undefined || functions.length === 0) return undefined;
  const tags = declTags(btf, functions[0].type).filter(({ name, component }) => component < 0 && name.startsWith(TAG));
  if (tags.length === 0) return undefined;
  const name = tags[0].name.slice(TAG.length);
  if (tags.length > 1) reject("exception_tags");
  const type = btf.byName(name, "func");
  if (type?.kind !== "func") return reject("exception_unknown", name);
  if (type.linkage !== "global") reject("exception_linkage", name);
  const record = functions.findLast((each) => each.type === type.id);
  if (record === undefined) return reject("exception_missing");
  if (record.insn === 0) reject("exception_main");
  return record.insn;
}
