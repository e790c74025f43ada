import { linkObjects } from "../../elf/linker/link-objects.ts";
import type { ObjectData, ObjectFile, ObjectMap } from "../../elf/object.ts";
import { ArgumentError, requireBytes } from "../../isa/argument.ts";
import type { BpfLink } from "../../linux/bpf/link.ts";
import type { BpfSubsystem } from "../../linux/bpf/subsystem.ts";
import { parseDuration } from "../../linux/duration.ts";
import type { Linux } from "../../linux/linux.ts";
import type { StructOpsMap } from "../../maps/struct-ops.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import type { Verification } from "../../verifier/verification.ts";
import { type AttachOptions, attach } from "../attach.ts";
import { verify } from "../verify.ts";
import { BpfMap } from "./bpf-map.ts";
import { BpfProgram } from "./bpf-program.ts";
import { type DataPlace, type Variables, variablesOf } from "./data-section.ts";
import { ObjectError } from "./error.ts";
import { withFullPath } from "./full-path.ts";
import { type Kconfig, type KconfigData, resolveKconfig } from "./kconfig.ts";
import { type KernelFacts, kernelFacts } from "./kernel-facts.ts";
import { loadObject, type ObjectParts } from "./load.ts";
import { mapCodecs, recordsOf } from "./map-codecs.ts";
import { dataMapSpec, declaredMapSpec } from "./map-spec.ts";
import { objectName } from "./names.ts";
import { openFile } from "./open-file.ts";
import { attachOperations, type ObjectOperations, operationsMapSpec, operationsOf } from "./operations.ts";
import { programOf } from "./program-of.ts";
import { UsdtSpecs } from "./usdt.ts";

/** What an object cannot tell that was compiled without `-g`. */
const WITHOUT_TYPES =
  "it was compiled without -g: it has no types, so variables have no names here, and errors of the verifier show no lines of C\n";

/** The machine as an object needs it: `Machine` is one. */
export interface ObjectMachine {
  readonly linux: Linux;
  readonly bpf: BpfSubsystem;
}

export interface OpenOptions {
  /** Its first 15 characters begin the names of maps of data; default `"object"`. */
  readonly name?: string;
  /** Settings of Linux that count more than the machine's: the text of a `.config`, or by name. */
  readonly kconfig?: string | Kconfig;
  /** What the compiler warned of; shown with the object. */
  readonly warnings?: string;
  /** Where maps that are pinned by name are; default `/sys/fs/bpf`. */
  readonly pinRoot?: string;
}

/** What a skeleton knows of its object. */
export interface ObjectTypes {
  readonly maps: object;
  readonly progs: object;
  readonly links: object;
  readonly rodata: object;
  readonly data: object;
  readonly bss: object;
  readonly arena?: object;
  readonly kconfig: object;
}

/** An object of which nothing is known before it is read. */
export interface AnyObject {
  readonly maps: Readonly<Record<string, BpfMap>>;
  readonly progs: Readonly<Record<string, BpfProgram>>;
  readonly links: Readonly<Record<string, BpfLink>>;
  readonly rodata: Variables;
  readonly data: Variables;
  readonly bss: Variables;
  readonly arena: Variables;
  readonly kconfig: Variables;
}

/** `open` → `loaded` ⇄ `attached`, and `destroyed` in the end. */
export type ObjectState = "open" | "loaded" | "attached" | "destroyed";

/**
 * An eBPF object file on a machine, with libbpf's life: open it, set what is constant, load, attach, destroy.
 *
 * @example
 * const object = m.open(bytes, { name: "execsnoop" });
 * object.rodata.min_us = 100n;
 * object.load().attach();
 * for await (const event of object.maps.events.follow({ for: "10s" })) console.log(event);
 * object.destroy();
 */
export class BpfObject<Types extends ObjectTypes = AnyObject> implements Displayable, Disposable {
  readonly name: string;
  /** What the compiler warned of, and that there is no BTF where there is none; `""` where nothing is to be said. */
  readonly warnings: string;
  /** The object file itself; of several the one that they were linked into. */
  readonly bytes: Uint8Array;
  /** What the file says; nothing of it is patched. */
  readonly file: ObjectFile;
  /** Maps by their names in C; those of data as `rodata`, `data`, `bss`. */
  readonly maps: Types["maps"];
  /** Programs by the names of their functions. */
  readonly progs: Types["progs"];
  /** Global constants: set them before `load`. Empty where the object has none, as the next three. */
  readonly rodata: Types["rodata"];
  /** Global variables with an initial value, at all times. */
  readonly data: Types["data"];
  /** Global variables that begin as zero, at all times. */
  readonly bss: Types["bss"];
  /** Global variables in the object's arena, at all times. */
  readonly arena: Types["arena"];
  /** Settings of Linux that the object asks for, from `load` on. */
  readonly kconfig: Types["kconfig"];
  readonly #machine: ObjectMachine;
  readonly #facts: KernelFacts;
  readonly #options: OpenOptions;
  readonly #maps = new Map<string, BpfMap>();
  readonly #programs = new Map<string, BpfProgram>();
  readonly #images = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #dataMaps = new Map<string, BpfMap>();
  readonly #links = new Map<string, BpfLink>();
  readonly #usdt: UsdtSpecs;
  /** Where the variables of the arena lie, from `load` on. */
  #arenaAt = 0;
  #kconfigMap: { readonly map: BpfMap; readonly content: KconfigData } | undefined;
  #unload: (() => void) | undefined;
  #state: Exclude<ObjectState, "attached"> = "open";

