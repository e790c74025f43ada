import type { Btf } from "../../btf/btf.ts";
import type { Host } from "../../helpers/host.ts";
import { implementedKfunc } from "../../helpers/kfunc/table.ts";
import type { HeldProgram } from "../../helpers/packet-host.ts";
import { helperById } from "../../helpers/table.ts";
import { ArgumentError } from "../../isa/argument.ts";
import { createMap } from "../../maps/create.ts";
import { ERRNO } from "../../maps/errno.ts";
import { MapError } from "../../maps/error.ts";
import { ObjectStorageMap } from "../../maps/object-storage.ts";
import { type ArrayProgram, ProgArrayMap } from "../../maps/prog-array.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import type { MapSpec } from "../../maps/spec.ts";
import { StructOpsMap } from "../../maps/struct-ops.ts";
import { DISPLAY } from "../../plot/displayable.ts";
import { render } from "../../plot/registry.ts";
import { ruledBy } from "../../programs/effective.ts";
import { withMaps } from "../../programs/fd-array.ts";
import { requireProgram } from "../../programs/require-program.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { Verdict } from "../../verifier/verdict.ts";
import { VerifierError } from "../../verifier/verification.ts";
import { type VerifyOptions, verify } from "../../verifier/verify.ts";
import { Environment } from "../../vm/environment.ts";
import { ProgramError } from "../../vm/errors.ts";
import { interpret } from "../../vm/interpreter/interpret.ts";
import { jit } from "../../vm/jit/jit.ts";
import type { Meter } from "../../vm/meter.ts";
import { type Replacement, replaceFunctions } from "../../vm/replace.ts";
import { rewrite } from "../../vm/rewrite.ts";
import type { Xlated } from "../../vm/types.ts";
import { unverified } from "../../vm/unverified.ts";
import { BpfFs } from "./bpf-fs.ts";
import { BtfTable } from "./btf-table.ts";
import { classicSpec } from "./classic-filter.ts";
import type { CongestionMachine } from "./congestion.ts";
import { isExtended } from "./extensions.ts";
import { type JitSetting, jitImage } from "./jit-setting.ts";
import type { BpfLink } from "./link.ts";
import { type BpfUser, requireMapPermission, requireProgramPermission, seesAll } from "./permission.ts";
import type { Engine, LinuxProgram } from "./program.ts";
import { StructOperations } from "./struct-ops.ts";

/** The machine as the bpf subsystem needs it: a host whose map table it may fill. */
export interface BpfHost extends Host {
  readonly maps: (RuntimeMap | undefined)[];
  /** Remembers what helpers can change outside of memory, and returns what brings it back. */
  remember(): () => void;
  /** The socket of a cookie as programs see it; 0 if there is none. Without it there are no sockets. */
  socketOf?(cookie: number): number;
  /** Lets programs that are run by hand see a CPU, until it is told `undefined`. */
  standOn(cpu: number | undefined): void;
  /** `net.core.bpf_jit_enable`: what programs that are loaded from now on run as; default 1. */
  readonly jitSetting?: JitSetting;
  /** With `release`, for structures of functions that programs implement; without them there are none. */
  readonly network?: CongestionMachine["network"];
  readonly objects?: CongestionMachine["objects"];
  /** Says something in Linux's own log. */
  printk?(text: string): void;
}

/** The one device of a host without a network. */
const LOOPBACK = 1;

export interface LoadOptions {
  readonly engine?: Engine;
  /** Maps that exist already, by the index in `spec.maps`; the others are created. */
  readonly maps?: readonly (RuntimeMap | undefined)[];
  /** Who loads; default root. Throws `BpfPermissionError` (EPERM) where the user may not. */
  readonly as?: BpfUser;
  /** Of an extension: the program that it is for; left out, the one that was last loaded of `spec.attachProgram`. */
  readonly target?: LinuxProgram;
  /** The types of the machine's Linux, for programs that call its functions. */
  readonly kernel?: Btf | (() => Btf);
}

