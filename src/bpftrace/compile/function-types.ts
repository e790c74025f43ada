import { exit, type Part, r1 } from "../../asm/builder.ts";
import { loadFunction } from "../../asm/builder-extensions.ts";
import { type Btf, parseBtf } from "../../btf/btf.ts";
import { buildBtf } from "../../btf/build.ts";
import type { FunctionInfo } from "../../programs/spec.ts";

/** Ids of the functions' types in {@link callbackTypes}. */
const MAIN = 4;
const CALLBACK = 6;

let types: Btf | undefined;

/** Types of programs with functions that helpers call: `int main(void *)`, `long each(void *, void *, void *, void *)`. */
export function callbackTypes(): Btf {
  const pointer = (name: string) => ({ name, type: 2 });
  types ??= parseBtf(
    buildBtf([
      { kind: "int", name: "long", size: 8, bits: 64, bitOffset: 0, encoding: "signed" },
      { kind: "ptr", name: "", type: 0 },
      { kind: "func_proto", name: "", type: 1, params: [pointer("ctx")] },
      { kind: "func", name: "probe", type: 3, linkage: "global" },
      { kind: "func_proto", name: "", type: 1, params: ["map", "key", "value", "ctx"].map(pointer) },
      { kind: "func", name: "each", type: 5, linkage: "static" },
    ]),
  );
  return types;
}

const LOAD_FUNCTION = (() => {
  const [first] = loadFunction(r1, "");
  return first !== undefined && "to" in first ? first.insn : exit();
})();

/** Where a program's functions begin: itself, then those whose address it takes. */
export function functionsOf(parts: readonly Part[]): readonly FunctionInfo[] {
  const labels = new Map<string, number>();
  const called: string[] = [];
  let at = 0;
  for (const part of parts) {
    if ("label" in part) labels.set(part.label, at);
    else at++;
    if ("to" in part && part.insn.code === LOAD_FUNCTION.code && part.insn.src === LOAD_FUNCTION.src)
      called.push(part.to);
  }
  const starts = called.map((name) => labels.get(name) ?? 0).sort((a, b) => a - b);
  return [{ insn: 0, type: MAIN }, ...starts.map((insn) => ({ insn, type: CALLBACK }))];
}
