import type { RelocatedField } from "../../btf/core/relocate.ts";
import type { ObjectFunction } from "../../elf/object.ts";
import { ArgumentError } from "../../isa/argument.ts";
import type { BpfLink } from "../../linux/bpf/link.ts";
import type { RunInput } from "../../linux/bpf/prepared-run.ts";
import type { RunResult } from "../../linux/bpf/test-run.ts";
import { DISPLAY, type MimeBundle } from "../../plot/displayable.ts";
import { ATTACH_TYPES, type AttachType } from "../../programs/attach-types.ts";
import { requireProgramType } from "../../programs/require-program.ts";
import type { ProgramType } from "../../programs/types.ts";
import type { AttachOptions } from "../attach.ts";
import { LoadedProgram } from "../loaded-program.ts";
import { ObjectError } from "./error.ts";
import { hookOfDevice, hookOfSection, sectionMeaning, targetOfSection } from "./sections.ts";

/** What a program needs of its object. */
export interface ProgramOwner {
  readonly name: string;
  readonly isOpen: boolean;
  attach(program: BpfProgram, hook: string, options?: AttachOptions): BpfLink;
}

/**
 * A program of an object. Between `open` and `load` it can be configured, from `load` on it runs.
 *
 * @example
 * object.progs.xdp_count.autoload = false;
 * object.progs.trace.attach("tracepoint:syscalls:sys_exit_read");
 */
export class BpfProgram {
  readonly name: string;
  /** The section that it was compiled into. */
  readonly section: string;
  /** Slots as compiled, without the functions that it calls. */
  readonly size: number;
  readonly #owner: ProgramOwner;
  #autoload: boolean;
  #type: ProgramType | undefined;
  #attachType: AttachType | undefined;
  #attachTarget: string | undefined;
  #attachProgram: LoadedProgram | undefined;
  readonly sleepable: boolean;
  #loaded: LoadedProgram | undefined;
  #relocations: readonly RelocatedField[] = [];

  constructor(owner: ProgramOwner, { name, section, insns }: ObjectFunction) {
    const { type, attachType, sleepable, autoload } = sectionMeaning(section);
    this.name = name;
    this.section = section;
    this.size = insns.length;
    this.sleepable = sleepable;
    this.#owner = owner;
    this.#type = type;
    this.#attachType = attachType;
    this.#autoload = autoload;
  }

  /** Whether `load` loads it; of programs in sections such as `?tracepoint/...` only on request. */
  get autoload(): boolean {
    return this.#autoload;
  }

  set autoload(value: boolean) {
    this.#requireOpen("autoload");
    if (typeof value !== "boolean") throw new ArgumentError(`autoload of ${this.name}`, "true or false", value);
    this.#autoload = value;
  }

  /** What the section says, unless it was set; `undefined` where the section says nothing. */
  get type(): ProgramType | undefined {
    return this.#type;
  }

  set type(type: ProgramType) {
    this.#requireOpen("type");
    requireProgramType(`type of ${this.name}`, type);
    this.#type = type;
    this.#attachType = undefined;
  }

  /** Where it is meant to be attached. */
  get expectedAttachType(): AttachType | undefined {
    return this.#attachType;
  }

  set expectedAttachType(attachType: AttachType) {
    this.#requireOpen("expected attach type");
    if (!Object.hasOwn(ATTACH_TYPES, attachType))
      throw new ArgumentError(`expectedAttachType of ${this.name}`, "the name of an attach type", attachType);
    this.#attachType = attachType;
  }

  /** Function or tracepoint of Linux whose arguments a typed program gets: what its section names, unless it was set. */
  get attachTarget(): string | undefined {
    return this.#attachTarget ?? (this.#type && targetOfSection(this.section, this.#type));
  }

  set attachTarget(target: string) {
    this.#requireOpen("attach target");
    if (typeof target !== "string") throw new ArgumentError(`attachTarget of ${this.name}`, "a name", target);
    this.#attachTarget = target;
  }