/**
 * What is behind bpf(2) in one machine: its maps and programs with their ids, and what they share to run.
 *
 * @example
 * const bpf = new BpfSubsystem(linux, { cpus: 2 });
 * const program = bpf.load(spec);                 // throws VerifierError, and the machine is as it was
 * bpf.run(program, contextOffset);
 */
export class BpfSubsystem {
  readonly host: BpfHost;
  readonly environment: Environment;
  readonly #cpus: number;
  readonly programs = new Map<number, LinuxProgram>();
  readonly links = new Map<number, BpfLink>();
  /** What is pinned. */
  readonly fs = new BpfFs();
  /** Types of programs and maps. */
  readonly btf = new BtfTable();
  /** Maps that only programs and pins keep. */
  readonly #released = new Set<RuntimeMap>();
  #nextProgram = 1;
  #nextLink = 1;
  #cpu = 0;
  /** Told of each run on a hook: the program, and the low 32 bits of r0. */
  readonly watchers: ((program: LinuxProgram, result: number) => void)[] = [];

  constructor(host: BpfHost, { cpus = 1, meter }: { cpus?: number; meter?: Meter | undefined } = {}) {
    this.host = host;
    this.#cpus = cpus;
    this.environment = new Environment(host, {
      ...{ helpers: helperById, cpus, meter },
      kfuncs: (_id, _module, name) => (name === undefined ? undefined : implementedKfunc(name)),
      symbols: (_id, _module, name) => (name === undefined ? undefined : host.symbolAddress?.(name)),
      remember: () => host.remember(),
    });
    host.packets?.connect({
      find: (id) => this.#held(this.programs.get(id)),
      classic: (filter) => {
        const spec = classicSpec(filter);
        const program = spec && this.load(spec);
        // What Linux makes of a classic filter has no id.
        if (program !== undefined) this.programs.delete(program.id);
        return this.#held(program);
      },
    });
    host.storage?.whenGone((offset) => {
      for (const map of host.maps) if (map instanceof ObjectStorageMap) map.remove(offset);
    });
  }

