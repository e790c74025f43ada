import { machineBtf } from "../../btf/data/machine.ts";
import type { BpfLink } from "../../linux/bpf/link.ts";
import type { LinuxProgram } from "../../linux/bpf/program.ts";
import type { BpfSubsystem } from "../../linux/bpf/subsystem.ts";
import { parseDuration } from "../../linux/duration.ts";
import { FileError } from "../../linux/file-system.ts";
import { FileTable } from "../../linux/files.ts";
import { HookError } from "../../linux/hooks.ts";
import type { Linux } from "../../linux/linux.ts";
import { Task } from "../../linux/task.ts";
import type { RingbufMap } from "../../maps/ringbuf.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { analyse, type TypedProgram } from "../analyse/program.ts";
import type { TypedProbe } from "../analyse/typed.ts";
import { EVENTS, FIRST_MAP } from "../compile/maps.ts";
import { type CompiledProgram, compile } from "../compile/program.ts";
import { BpftraceError, formatDiagnostic, type Source } from "../diagnostics.ts";
import { hintOf } from "../near-miss.ts";
import type { Reading } from "../output/data.ts";
import type { MapData, MapPrint } from "../output/map-data.ts";
import { STYLES } from "../output/style.ts";
import { Transcript } from "../output/transcript.ts";
import { readWithImports } from "../syntax/imports.ts";
import { iterate } from "./iterate.ts";
import { machineSource } from "./machine-source.ts";
import { machineNames } from "./names.ts";
import type { BpftraceOptions } from "./options.ts";
import { MapReader } from "./read-maps.ts";
import { Reader } from "./reader.ts";

/** bpftrace itself, which `BEGIN` and `END` run in: below the pids of the machine's processes. */
const OWN_PID = 999;

/** `struct bpf_perf_event_data`, the largest context that is made here. */
const CONTEXT_BYTES = 256;

/** Probes that nothing of the machine hits. */
const BY_HAND: ReadonlySet<string> = new Set(["begin", "end", "test", "bench", "self", "iter"]);

/** Probes that `-p` narrows to one process. */
const IN_PROGRAMS: ReadonlySet<string> = new Set(["uprobe", "uretprobe", "usdt"]);

/** Ends a run of the machine when the program has called `exit()`. */
class Exit extends Error {}

/** What stands for bpftrace on a machine while a program runs. */
export interface SessionMachine {
  readonly linux: Linux;
  readonly bpf: BpfSubsystem;
}

/** One program on one machine: loaded, attached, read. */
export class Session {
  readonly typed: TypedProgram;
  readonly compiled: CompiledProgram;
  readonly transcript: Transcript;
  /** How many places its probes are at. */
  readonly count: number;
  exitCode = 0;
  exited = false;
  readonly #source: Source;
  readonly #linux: Linux;
  readonly #bpf: BpfSubsystem;
  readonly #reader: Reader;
  readonly #options: BpftraceOptions;
  readonly #style: (typeof STYLES)[keyof typeof STYLES];
  readonly #reading: Reading;
  readonly #maps: readonly RuntimeMap[];
  readonly #programs: readonly { readonly probe: TypedProbe; readonly program: LinuxProgram }[];
  readonly #readers: ReadonlyMap<string, MapReader>;
  readonly #links: BpfLink[] = [];
  readonly #watchpoints: (readonly [TypedProbe, BpfLink])[] = [];
  readonly #watches: (() => void)[] = [];
  readonly #context: number;
  /** Virtual nanoseconds between two looks into the ring buffer; 0: after each event. */
  readonly #readEvery: number;
  /** bpftrace's own process. */
  #own: Task | undefined;
  #closed = false;

