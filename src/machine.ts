import { bpftool, wordsOf } from "./bpftool/bpftool.ts";
import type { BpftoolResult } from "./bpftool/result.ts";
import type { Shell, ShellOptions, ShellResult } from "./bpftool/shell/shell.ts";
import { prepareSyllabus } from "./bpftool/shell/syllabus.ts";
import { noteMachine } from "./bpftrace/current.ts";
import type { LiveOptions } from "./bpftrace/live.ts";
import { type BpftraceTag, bpftraceTag } from "./bpftrace/tag.ts";
import type { Btf } from "./btf/btf.ts";
import { machineBtf, type Release } from "./btf/data/machine.ts";
import { ArgumentError, isObject } from "./isa/argument.ts";
import { BPF_FS } from "./linux/bpf/bpf-fs.ts";
import { interleave } from "./linux/bpf/interleave.ts";
import type { BpfLink } from "./linux/bpf/link.ts";
import type { BpfUser } from "./linux/bpf/permission.ts";
import type { RunInput } from "./linux/bpf/prepared-run.ts";
import type { Engine } from "./linux/bpf/program.ts";
import { BpfSubsystem } from "./linux/bpf/subsystem.ts";
import type { Duration } from "./linux/duration.ts";
import { type FaultName, type FaultOptions, type InjectedFault, inject } from "./linux/faults/inject.ts";
import { Mystery } from "./linux/faults/mystery.ts";
import { kernelLog, listFiles, processes, top } from "./linux/inspect.ts";
import { Linux, MachineOptionError } from "./linux/linux.ts";
import type { DiskFormats } from "./linux/linux-options.ts";
import { LiveRun } from "./linux/live-run.ts";
import { type Capture, Net, type SendOptions, type SentPackets } from "./linux/net/net.ts";
import { busyDevices, cpuRows } from "./linux/picture.ts";
import { type MachineRecord, recordMachine } from "./linux/record/machine-record.ts";
import { SwitchRecord } from "./linux/sched/switch-record.ts";
import { standingTasks } from "./linux/standing-tasks.ts";
import { TASK_RUNNING, TASK_STATES } from "./linux/task.ts";
import { workloads } from "./linux/workloads/index.ts";
import { type AttachOptions, attach } from "./loader/attach.ts";
import { type CSource, c } from "./loader/c.ts";
import type { CompileOptions } from "./loader/clang/compile.ts";
import { LoadedProgram } from "./loader/loaded-program.ts";
import { type Declares, Loader } from "./loader/loader.ts";
import { BpfObject, type OpenOptions } from "./loader/object/bpf-object.ts";
import type { MapDeclaration } from "./maps/declaration.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "./plot/displayable.ts";
import { render } from "./plot/registry.ts";
import type { ProgramSpec } from "./programs/spec.ts";
import type { Bcc } from "./tools/bcc/bcc.ts";
import { type ToolCall, type ToolName, type ToolRow, type ToolRun, toolRun } from "./tools/tool-run.ts";
import type { Meter } from "./vm/meter.ts";
import type { Interleaving } from "./vm/schedule/interleaving.ts";

type SpawnArguments = Parameters<Linux["spawn"]>;

export interface MachineOptions {
  /** Simulated CPUs, 1 to 64; default 2. */
  readonly cpus?: number;
  /** Everything that looks like chance follows from it; default 1. */
  readonly seed?: number;
  /** Bytes of RAM, 64 MiB to 1 TiB; default 4 GiB. When processes want more than there is, one of them is killed. */
  readonly ram?: number;
  /**
   * Something goes wrong on this machine, and nobody says what: a number or a text, the same for the same fault. The machine works
   * on its own; `m.mystery.answer` judges what was found.
   */
  readonly mystery?: number | string;
  /** Which Linux's types and layouts: `"6.1"`, `"6.12"`, `"6.18"` (the default), or `"teaching-1"`, made up for CO-RE (or another `"teaching-N"`). */
  readonly release?: Release;
  /** What disks are made with, by where they are mounted: `{ "/srv": "xfs" }`; ext4 unless said. */
  readonly fileSystems?: DiskFormats;
  /** How many instructions its verified programs may execute in all, on one machine or several; without it they run as long as they take. */
  readonly meter?: Meter;
}

