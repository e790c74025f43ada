import type { Btf } from "../btf/btf.ts";
import type { CoreRelocation, FuncInfo, LineInfo } from "../btf/ext.ts";
import type { Instruction } from "../isa/instruction.ts";

/** What an instruction refers to by name. Instruction indices are those of the function that holds it. */
export type ProgramRelocation =
  /** `ld_imm64` of a map. */
  | { readonly kind: "map"; readonly insn: number; readonly map: string }
  /** `ld_imm64` of an address in a section of data. */
  | { readonly kind: "data"; readonly insn: number; readonly section: string; readonly offset: number }
  /** `call` of a function of the object. */
  | { readonly kind: "call"; readonly insn: number; readonly function: string }
  /** `ld_imm64` of the address of a function of the object, for a callback. */
  | { readonly kind: "function"; readonly insn: number; readonly function: string }
  /** `ld_imm64` of an extern variable's address or value. */
  | { readonly kind: "extern"; readonly insn: number; readonly extern: string }
  /** `call` of an extern function: a kfunc. */
  | { readonly kind: "extern call"; readonly insn: number; readonly extern: string };

/** A function of an object: a program, or a subprogram of programs. */
export interface ObjectFunction {
  /** Unique in the object. */
  readonly name: string;
  /** Name of the section, for programs what they attach to. */
  readonly section: string;
  /** Where it starts in the section, as an instruction index. */
  readonly start: number;
  /** Seen from outside the object. A function that is not is never checked by itself. */
  readonly linkage: "global" | "static";
  /** Another object may replace it. */
  readonly weak: boolean;
  readonly insns: readonly Instruction[];
  readonly relocations: readonly ProgramRelocation[];
  /** Instruction indices count from the function's start, here and below. */
  readonly funcInfo: readonly FuncInfo[];
  readonly lineInfo: readonly LineInfo[];
  readonly coreRelocations: readonly CoreRelocation[];
}

/** A map that an object declares. */
export interface ObjectMap {
  readonly name: string;
  /** `BPF_MAP_TYPE_*`. */
  readonly type: number;
  /** Bytes; 0 where it has no keys. */
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly mapFlags: number;
  readonly numaNode: number;
  readonly mapExtra: bigint;
  /** Kept in the BPF file system under its name. */
  readonly pinned: boolean;
  /** Types of key and value in the object's BTF; 0 where only sizes are given. */
  readonly keyType: number;
  readonly valueType: number;
  /** What the maps in a map of maps look like. */
  readonly inner: ObjectMap | undefined;
  /** Maps or programs that it holds from the start. */
  readonly initial: readonly { readonly index: number; readonly kind: "map" | "program"; readonly name: string }[];
  /** How the object declares it: by BTF in `.maps`, or as bytes in a `maps` section. */
  readonly declared: "btf" | "legacy";
}

/** A variable in a section of data. */
export interface ObjectVariable {
  readonly name: string;
  /** From the start of the section, in bytes. */
  readonly offset: number;
  readonly size: number;
  /** Its type in the object's BTF, 0 where the object has none. */
  readonly type: number;
  readonly linkage: "global" | "static";
}

/** A section of data; the loader makes an array map of one element from it. */
export interface ObjectData {
  /** Name of the section: `.rodata.str1.1`. */
  readonly name: string;
  /** What it becomes: programs can only read `rodata`; `struct_ops` are registered with Linux; `arena` is shared. */
  readonly kind: "data" | "rodata" | "bss" | "struct_ops" | "arena";
  readonly size: number;
  /** Initial contents; `undefined` for zeros. */
  readonly bytes: Uint8Array | undefined;
  readonly variables: readonly ObjectVariable[];
  /** Pointers within it to functions of the object. */
  readonly functions: readonly { readonly offset: number; readonly function: string }[];
}

/** Something that an object needs from Linux. */
export interface ObjectExtern {
  readonly name: string;
  /** A value of Linux's configuration, the address of a variable of Linux, or a kfunc. */
  readonly kind: "kconfig" | "variable" | "function";
  /** It may be missing. */
  readonly weak: boolean;
  /** VAR or FUNC in the object's BTF. */
  readonly btf: number;
  /** Type of the variable or prototype of the function. */
  readonly type: number;
  /** Bytes of a kconfig value; 0 for others. */
  readonly size: number;
}

/** An object file for BPF, plain data: what clang wrote, nothing loaded, nothing patched. */
export interface ObjectFile {
  /** `""` where it has none: such an object may not call helpers that are for the GPL only. */
  readonly license: string;
  /** Of the `version` section: the Linux that old kprobes say they are for. */
  readonly version: number | undefined;
  /** Functions that can be loaded, in the order of their sections and places. */
  readonly programs: readonly ObjectFunction[];
  /** Functions of `.text`, which programs call. */
  readonly subprograms: readonly ObjectFunction[];
  readonly maps: readonly ObjectMap[];
  readonly data: readonly ObjectData[];
  readonly externs: readonly ObjectExtern[];
  /** With the offsets of variables and the sizes of sections filled in, which compilers leave to the loader. */
  readonly btf: Btf | undefined;
}