  /** The program whose function `attachTarget` is, where that is not one of Linux. */
  get attachProgram(): LoadedProgram | undefined {
    return this.#attachProgram;
  }

  /**
   * What it is loaded for, as `bpf_program__set_attach_target`: a function of Linux, or of another program (for sections
   * `freplace`). Without a name it is the section's.
   *
   * @example object.progs.swap.setAttachTarget(xdp, "classify");
   */
  setAttachTarget(program: LoadedProgram | undefined, name: string | undefined = this.attachTarget): void {
    this.#requireOpen("attach target");
    if (program !== undefined && !(program instanceof LoadedProgram))
      throw new ArgumentError(
        `attach target of ${this.name}`,
        "a loaded program",
        program,
        "progs.NAME.loaded is one.",
      );
    if (name !== undefined) this.attachTarget = name;
    this.#attachProgram = program;
  }

  /** The program in the machine; throws {@link ObjectError} where it was not loaded. */
  get loaded(): LoadedProgram {
    if (this.#loaded !== undefined) return this.#loaded;
    throw new ObjectError(
      "EINVAL",
      this.#owner.name,
      `prog '${this.name}': can't use BPF program without FD (was it loaded?)`,
      "Call load() first, and leave autoload on.",
    );
  }

  get isLoaded(): boolean {
    return this.#loaded !== undefined;
  }

  /** Whether its section says that it is for static probes. */
  get isUsdt(): boolean {
    return /^\??usdt(\.s)?(\/|$)/.test(this.section);
  }

  /** What CO-RE changed when it was loaded. */
  get relocations(): readonly RelocatedField[] {
    return this.#relocations;
  }

  /** For the object. */
  bind(loaded: LoadedProgram | undefined, relocations: readonly RelocatedField[] = []): void {
    this.#loaded = loaded;
    this.#relocations = relocations;
  }

  /** The hook that the section names, where libbpf attaches such programs by themselves. */
  get hook(): string | undefined {
    if (this.#type === undefined) return undefined;
    const section = this.#attachTarget ? `${this.section.split("/")[0]}/${this.#attachTarget}` : this.section;
    return hookOfSection(this.#owner.name, this.name, section, this.#type);
  }

  /**
   * Attaches it to a hook of the machine; without one to what its section names. For programs on packets a device is enough.
   * A cookie is what `bpf_get_attach_cookie` tells, in programs of static probes `bpf_usdt_cookie`.
   *
   * @example object.progs.count.attach("eth0"); // as attach("xdp:eth0")
   */
  attach(hook: string | undefined = this.hook, options: AttachOptions = {}): BpfLink {
    const { loaded } = this;
    const device = hook?.includes(":") === false ? hookOfDevice(this.section, loaded.spec.type, hook) : undefined;
    if (hook !== undefined) return this.#owner.attach(this, device ?? hook, options);
    throw new ObjectError(
      "EINVAL",
      this.#owner.name,
      `prog '${this.name}': section '${this.section}' does not say where to attach`,
      loaded.spec.type === "xdp"
        ? 'Name a device: attach("eth0"); or run it on a packet with run(packet).'
        : 'Name a hook: attach("profile:hz:99").',
    );
  }

  /** Runs it once on a packet or a context, as BPF_PROG_TEST_RUN does. */
  run(input: Uint8Array | RunInput): RunResult {
    return this.loaded.run(input);
  }

  #requireOpen(what: string): void {
    if (this.#owner.isOpen) return;
    throw new ObjectError(
      "EBUSY",
      this.#owner.name,
      `prog '${this.name}': can't set ${what} of a loaded object`,
      "Configure programs between open and load.",
    );
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    if (this.#loaded !== undefined) return this.#loaded[DISPLAY]();
    return { "text/plain": `${this.name}: ${this.#type ?? "no type"}, section ${this.section}, not loaded` };
  }
}
