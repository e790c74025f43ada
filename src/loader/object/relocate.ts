/** From the functions of an object to a program that bpf(2) takes: everything that it refers to by name is resolved. */
import type { Btf } from "../../btf/btf.ts";
import { typesAreCompatible } from "../../btf/core/compatible.ts";
import { CoreError } from "../../btf/core/error.ts";
import { essentialName } from "../../btf/core/names.ts";
import { type RelocatedField, relocateCore } from "../../btf/core/relocate.ts";
import type { LineInfo } from "../../btf/ext.ts";
import { linkProgram } from "../../elf/link.ts";
import type { ObjectExtern, ObjectFile } from "../../elf/object.ts";
import { CALL, LD_IMM64 } from "../../isa/constants.ts";
import type { Instruction } from "../../isa/instruction.ts";
import type { FunctionInfo, SourceLine } from "../../programs/spec.ts";
import { ObjectError } from "./error.ts";

/** What relocations lead to. `Map` is whatever stands for a map. */
export interface RelocationTargets<Map> {
  readonly object: string;
  readonly mapNamed: (name: string) => Map;
  /** The map of a section of data; `undefined` where libbpf makes none. */
  readonly mapOfData: (section: string) => Map | undefined;
  /** Where the value of a kconfig extern lies. */
  readonly kconfig: (extern: string) => { readonly map: Map; readonly offset: number };
  /** The types of the machine's Linux, read when the program first needs them. */
  readonly kernel: () => Btf;
  /** Address of a function or variable of Linux by name, for `__ksym` without a type. */
  readonly symbol: (name: string) => bigint | undefined;
}

/** A program with nothing left to resolve. */
export interface RelocatedProgram<Map> {
  readonly insns: readonly Instruction[];
  /** What the `ld_imm64` of maps count in. */
  readonly maps: readonly Map[];
  readonly lines: readonly (SourceLine | undefined)[];
  readonly lineInfo: readonly LineInfo[];
  readonly functions: readonly FunctionInfo[];
  /** What CO-RE has changed. */
  readonly core: readonly RelocatedField[];
  /** It calls functions of Linux, or names its variables. */
  readonly usesKernel: boolean;
}

/** The helper number that a weak kfunc which Linux does not have is called by; the extern's number is added. */
export const POISON_KFUNC = 2_002_000_000;

/** Links and relocates one program. Throws {@link ObjectError} for what cannot be resolved. */
export function relocateProgram<Map>(
  file: ObjectFile,
  name: string,
  targets: RelocationTargets<Map>,
): RelocatedProgram<Map> {
  const linked = linkProgram(file, name);
  const { insns, core } = applyCore(file, linked, targets);
  const maps: Map[] = [];
  const indexOf = (map: Map): number => (maps.includes(map) ? maps.indexOf(map) : maps.push(map) - 1);
  const wide = (at: number, src: number, low: number, high: number): void => {
    insns[at] = { ...insns[at]!, src, imm: low | 0 };
    insns[at + 1] = { ...insns[at + 1]!, imm: high | 0 };
  };
  const externs = new Map(file.externs.map((extern, index) => [extern.name, { extern, index }]));
  let usesKernel = false;
  for (const relocation of linked.relocations) {
    const at = relocation.insn;
    switch (relocation.kind) {
      case "map":
        wide(at, LD_IMM64.MAP_FD, indexOf(targets.mapNamed(relocation.map)), 0);
        break;
      case "data": {
        const { section } = relocation;
        const map = targets.mapOfData(section);
        if (map === undefined)
          throw new ObjectError(
            "EOPNOTSUPP",
            targets.object,
            `prog '${name}': data relo to section '${section}'`,
            section.endsWith("struct_ops") || section.endsWith("struct_ops.link")
              ? "Structures of operations are not registered on this machine."
              : "Its variables are in an arena: declare a map of type BPF_MAP_TYPE_ARENA.",
          );
        wide(at, LD_IMM64.MAP_VALUE, indexOf(map), relocation.offset);
        break;
      }
      case "extern":
      case "extern call": {
        const { extern, index } = externs.get(relocation.extern)!;
        if (extern.kind === "kconfig") {
          const { map, offset } = targets.kconfig(extern.name);
          wide(at, LD_IMM64.MAP_VALUE, indexOf(map), offset);
          break;
        }
        const id = isUntyped(file.btf!, extern) ? undefined : kernelId(file.btf!, extern, targets);
        usesKernel ||= id !== undefined;
        if (relocation.kind === "extern call") {
          const missing = { src: CALL.HELPER, imm: POISON_KFUNC + index, offset: 0 };
          insns[at] = { ...insns[at]!, ...(id === undefined ? missing : { src: CALL.KFUNC, imm: id, offset: 0 }) };
        } else if (id === undefined) {
          const address = isUntyped(file.btf!, extern) ? addressOf(extern, targets) : 0n;
          wide(at, LD_IMM64.IMM, Number(BigInt.asIntN(32, address)), Number(BigInt.asIntN(32, address >> 32n)));
        } else wide(at, LD_IMM64.BTF_ID, id, 0);
      }
    }
  }
  return {
    insns,
    maps,
    core,
    usesKernel,
    lines: linesBySlot(linked.lineInfo, insns.length),
    lineInfo: linked.lineInfo,
    functions: linked.funcInfo.map(({ insn, type }) => ({ insn, type })),
  };
}

