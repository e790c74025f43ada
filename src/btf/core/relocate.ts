import type { Instruction } from "../../isa/instruction.ts";
import type { Btf } from "../btf.ts";
import type { CoreKind, CoreRelocation } from "../ext.ts";
import { CoreError, CoreFault } from "./error.ts";
import { matchSpec } from "./match.ts";
import { candidates } from "./names.ts";
import { isWide, type Patched, patch, poisoned } from "./patch.ts";
import { type CoreSpec, formatSpec, parseSpec } from "./spec.ts";
import { answerTo, type CoreValue } from "./value.ts";

/** One relocation, before and after. */
export interface RelocatedField {
  /** Instruction index in the program. */
  readonly insn: number;
  readonly kind: CoreKind;
  /** What the program was compiled with, as libbpf's messages write it. */
  readonly local: string;
  /** What Linux has instead; `undefined` where it has nothing of the kind, or was not asked. */
  readonly target: string | undefined;
  /** The answer for the program's own types and for those of Linux; `undefined` where there is none. */
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
  /** The instruction now calls helper 195896080, so the verifier refuses the program if it can get there. */
  readonly poisoned: boolean;
  /** Slots before and after: one, or two for `ld_imm64`. */
  readonly before: readonly Instruction[];
  readonly after: readonly Instruction[];
}

/** A program that fits a Linux, and what was changed for it. */
export interface Relocated {
  readonly insns: readonly Instruction[];
  readonly report: readonly RelocatedField[];
}

/**
 * Makes a program fit a Linux: answers the questions that the compiler has left in it (CO-RE) by the types of that Linux,
 * as libbpf does. What Linux does not have poisons the instruction instead of failing, for the program may never get
 * there. Throws {@link CoreError} where an instruction is not what the relocation says, or where Linux has two answers.
 *
 * @param insns the program
 * @param relocations instruction indices are of `insns`
 * @param local the object's own BTF
 * @param target the BTF of Linux
 *
 * @example
 * const program = linkProgram(object, "trace_execve");
 * const { insns, report } = relocateCore(program.insns, program.coreRelocations, object.btf, machineBtf("6.18"));
 * report[0]; // { local: "<byte_off> [55] struct task_struct.pid (0:0 @ offset 0)", from: 0n, to: 2348n, ... }
 */
export function relocateCore(
  insns: readonly Instruction[],
  relocations: readonly CoreRelocation[],
  local: Btf,
  target: Btf,
): Relocated {
  const out = [...insns];
  const known = new Map<string, Answer>();
  const report = relocations.map((relocation, index) => {
    const { insn, kind, type, access } = relocation;
    try {
      const own = out[insn];
      if (own === undefined) throw new CoreFault(`there is no insn #${insn}`);
      const key = `${kind} ${type} ${access}`;
      const answer = known.get(key) ?? answerOf(relocation, local, target);
      known.set(key, answer);
      const slots = isWide(own) ? 2 : 1;
      const before = out.slice(insn, insn + slots);
      const { insns: after, poisoned: bad } = patched(insn, before, answer);
      for (const [at, each] of after.entries()) out[insn + at] = each;
      return {
        insn,
        kind,
        local: formatSpec(answer.local),
        target: answer.target === undefined ? undefined : formatSpec(answer.target),
        from: answer.from?.value,
        to: bad ? undefined : answer.to?.value,
        poisoned: bad,
        before,
        after,
      };
    } catch (error) {
      if (error instanceof CoreFault) throw new CoreError(error.message, index, insn);
      throw error;
    }
  });
  return { insns: out, report };
}

interface Answer {
  readonly local: CoreSpec;
  readonly target: CoreSpec | undefined;
  readonly from: CoreValue | undefined;
  readonly to: CoreValue | undefined;
}

function patched(at: number, [first, second]: readonly Instruction[], { from, to }: Answer): Patched {
  if (from === undefined || to === undefined) return poisoned(isWide(first));
  return patch(at, first, second, from, to);
}

function answerOf({ kind, type, access }: CoreRelocation, local: Btf, target: Btf): Answer {
  const mine = parseSpec(local, kind, type, access);
  const from = answerTo(kind, mine);
  // The number of the program's own type is what the program knows, whatever Linux has.
  if (kind === "local_type_id") return { local: mine, target: undefined, from, to: from };
  const { name, kind: typeKind } = local.type(type);
  if (name === "") throw new CoreFault(`<${kind}> relocation doesn't support anonymous types`);
  let found: { readonly spec: CoreSpec; readonly value: CoreValue | undefined } | undefined;
  for (const id of candidates(target, name, typeKind)) {
    const spec = matchSpec(mine, target, id);
    if (spec === undefined) continue;
    const value = answerTo(kind, spec);
    if (found === undefined) {
      found = { spec, value };
      continue;
    }
    if (found.spec.bitOffset !== spec.bitOffset)
      throw new CoreFault(`field offset ambiguity: ${spec.bitOffset} != ${found.spec.bitOffset}`);
    if (found.value?.value !== value?.value) {
      const text = (one: CoreValue | undefined) => (one === undefined ? "failure 0" : `success ${one.value}`);
      throw new CoreFault(`relocation decision ambiguity: ${text(value)} != ${text(found.value)}`);
    }
  }
  return { local: mine, target: found?.spec, from, to: found === undefined ? answerTo(kind, undefined) : found.value };
}
