import { CGROUP_FLAGS, type CgroupProgram } from "../linux/bpf/cgroup-programs.ts";
import type { BpfLink } from "../linux/bpf/link.ts";
import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import type { Cgroup } from "../linux/cgroups.ts";
import { ERRNO } from "../linux/errno.ts";
import type { Linux } from "../linux/linux.ts";
import { CgroupStorageMap } from "../maps/cgroup-storage.ts";
import { ATTACH_TYPES, type AttachType } from "../programs/attach-types.ts";
import { sectionForm } from "../programs/sections.ts";
import { PROGRAMS } from "../programs/table.ts";
import type { LoadedProgram } from "./loaded-program.ts";

/** A program cannot be attached to a cgroup: it does not exist (ENOENT), or Linux refuses (EINVAL, EPERM, E2BIG, EACCES). */
export class CgroupError extends Error {
  readonly code: "ENOENT" | "EINVAL" | "EPERM" | "E2BIG" | "EACCES";
  constructor(code: CgroupError["code"], message: string) {
    super(`${message} (${code})`);
    this.name = "CgroupError";
    this.code = code;
  }
}

/** How a program is attached to a cgroup. */
export interface CgroupAttachOptions {
  /**
   * Who else may be there: `multi` (the default, as links do it) lets others beside it and below, all of them run; `override` lets a
   * program of a cgroup below take its place; `none` lets nobody.
   */
  readonly mode?: "none" | "override" | "multi";
  /** It runs before the programs of cgroups below (`BPF_F_PREORDER`); for `multi`. */
  readonly preorder?: boolean;
}

const MODES = { none: 0, override: CGROUP_FLAGS.allowOverride, multi: CGROUP_FLAGS.allowMulti } as const;

/** Attach types of cgroups by what libbpf calls the place: `egress`, `connect4`, `sock_create`. */
const FORM = /^cgroup:([^:]*)(?::(\w+))?$/;

/** Whether a hook is a cgroup. */
export const isCgroupHook = (hook: string): boolean => hook.startsWith("cgroup:");

/** The attach type that a place's name means for a program: its section's, or Linux's own name. */
function typeNamed(place: string): AttachType | undefined {
  const form = sectionForm(`cgroup/${place}`) ?? sectionForm(`cgroup_skb/${place}`);
  if (form?.attach !== undefined) return form.attach;
  return Object.hasOwn(ATTACH_TYPES, place) ? (place as AttachType) : undefined;
}

/**
 * Attaches a program to a cgroup: `cgroup:/system.slice`, or `cgroup:/system.slice:egress` where the program does not say which place it
 * is for. Throws {@link CgroupError}.
 */
export function attachCgroup(
  linux: Linux,
  bpf: BpfSubsystem,
  { program, spec }: LoadedProgram,
  hook: string,
  { mode = "multi", preorder = false }: CgroupAttachOptions,
): BpfLink {
  const [, path, place] = FORM.exec(hook) ?? [];
  const type = placeOf(spec, hook, place);
  const cgroup = path === undefined ? undefined : linux.cgroups.find(path);
  if (cgroup === undefined)
    throw new CgroupError("ENOENT", `no such cgroup: ${hook}; there are ${pathsOf(linux.cgroups.list())}`);
  if (!Object.hasOwn(MODES, mode))
    throw new CgroupError("EINVAL", `no mode ${String(mode)}: use none, override or multi`);
  const own: CgroupProgram = { id: program.id, name: spec.name, run: (context) => bpf.run(program, context) };
  const flags = MODES[mode] | (preorder ? CGROUP_FLAGS.preorder : 0);
  const result = cgroup.programs.attach(type, own, flags);
  if (result !== 0) throw refused(cgroup, type, spec.name, mode, result);
  for (const map of program.maps) if (map instanceof CgroupStorageMap) map.storageOf(cgroup.id, ATTACH_TYPES[type]);
  return bpf.link(hook, program, () => cgroup.programs.drop(type, own));
}

function placeOf(spec: LoadedProgram["spec"], hook: string, place: string | undefined): AttachType {
  const row = PROGRAMS[spec.type];
  const named = place === undefined ? undefined : typeNamed(place);
  if (place !== undefined && named === undefined)
    throw new CgroupError("EINVAL", `${hook}: no place ${place}; say egress, connect4, sock_create, ...`);
  // Programs on packets that were loaded for neither way may be attached to both.
  const loose = spec.type === "cgroup_skb" && spec.expectedAttachType === undefined;
  const own =
    spec.expectedAttachType ?? row.attachTypes.find((type) => type === row.defaultAttach) ?? row.attachTypes[0];
  const type = named ?? own;
  const fits = type !== undefined && row.attachTypes.includes(type) && (loose || type === own);
  if (type === undefined || !fits || !/^cgroup/.test(type))
    throw new CgroupError(
      "EINVAL",
      `${spec.name} is of type ${spec.type}${own === undefined ? "" : ` for ${own}`}: it cannot be attached to ${hook}`,
    );
  return type;
}

const pathsOf = (cgroups: readonly Cgroup[]): string => cgroups.map(({ path }) => path).join(", ");

/** What Linux's errno means. */
function refused(cgroup: Cgroup, type: AttachType, name: string, mode: string, result: number): CgroupError {
  const where = `${cgroup.path} has`;
  if (result === -ERRNO.EINVAL!)
    return new CgroupError("EINVAL", `${name} is attached to ${cgroup.path} as ${type} already`);
  if (result === -ERRNO.E2BIG!) return new CgroupError("E2BIG", `${where} 64 programs for ${type} already`);
  return new CgroupError(
    "EPERM",
    `${name} cannot be attached to ${cgroup.path} as ${type} with mode ${mode}: ` +
      "programs that are there, or at a cgroup above, were attached in a mode that does not let it",
  );
}
