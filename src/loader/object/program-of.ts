/** What `BPF_PROG_LOAD` is given for one program of an object that may have been configured. */
import type { Btf } from "../../btf/btf.ts";
import type { RelocatedField } from "../../btf/core/relocate.ts";
import type { MapSpec } from "../../maps/spec.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { BpfMap } from "./bpf-map.ts";
import type { BpfProgram } from "./bpf-program.ts";
import { ObjectError } from "./error.ts";
import type { ObjectParts } from "./load.ts";
import { memberOf } from "./operations.ts";
import { relocateProgram } from "./relocate.ts";
import { missingTarget } from "./sections.ts";

/** One program, with nothing left to resolve. */
export interface ReadyProgram {
  readonly spec: ProgramSpec;
  /** What CO-RE has changed. */
  readonly core: readonly RelocatedField[];
  /** The maps of `spec.maps`, in the same order. */
  readonly maps: readonly BpfMap[];
  /** The types of Linux, where the program needs them. */
  readonly kernel: (() => Btf) | undefined;
}

/** Links and relocates a program. `specOf`: what the verifier may know of a map. Throws {@link ObjectError}. */
export function programOf(parts: ObjectParts, program: BpfProgram, specOf: (map: BpfMap) => MapSpec): ReadyProgram {
  const { file, facts, name: object, kconfig } = parts;
  const { type, name, attachTarget: target, expectedAttachType } = program;
  if (type === undefined)
    throw new ObjectError(
      "EINVAL",
      object,
      `prog '${name}': missing BPF prog type, check ELF section name '${program.section}'`,
      'Write a section that libbpf knows, such as SEC("tracepoint/..."), or set progs.NAME.type before load.',
    );
  const bySection = new Map(parts.data.map(({ section, map }) => [section, map]));
  if (parts.arena !== undefined) bySection.set(parts.arena.section, parts.arena.map);
  const offsets = new Map(kconfig?.content.places.map(({ extern, offset }) => [extern.name, offset]));
  const { maps, insns, lines, lineInfo, functions, core, usesKernel } = relocateProgram<BpfMap>(file, name, {
    object,
    mapNamed: (map) => parts.maps.get(map)!,
    mapOfData: (section) => bySection.get(section),
    kconfig: (extern) => ({ map: kconfig!.map, offset: offsets.get(extern)! }),
    kernel: facts.btf,
    symbol: facts.symbol,
  });
  const { attachProgram } = program;
  const lacks = attachProgram === undefined || target === undefined ? missingTarget(name, type, target) : undefined;
  if (lacks !== undefined)
    throw new ObjectError(
      "EINVAL",
      object,
      lacks,
      type === "ext"
        ? "Say whose function it replaces: progs.NAME.setAttachTarget(program, function), between open and load."
        : "Name the function in the section, or set progs.NAME.attachTarget before load.",
    );
  const operation = type === "struct_ops" ? memberOf(file, name) : undefined;
  const typed = file.btf !== undefined && functions.length > 0;
  const spec: ProgramSpec = {
    ...{ type, name, insns, lines, license: file.license, sleepable: program.sleepable },
    maps: maps.map(specOf),
    ...(target === undefined ? {} : { attachBtfId: target }),
    ...(operation === undefined ? {} : { attachBtfId: operation.struct, attachMember: operation.member }),
    ...(attachProgram === undefined ? {} : { attachProgram: attachProgram.spec }),
    ...(expectedAttachType === undefined ? {} : { expectedAttachType }),
    ...(typed ? { btf: file.btf as Btf, functions, lineInfo } : {}),
  };
  return {
    spec,
    core,
    maps,
    kernel: usesKernel || target !== undefined || operation !== undefined ? facts.btf : undefined,
  };
}