  /** Reads, types, compiles and loads. Throws `BpftraceError`, and `VerifierError` for a program that Linux would not load. */
  constructor({ linux, bpf }: SessionMachine, { name, text }: Source, options: BpftraceOptions) {
    const { read = (path) => textOfFile(linux, path) } = options;
    const own: Source = { name, text: "\n".repeat(Math.max(0, (options.firstLine ?? 1) - 1)) + text };
    const { source, program: parsed } = readWithImports(own, read);
    this.#source = source;
    this.#options = options;
    this.transcript = new Transcript(options.listener);
    this.#linux = linux;
    this.#bpf = bpf;
    this.#style = STYLES[options.release ?? "0.26"];
    const parameters = (options.args ?? []).map(String);
    const { unsafe = false, options: named = {}, child } = options;
    this.typed = analyse(source, parsed, machineSource(linux), { parameters, unsafe, options: named, child });
    const { settings, formats, events, maps } = this.typed;
    this.compiled = compile(source, this.typed, { cpus: linux.cpus.length, startNs: BigInt(linux.ktimeNs()) });
    const { bufferBytes, readEvery } = options;
    this.#readEvery = readEvery === undefined ? 0 : Math.max(1000, parseDuration(readEvery));
    this.#maps = this.compiled.maps.map((spec, index) =>
      bpf.createMap(index === EVENTS && bufferBytes !== undefined ? { ...spec, maxEntries: bufferBytes } : spec),
    );
    const kernel = machineBtf(linux.release);
    this.#programs = this.compiled.probes.map(({ probe, spec }) => ({
      probe,
      program: bpf.load(spec, { maps: this.#maps, kernel }),
    }));
    this.#readers = new Map(maps.map((info) => [info.name, new MapReader(info, this.#maps[FIRST_MAP + info.index]!)]));
    this.#context = linux.memory.allocate(CONTEXT_BYTES);
    this.#reading = { names: machineNames(linux), formats, trailer: settings.strTruncTrailer };
    this.count = this.typed.probes.reduce((sum, { hooks }) => sum + hooks.length, 0);
    this.#reader = new Reader(
      {
        ...{ events, reading: this.#reading, style: this.#style, json: options.format === "json", source },
        map: (name) => this.map(name),
        clear: (name) => this.#readers.get(name)?.clear(),
        zero: (name) => this.#readers.get(name)?.zero(),
        exit: (code) => this.#exit(code),
        unwatch: (address) => this.#unwatch(address),
        now: () => BigInt(linux.ktimeNs()),
        file: (path) => textOfFile(linux, path),
        maxCatBytes: settings.maxCatBytes,
        onValue: options.onValue,
      },
      this.transcript,
    );
    if (options.warnings !== false)
      for (const warning of this.typed.warnings) this.transcript.error(`${formatDiagnostic(source, warning)}\n`);
    if (options.banner !== false) this.#announce(options.format === "json");
  }

  #announce(json: boolean): void {
    const { count: probes, transcript } = this;
    const text = this.#style.attached(probes);
    const beside = this.#style.jsonCount ? `"count": ${probes}, ` : "";
    if (json) transcript.out(`{"type": "attached_probes", ${beside}"data": {"probes": ${probes}}}\n`);
    else if (text.startsWith("Attaching")) transcript.out(text);
    else transcript.error(text);
  }

  /** Programs as they were loaded, with what the verifier said. */
  get programs(): readonly { readonly probe: TypedProbe; readonly program: LinuxProgram }[] {
    return this.#programs;
  }

  /** A map's elements as they are now. */
  map(name: string): MapData {
    return this.#readers.get(name)!.read(this.#reading);
  }

  /** Histograms as they were printed. */
  get prints(): readonly MapPrint[] {
    return this.#reader.prints;
  }

  /** All maps of the program, by name. */
  maps(): readonly MapData[] {
    return [...this.#readers.keys()].sort().map((name) => this.map(name));
  }

  /** Runs `BEGIN`, then attaches everything else. */
  attach(): void {
    for (const { probe } of this.#ofKind("begin")) this.runByHand(probe);
    if (this.exited) return;
    for (const { probe, program } of this.#programs) {
      if (BY_HAND.has(probe.provider)) continue;
      for (const hook of probe.hooks) {
        const link = this.#attachOne(probe, program, hook);
        this.#links.push(link);
        if (probe.provider === "watchpoint") this.#watchpoints.push([probe, link]);
      }
    }
    for (const { probe, program } of this.#ofKind("iter")) this.#iterate(probe, program);
    if (this.exited) return;
    if (this.#readEvery > 0) this.#readLater();
    const { pid, child } = this.#options;
    if (pid !== undefined) this.#endWith(pid);
    if (child !== undefined) this.#endWith(child);
  }

  /** Looks into the ring buffer again and again. */
  #readLater(): void {
    const next = (time: number): void => {
      if (this.#closed || this.exited) return;
      this.#drain();
      this.#linux.at(time + this.#readEvery, next);
    };
    this.#linux.at(this.#linux.ktimeNs() + this.#readEvery, next);
  }

  /** Records that found the ring buffer full, and that nobody will read. */
  get lost(): number {
    return (this.#maps[EVENTS] as RingbufMap).dropped;
  }

  /** Removes every element of a map. */
  clear(name: string): void {
    this.#readers.get(name)?.clear();
  }

  /** Reads what programs wrote and nobody has read yet. */
  read(): void {
    this.#drain();
  }

  /** Ends the program when a process ends. */
  #endWith(pid: number): void {
    const { hooks } = this.#linux;
    const run = (): void => {
      if (hooks.moment?.task.pid === pid) this.interrupt();
    };
    this.#watches.push(hooks.attach("tracepoint:sched:sched_process_exit", { run }));
  }

  #attachOne(probe: TypedProbe, program: LinuxProgram, hook: string): BpfLink {
    if (probe.provider === "interval") return this.#bpf.link(hook, program, this.#every(hook, program));
    const { hooks } = this.#linux;
    const only = IN_PROGRAMS.has(probe.provider) ? this.#options.pid : undefined;
    const run = (context: number): unknown => {
      if (this.exited || (only !== undefined && hooks.moment?.task.tgid !== only)) return 0;
      const result = this.#bpf.run(program, context);
      if (this.#readEvery === 0) this.#drain();
      return result;
    };
    return this.#bpf.link(hook, program, this.#hook(probe, hook, run));
  }

  /** What the machine has no place for is a fault of the probe. */
  #hook({ span }: TypedProbe, hook: string, run: (context: number) => unknown): () => void {
    try {
      return this.#linux.hooks.attach(hook, { run });
    } catch (error) {
      if (!(error instanceof HookError)) throw error;
      const message = `Failed to attach probe ${hook}: ${error.message.split(". ")[0]}`;
      const near = error.near.find((name) => name.startsWith(hook.slice(0, hook.indexOf(":"))));
      throw new BpftraceError(this.#source, [{ severity: "ERROR", message, span, ...hintOf(near) }]);
    }
  }

  /** Runs a program on CPU 0 again and again. */
  #every(hook: string, program: LinuxProgram): () => void {
    const [, unit = "s", count = "1"] = hook.split(":");
    const n = Number(count);
    const period = Math.max(
      1000,
      Math.floor(unit === "hz" ? 1e9 / n : n * ({ s: 1e9, ms: 1e6, us: 1e3 }[unit] ?? 1e9)),
    );
    let on = true;
    const next = (time: number): void => {
      if (!on || this.exited) return;
      const task = this.#linux.cpus[0]!.current;
      this.#at(time, task, program);
      if (on) this.#linux.at(time + period, next);
    };
    this.#linux.at(this.#linux.ktimeNs() + period, next);
    return () => {
      on = false;
    };
  }

  #ofKind(provider: string): readonly { readonly probe: TypedProbe; readonly program: LinuxProgram }[] {
    return this.#programs.filter(({ probe }) => probe.provider === provider);
  }

  /** Probes of one kind: `test`, `bench`. */
  probesOf(provider: string): readonly TypedProbe[] {
    return this.#ofKind(provider).map(({ probe }) => probe);
  }

  /** Runs a probe that waits for nothing: `BEGIN`, `END`, `test`, `bench`. */
  runByHand(wanted: TypedProbe): void {
    const found = this.#programs.find(({ probe }) => probe === wanted);
    if (found === undefined) return;
    this.#at(this.#linux.ktimeNs(), this.#ownTask(), found.program);
  }

  #ownTask(): Task {
    if (this.#own !== undefined) return this.#own;
    const linux = this.#linux;
    this.#own = new Task(linux, linux.cpus[0]!, { pid: OWN_PID, comm: "bpftrace" }, new FileTable());
    // Its own way into Linux is not simulated.
    this.#own.kernelDepth = 0;
    return this.#own;
  }

  #at(time: number, task: Task, program: LinuxProgram): void {
    this.#linux.memory.u8.fill(0, this.#context, this.#context + CONTEXT_BYTES);
    this.#within(time, task, () => {
      this.#bpf.run(program, this.#context);
      this.#drain();
    });
  }

  /** Does something in a moment of the machine, in a task. */
  #within(time: number, task: Task, body: () => void): void {
    const { hooks } = this.#linux;
    const before = hooks.moment;
    hooks.moment = { time, cpu: 0, task, frames: task };
    try {
      body();
    } finally {
      hooks.moment = before;
    }
  }

  /** Runs an iterator once, for all there is. With the last of them a program of iterators alone ends. */
  #iterate({ hooks }: TypedProbe, program: LinuxProgram): void {
    const linux = this.#linux;
    for (const hook of hooks)
      this.#within(linux.ktimeNs(), this.#ownTask(), () =>
        iterate(linux, hook.split(":")[1]!, this.#context, () => {
          if (this.exited) return;
          this.#bpf.run(program, this.#context);
          this.#drain();
        }),
      );
    if (this.#programs.every(({ probe }) => probe.provider === "iter" || BY_HAND.has(probe.provider))) this.interrupt();
  }

  /** Hands what programs wrote to the reader: after each of them, so that the reader sees maps as they were then. */
  #drain(): void {
    const ring = this.#maps[EVENTS] as RingbufMap;
    if (ring.available === 0) return;
    ring.consume((at) => this.#reader.take(this.#linux.memory.view, at));
  }

  /** bpftrace gets SIGUSR1: `self:signal:SIGUSR1` runs. */
  signal(): void {
    if (!this.exited) for (const { probe } of this.#ofKind("self")) this.runByHand(probe);
  }

  /** Ends the program as Ctrl-C does: `END` runs, maps are printed. */
  interrupt(): void {
    this.#exit(0);
  }

  /** Watchpoints of an address end. */
  #unwatch(address: bigint): void {
    const watched = (name: string): boolean => BigInt(name.split(":")[1]!) === address;
    for (const [probe, link] of this.#watchpoints) if (watched(probe.name)) link.detach();
  }

  #exit(code: number): void {
    if (this.exited) return;
    this.exited = true;
    this.exitCode = code;
    // The machine goes on to where it can stop.
    if (this.#links.length > 0) this.#linux.hooks.failure ??= { cause: new Exit() };
  }

  /** Lets the machine go on until what it does is over or the program ends. */
  async run(work: () => Promise<unknown>): Promise<void> {
    if (this.exited) return;
    try {
      await work();
    } catch (cause) {
      if (!(cause instanceof Exit)) throw cause;
    }
  }

  /** Detaches, runs `END`, prints the maps and gives everything back. The maps as they were are the result. */
  finish(): readonly MapData[] {
    for (const link of this.#links) link.detach();
    for (const stop of this.#watches) stop();
    if (this.#linux.hooks.failure?.cause instanceof Exit) this.#linux.hooks.failure = undefined;
    this.exited = false;
    for (const { probe } of this.#ofKind("end")) this.runByHand(probe);
    this.exited = true;
    this.transcript.out("\n\n");
    const maps = this.maps();
    if (this.typed.settings.printMapsOnExit) for (const map of maps) this.#reader.map(map);
    this.close();
    return maps;
  }

  /** Takes everything off the machine. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#watches) stop();
    for (const link of this.#links) link.detach();
    for (const { program } of this.#programs) this.#bpf.removeProgram(program);
    for (const map of this.#maps) this.#bpf.removeMap(map);
    this.#linux.memory.free(this.#context, CONTEXT_BYTES);
  }
}

/** A file of the machine as text; undefined where there is none. */
function textOfFile(linux: Linux, path: string): string | undefined {
  try {
    return new TextDecoder().decode(linux.files.bytes(path));
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}