  /** `BPF_MAP_CREATE`; throws `MapError` with Linux's errno. */
  createMap(spec: MapSpec): RuntimeMap {
    const index = this.host.maps.length;
    const map = createMap(this.host.memory, index, spec, {
      ...{ cpus: this.#cpus, maps: this.host.maps, storage: this.host.storage },
      joinSocket: (map, cookie) => this.host.sockets?.enter(map, cookie) ?? -ERRNO.EBADF,
      socket: (cookie) => this.host.socketOf?.(cookie) ?? 0,
      xsk: (number) => this.host.packets?.xsk(number) ?? 0,
      xdpProgram: (id) => this.#xdpProgram(id),
      hasCgroup: (id) => this.host.processes?.hasCgroup(id) === true,
      hasDevice: (ifindex) =>
        this.host.packets === undefined
          ? ifindex === LOOPBACK
          : this.host.packets.mtu(ifindex) !== undefined && ifindex !== 0,
    });
    this.host.maps[index] = map;
    this.btf.add(spec.btf?.btf);
    const { memory, network, objects, release } = this.host;
    if (map instanceof StructOpsMap && network && objects && release)
      map.connect(new StructOperations(this, { memory, network, objects, release }));
    if (map instanceof ProgArrayMap) map.connect((id) => this.#arrayProgram(id));
    return map;
  }

  /**
   * `BPF_PROG_LOAD`: verify, create the maps, rewrite, compile. Throws `VerifierError` before anything is created, and
   * `ArgumentError` for what is no program or no engine.
   */
  load(spec: ProgramSpec, { engine: asked, maps: existing = [], kernel, as, target }: LoadOptions = {}): LinuxProgram {
    requireProgram(spec);
    const { jitSetting = 1 } = this.host;
    const engine = asked ?? (jitSetting === 0 ? "interp" : "jit");
    if (engine !== "jit" && engine !== "interp") throw new ArgumentError("engine", '"jit" or "interp"', engine);
    if (as !== undefined) {
      // A loader makes the maps first.
      for (const [index, map] of spec.maps.entries()) if (existing[index] === undefined) requireMapPermission(as, map);
      requireProgramPermission(as, spec);
    }
    const options: VerifyOptions = {
      compiles: jitSetting !== 0,
      ...(kernel ? { kernel } : {}),
      ...(as ? { perfmon: seesAll(as) } : {}),
    };
    const extends_ = spec.attachProgram && (target ?? this.#loadedAs(spec.attachProgram));
    const verdict: Verdict | undefined = spec.type === "raw" ? undefined : verify(spec, options);
    if (verdict?.ok === false) throw new VerifierError(spec, verdict, options);
    const before = this.host.maps.length;
    try {
      const maps = spec.maps.map((map, index) => existing[index] ?? this.createMap(map));
      for (const map of maps) requireKind(map, spec);
      const named = withMaps(spec);
      const xlated = verdict === undefined ? unverified(named) : rewrite(named, verdict);
      const prepared = this.#prepare(xlated, engine, maps);
      const extended = extends_ === undefined ? {} : { extends: extends_ };
      const program = this.#register({ spec, verdict, maps, ...prepared, running: prepared.runnable, ...extended });
      if (jitSetting === 2) for (const line of jitImage(program)) this.host.printk?.(line);
      return program;
    } catch (error) {
      // Nothing half-done: maps that were made for a program that cannot run are gone again.
      this.host.maps.length = before;
      throw error;
    }
  }

  /** The ids that the next program and map shall have, at least: as on a machine that has been up for a while. */
  startIdsAt({ program = 1, map = 1 }: { readonly program?: number; readonly map?: number }): void {
    this.#nextProgram = Math.max(this.#nextProgram, program);
    this.host.maps.length = Math.max(this.host.maps.length, map - 1);
  }

  /** Its maker does not hold the program any more: its id is gone, unless it is pinned or attached. */
  removeProgram(program: LinuxProgram): void {
    const used =
      this.fs.holds(program) ||
      [...this.links.values()].some((link) => link.program === program || link.of?.program === program) ||
      [...this.programs.values()].some((other) => other.extends === program) ||
      this.host.maps.some((map) => map?.holds?.(program.id) === true);
    if (used) return;
    this.programs.delete(program.id);
    for (const map of program.maps) if (this.#released.has(map)) this.removeMap(map);
  }

  /**
   * Its maker does not hold the map any more: its memory is given back, at once or when the last program that uses it is gone, unless
   * it is pinned. Ids are not used again.
   */
  removeMap(map: RuntimeMap): void {
    const used = this.fs.holds(map) || [...this.programs.values()].some(({ maps }) => maps.includes(map));
    if (used) this.#released.add(map);
    if (used || this.host.maps[map.index] !== map) return;
    this.#released.delete(map);
    this.host.maps[map.index] = undefined;
    map.free();
  }

  /** The program that was last loaded of a spec. */
  #loadedAs(spec: ProgramSpec): LinuxProgram {
    const found = [...this.programs.values()].findLast((program) => program.spec === spec);
    if (found !== undefined) return found;
    throw new ArgumentError("program.attachProgram", "a program that this machine has loaded", spec, "Load it first.");
  }

  /** Runs a program with others in the place of its functions, from now on; none: as it was loaded. */
  extend(
    program: LinuxProgram,
    replacements: readonly (Replacement & { readonly maps: readonly RuntimeMap[] })[],
  ): void {
    const { runnable, engine } = program;
    // Where the main function is another's, nothing else of the program runs.
    const whole = replacements.find(({ start }) => start === 0);
    const maps = whole?.maps ?? [...program.maps, ...replacements.flatMap((each) => each.maps)];
    const xlated = whole?.by ?? replaceFunctions(runnable.xlated, program.spec.insns.length, replacements);
    program.running = replacements.length === 0 ? runnable : this.#prepare(xlated, engine, maps).runnable;
  }

  /** A program that is too large for a function of WebAssembly is interpreted. */
  #prepare(xlated: Xlated, engine: Engine, maps: readonly RuntimeMap[]): Pick<LinuxProgram, "engine" | "runnable"> {
    if (engine === "jit") {
      try {
        return { engine, runnable: jit(xlated, this.environment, maps) };
      } catch (error) {
        if (!(error instanceof ProgramError) || error.code !== "too-large") throw error;
      }
    }
    return { engine: "interp", runnable: interpret(xlated, this.environment, maps) };
  }

  #held(program: LinuxProgram | undefined): HeldProgram | undefined {
    if (program === undefined) return undefined;
    const { id, spec } = program;
    return { id, name: spec.name, type: spec.type, run: (context) => this.run(program, context) };
  }

  /** What an XDP program was loaded for. */
  #xdpProgram(id: number): "xdp" | "xdp_devmap" | "xdp_cpumap" | undefined {
    const spec = this.programs.get(id)?.spec;
    if (spec?.type !== "xdp") return undefined;
    const { expectedAttachType: at } = spec;
    return at === "xdp_devmap" || at === "xdp_cpumap" ? at : "xdp";
  }

