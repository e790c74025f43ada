import { OPCODES } from "../isa/opcodes.ts";
import { compileGrammar, type Grammar, match, spelled } from "./grammar.ts";
import { registerOf, type Surroundings } from "./operand-reader.ts";
import { Reader } from "./reader.ts";
import type { Token } from "./tokenize.ts";

/**
 * The text forms of instructions: LLVM's (`r0 += 1`), which `llvm-objdump`, bpftool and inline assembly in C use, and
 * the mnemonic one of ubpf, rbpf and bpf_conformance (`add %r0, 1`). A text is written in one of them.
 */
export type TextForm = "llvm" | "mnemonic";

export const GRAMMARS: Readonly<Record<TextForm, Grammar>> = {
  llvm: compileGrammar(OPCODES, (row) => row.text),
  mnemonic: compileGrammar(OPCODES, (row) => row.mnemonic),
};

/** What each form is called in messages, with an example. */
export const FORM_NAMES: Readonly<Record<TextForm, string>> = {
  llvm: "LLVM's form (`r0 += 1`)",
  mnemonic: "the mnemonic form (`add %r0, 1`)",
};

/** Words that begin an instruction in some form, for suggestions where a text does not tell its form. */
export const FIRST_WORDS: readonly string[] = Object.values(GRAMMARS)
  .flatMap(({ root }) => [...root.literals.keys()])
  .filter((word) => word.length > 2);

/**
 * The form that a statement is written in, told by its first word; undefined where both have it (`exit`, `call 5`) or
 * neither does.
 */
export function formOf(tokens: readonly Token[], surroundings: Surroundings): TextForm | undefined {
  const [first] = tokens;
  // Only statements of LLVM's form begin with a register.
  if (registerOf(first.text) !== undefined) return "llvm";
  const isMnemonic = GRAMMARS.mnemonic.root.literals.has(spelled(first));
  const isLlvm = GRAMMARS.llvm.root.literals.has(spelled(first));
  if (isMnemonic !== isLlvm) return isMnemonic ? "mnemonic" : "llvm";
  return isMnemonic ? nearerForm(tokens, surroundings) : undefined;
}

/** Where both forms have the first word (`lock`, `call`): the form that the whole statement fits, or fits further. */
function nearerForm(tokens: readonly Token[], surroundings: Surroundings): TextForm | undefined {
  const reach = (form: TextForm) => {
    const reader = new Reader(tokens);
    return match(GRAMMARS[form], reader, surroundings) ? tokens.length + 1 : reader.furthest;
  };
  const [llvm, mnemonic] = [reach("llvm"), reach("mnemonic")];
  if (llvm === mnemonic) return undefined;
  return mnemonic > llvm ? "mnemonic" : "llvm";
}
