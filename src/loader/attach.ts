import { ArgumentError } from "../isa/argument.ts";
import { accessBytes } from "../isa/constants.ts";
import type { BpfLink } from "../linux/bpf/link.ts";
import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import type { Linux } from "../linux/linux.ts";
import { tracepoint } from "../linux/tracepoints.ts";
import type { ProgramType } from "../programs/types.ts";
import { LoadedProgram } from "./loaded-program.ts";

/** A program and a hook that do not go together, or a program of another machine. */
export class AttachError extends Error {
  readonly code: "EINVAL" | "EACCES";
  readonly hook: string;
  constructor(hook: string, message: string, code: "EINVAL" | "EACCES" = "EINVAL") {
    super(message);
    this.name = "AttachError";
    this.hook = hook;
    this.code = code;
  }
}

/** Which program type runs at which kind of hook, by the first word of the hook's name. */
const TYPE_OF_HOOK: Readonly<Record<string, ProgramType>> = {
  tracepoint: "tracepoint",
  profile: "perf_event",
};

/**
 * Attaches a loaded program to a hook of the machine: `tracepoint:CATEGORY:NAME` or `profile:hz:N`.
 * Throws `AttachError` for a program of the wrong type, `HookError` for a hook that does not exist, and `ArgumentError`
 * for what is no loaded program or no name of a hook.
 */
export function attach(linux: Linux, bpf: BpfSubsystem, program: LoadedProgram, hook: string): BpfLink {
  if (!(program instanceof LoadedProgram))
    throw new ArgumentError("program", "a loaded program", program, "m.load(program) gives one.");
  if (typeof hook !== "string")
    throw new ArgumentError("hook", 'the name of a hook, such as "tracepoint:syscalls:sys_exit_read"', hook);
  const wanted = TYPE_OF_HOOK[hook.split(":")[0]!];
  const { type, name } = program.spec;
  if (program.bpf !== bpf)
    throw new AttachError(hook, `${name} was loaded into another machine: load it into this one.`);
  if (wanted !== undefined && wanted !== type) {
    throw new AttachError(hook, `${name} is of type ${type}: ${hook} runs programs of type ${wanted}.`);
  }
  checkContextSize(program, hook);
  const detach = linux.hooks.attach(hook, { run: (context) => void bpf.run(program.program, context) });
  return bpf.link(hook, program.program, detach);
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