  #arrayProgram(id: number): ArrayProgram | undefined {
    const program = this.programs.get(id);
    if (program === undefined) return undefined;
    const { spec, runnable } = program;
    return { slot: this.environment.slotOf(runnable), kind: spec.type, isExtended: isExtended(program) };
  }

  #register(parts: Omit<LinuxProgram, "id" | "loadedAt">): LinuxProgram {
    this.btf.add(parts.spec.btf);
    const program = { id: this.#nextProgram++, loadedAt: this.host.ktimeNs(), ...parts };
    this.programs.set(program.id, program);
    return program;
  }

  /** Keeps a link under an id of its own until `detach` has run. */
  link(
    hook: string,
    program: LinuxProgram,
    detach: () => void,
    { read, of, map }: Pick<BpfLink, "read" | "of" | "map"> = {},
  ): BpfLink {
    const id = this.#nextLink++;
    const { links } = this;
    const end = () => {
      if (links.delete(id)) detach();
    };
    const link: BpfLink = {
      ...{ id, hook, program, ...(read ? { read } : {}), ...(of ? { of } : {}), ...(map ? { map } : {}) },
      get attached() {
        return links.has(id);
      },
      detach: end,
      [Symbol.dispose]: end,
      [DISPLAY]: () => render("link", link),
    };
    this.links.set(id, link);
    return link;
  }

  /** Runs a program on the CPU that the host is on; the low 32 bits of r0. */
  run(program: LinuxProgram, context: number, length?: number): number {
    this.#selectCpu();
    const result = program.running.run(context, length);
    for (let i = 0; i < this.watchers.length; i++) this.watchers[i]!(program, result);
    return result;
  }

  /** Tells `watcher` of every run from now on; what is returned ends that. */
  watch(watcher: (program: LinuxProgram, result: number) => void): () => void {
    this.watchers.push(watcher);
    return () => {
      const at = this.watchers.indexOf(watcher);
      if (at >= 0) this.watchers.splice(at, 1);
    };
  }

  /** Counts the runs of a program from now on; what is returned ends that, and says how many there were. */
  countRuns(program: LinuxProgram): () => number {
    let runs = 0;
    const end = this.watch((other) => {
      if (other === program) runs++;
    });
    return () => {
      end();
      return runs;
    };
  }

  /** Runs a verified program many times on one context; the last result. */
  repeat(program: LinuxProgram, context: number, times: number): number {
    this.#selectCpu();
    return program.running.repeat(context, times);
  }

  #selectCpu(): void {
    const cpu = this.host.cpu();
    if (cpu === this.#cpu) return;
    this.environment.selectCpu(cpu);
    this.#cpu = cpu;
  }
}

/** An array of programs holds programs of one kind, and only programs of that kind may use it. */
function requireKind(map: RuntimeMap, spec: ProgramSpec): void {
  const { type, name } = ruledBy(spec);
  if (!(map instanceof ProgArrayMap) || map.accepts(type)) return;
  throw new MapError(
    "EINVAL",
    map.spec.name,
    `program ${name} of type ${type} cannot tail-call programs of type ${map.kind}`,
    "Tail calls stay within one program type: give each type an array of its own.",
  );
}
