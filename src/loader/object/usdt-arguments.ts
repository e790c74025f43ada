/** Where a static probe's arguments are: the notes of USDT, read as libbpf reads them for x86-64. */

/** One argument of a probe. */
export type UsdtArgument = (
  | { readonly kind: "constant"; readonly value: bigint }
  | { readonly kind: "register"; readonly register: number }
  | { readonly kind: "memory"; readonly register: number; readonly offset: bigint }
) & {
  /** Bytes: 1, 2, 4 or 8. */
  readonly size: number;
  readonly signed: boolean;
};

/** Most arguments of a probe: more than any provider has. */
export const MOST_ARGUMENTS = 12;

/** Where registers lie in `struct pt_regs`, by all names that parts of them have. */
const REGISTERS: ReadonlyMap<string, number> = new Map(
  [
    ...["rip eip 128", "rax eax ax al 80", "rbx ebx bx bl 40", "rcx ecx cx cl 88", "rdx edx dx dl 96"],
    ...["rsi esi si sil 104", "rdi edi di dil 112", "rbp ebp bp bpl 32", "rsp esp sp spl 152"],
    ...[72, 64, 56, 48, 24, 16, 8, 0].map((at, i) => `r${i + 8} r${i + 8}d r${i + 8}w r${i + 8}b ${at}`),
  ].flatMap((row) => {
    const words = row.split(" ");
    return words.slice(0, -1).map((name) => [name, Number(words.at(-1))] as const);
  }),
);

/** `SIZE@PLACE`: a constant `$5`, a register `%edi`, or memory `-8(%rbp)`. */
const FORM = /^(-?\d+)@(?:\$(-?\d+)|%(\w+)|(-?\d+)?\(%(\w+)\))$/;

/**
 * Reads the arguments of a note. Throws `RangeError` in libbpf's words for what it does not know.
 *
 * @example usdtArguments("-4@%edi 8@-16(%rbp)")[0] // { size: 4, signed: true, kind: "register", register: 112 }
 */
export function usdtArguments(text: string): readonly UsdtArgument[] {
  const specs = text.split(/\s+/).filter((spec) => spec !== "");
  if (specs.length > MOST_ARGUMENTS)
    throw new RangeError(`usdt: too many USDT arguments (> ${MOST_ARGUMENTS}) with args spec '${text}'`);
  return specs.map((spec, index) => {
    const [, bytes, constant, register, offset = "0", base] = FORM.exec(spec) ?? [];
    if (bytes === undefined) throw new RangeError(`usdt: unrecognized arg #${index} spec '${spec}'`);
    const size = Math.abs(Number(bytes));
    if (![1, 2, 4, 8].includes(size))
      throw new RangeError(`usdt: unsupported arg #${index} (spec '${spec}') size: ${Number(bytes)}`);
    const common = { size, signed: bytes.startsWith("-") };
    if (constant !== undefined) return { ...common, kind: "constant", value: BigInt(constant) };
    if (register !== undefined) return { ...common, kind: "register", register: placeOf(register) };
    return { ...common, kind: "memory", register: placeOf(base!), offset: BigInt(offset) };
  });
}

function placeOf(register: string): number {
  const at = REGISTERS.get(register);
  if (at === undefined) throw new RangeError(`usdt: unrecognized register '${register}'`);
  return at;
}
