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
  ...(["kprobe", "tracepoint", "raw_tracepoint", "raw_tracepoint_writable", "tracing", "lsm", "ext"] as const),
]);

/** How the rest of a section's name says the hook, by its first word without `.s` and `.multi`. */
const HOOK_OF_FORM: Readonly<Record<string, (rest: string) => string>> = {
  kprobe: (name) => `kprobe:${name}`,
  kretprobe: (name) => `kretprobe:${name}`,
  ksyscall: (name) => `kprobe:__x64_sys_${name}`,
  kretsyscall: (name) => `kretprobe:__x64_sys_${name}`,
  uprobe: (place) => `uprobe:${place}`,
  uretprobe: (place) => `uretprobe:${place}`,
  usdt: (place) => `usdt:${place}`,
  tracepoint: (name) => `tracepoint:${name.replace("/", ":")}`,
  tp: (name) => `tracepoint:${name.replace("/", ":")}`,
  raw_tracepoint: (name) => `rawtracepoint:${name}`,
  raw_tp: (name) => `rawtracepoint:${name}`,
  tp_btf: (name) => `tp_btf:${name}`,
  fentry: (name) => `fentry:${name}`,
  fexit: (name) => `fexit:${name}`,
  fmod_ret: (name) => `fmod_ret:${name}`,
  lsm: (name) => `lsm:${name}`,
  iter: (name) => `iter:${name}`,
  freplace: (name) => `freplace:${name}`,
};

/** First word and the rest of a section's name. */
function parts(section: string): readonly [form: string, rest: string] {
  const name = section.replace(/^\?/, "");
  const slash = name.indexOf("/");
  return slash < 0 ? [name, ""] : [name.slice(0, slash), name.slice(slash + 1)];
}

/** Types of programs that are loaded for one function: its arguments, or its place. */
const TYPED: ReadonlySet<ProgramType> = new Set<ProgramType>(["tracing", "lsm", "ext"]);

/**
 * What libbpf says of a program that is loaded for a function and does not say enough of it; undefined where nothing is missing.
 *
 * @example missingTarget("swap", "ext", "pass") // "prog 'swap': attach program FD is not set"
 */
export function missingTarget(program: string, type: ProgramType, target: string | undefined): string | undefined {
  if (!TYPED.has(type)) return undefined;
  if (target === undefined)
    return `prog '${program}': no BTF-based attach target is specified, use bpf_program__set_attach_target()`;
  return type === "ext" ? `prog '${program}': attach program FD is not set` : undefined;
}

/**
 * What a program with typed arguments is for: the function or tracepoint that its section names. `undefined` where the section
 * names none, or the program has no typed arguments.
 *
 * @example targetOfSection("fentry/vfs_read", "tracing") // "vfs_read"
 */
export function targetOfSection(section: string, type: ProgramType): string | undefined {
  const [, rest] = parts(section);
  return TYPED.has(type) && rest !== "" ? rest : undefined;
}

/**
 * The hook of this machine that a section names; `undefined` for programs that libbpf does not attach by themselves (`xdp`,
 * `perf_event`, `lsm_cgroup`, or `kprobe` without a name). Throws {@link ObjectError} for what is no name of a hook.
 *
 * @example hookOfSection("execsnoop", "trace", "tp/syscalls/sys_enter_execve", "tracepoint") // "tracepoint:syscalls:sys_enter_execve"
 */
export function hookOfSection(object: string, program: string, section: string, type: ProgramType): string | undefined {
  const [form, rest] = parts(section);
  if (!BY_SECTION.has(type) || rest === "" || sectionMeaning(section).type === undefined) return undefined;
  if (type === "tracepoint" && !rest.includes("/"))
    throw new ObjectError(
      "EINVAL",
      object,
      `prog '${program}': section '${section}' names no tracepoint`,
      'Write SEC("tracepoint/CATEGORY/NAME").',
    );
  if (/^usdt(\.s)?$/.test(form) && rest.split(":").length !== 3)
    throw new ObjectError(
      "EINVAL",
      object,
      `prog '${program}': invalid section '${section}', expected SEC("usdt/<path>:<provider>:<name>")`,
      `Write so, or attach it by hand: progs.${program}.attach("usdt:FILE:PROVIDER:NAME").`,
    );
  const probe = /^(u(?:ret)?probe)(?:\.\w+)*$/.exec(form)?.[1];
  if (probe !== undefined && !rest.includes(":"))
    throw new ObjectError(
      "EINVAL",
      object,
      `prog '${program}': section '${section}' missing ':function[+offset]' specification`,
      `Write SEC("${probe}/FILE:FUNCTION"), or attach it by hand: progs.${program}.attach("${probe}:FILE:FUNCTION").`,
    );
  return HOOK_OF_FORM[form.replace(/\.[sw]$/, "").replace(/\.(multi|session)$/, "")]?.(rest);
}

/**
 * The hook of a device for a program that is attached to one: the section says which side. `undefined` for programs that are
 * attached to no device.
 *
 * @example hookOfDevice("tcx/egress", "sched_cls", "eth0") // "tcx:eth0:egress"
 */
export function hookOfDevice(section: string, type: ProgramType, device: string): string | undefined {
  if (type === "xdp") return `xdp:${device}`;
  const side = /^tcx?\/(ingress|egress)$/.exec(section.replace(/^\?/, ""))?.[1];
  return type === "sched_cls" && side !== undefined ? `tcx:${device}:${side}` : undefined;
}