/**
 * A simulated Linux machine: programs are loaded into it and attached to its hooks, workloads make something happen.
 * Time is virtual; the same seed and inputs give the same run.
 *
 * @example
 * const m = new Machine({ cpus: 2, seed: 7 });
 * m.attach(m.load(countReads), "tracepoint:syscalls:sys_exit_read");
 * m.spawn(workloads.webServer());
 * await m.run("10s");
 */
export class Machine implements Displayable {
  readonly linux: Linux;
  readonly bpf: BpfSubsystem;
  readonly cpus: number;
  readonly seed: number;
  /** Devices, namespaces, routes, and the line to the world outside. */
  readonly net: Net;
  readonly #loader: Loader;
  readonly #mystery: Mystery | undefined;
  #shell: Promise<Shell> | undefined;

  /** Throws `MachineOptionError`. */
  constructor(options: MachineOptions = {}) {
    this.linux = new Linux(options);
    standingTasks(this.linux);
    this.net = new Net(this.linux);
    this.cpus = this.linux.cpus.length;
    this.seed = this.linux.seed;
    this.bpf = new BpfSubsystem(this.linux, { cpus: this.cpus, meter: options.meter });
    this.linux.pins = () => this.bpf.fs.list().map(([path]) => path.slice(BPF_FS.length));
    this.#loader = new Loader(this.bpf);
    if (options.mystery !== undefined) this.#mystery = new Mystery(this.linux, options.mystery);
    noteMachine(this);
  }

