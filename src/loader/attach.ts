import { machineBtf } from "../btf/data/machine.ts";
import { ArgumentError } from "../isa/argument.ts";
import { accessBytes, CLASS, JMP } from "../isa/constants.ts";
import type { BpfLink } from "../linux/bpf/link.ts";
import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import type { HookProgram } from "../linux/hooks/hook.ts";
import { type HookKind, kindOfHook } from "../linux/hooks/names.ts";
import type { Linux } from "../linux/linux.ts";
import { tracepoint } from "../linux/tracepoints.ts";
import type { AttachType } from "../programs/attach-types.ts";
import type { ProgramType } from "../programs/types.ts";
import { attachCgroup, type CgroupAttachOptions, isCgroupHook } from "./attach-cgroup.ts";
import { AttachError } from "./attach-error.ts";
import { attachExtension, type ExtensionAttachOptions, isExtensionHook } from "./attach-extension.ts";
import { attachIterator, type IteratorAttachOptions, isIteratorHook } from "./attach-iterator.ts";
import { attachNetwork, isNetworkHook, type NetworkAttachOptions } from "./attach-network.ts";
import { attachSocket, isSocketHook } from "./attach-socket.ts";
import { LoadedProgram } from "./loaded-program.ts";

export { AttachError };

/** Which program type runs at which kind of hook, by the first word of the hook's name. */
const TYPE_OF_HOOK: Readonly<Record<HookKind, { readonly type: ProgramType; readonly attach?: AttachType }>> = {
  tracepoint: { type: "tracepoint" },
  rawtracepoint: { type: "raw_tracepoint" },
  tp_btf: { type: "tracing", attach: "trace_raw_tp" },
  kprobe: { type: "kprobe" },
  kretprobe: { type: "kprobe" },
  fentry: { type: "tracing", attach: "trace_fentry" },
  fexit: { type: "tracing", attach: "trace_fexit" },
  fmod_ret: { type: "tracing", attach: "modify_return" },
  lsm: { type: "lsm", attach: "lsm_mac" },
  uprobe: { type: "kprobe" },
  uretprobe: { type: "kprobe" },
  usdt: { type: "kprobe" },
  profile: { type: "perf_event" },
  interval: { type: "perf_event" },
  software: { type: "perf_event" },
  hardware: { type: "perf_event" },
};

const OVERRIDE_RETURN = 58;

/** Programs that run when functions are entered and when they return. */
const SESSIONS: ReadonlySet<AttachType | undefined> = new Set<AttachType>([
  "trace_kprobe_session",
  "trace_uprobe_session",
]);

/** How a program is attached. */
export interface AttachOptions
  extends Omit<NetworkAttachOptions, "mode">,
    Omit<CgroupAttachOptions, "mode">,
    IteratorAttachOptions,
    ExtensionAttachOptions {
  /** On a device where XDP runs, at a cgroup who else may be there. */
  readonly mode?: NetworkAttachOptions["mode"] | CgroupAttachOptions["mode"];
  /** What `bpf_get_attach_cookie` tells the program. */
  readonly cookie?: bigint;
}

/**
 * Attaches a loaded program to a hook of the machine: `tracepoint:CATEGORY:NAME`, `kprobe:FUNCTION`, `profile:hz:N`,
 * `xdp:eth0`, `tc:eth0:ingress`, `cgroup:/system.slice`, ...
 * (`m.linux.hooks.list()`). Throws `AttachError` for a program of the wrong type or for another function, `HookError` for a hook
 * that does not exist, and `ArgumentError` for what is no loaded program or no name of a hook. `ended` is called when the link of a
 * probe ends.
 */