function applyCore<Map>(
  file: ObjectFile,
  { name, insns, coreRelocations }: ReturnType<typeof linkProgram>,
  { object, kernel }: RelocationTargets<Map>,
): { insns: Instruction[]; core: readonly RelocatedField[] } {
  if (coreRelocations.length === 0) return { insns: [...insns], core: [] };
  try {
    const { insns: patched, report } = relocateCore(insns, coreRelocations, file.btf!, kernel());
    return { insns: [...patched], core: report };
  } catch (cause) {
    if (!(cause instanceof CoreError)) throw cause;
    throw new ObjectError(
      "EINVAL",
      object,
      `prog '${name}': relo #${cause.index}: failed to relocate: ${cause.reason}`,
      "The object and this Linux do not go together.",
      cause,
    );
  }
}

/** `extern const void name __ksym`: only its address is wanted. */
const isUntyped = (btf: Btf, { kind, type }: ObjectExtern): boolean =>
  kind === "variable" && btf.resolve(type).kind === "void";

function addressOf<Map>({ name, weak }: ObjectExtern, { object, symbol }: RelocationTargets<Map>): bigint {
  const address = symbol(name);
  if (address !== undefined || weak) return address ?? 0n;
  throw new ObjectError(
    "ESRCH",
    object,
    `extern (ksym) '${name}': not found in kallsyms`,
    "Declare it __weak and test its address before it is used.",
  );
}

/** The number of a function or variable in Linux's types; `undefined` for a weak one that is not there. */
function kernelId<Map>(btf: Btf, extern: ObjectExtern, { object, kernel }: RelocationTargets<Map>): number | undefined {
  const { name, weak, kind, type } = extern;
  const target = kernel();
  const what = kind === "function" ? "func" : "var";
  // A flavour such as bpf_iter_num_new___v2 means the name before it.
  const found = target.byName(essentialName(name), what);
  if (found === undefined) {
    if (weak) return undefined;
    throw new ObjectError(
      "ESRCH",
      object,
      `extern (${what} ksym) '${name}': not found in kernel or module BTFs`,
      "Declare it __weak and ask bpf_ksym_exists() before it is used.",
    );
  }
  if (typesAreCompatible({ local: btf, target }, type, found.type)) return found.id;
  if (weak) return undefined;
  throw new ObjectError(
    "EINVAL",
    object,
    `extern (${what} ksym) '${name}': ${kind === "function" ? "func_proto" : "type"} [${type}] incompatible with vmlinux [${found.type}]`,
    "Declare it as this Linux does.",
  );
}

/** The source line of each slot: that of the last record before it. Slots of one record share one object. */
function linesBySlot(records: readonly LineInfo[], count: number): (SourceLine | undefined)[] {
  const lines: (SourceLine | undefined)[] = Array.from({ length: count });
  const sorted = [...records].sort((a, b) => a.insn - b.insn);
  for (const [index, { insn, line, column, text }] of sorted.entries()) {
    const until = sorted[index + 1]?.insn ?? count;
    lines.fill({ line, column, text }, insn, until);
  }
  return lines;
}
