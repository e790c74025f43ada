/** What people write who come from other languages, and how it is written here. */
import type { Token } from "./tokenize.ts";

/** A statement as its tokens with one blank between them, and what to write instead; `$1` is the expression's first group. */
type Habit = readonly [pattern: RegExp, advice: string];

const REG = "([rw]\\d+)";
const ANY = "([rw]\\d+|-? ?\\w+)";

const HABITS: readonly Habit[] = [
  [new RegExp(`^${REG} \\+ \\+$`), "write `$1 += 1`"],
  [new RegExp(`^${REG} - -$`), "write `$1 -= 1`"],
  [new RegExp(`^${REG} == ${ANY}$`), "a comparison is a jump, `if $1 == $2 goto label`; an assignment has one `=`"],
  [/^= \S+$/, "an assignment has no colon: `r0 = 3`"],
  [new RegExp(`^if ${REG} = ${ANY} `), "a comparison for equality has two: `if $1 == $2 goto label`"],
  [new RegExp(`^if ${REG} (\\S+) ${ANY} then\\b`), "there is no `then`: `if $1 $2 $3 goto label`"],
  [new RegExp(`^if ${REG} (\\S+) goto`), "compare with a number or a register: `if $1 $2 0 goto label`"],
  [/^(exit) \(/, "no parentheses: `exit`"],
  [/^(mv|move)\b/, "a register is copied by `r1 = r2`; in the mnemonic form by `mov r1, r2`"],
  [/^(ld|load|st|store)\b/, "memory is `r1 = *(u64 *)(r2 + 0)`; in the mnemonic form `ldxdw r1, [r2+0]`"],
  [new RegExp(`^if ${REG} (\\S+) ${ANY}( (?!g).*)?$`), "it is a jump: `if $1 $2 $3 goto label`"],
  [new RegExp(`^if ! ${REG}`), "compare with a number: `if $1 == 0 goto label`"],
  [new RegExp(`^if ${REG} goto`), "compare with a number: `if $1 != 0 goto label`"],
  [/^if \(/, "without parentheses: `if r1 == 3 goto label`"],
  [new RegExp(`^${REG} = \\1 ([-+*/%&|^]|<<|>>) ${ANY}$`), "an operation changes its first operand: `$1 $2= $3`"],
  [
    new RegExp(`^${REG} = ${REG} ([-+*/%&|^]|<<|>>) ${ANY}$`),
    "an instruction has two operands: `$1 = $2`, then `$1 $3= $4`",
  ],
  [new RegExp(`^${REG} = - ${REG}$`), "only a register itself is negated: `$1 = $2`, then `$1 = -$1`"],
  [new RegExp(`^${REG} (&&|\\|\\|)`), "there are no logical operators: `&=` and `|=` work on bits; `if` jumps"],
  [new RegExp(`^${REG} = \\* \\( ${REG}`), "say how much is loaded: `$1 = *(u32 *)($2 + 0)`"],
  [
    new RegExp(`^${REG} = \\[`),
    "memory is `*(u32 *)(r1 + 0)`; with brackets it is the mnemonic form, `ldxw r0, [r1+0]`",
  ],
  [new RegExp(`^${REG} = \\( u(8|16|32) \\)`), "numbers of fewer bits: `$1 &= 0xff`; of 32 bits `w1 = w2`"],
  [/^mov \S+ =/, "with `mov` it is `mov r0, 1`; without, `r0 = 1`"],
  [
    /^(mov|add|sub|mul|div|mod|and|or|xor|lsh|rsh|arsh)(32|64)? (%? ?[rw]\d+) [^,]/,
    "operands have a comma between them: `$1$2 $3, ...`",
  ],
  [
    /^(add|sub|mul|div|mod|and|or|xor|lsh|rsh|arsh)(32|64)? \S+ , \S+ ,/,
    "an instruction has two operands, and the first is the result too",
  ],
  [/^(return|ret)\b/, "what r0 holds at `exit` is returned: `r0 = 2`, then `exit`"],
  [/^(jmp|jump|b|br)\b/, "a jump is `goto label`"],
  [/^(while|for|do|else)\b/, "there are jumps only: a label, and `if r1 > 0 goto label` back to it"],
  [
    /^(int|char|long|unsigned|u8|u16|u32|u64|let|const|var)\b/,
    "values lie in r0 to r9 and on the stack, `*(u64 *)(r10 - 8)`; they are not declared",
  ],
  [
    new RegExp(`^${REG} = map \\[ id :`),
    "a listing names maps by ids: write a map's name or its index here, `map[counts]`",
  ],
  [/^[0-9a-f]{2}( [0-9a-f]{2}){7}/, "these are bytes: `disassemble(decode(fromHex(bytes)))` makes text of them"],
  [/^R_BPF_/, "the map is in the object file's relocations: open the file, or write `map[name]` into the line above"],
];

/** What to write instead of a statement, where it is something that people bring from elsewhere. */
export function adviceFor(tokens: readonly Token[]): string | undefined {
  const text = tokens.map((token) => token.text).join(" ");
  for (const [pattern, advice] of HABITS) {
    const match = pattern.exec(text);
    if (match) return advice.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "");
  }
  return undefined;
}
