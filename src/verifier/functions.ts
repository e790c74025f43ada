/** What the program's BTF says of its functions (`func_info`): it must describe exactly those that the code has. */
import type { FuncType } from "../btf/type.ts";
import type { Environment } from "./environment.ts";
import { reject } from "./rejection.ts";

/** The records by themselves, before the functions of the code are known. */
export function checkFunctionRecords({ spec }: Environment): void {
  const { btf, functions = [] } = spec;
  functions.forEach(({ insn, type }, index) => {
    if (index === 0 && insn !== 0) reject("func_info_first", insn);
    if (index > 0 && insn <= functions[index - 1].insn) reject("func_info_order", insn, functions[index - 1].insn);
    const known = btf !== undefined && type > 0 && type < btf.count;
    if (!known || btf.kindOf(type) !== "func") reject("func_info_type", type);
  });
}

/** One record for each function of the code; without records, or without a number as result, a function only ends by exit. */
export function checkFunctionLayout(env: Environment): void {
  const { spec, subprograms } = env;
  const { functions = [] } = spec;
  if (functions.length === 0) {
    subprograms.forEach(({ loadsPacket, callsTail }, number) => {
      if (number > 0 && loadsPacket) reject("ld_abs_subprogram");
      if (number > 0 && callsTail) reject("tail_call_subprogram");
    });
    return;
  }
  if (functions.length !== subprograms.length) reject("func_info_count");
  functions.forEach(({ insn }, number) => {
    const { start, loadsPacket, callsTail } = subprograms[number];
    if (start !== insn) reject("func_info_layout");
    if (number === 0 || returnsNumber(env, number)) return;
    if (loadsPacket) reject("ld_abs_result");
    if (callsTail) reject("tail_call_result");
  });
}

function returnsNumber(env: Environment, subprogram: number): boolean {
  const { btf } = env.spec;
  const proto = btf?.type(functionType(env, subprogram)?.type ?? 0);
  const result = proto?.kind === "func_proto" ? btf!.resolve(proto.type) : undefined;
  return result?.kind === "int" || result?.kind === "enum" || result?.kind === "enum64";
}

/** What BTF says of a function; undefined where the program has no records of its functions. */
export function functionType({ spec }: Environment, subprogram: number): FuncType | undefined {
  const record = spec.functions?.[subprogram];
  const type = record && spec.btf?.type(record.type);
  return type?.kind === "func" ? type : undefined;
}
