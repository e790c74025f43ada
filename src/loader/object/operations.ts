/** Structures of functions in an object (`SEC(".struct_ops")`): which programs implement what, and the values of their maps. */
import type { Btf } from "../../btf/btf.ts";
import type { Release } from "../../btf/data/machine.ts";
import { sizeOf } from "../../btf/size.ts";
import type { StructType } from "../../btf/type.ts";
import type { ObjectData, ObjectFile, ObjectVariable } from "../../elf/object.ts";
import type { BpfLink } from "../../linux/bpf/link.ts";
import { operationsLayout } from "../../linux/bpf/struct-ops.ts";
import type { BpfSubsystem } from "../../linux/bpf/subsystem.ts";
import { MapCommands } from "../../maps/commands.ts";
import { MAP_FLAGS } from "../../maps/flags.ts";
import type { MapSpec } from "../../maps/spec.ts";
import type { StructOpsMap } from "../../maps/struct-ops.ts";
import type { BpfProgram } from "./bpf-program.ts";
import { ObjectError } from "./error.ts";
import { linuxName } from "./names.ts";

/** One structure of an object. */
export interface ObjectOperations {
  readonly variable: ObjectVariable;
  readonly section: ObjectData;
  readonly struct: StructType;
  /** By member: the program that implements it. */
  readonly programs: ReadonlyMap<string, string>;
}

/** The structures that are to be registered; those of sections `?.struct_ops` are left out. */
export function operationsOf({ data, btf }: ObjectFile): ObjectOperations[] {
  if (btf === undefined) return [];
  return data
    .filter(({ kind, name }) => kind === "struct_ops" && !name.startsWith("?"))
    .flatMap((section) =>
      section.variables.flatMap((variable): ObjectOperations[] => {
        const struct = btf.resolve(variable.type);
        if (struct.kind !== "struct") return [];
        const programs = new Map<string, string>();
        for (const { offset, function: program } of section.functions) {
          const member = struct.members.find(({ bitOffset }) => variable.offset + bitOffset / 8 === offset);
          if (member !== undefined) programs.set(member.name, program);
        }
        return [{ variable, section, struct, programs }];
      }),
    );
}

/** What a program of an object implements; undefined where no structure has it. */
export function memberOf(
  file: ObjectFile,
  program: string,
): { readonly struct: string; readonly member: string } | undefined {
  for (const { struct, programs } of operationsOf(file))
    for (const [member, name] of programs) if (name === program) return { struct: struct.name, member };
  return undefined;
}

/** The map of a structure; its size is that of Linux's own. */
export function operationsMapSpec({ variable, section, struct }: ObjectOperations, release: Release): MapSpec {
  const layout = operationsLayout(release, struct.name);
  return {
    ...{ type: "struct_ops", name: linuxName(variable.name), keySize: 4, valueSize: layout?.size ?? variable.size },
    ...{ maxEntries: 1, flags: section.name.endsWith(".link") ? MAP_FLAGS.LINK : 0 },
    ...(layout === undefined ? {} : { operations: struct.name }),
  };
}

/** Writes the structure into its map, which registers it, or makes a link that does. Throws {@link ObjectError}. */
export function attachOperations(
  { bpf, object, btf, release }: { bpf: BpfSubsystem; object: string; btf: Btf; release: Release },
  operations: ObjectOperations,
  map: StructOpsMap,
  programs: ReadonlyMap<string, BpfProgram>,
): BpfLink {
  const value = valueFor({ object, btf, release }, operations, programs);
  const { name } = operations.variable;
  const commands = new MapCommands(map);
  const key = new Uint8Array(4);
  const check = (result: number, doing: string): void => {
    if (result >= 0) return;
    throw new ObjectError(
      result === -17 ? "EEXIST" : "EINVAL",
      object,
      `map '${name}': failed to ${doing}: ${result}`,
      result === -17
        ? "A structure of that name is registered already: unregister it, or choose another name."
        : "Give all functions that the structure must have (of a congestion control ssthresh, undo_cwnd, cong_avoid) and a name.",
    );
  };
  check(commands.update(key, value, 0), "update");
  if (map.isLinked) check(map.register(), "attach");
  const [first] = operations.programs.values();
  return bpf.link(
    `struct_ops:${name}`,
    programs.get(first!)!.loaded.program,
    () => {
      if (map.isLinked) map.unregister();
      else commands.delete(key);
    },
    { map },
  );
}

/** The value in Linux's layout: numbers as the object has them, ids of programs where functions are. */
function valueFor(
  { object, btf, release }: { object: string; btf: Btf; release: Release },
  { variable, section, struct, programs: members }: ObjectOperations,
  programs: ReadonlyMap<string, BpfProgram>,
): Uint8Array {
  const layout = operationsLayout(release, struct.name)!;
  const value = new Uint8Array(layout.size);
  const view = new DataView(value.buffer);
  for (const { name, type, bitOffset } of struct.members) {
    const at = variable.offset + bitOffset / 8;
    const size = sizeOf(btf, type) ?? 0;
    const program = members.get(name);
    const bytes = section.bytes?.subarray(at, at + size) ?? new Uint8Array(size);
    if (program === undefined && bytes.every((byte) => byte === 0)) continue;
    const own = layout.struct.members.find((member) => member.name === name);
    if (own === undefined)
      throw new ObjectError(
        "EOPNOTSUPP",
        object,
        `struct_ops init_kern ${variable.name}: Cannot find member ${name} in kernel BTF`,
        "This Linux has no such member: leave it out.",
      );
    const place = layout.data + own.bitOffset / 8;
    if (program === undefined) value.set(bytes, place);
    else view.setUint32(place, programs.get(program)!.loaded.id, true);
  }
  return value;
}