  /** Several files are linked into one. Throws `ElfError` for what is no object file; the machine is not touched before `load`. */
  constructor(machine: ObjectMachine, object: Uint8Array | readonly Uint8Array[], options: OpenOptions = {}) {
    const bytes = Array.isArray(object) ? linkObjects(object) : (object as Uint8Array);
    requireBytes("object file", bytes);
    const { name = "object" } = options;
    if (typeof name !== "string") throw new ArgumentError("name of the object", "a string", name);
    this.name = objectName(name);
    this.warnings = options.warnings ?? "";
    this.#machine = machine;
    this.#options = options;
    this.#facts = kernelFacts(machine.linux);
    this.bytes = bytes;
    this.file = openFile(bytes, this.name);
    if (this.file.btf === undefined) this.warnings += WITHOUT_TYPES;
    for (const map of this.file.maps) this.#maps.set(map.name, this.#declaredMap(map));
    for (const section of this.file.data) this.#addData(section);
    for (const each of operationsOf(this.file))
      this.#maps.set(
        each.variable.name,
        this.#map(each.variable.name, operationsMapSpec(each, machine.linux.release), { keyType: 0, valueType: 0 }),
      );
    this.#usdt = new UsdtSpecs(this.name, this.#maps);
    const owner = {
      name: this.name,
      isOpen: () => this.#state === "open",
      attach: (program: BpfProgram, hook: string, options?: AttachOptions) => this.#attach(program, hook, options),
    };
    for (const each of this.file.programs)
      this.#programs.set(
        each.name,
        new BpfProgram(
          {
            name: owner.name,
            attach: owner.attach,
            get isOpen() {
              return owner.isOpen();
            },
          },
          each,
        ),
      );
    const variables = (section: string): Variables => this.#variables(section);
    this.rodata = variables(".rodata");
    this.data = variables(".data");
    this.bss = variables(".bss");
    this.arena = this.#arenaVariables();
    this.kconfig = this.#kconfigVariables();
    this.maps = Object.fromEntries([
      ...this.#maps,
      ...[...this.#dataMaps].map(([section, map]) => [identifier(section), map]),
    ]);
    // What is in it depends on the machine's settings, which may lack one that the object must have.
    if (this.file.externs.some(({ kind }) => kind === "kconfig"))
      Object.defineProperty(this.maps, "kconfig", { enumerable: true, get: () => this.#requireKconfig().map });
    this.progs = Object.fromEntries(this.#programs);
  }

  /** Where it is in its life. */
  get state(): ObjectState {
    return this.#state === "loaded" && this.#links.size > 0 ? "attached" : this.#state;
  }

  /** What is attached, by the name of the program; further links of one program have a number behind it. */
  get links(): Types["links"] {
    return Object.fromEntries(this.#links);
  }

  /**
   * Creates the maps, relocates the programs to the machine's Linux, verifies and loads them. Throws `VerifierError`,
   * `MapError`, {@link ObjectError}; the machine is then as it was, and the object can be changed and loaded again.
   */
  load(): this {
    this.#require(["open"], `object '${this.name}': load can't be attempted twice`, "Open it again for a second copy.");
    this.#unload = loadObject(this.#parts());
    this.#state = "loaded";
    return this;
  }

  /**
   * What Linux's verifier says of one program, which is relocated as `load` would and not loaded: a refusal is an answer here, with its
   * whole log. Throws {@link ObjectError} for a name that is no program's, and for what cannot be relocated.
   *
   * @example object.verify("trace_execve").ok
   */
  verify(program: string): Verification {
    const found = this.#programs.get(program);
    if (found === undefined)
      throw new ObjectError(
        "ENOENT",
        this.name,
        `it holds no program '${program}'`,
        `It holds ${[...this.#programs.keys()].join(", ")}.`,
      );
    const parts = this.#parts();
    // Constants as they are set now: from load on the verifier knows them.
    const frozen = new Map(
      parts.data.flatMap(({ map, image, readOnly }) => (readOnly ? [[map, image.slice()] as const] : [])),
    );
    const { spec, kernel } = programOf(parts, found, (map) => {
      const bytes = frozen.get(map);
      return bytes === undefined ? map.spec : { ...map.spec, frozen: bytes };
    });
    return verify(spec, kernel === undefined ? {} : { kernel });
  }

  /** Attaches all programs that say by their section where to; nothing is attached where one of them cannot be. */
  attach(): this {
    this.#require(["loaded"], "can't attach programs that were not loaded", "Call load() first.");
    const before = new Set(this.#links.keys());
    try {
      for (const program of this.#programs.values()) {
        if (!program.isLoaded || this.#links.has(program.name)) continue;
        const { hook } = program;
        if (hook !== undefined) this.#attach(program, hook);
      }
      for (const each of operationsOf(this.file)) if (!this.#links.has(each.variable.name)) this.#register(each);
    } catch (error) {
      for (const [name, link] of this.#links) if (!before.has(name)) link.detach();
      this.#forgetEnded();
      throw error;
    }
    return this;
  }

  /** Ends all links; the programs stay loaded. */
  detach(): this {
    for (const link of this.#links.values()) link.detach();
    this.#links.clear();
    return this;
  }

  /** Detaches, and takes programs and maps out of the machine that are not pinned. */
  destroy(): void {
    this.detach();
    this.#unload?.();
    this.#unload = undefined;
    this.#state = "destroyed";
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("object", this);
  }

  /** Programs of any object, for who does not know its types. */
  get programList(): readonly BpfProgram[] {
    return [...this.#programs.values()];
  }

  /** Maps that the source declares, without those of data. */
  get mapList(): readonly BpfMap[] {
    return [...this.#maps.values()];
  }

  /** Registers a structure of functions with the machine. */
  #register(each: ObjectOperations): void {
    const { bpf, linux } = this.#machine;
    const { name } = each.variable;
    const parts = { bpf, object: this.name, btf: this.file.btf!, release: linux.release };
    const { runtime } = this.#maps.get(name)!.view;
    this.#links.set(name, attachOperations(parts, each, runtime as StructOpsMap, this.#programs));
  }

  #attach(program: BpfProgram, hook: string, options: AttachOptions = {}): BpfLink {
    const link = this.#linkTo(program, hook, options);
    this.#forgetEnded();
    let name = program.name;
    for (let number = 2; this.#links.has(name); number++) name = `${program.name}_${number}`;
    this.#links.set(name, link);
    return link;
  }

  /** A program of a static probe learns from maps of the object where the arguments are: its cookie says in which element. */
  #linkTo(program: BpfProgram, named: string, options: AttachOptions): BpfLink {
    const { linux, bpf } = this.#machine;
    const hook = withFullPath(named, linux.symbols);
    if (hook === undefined)
      throw new ObjectError(
        "ENOENT",
        this.name,
        `prog '${program.name}': failed to resolve full path for '${named.split(":")[1]}': -2`,
        "Name the file with its folder, as /usr/bin/bash; a program that is no part of the machine is known once it has run.",
      );
    const point = hook.startsWith("usdt:") ? linux.hooks.programs.pointOf(hook.slice("usdt:".length)) : undefined;
    if (point === undefined || !(this.#usdt.exist || program.isUsdt))
      return attach(linux, bpf, program.loaded, hook, options);
    const { id, release } = this.#usdt.take(program.name, point, options.cookie ?? 0n);
    try {
      return attach(linux, bpf, program.loaded, hook, { ...options, cookie: id }, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Links that somebody detached by themselves. */
  #forgetEnded(): void {
    for (const [name, link] of this.#links) if (!link.attached) this.#links.delete(name);
  }

  #require(states: readonly ObjectState[], reason: string, hint: string): void {
    if (states.includes(this.#state)) return;
    const what = this.#state === "destroyed" ? `object '${this.name}' was destroyed` : reason;
    throw new ObjectError("EINVAL", this.name, what, hint);
  }

  #map(name: string, spec: BpfMap["spec"], types: { keyType: number; valueType: number }, pinPath = ""): BpfMap {
    const { linux } = this.#machine;
    return new BpfMap({
      ...{ object: this.name, name, spec, pinPath },
      codecs: (now) => mapCodecs(this.file.btf, now, types),
      records: recordsOf(this.file, spec.type),
      clock: { run: (nanoseconds) => linux.run(nanoseconds), parse: parseDuration },
    });
  }

  #declaredMap(map: ObjectMap): BpfMap {
    const spec = declaredMapSpec(map, {
      object: this.name,
      btf: this.file.btf,
      cpus: this.#machine.linux.cpus.length,
    });
    const { pinRoot = "/sys/fs/bpf" } = this.#options;
    return this.#map(map.name, spec, map, map.pinned ? `${pinRoot}/${map.name}` : "");
  }

  #addData(section: ObjectData): void {
    // Each of its structures has a map of its own.
    if (section.kind === "struct_ops") return;
    const image = new Uint8Array(section.size);
    if (section.bytes !== undefined) image.set(section.bytes);
    this.#images.set(section.name, image);
    // Its map is one that the source declares.
    if (section.kind === "arena") return;
    const spec = dataMapSpec(this.file, section, this.name);
    const types = { keyType: 0, valueType: spec.btf?.valueType ?? 0 };
    this.#dataMaps.set(section.name, this.#map(identifier(section.name), spec, types));
  }

  #variables(name: string): Variables {
    const section = this.file.data.find((each) => each.name === name);
    const map = this.#dataMaps.get(name);
    if (section === undefined || map === undefined) return Object.freeze({});
    return variablesOf(this.file, section, this.name, () => this.#place(map, this.#images.get(name)!));
  }

  /** Before `load` the object's own copy, then the machine's memory. */
  #place(map: BpfMap, image: Uint8Array): DataPlace {
    if (this.#state === "destroyed") this.#require([], "", "Open it again.");
    if (!map.isLoaded) return { view: new DataView(image.buffer, image.byteOffset), at: 0, frozen: false };
    const { memory, elements, spec } = map.view.runtime;
    return {
      view: memory.view,
      at: elements!.base,
      frozen: map.name.startsWith("rodata") || spec.name.endsWith("kconfig"),
    };
  }

  get #arenaParts():
    | { readonly section: ObjectData; readonly map: BpfMap; readonly image: Uint8Array<ArrayBuffer> }
    | undefined {
    const section = this.file.data.find(({ kind }) => kind === "arena");
    const map = this.mapList.find(({ type }) => type === "arena");
    return section && map && { section, map, image: this.#images.get(section.name)! };
  }

  #arenaVariables(): Variables {
    const parts = this.#arenaParts;
    if (parts === undefined) return Object.freeze({});
    return variablesOf(this.file, parts.section, this.name, () =>
      parts.map.isLoaded
        ? { view: parts.map.view.runtime.memory.view, at: this.#arenaAt, frozen: false }
        : this.#place(parts.map, parts.image),
    );
  }

  #kconfigVariables(): Variables {
    const { externs, btf } = this.file;
    const own = externs.filter(({ kind }) => kind === "kconfig");
    if (own.length === 0 || btf === undefined) return Object.freeze({});
    const variables = own.map(({ name, size, type }) => ({ name, size, type, offset: 0, linkage: "global" as const }));
    // Where each lies is known once the machine's settings are.
    const places = new Map<string, number>();
    const found = variables.map((variable) => ({
      ...variable,
      get offset() {
        return places.get(variable.name) ?? 0;
      },
    }));
    return variablesOf(this.file, { name: ".kconfig", variables: found }, this.name, () => {
      const { map, content } = this.#requireKconfig();
      for (const { extern, offset } of content.places) places.set(extern.name, offset);
      return this.#place(map, content.bytes);
    });
  }

  #requireKconfig(): { readonly map: BpfMap; readonly content: KconfigData } {
    if (this.#kconfigMap !== undefined) return this.#kconfigMap;
    const settings = this.#facts.settings(this.#options.kconfig);
    const content = resolveKconfig(this.name, this.file.btf!, this.file.externs, settings);
    const size = content.bytes.length;
    const spec = dataMapSpec(this.file, { name: ".kconfig", kind: "rodata", size }, this.name);
    this.#kconfigMap = { content, map: this.#map("kconfig", spec, { keyType: 0, valueType: 0 }) };
    return this.#kconfigMap;
  }

  #parts(): ObjectParts {
    const kconfig = this.file.externs.some(({ kind }) => kind === "kconfig") ? this.#requireKconfig() : undefined;
    const data = this.file.data.flatMap(({ name, kind }) => {
      const map = this.#dataMaps.get(name);
      return map === undefined
        ? []
        : [{ section: name, map, image: this.#images.get(name)!, readOnly: kind === "rodata" }];
    });
    return {
      ...{ name: this.name, file: this.file, bpf: this.#machine.bpf, facts: this.#facts, kconfig },
      arena: this.#arenaParts && {
        ...{ section: this.#arenaParts.section.name, map: this.#arenaParts.map, image: this.#arenaParts.image },
        bind: (at) => {
          this.#arenaAt = at;
        },
      },
      maps: this.#maps,
      programs: this.#programs,
      data: kconfig
        ? [...data, { section: ".kconfig", map: kconfig.map, image: kconfig.content.bytes, readOnly: true }]
        : data,
    };
  }
}

/** A section's name as an identifier: `rodata`, `data_config`. */
const identifier = (section: string): string => section.replace(/^\./, "").replaceAll(/\W/g, "_");
