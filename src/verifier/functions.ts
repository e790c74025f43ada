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

/** One record for each function of the code. */
export function checkFunctionLayout({ spec, subprograms }: Environment): void {
  const { functions = [] } = spec;
  if (functions.length === 0) return;
  if (functions.length !== subprograms.length) reject("func_info_count");
  functions.forEach(({ insn }, index) => {
    if (subprograms[index].start !== insn) reject("func_info_layout");
  });
}

/** What BTF says of a function; undefined where the program has no records of its functions. */
export function functionType({ spec }: Environment, subprogram: number): FuncType | undefined {
  const record = spec.functions?.[subprogram];
  const type = record && spec.btf?.type(record.type);
  return type?.kind === "func" ? type : undefined;
}
