/** Kinds of sections that matter to BPF (`SHT_*`). */
export const SHT = { PROGBITS: 1, SYMTAB: 2, STRTAB: 3, RELA: 4, NOBITS: 8, REL: 9 } as const;

/** Section flag: it holds instructions. */
export const SHF_EXECINSTR = 4;

/** Special section numbers of symbols (`SHN_*`). */
export const SHN = { UNDEF: 0, LORESERVE: 0xff00, XINDEX: 0xffff } as const;

/** Binding of a symbol (`STB_*`), by number. */
export const BINDINGS = { 0: "local", 1: "global", 2: "weak" } as const;

/** Type of a symbol (`STT_*`), by number. */
export const SYMBOL_TYPES = { 0: "notype", 1: "object", 2: "func", 3: "section", 4: "file" } as const;

/**
 * Relocations of BPF, by number: what they patch and where the value's addend is.
 *
 * | name | patches |
 * |---|---|
 * | `R_BPF_64_64` | both `imm` of an `ld_imm64` |
 * | `R_BPF_64_ABS64` | eight bytes of data |
 * | `R_BPF_64_ABS32` | four bytes of data |
 * | `R_BPF_64_NODYLD32` | four bytes of .BTF and .BTF.ext, which loaders leave as they are |
 * | `R_BPF_64_32` | `imm` of a call, in instructions |
 *
 * Source: LLVM's BPF/ELF relocations, Documentation/bpf/llvm_reloc.rst.
 */
export const RELOCATION_TYPES = {
  1: "R_BPF_64_64",
  2: "R_BPF_64_ABS64",
  3: "R_BPF_64_ABS32",
  4: "R_BPF_64_NODYLD32",
  10: "R_BPF_64_32",
} as const;

export type RelocationType = (typeof RELOCATION_TYPES)[keyof typeof RELOCATION_TYPES];
