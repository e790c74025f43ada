/** What the name of a program's section says: its type, and where it attaches by itself. */
import type { AttachType } from "../../programs/attach-types.ts";
import { sectionForm } from "../../programs/sections.ts";
import type { ProgramType } from "../../programs/types.ts";
import { ObjectError } from "./error.ts";

/** What a section says of the programs in it. */
export interface SectionMeaning {
  readonly type: ProgramType | undefined;
  readonly attachType: AttachType | undefined;
  readonly sleepable: boolean;
  /** `?name` sections are loaded on request only. */
  readonly autoload: boolean;
}

/** Reads a section's name as libbpf does. */
export function sectionMeaning(section: string): SectionMeaning {
  const optional = section.startsWith("?");
  const form = sectionForm(optional ? section.slice(1) : section);
  return { type: form?.type, attachType: form?.attach, sleepable: form?.sleepable === true, autoload: !optional };
}

/** Types that libbpf attaches by the name of their section; it leaves the others to who knows the device or cgroup. */
const BY_SECTION: ReadonlySet<ProgramType> = new Set<ProgramType>([
  ...([
    "kprobe",
    "tracepoint",
    "raw_tracepoint",
    "raw_tracepoint_writable",
    "tracing",
    "ext",
    "lsm",
    "struct_ops",
  ] as const),
]);

/**
 * The hook of this machine that a section names; `undefined` for programs that libbpf does not attach by themselves (`xdp`,
 * `perf_event`, or `tracepoint` without a name). Throws {@link ObjectError} for hooks that the machine does not have.
 *
 * @example hookOfSection("execsnoop", "trace", "tp/syscalls/sys_enter_execve", "tracepoint") // "tracepoint:syscalls:sys_enter_execve"
 */
export function hookOfSection(object: string, program: string, section: string, type: ProgramType): string | undefined {
  const [first, ...rest] = section.replace(/^\?/, "").split("/");
  const name = rest.join("/");
  if (!BY_SECTION.has(type) || name === "" || sectionMeaning(section).type === undefined) return undefined;
  if (type === "tracepoint" && (first === "tracepoint" || first === "tp")) {
    const slash = name.indexOf("/");
    if (slash < 0)
      throw new ObjectError(
        "EINVAL",
        object,
        `prog '${program}': section '${section}' names no tracepoint`,
        'Write SEC("tracepoint/CATEGORY/NAME").',
      );
    return `tracepoint:${name.slice(0, slash)}:${name.slice(slash + 1)}`;
  }
  throw new ObjectError(
    "EOPNOTSUPP",
    object,
    `prog '${program}': this machine has no hooks for '${first}' yet`,
    "Its programs attach to tracepoints and to profile:hz:N; others can be loaded, and those on packets be run with run(packet).",
  );
}
