import { SLOT_BYTES } from "../isa/encode.ts";
import type { Instruction } from "../isa/instruction.ts";
import { SHN } from "./constants.ts";
import { dataKind, type FunctionAt } from "./data-sections.ts";
import { ElfError } from "./error.ts";
import type { Relocation, Section } from "./file.ts";
import type { FunctionPlace } from "./functions.ts";
import type { ProgramRelocation } from "./object.ts";

/** What relocations can lead to. */
export interface Targets {
  readonly sections: readonly Section[];
  readonly functionAt: FunctionAt;
  /** Name of the map that is declared at a byte of a section; `undefined` for sections without maps. */
  readonly mapAt: (section: number, offset: number) => string | undefined;
  readonly isMaps: (section: number) => boolean;
  readonly isExtern: (name: string) => boolean;
}

const LD_IMM64 = 0x18;
const CALL = 0x85;
/** `src` of a call within the program. */
const PSEUDO_CALL = 1;
/** `src` of an `ld_imm64` of a function's address. */
const PSEUDO_FUNC = 4;

/**
 * What the instructions of a function refer to: the relocations of its section, and calls that the compiler has resolved
 * within the section. Refuses, in libbpf's words, what no loader can resolve.
 */
export function programRelocations(
  place: FunctionPlace,
  insns: readonly Instruction[],
  relocations: ReadonlyMap<number, Relocation>,
  targets: Targets,
): ProgramRelocation[] {
  const found: ProgramRelocation[] = [];
  for (let insn = 0; insn < insns.length; insn++) {
    const offset = place.start + insn * SLOT_BYTES;
    const relocation = relocations.get(offset);
    const own = insns[insn];
    if (relocation !== undefined) found.push(resolve(place, insn, own, relocation, targets));
    else if ((own.code === CALL && own.src === PSEUDO_CALL) || (own.code === LD_IMM64 && own.src === PSEUDO_FUNC)) {
      const name = targets.functionAt(place.section.index, offset + SLOT_BYTES * (own.imm + 1));
      // Within the function it is a jump of hand-written assembly; the verifier judges it.
      if (name === undefined) continue;
      found.push({ kind: own.code === CALL ? "call" : "function", insn, function: name });
    }
    if (own.code === LD_IMM64) insn++;
  }
  return found;
}

function resolve(
  { name, section, start }: FunctionPlace,
  insn: number,
  own: Instruction,
  { symbol }: Relocation,
  targets: Targets,
): ProgramRelocation {
  const fail = (reason: string): never => {
    throw new ElfError(`prog '${name}': ${reason}`, { section: section.name, offset: start + insn * SLOT_BYTES });
  };
  const call = own.code === CALL;
  if (!call && own.code !== LD_IMM64)
    fail(`invalid relo against '${symbol.name}' for insns[${insn}].code 0x${own.code.toString(16)}`);
  if (symbol.section === SHN.UNDEF) {
    if (!targets.isExtern(symbol.name)) fail(`extern relo failed to find extern for '${symbol.name}'`);
    return { kind: call ? "extern call" : "extern", insn, extern: symbol.name };
  }
  if (symbol.section >= SHN.LORESERVE) {
    const at = symbol.section.toString(16);
    fail(`invalid relo against '${symbol.name}' in special section 0x${at}; forgot to initialize global var?..`);
  }
  const target = targets.sections[symbol.section];
  if (call) {
    if (own.src !== PSEUDO_CALL) fail("incorrect bpf_call opcode");
    const to = targets.functionAt(target.index, symbol.value + SLOT_BYTES * (own.imm + 1));
    if (to === undefined) fail(`bad call relo against '${symbol.name}' in section '${target.name}'`);
    return { kind: "call", insn, function: to! };
  }
  // A global function is its symbol; of a static one the symbol is the section and `imm` the place.
  const address = symbol.value + own.imm;
  const to = targets.functionAt(target.index, address);
  if (to !== undefined) return { kind: "function", insn, function: to };
  if (targets.isMaps(target.index)) {
    const map = targets.mapAt(target.index, symbol.value);
    if (map === undefined) fail(`map relo failed to find map for section '${target.name}', off ${symbol.value}`);
    return { kind: "map", insn, map: map! };
  }
  if (dataKind(target) === undefined) fail(`bad map relo against '${symbol.name}' in section '${target.name}'`);
  return { kind: "data", insn, section: target.name, offset: address };
}
