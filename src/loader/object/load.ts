/** What `load` does to the machine, and how it is undone. */

import type { RelocatedField } from "../../btf/core/relocate.ts";
import type { ObjectFile } from "../../elf/object.ts";
import { CALL, CLASS, JMP } from "../../isa/constants.ts";
import type { LinuxProgram } from "../../linux/bpf/program.ts";
import type { BpfSubsystem, LoadOptions } from "../../linux/bpf/subsystem.ts";
import type { ArenaMap } from "../../maps/arena.ts";
import { MapCommands } from "../../maps/commands.ts";
import { MapError } from "../../maps/error.ts";
import { mapId } from "../../maps/inner-map.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import type { MapSpec } from "../../maps/spec.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import { VerifierError } from "../../verifier/verification.ts";
import { ProgramError } from "../../vm/errors.ts";
import { LoadedProgram } from "../loaded-program.ts";
import type { BpfMap } from "./bpf-map.ts";
import type { BpfProgram } from "./bpf-program.ts";
import { ObjectError } from "./error.ts";
import type { KconfigData } from "./kconfig.ts";
import type { KernelFacts } from "./kernel-facts.ts";
import { operationsOf } from "./operations.ts";
import { programOf } from "./program-of.ts";
import { POISON_KFUNC } from "./relocate.ts";

/** The map of a section of data with what it begins with. */
interface DataPart {
  readonly section: string;
  readonly map: BpfMap;
  readonly image: Uint8Array;
  readonly readOnly: boolean;
}

/** All that loading needs of an object. */
export interface ObjectParts {
  readonly name: string;
  readonly file: ObjectFile;
  readonly bpf: BpfSubsystem;
  readonly facts: KernelFacts;
  readonly maps: ReadonlyMap<string, BpfMap>;
  readonly programs: ReadonlyMap<string, BpfProgram>;
  readonly data: readonly DataPart[];
  /** The global variables of an arena, and who is told where they lie. */
  readonly arena:
    | {
        readonly section: string;
        readonly map: BpfMap;
        readonly image: Uint8Array;
        readonly bind: (at: number) => void;
      }
    | undefined;
  readonly kconfig: { readonly map: BpfMap; readonly content: KconfigData } | undefined;
}

/** A map while programs are loaded: the machine's, and what the verifier may know of it. */
interface MadeMap {
  readonly runtime: RuntimeMap;
  readonly spec: MapSpec;
}

/** Loads all; gives what takes it out of the machine again. Whatever it throws, the machine is as it was. */
export function loadObject(parts: ObjectParts): () => void {
  refuseOperations(parts);
  const undo: (() => void)[] = [];
  const unload = (): void => {
    for (const step of undo.splice(0).reverse()) step();
  };
  try {
    const made = createMaps(parts, undo);
    loadPrograms(parts, made, undo);
    fillArraysOfPrograms(parts);
    // Last, so that a load that fails leaves no pin behind.
    for (const { pinPath, view } of parts.maps.values())
      if (pinPath !== "" && parts.bpf.fs.get(pinPath) === undefined)
        parts.bpf.fs.pin(pinPath, { kind: "map", map: view.runtime });
  } catch (error) {
    unload();
    throw error;
  }
  return unload;
}

/** Structures of functions are those that Linux has, too. */
function refuseOperations({ name: object, file, maps }: ObjectParts): void {
  for (const { variable, struct } of operationsOf(file))
    if (maps.get(variable.name)!.spec.operations === undefined)
      throw new ObjectError(
        "EOPNOTSUPP",
        object,
        `struct_ops init_kern: struct bpf_struct_ops_${struct.name} is not found in kernel BTF`,
        "Linux lets programs implement few structures, such as tcp_congestion_ops.",
      );
}

function createMaps(parts: ObjectParts, undo: (() => void)[]): Map<BpfMap, MadeMap> {
  const { bpf } = parts;
  const made = new Map<BpfMap, MadeMap>();
  const keep = (map: BpfMap, runtime: RuntimeMap, own: boolean, spec: MapSpec = runtime.spec): void => {
    made.set(map, { runtime, spec });
    map.bind(runtime, () => [...bpf.programs.values()].some(({ maps }) => maps.includes(runtime)));
    undo.push(() => {
      map.bind(undefined);
      if (own) bpf.removeMap(runtime);
    });
  };
  for (const { map, image, readOnly } of parts.data) {
    const runtime = create(parts, map);
    runtime.memory.u8.set(image, runtime.elements!.base);
    if (readOnly) new MapCommands(runtime).freeze();
    keep(map, runtime, true, readOnly ? { ...runtime.spec, frozen: image.slice() } : runtime.spec);
  }
  for (const map of parts.maps.values()) {
    if (map === parts.arena?.map && map.reused === undefined) {
      const runtime = create(parts, map);
      keep(map, runtime, true);
      parts.arena.bind(fillArena(parts, runtime, parts.arena.image));
      continue;
    }
    const existing = map.reused ?? pinnedMap(parts, map);
    const runtime = existing ?? create(parts, map);
    keep(map, runtime, existing === undefined);
  }
  for (const { name, initial } of parts.file.maps)
    for (const { index, kind, name: inner } of initial)
      if (kind === "map") setElement(parts, name, index, mapId(made.get(parts.maps.get(inner)!)!.runtime));
  return made;
}

/** Where an arena's global variables are. */
function fillArena({ name: object }: ObjectParts, runtime: RuntimeMap, image: Uint8Array): number {
  try {
    return (runtime as ArenaMap).begin(image);
  } catch (cause) {
    if (!(cause instanceof MapError)) throw cause;
    throw new ObjectError("EINVAL", object, `map '${runtime.spec.name}': ${cause.problem}`, cause.hint, cause);
  }
}