export function attach(
  linux: Linux,
  bpf: BpfSubsystem,
  program: LoadedProgram,
  hook: string,
  options: AttachOptions = {},
  ended: () => void = () => {},
): BpfLink {
  const { cookie } = options;
  if (!(program instanceof LoadedProgram))
    throw new ArgumentError("program", "a loaded program", program, "m.load(program) gives one.");
  if (typeof hook !== "string")
    throw new ArgumentError("hook", 'the name of a hook, such as "tracepoint:syscalls:sys_exit_read"', hook);
  const kind = kindOfHook(hook);
  const wanted = kind && TYPE_OF_HOOK[kind];
  const { type, name, insns } = program.spec;
  if (program.bpf !== bpf)
    throw new AttachError(hook, `${name} was loaded into another machine: load it into this one.`);
  if (isNetworkHook(hook)) return attachNetwork(linux, bpf, program, hook, options as NetworkAttachOptions);
  if (isExtensionHook(hook)) return attachExtension(bpf, program, hook, options);
  if (isIteratorHook(hook)) return attachIterator(linux, bpf, program, hook, options);
  if (isSocketHook(hook)) return attachSocket(linux, bpf, program, hook);
  if (isCgroupHook(hook)) return attachCgroup(linux, bpf, program, hook, options as CgroupAttachOptions);
  if (
    wanted !== undefined &&
    wanted.type !== type &&
    !(type === "raw_tracepoint_writable" && kind === "rawtracepoint")
  ) {
    throw new AttachError(hook, `${name} is of type ${type}: ${hook} runs programs of type ${wanted.type}.`);
  }
  if (type === "raw_tracepoint_writable") checkBuffer(program, hook);
  if (wanted?.attach !== undefined) checkTarget(linux, program, hook, wanted.attach);
  checkContextSize(program, hook);
  const hooked: HookProgram = {
    run: (context) => bpf.run(program.program, context),
    ...(cookie === undefined ? {} : { cookie }),
    overrides: insns.some(
      ({ code, src, imm }) => code === (CLASS.JMP | JMP.CALL) && src === 0 && imm === OVERRIDE_RETURN,
    ),
  };
  const detach = SESSIONS.has(program.spec.expectedAttachType)
    ? linux.hooks.attachSession(hook, hooked)
    : linux.hooks.attach(hook, hooked);
  return bpf.link(hook, program.program, () => {
    detach();
    ended();
  });
}

/** A program with typed arguments was loaded for one function or tracepoint, and for its entry or exit. */
function checkTarget(linux: Linux, { spec }: LoadedProgram, hook: string, attach: AttachType): void {
  const { attachBtfId = 0, name } = spec;
  const { expectedAttachType = spec.type === "lsm" ? "lsm_mac" : "trace_fentry" } = spec;
  const given = typeof attachBtfId === "string" ? attachBtfId : machineBtf(linux.release).type(attachBtfId).name;
  const target = given.replace(/^(btf_trace_|bpf_lsm_)/, "");
  if (expectedAttachType === attach && target === hook.slice(hook.indexOf(":") + 1)) return;
  throw new AttachError(
    hook,
    `${name} was loaded for ${expectedAttachType} of ${target}: it attaches to nothing else.`,
  );
}

/** Few tracepoints of Linux lend programs a buffer, and none that this machine raises: who uses it is refused, as by Linux. */
function checkBuffer({ program }: LoadedProgram, hook: string): void {
  const { insns, name } = program.spec;
  const ACCESSES: readonly number[] = [CLASS.LDX, CLASS.ST, CLASS.STX];
  const uses = program.verdict?.facts.some(
    ({ seen, pointer }, at) => seen && pointer === undefined && ACCESSES.includes(insns[at]!.code & 7),
  );
  if (uses) throw new AttachError(hook, `${name} uses the buffer of a writable tracepoint, and ${hook} lends none.`);
}

/**
 * The verifier lets a tracepoint program read far beyond any one event's record, because it does not know which event it
 * will be. Linux finds out when the program is attached, and answers EACCES.
 */
function checkContextSize({ program }: LoadedProgram, hook: string): void {
  const row = hook.startsWith("tracepoint:") ? tracepoint(hook.slice("tracepoint:".length)) : undefined;
  if (row === undefined) return;
  for (const [at, { pointer }] of program.verdict?.facts.entries() ?? []) {
    const insn = program.spec.insns[at]!;
    const end = insn.offset + accessBytes(insn.code);
    if (pointer !== "ctx" || end <= row.size) continue;
    const fields = row.fields.map(({ name, offset, size }) => `${name} at ${offset} (${size} bytes)`);
    const line = program.spec.lines?.[at];
    const where = `instruction ${at}${line ? `, line ${line.line}` : ""}`;
    throw new AttachError(
      hook,
      `${program.spec.name} reads the context up to byte ${end} (${where}), but ${row.name} has ${row.size}: ${fields.join(", ")}.`,
      "EACCES",
    );
  }
}
