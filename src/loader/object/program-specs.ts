/** The programs of an object as plain data, for whoever wants a verdict and no machine. */
import { machineBtf, type Release } from "../../btf/data/machine.ts";
import type { ObjectFile } from "../../elf/object.ts";
import type { MapSpec } from "../../maps/spec.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { ProgramType } from "../../programs/types.ts";
import { ObjectError } from "./error.ts";
import { resolveKconfig } from "./kconfig.ts";
import { dataMapSpec, declaredMapSpec } from "./map-spec.ts";
import { openFile } from "./open-file.ts";
import { relocateProgram } from "./relocate.ts";
import { sectionMeaning } from "./sections.ts";

export interface ProgramSpecsOptions {
  /** The object's name, for its maps of data and for errors. */
  readonly name: string;
  /** Only this program. */
  readonly program?: string;
  /** Instead of the type that the section says. */
  readonly type?: ProgramType;
  /** The Linux that CO-RE and kfuncs are resolved against; default 6.18. */
  readonly release?: Release;
  /** CPUs that a perf event array without a size is for; default 2. */
  readonly cpus?: number;
}

/** One program, relocated, with what it needs of Linux. */
export interface ObjectProgram {
  readonly spec: ProgramSpec;
  /** It calls functions of Linux or names its variables: `verify` needs the types of the release. */
  readonly usesKernel: boolean;
}

/**
 * Links and relocates all programs of an object file, as `load` would, and creates nothing.
 *
 * Throws `ElfError` for what is no object, {@link ObjectError} for what cannot be resolved.
 *
 * @example programSpecs(bytes, { name: "drop" }).map(({ spec }) => verify(spec).ok)
 */
export function programSpecs(bytes: Uint8Array, options: ProgramSpecsOptions): ObjectProgram[] {
  const { name: object, program: wanted, type: given, release = "6.18", cpus = 2 } = options;
  const file = openFile(bytes, object);
  const maps = new Map(file.maps.map((map) => [map.name, declaredMapSpec(map, { object, cpus, btf: file.btf })]));
  const data = new Map(
    file.data
      .filter(({ kind }) => kind !== "struct_ops" && kind !== "arena")
      .map((section) => [section.name, dataMapSpec(file, section, object)]),
  );
  const arena = [...maps.values()].find(({ type: kind }) => kind === "arena");
  for (const { name, kind } of file.data) if (kind === "arena" && arena !== undefined) data.set(name, arena);
  const names = file.programs.map(({ name }) => name).filter((name) => wanted === undefined || name === wanted);
  if (names.length === 0)
    throw new ObjectError(
      "ENOENT",
      object,
      wanted === undefined ? "it holds no programs" : `it holds no program '${wanted}'`,
      `It holds ${file.programs.map(({ name }) => name).join(", ") || "no functions in sections of programs"}.`,
    );
  const kconfig = kconfigOf(file, object);
  return names.map((name) => {
    const { section } = file.programs.find((each) => each.name === name)!;
    const { type = given, attachType, sleepable } = sectionMeaning(section);
    if (type === undefined)
      throw new ObjectError(
        "EINVAL",
        object,
        `prog '${name}': missing BPF prog type, check ELF section name '${section}'`,
        'Write a section that libbpf knows, such as SEC("xdp").',
      );
    const {
      insns,
      lines,
      functions,
      usesKernel,
      maps: used,
    } = relocateProgram<MapSpec>(file, name, {
      object,
      mapNamed: (map) => maps.get(map)!,
      mapOfData: (of) => data.get(of),
      kconfig,
      kernel: () => machineBtf(release),
      symbol: () => undefined,
    });
    const typed = file.btf !== undefined && functions.length > 0;
    return {
      usesKernel,
      spec: {
        ...{ type: given ?? type, name, insns, lines, license: file.license, maps: used, sleepable },
        ...(attachType === undefined ? {} : { expectedAttachType: attachType }),
        ...(typed && file.btf ? { btf: file.btf, functions } : {}),
      },
    };
  });
}

/** Where the settings lie; their values do not matter to who asks for no machine. */
function kconfigOf(file: ObjectFile, object: string): (extern: string) => { map: MapSpec; offset: number } {
  const weak = file.externs.map((extern) => ({ ...extern, weak: true }));
  const laid = file.btf === undefined ? undefined : resolveKconfig(object, file.btf, weak, {});
  const size = laid?.bytes.length ?? 0;
  const map = dataMapSpec(file, { name: ".kconfig", kind: "rodata", size }, object);
  return (extern) => ({ map, offset: laid?.places.find((place) => place.extern.name === extern)?.offset ?? 0 });
}