/** A map of the machine; what Linux refuses is said as libbpf says it. */
function create({ bpf, name: object }: ObjectParts, { name, spec }: BpfMap): RuntimeMap {
  try {
    return bpf.createMap(spec);
  } catch (cause) {
    if (!(cause instanceof MapError)) throw cause;
    const { errno, hint, problem } = cause;
    const said = errno === "EINVAL" ? "Invalid argument(-22)" : errno;
    throw new ObjectError("EINVAL", object, `map '${name}': failed to create: ${said}`, `${problem}: ${hint}`, cause);
  }
}

/** A map that is pinned where this one wants to be; throws where it is not like it. */
function pinnedMap({ name: object, bpf }: ObjectParts, { name, pinPath, spec }: BpfMap): RuntimeMap | undefined {
  const found = pinPath === "" ? undefined : bpf.fs.get(pinPath);
  if (found === undefined) return undefined;
  const same = (keys: readonly (keyof MapSpec)[], other: MapSpec) => keys.every((key) => spec[key] === other[key]);
  if (found.kind === "map" && same(["type", "keySize", "valueSize", "maxEntries", "flags"], found.map.spec))
    return found.map;
  throw new ObjectError(
    "EINVAL",
    object,
    `couldn't reuse pinned map at '${pinPath}': parameter mismatch`,
    `What is pinned there is not like map '${name}': unpin it, or pin this one elsewhere.`,
  );
}

/** Puts a map or program, by its id, into a map. */
function setElement({ name: object, maps }: ObjectParts, map: string, index: number, id: number): void {
  const { runtime } = maps.get(map)!.view;
  const bytes = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
  const result = new MapCommands(runtime).update(bytes(index), bytes(id), 0);
  if (result >= 0) return;
  throw new ObjectError(
    "EINVAL",
    object,
    `map '${map}': failed to initialize slot [${index}] (errno ${-result})`,
    "What is put there must be like what the map was declared to hold.",
  );
}

function loadPrograms(parts: ObjectParts, made: ReadonlyMap<BpfMap, MadeMap>, undo: (() => void)[]): void {
  const { bpf } = parts;
  for (const program of parts.programs.values()) {
    if (!program.autoload) continue;
    const target = program.attachProgram?.program;
    const { spec, core, maps, kernel } = programOf(parts, program, (map) => made.get(map)!.spec);
    const options = {
      maps: maps.map((map) => made.get(map)!.runtime),
      ...(kernel ? { kernel: kernel() } : {}),
      ...(target ? { target } : {}),
    };
    const loaded = loadOne(parts, { spec, core }, options);
    program.bind(new LoadedProgram(bpf, loaded), core);
    undo.push(() => {
      program.bind(undefined);
      bpf.removeProgram(loaded);
    });
  }
}

/** Loads one program. What is refused because it was not resolved is said in libbpf's words. */
function loadOne(
  { name: object, bpf, file }: ObjectParts,
  { spec, core }: { readonly spec: ProgramSpec; readonly core: readonly RelocatedField[] },
  options: LoadOptions,
): LinuxProgram {
  try {
    return bpf.load(spec, options);
  } catch (cause) {
    if (cause instanceof VerifierError) {
      if (cause.verification.verdict.error?.startsWith(NO_TARGET) === true) {
        const reason = `prog '${spec.name}': ${NO_TARGET} '${spec.attachBtfId}': -3`;
        const hint = "This Linux has no such function to attach to: set progs.NAME.attachTarget, or autoload to false.";
        throw new ObjectError("ESRCH", object, reason, hint, cause);
      }
      if (cause.verification.verdict.message === "extension_name") {
        const what = `prog '${spec.name}': failed to find BPF program BTF ID for '${spec.attachBtfId}': -2`;
        throw new ObjectError("ENOENT", object, what, "Name a function of the other program.", cause);
      }
      const reason = unresolved(file, spec, core, cause.verification.verdict.at);
      if (reason === undefined) throw cause;
      const hint = "This Linux has nothing of the kind: ask whether it exists before it is used.";
      throw new ObjectError("EINVAL", object, `prog '${spec.name}': ${reason}`, hint, cause);
    }
    if (!(cause instanceof ProgramError)) throw cause;
    const line = spec.lines?.[cause.at]?.line;
    const reason = `prog '${spec.name}': ${cause.message}${line === undefined ? "" : `, line ${line}`}`;
    const hint = "The verifier accepts the program; this release cannot run it yet.";
    throw new ObjectError("EOPNOTSUPP", object, reason, hint, cause);
  }
}

const NO_TARGET = "failed to find kernel BTF type ID of";

/** What an instruction that the verifier stopped at was, where relocation had poisoned it. */
function unresolved(
  file: ObjectFile,
  { insns }: ProgramSpec,
  core: readonly RelocatedField[],
  at: number | undefined,
): string | undefined {
  const insn = at === undefined ? undefined : insns[at];
  if (insn === undefined || insn.code !== CALL_CODE || insn.src !== CALL.HELPER) return undefined;
  const field = core.find((each) => each.poisoned && each.insn === at);
  if (field !== undefined) return `failed to resolve CO-RE relocation ${field.local}`;
  const kfunc = file.externs[insn.imm - POISON_KFUNC];
  return kfunc && `kfunc '${kfunc.name}' is referenced but wasn't resolved`;
}

const CALL_CODE = CLASS.JMP | JMP.CALL;

/** Programs that arrays of programs begin with; one that was not loaded is an error, as in libbpf. */
function fillArraysOfPrograms(parts: ObjectParts): void {
  for (const { name, initial } of parts.file.maps)
    for (const { index, kind, name: target } of initial)
      if (kind === "program") setElement(parts, name, index, parts.programs.get(target)!.loaded.id);
}
