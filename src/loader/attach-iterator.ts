import { ITERATOR_NAMES, type IteratorTarget, readIterator } from "../linux/bpf/iterators.ts";
import type { BpfLink } from "../linux/bpf/link.ts";
import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import type { Linux } from "../linux/linux.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import { AttachError } from "./attach-error.ts";
import type { LoadedProgram } from "./loaded-program.ts";

/** What an iterator goes through, where that is not everything. */
export interface IteratorAttachOptions {
  /** For `iter:bpf_map_elem`: the map whose elements are visited. */
  readonly map?: { readonly runtime: RuntimeMap } | { readonly view: { readonly runtime: RuntimeMap } };
  /** For `iter:task` and `iter:task_file`: the threads of this process only. */
  readonly pid?: number;
}

/** Whether a hook is an iterator: `iter:task`. */
export const isIteratorHook = (hook: string): boolean => hook.startsWith("iter:");

/**
 * Makes an iterator of a program: `link.read()` runs it for each object. Throws `AttachError` for a program of another kind, for
 * objects that the machine cannot go through, and where a map is missing.
 */
export function attachIterator(
  linux: Linux,
  bpf: BpfSubsystem,
  { program, spec }: LoadedProgram,
  hook: string,
  options: IteratorAttachOptions,
): BpfLink {
  const name = hook.slice("iter:".length);
  if (!ITERATOR_NAMES.includes(name))
    throw new AttachError(hook, `${hook}: the machine goes through ${ITERATOR_NAMES.join(", ")}`, "ENOENT");
  const { attachBtfId = "" } = spec;
  if (spec.expectedAttachType !== "trace_iter" || (attachBtfId !== name && attachBtfId !== `bpf_iter_${name}`))
    throw new AttachError(hook, `${spec.name} was not loaded as the program of an iterator of ${name}.`);
  const { map, pid } = options;
  if (name === "bpf_map_elem" && map === undefined)
    throw new AttachError(hook, `${hook} needs a map: attach("${hook}", { map: object.maps.NAME })`, "EBADF");
  const target: IteratorTarget = {
    ...(map === undefined ? {} : { map: "view" in map ? map.view.runtime : map.runtime }),
    ...(pid === undefined ? {} : { pid }),
  };
  const read = (): string => {
    const { text, errno } = readIterator(linux, bpf, { name, target, run: (context) => bpf.run(program, context) });
    if (errno === undefined) return text;
    const why =
      errno === "EAGAIN" ? "returned 1: it asks for the object again" : "printed more than 32 KiB for one object";
    throw new AttachError(hook, `${spec.name} ${why}, after ${text.length} characters.`, errno);
  };
  return bpf.link(hook, program, () => {}, { read });
}