  /** What is hidden in this machine; throws `MachineOptionError` where nothing is. */
  get mystery(): Mystery {
    if (this.#mystery !== undefined) return this.#mystery;
    throw new MachineOptionError("mystery", undefined, "a number or a text: new Machine({ mystery: 7 })");
  }

  /**
   * The machine of the course's syllabus: busy with everything, with a program 123, a map 456 (4 bytes of key, 1 byte of value), a process
   * 1234, and in `/root` the sources and objects that its lines name.
   *
   * @example await Machine.syllabus().shell("bpftool map lookup id 456 key 0x01 0x00 0x00 0x00")
   */
  static syllabus(options: MachineOptions = {}): Machine {
    const machine = new Machine({ seed: 21, ...options });
    prepareSyllabus(machine);
    machine.spawn(workloads.mixed());
    return machine;
  }

  /** Virtual nanoseconds since the machine was started. */
  get now(): bigint {
    return BigInt(this.linux.ktimeNs());
  }

  /**
   * The types and functions of the machine's Linux, as in `/sys/kernel/btf/vmlinux`.
   *
   * @example m.btf.byName("bpf_rcu_read_lock", "func")!.id // by which a program calls this kernel function
   */
  get btf(): Btf {
    return machineBtf(this.linux.release);
  }

  /** Verifies, compiles and loads; throws `VerifierError`, which shows why, and leaves the machine as it was. */
  load(program: ProgramSpec, options: { readonly engine?: Engine; readonly as?: BpfUser } = {}): LoadedProgram {
    const { release } = this.linux;
    return this.#loader.load(program, { ...options, kernel: () => machineBtf(release) });
  }

  /**
   * Opens an object file that clang compiled with `-target bpf -g`: to be configured, then loaded and attached. Several files are
   * linked into one (`linkObjects`). Throws
   * `ElfError`, with section and offset, for what is none.
   *
   * @example
   * const object = m.open(readFileSync("execsnoop.bpf.o"), { name: "execsnoop" }).load().attach();
   * await m.run("1s");
   * object.maps.events.read();
   */
  open(bytes: Uint8Array | readonly Uint8Array[], options: OpenOptions = {}): BpfObject {
    return new BpfObject(this, bytes, options);
  }

  /**
   * Compiles C with the system's clang (14 or newer) and opens the object. `vmlinux.h` is the machine's own. Throws
   * `ClangError`, whose message shows each fault with its line.
   *
   * @example
   * const object = await m.compile(c`
   *   #include "vmlinux.h"
   *   #include <bpf/bpf_helpers.h>
   *   SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }
   *   char LICENSE[] SEC("license") = "GPL";
   * `);
   */
  async compile(source: CSource | string, options: CompileOptions = {}): Promise<BpfObject> {
    // Runs clang, which a browser cannot: only who compiles needs it.
    const { compile } = await import("./loader/clang/compile.ts");
    const { bytes, name, warnings } = await compile(source, this.linux.release, options);
    return this.open(bytes, { name, warnings, ...options.open });
  }

  /**
   * Attaches to a hook: `tracepoint:CATEGORY:NAME`, `rawtracepoint:NAME`, `tp_btf:NAME`, `kprobe:FUNCTION` (`*` matches any
   * characters), `kretprobe:`, `fentry:`, `fexit:`, `fmod_ret:`, `profile:hz:N`; the link's `detach()` ends it.
   */
  attach(program: LoadedProgram, hook: string, options: AttachOptions = {}): BpfLink {
    return attach(this.linux, this.bpf, program, hook, options);
  }

  /**
   * Test runs of programs on CPUs 0, 1, ..., one instruction of one after the other in the order that is asked for: to find
   * lost updates and deadlocks. `explore(it)` tries all orders. Close it before anything else runs on the machine, which is
   * then as it was.
   *
   * @example
   * using both = m.interleave([{ program: count, data }, { program: count, data }]);
   * explore(both, { observe: () => String(m.map(counter).get(0)) }).outcomes;
   */
  interleave(runs: readonly ({ readonly program: LoadedProgram } & RunInput)[]): Interleaving {
    const given: unknown = runs;
    if (!Array.isArray(given))
      throw new ArgumentError("runs", "a list such as [{ program, data }, { program, data }]", given);
    return interleave(
      this.bpf,
      given.map((run: unknown, index) => {
        const { program, ...input } = isObject(run) ? run : { program: run };
        if (program instanceof LoadedProgram) return { ...input, program: program.program };
        const hint = "`m.load(program)` loads one; of an object file it is `object.programs.NAME.loaded`.";
        throw new ArgumentError(`runs[${index}].program`, "a loaded program", program, hint);
      }),
    );
  }

  /**
   * The scheduler's own record of which task had which CPU, from now on: shows itself as a Gantt chart.
   *
   * @example
   * using record = m.recordSwitches();
   * await m.run("50ms");
   * record.plot();
   */
  recordSwitches(): SwitchRecord {
    return new SwitchRecord(this.linux);
  }

  /**
   * Lets packets come in by a device (default `eth0`), one after the other or as a capture has them, while the machine runs. What is
   * returned tells what became of each.
   *
   * @example
   * const sent = m.send([packet.udp({ dport: 53 }), packet.tcp({ dport: 80 })]);
   * await m.run("1ms");
   * sent.outcomes; // { "dropped: NO_SOCKET": 2 }
   */
  send(packets: Parameters<Net["send"]>[0], options: SendOptions = {}): SentPackets {
    return this.net.send(packets, options);
  }

  /**
   * Watches a device, as `tcpdump -i` does; `packets` grows while the machine runs.
   *
   * @example
   * using seen = m.capture("eth0");
   * await m.run("10ms");
   * pcap.read(seen.pcap()).length;
   */
  capture(device: string): Capture {
    return this.net.capture(device);
  }

  /** This machine's map of a declaration. The first machine that loads it is also what the declaration itself shows. */
  map<View>(declaration: Declares<View>): View {
    return this.#loader.map(declaration);
  }

  /** Stacks of a `map.stackTrace`, as names of functions, innermost first: what `plot.flameGraph` takes. */
  stacks(declaration: MapDeclaration<number, readonly bigint[]>): { get(id: number): readonly string[] | undefined } {
    const view = this.map(declaration);
    return {
      get: (id) => view.get(id)?.map((address) => this.linux.symbolize(address)?.name ?? `0x${address.toString(16)}`),
    };
  }

  /** Starts a workload's tasks. */
  spawn(...workload: SpawnArguments): ReturnType<Linux["spawn"]> {
    return this.linux.spawn(...workload);
  }

  /** Lets virtual time pass: `"10s"`, `"250ms"`, or nanoseconds. */
  run(duration: Parameters<Linux["run"]>[0]): ReturnType<Linux["run"]> {
    return this.linux.run(duration);
  }

  /**
   * The same as a cell's last value: a progress bar in virtual and real time and the busiest tasks, anew some times a second.
   *
   * @example m.live("1h")
   */
  live(duration: Parameters<Linux["run"]>[0]): LiveRun {
    return new LiveRun(this.linux, duration);
  }

  /**
   * Lets the machine run `for` a short span of virtual time and shows it: CPUs with their queues, tasks, devices and hooks with programs
   * at any moment of it, with what happened one event after the other, forwards and back. It keeps the first 4,000 events (a busy
   * machine makes as many in some 50 ms). Throws `DurationError`, `RunningError`.
   *
   * @example await m.view({ for: "20ms" })
   */
  view(options: { readonly for: Duration }): Promise<MachineRecord> {
    const given: unknown = options;
    if (!isObject(given) || !("for" in given))
      throw new ArgumentError("options", 'how long to look: { for: "20ms" }', given);
    return recordMachine(this.linux, this.bpf, options.for);
  }

  /**
   * Lets something go wrong at a time: `"disk:slow"`, `"link:loss"`, `"link:slow"`, `"dns:timeout"`, `"cpu:hog"`, `"memory:leak"`,
   * `"memory:hog"`, `"lock:contention"`. Throws `FaultError`, which says what there is.
   *
   * @example
   * m.inject("disk:slow", { at: "3s", for: "2s", disk: "vda", factor: 20 });
   */
  inject<Name extends FaultName>(name: Name, options?: FaultOptions<Name>): InjectedFault {
    return inject(this.linux, name, options);
  }

  /**
   * What is in a directory of the machine, `/proc` and `/sys` too. Throws `FileError`.
   *
   * @example m.ls("/proc")
   */
  ls(path = "/"): ReturnType<typeof listFiles> {
    return listFiles(this.linux, path);
  }

  /**
   * A file's text. Throws `FileError`.
   *
   * @example m.cat("/proc/loadavg")
   */
  cat(path: string): string {
    return new TextDecoder().decode(this.linux.files.bytes(path));
  }

  /** All processes, by pid. */
  ps(): ReturnType<typeof processes> {
    return processes(this.linux);
  }

  /** Processes by what they have used of the CPUs. */
  top(): ReturnType<typeof top> {
    return top(this.linux);
  }

  /** Linux's own log. */
  dmesg(): ReturnType<typeof kernelLog> {
    return kernelLog(this.linux);
  }

  /**
   * Runs a bpftrace program on this machine, `for` a span of virtual time or until it calls `exit()`. The result shows what
   * bpftrace prints, and a plot where one fits. Throws `BpftraceError` with all faults, as bpftrace prints them.
   *
   * @example
   * await m.bpftrace({ for: "10s" })`tracepoint:syscalls:sys_exit_read { @bytes = hist(args.ret); }`;
   */
  bpftrace(options: LiveOptions = {}): BpftraceTag {
    return bpftraceTag(this, options);
  }

  /**
   * Compiles a program written for bcc (`BPF_HASH`, `TRACEPOINT_PROBE`, `kprobe__vfs_read`, `table.increment(key)`, reads through
   * Linux's pointers) with the system's clang, loads it, and attaches it where its functions' names say. Throws `BccError`, and
   * `ClangError`, whose lines are those of the text.
   *
   * @example
   * const b = await m.bcc`
   *   BPF_HISTOGRAM(dist);
   *   TRACEPOINT_PROBE(syscalls, sys_exit_read) { dist.increment(bpf_log2l(args->ret)); return 0; }
   * `;
   * await m.run("1s");
   * console.log(b.get("dist").printLog2Hist("bytes"));
   */
  async bcc(template: TemplateStringsArray | string, ...values: readonly (string | number | bigint)[]): Promise<Bcc> {
    const { Bcc: Program } = await import("./tools/bcc/bcc.ts");
    return Program.compile(this, typeof template === "string" ? template : c(template, ...values).text);
  }

  /**
   * Runs one of bcc's tools on this machine. `await` gives its rows as data, which show as the tool's text with a table or a plot;
   * without `await` a cell shows the table while it grows. Options are the tool's own, by name, or `args` as its users type them.
   * Throws `ToolError`, and `UsageFault` for words that the tool does not know.
   *
   * @example
   * const rows = await m.tool("execsnoop", { for: "5s" });
   * for (const { comm, args } of rows) console.log(comm, args);
   */
  tool<Name extends ToolName>(name: Name, call?: ToolCall<Name>): ToolRun<ToolRow<Name>> {
    return toolRun(this, name, call);
  }

  /**
   * Runs a bpftool command on this machine. The result shows what bpftool prints; `data` is what it prints with `-j`, as values.
   * Commands that let the machine run are awaited: `await m.shell("bpftool prog profile ...")`.
   *
   * @example m.bpftool("prog show name drop_udp").data
   */
  bpftool(command: string | readonly string[]): BpftoolResult {
    return bpftool(this, typeof command === "string" ? wordsOf(command) : command);
  }

  /**
   * Runs a line in a shell of root on this machine: quotes, pipes, redirection, `&&`, patterns; `m.shell("help")` lists the commands. What
   * would go on until Ctrl-C runs `for` a span of virtual time, default `"10s"`. The directory stays from line to line.
   *
   * @example await m.shell("bpftool prog list | grep xdp")
   */
  async shell(line: string, options: ShellOptions = {}): Promise<ShellResult> {
    this.#shell ??= this.#makeShell();
    return (await this.#shell).run(line, options);
  }

  /** The shell and the tools that it finds are read when the first line runs. */
  async #makeShell(): Promise<Shell> {
    const { Shell: Made } = await import("./bpftool/shell/shell.ts");
    const { bccProgram } = await import("./tools/shell-programs.ts");
    const { commandNames } = await import("./tools/command.ts");
    return new Made(this, bccProgram, commandNames);
  }

  /**
   * Replays an `strace -f -ttt` log: its tasks make the same system calls at the same times, with the same results. Or what `perf
   * script` printed, or folded stacks: its threads compute in the same stacks. Logs may be packed with gzip.
   */
  replay(source: Parameters<Linux["replay"]>[0]): ReturnType<Linux["replay"]> {
    return this.linux.replay(source);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    const { now, cpus, seed, linux, bpf } = this;
    const links = [...bpf.links.values()];
    const tasks = linux.tasks();
    const awake = tasks.filter(({ cpuNs, state }) => cpuNs > 0 || state === TASK_RUNNING);
    const events = linux.hooks.counts();
    return render("machine", {
      ...{ now, cpus, seed },
      tasks: awake.map(({ pid, comm, state }) => ({ pid, comm, state: TASK_STATES[state] ?? String(state) })),
      asleep: tasks.length - awake.length,
      programs: [...bpf.programs.values()].map((program) => ({
        id: program.id,
        name: program.spec.name,
        type: program.spec.type,
        hooks: links
          .filter((link) => link.program === program)
          .map(({ hook: name }) => ({ name, events: events[name] ?? 0 })),
      })),
      ...(now === 0n ? {} : { cpuRows: cpuRows(linux), devices: busyDevices(linux, this.net) }),
      maps: linux.maps.flatMap((map) => (map ? [{ id: map.index + 1, name: map.spec.name, type: map.spec.type }] : [])),
    });
  }
}
