import { extend } from "../linux/bpf/extensions.ts";
import type { BpfLink } from "../linux/bpf/link.ts";
import type { LinuxProgram } from "../linux/bpf/program.ts";
import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { verify } from "../verifier/verify.ts";
import { AttachError } from "./attach-error.ts";
import { LoadedProgram } from "./loaded-program.ts";

/** Where an extension goes, if not where it was loaded for. */
export interface ExtensionAttachOptions {
  /** For `freplace:FUNCTION`: another program with such a function, as `bpf_program__attach_freplace` takes one. */
  readonly target?: LoadedProgram;
}

/** Whether a hook is a function of a program: `freplace:classify`. */
export const isExtensionHook = (hook: string): boolean => hook.startsWith("freplace:");

/**
 * Puts an extension in the place of a function of a program, until the link ends. Throws `AttachError`: EINVAL for a program of
 * another type or a function that does not fit, EBUSY where another extension is already or the program lies in an array of programs.
 */
export function attachExtension(
  bpf: BpfSubsystem,
  { program, spec }: LoadedProgram,
  hook: string,
  { target: given }: ExtensionAttachOptions,
): BpfLink {
  const name = hook.slice("freplace:".length);
  if (spec.type !== "ext")
    throw new AttachError(hook, `prog '${spec.name}': only BPF_PROG_TYPE_EXT can attach as freplace`);
  if (given !== undefined && (!(given instanceof LoadedProgram) || given.bpf !== bpf))
    throw new AttachError(hook, `${spec.name}: the target is no program that this machine has loaded.`, "EBADF");
  const target = given?.program ?? program.extends!;
  const start = placeIn(program, target, name, hook);
  const undo = extend(bpf, program, target, start);
  if (undo === "replaced") throw new AttachError(hook, `${name} of ${target.spec.name} is replaced already.`, "EBUSY");
  if (undo === "array")
    throw new AttachError(
      hook,
      `${target.spec.name} lies in an array of programs: what replaces ${name} could tail-call it without end.`,
      "EBUSY",
    );
  const btfId = idOf(target.spec, name)!;
  return bpf.link(hook, program, undo, { of: { program: target, btfId } });
}

const idOf = ({ btf }: ProgramSpec, name: string): number | undefined => btf?.byName(name, "func")?.id;

/** The first instruction of the function that is replaced; another than it was loaded for is compared anew. */
function placeIn(program: LinuxProgram, target: LinuxProgram, name: string, hook: string): number {
  const { spec, verdict, extends: original } = program;
  const { attachBtfId } = spec;
  if (target === original && (attachBtfId === name || attachBtfId === idOf(target.spec, name)))
    return verdict!.replaces!;
  if (idOf(target.spec, name) === undefined)
    throw new AttachError(hook, `${name} is not found in ${target.spec.name}'s BTF.`, "ENOENT");
  const [own, other] = [original!.spec, target.spec];
  const sameType = own.type === other.type && own.expectedAttachType === other.expectedAttachType;
  const again = verify({ ...spec, attachProgram: other, attachBtfId: name });
  if (sameType && again.ok) return again.replaces!;
  const why = again.error ?? `${spec.name} was loaded for programs of type ${own.type}`;
  throw new AttachError(hook, `${spec.name} does not fit ${name} of ${other.name}: ${why}.`);
}
