import type { BpfLink } from "../../linux/bpf/link.ts";
import type { Linux } from "../../linux/linux.ts";
import type { CSource } from "../../loader/c.ts";
import type { CompileOptions } from "../../loader/clang/compile.ts";
import type { LoadedProgram } from "../../loader/loaded-program.ts";
import type { BpfObject } from "../../loader/object/bpf-object.ts";
import { BccError } from "./error.ts";
import { rewriteBcc } from "./rewrite.ts";
import { BccTable } from "./table.ts";

/** The machine that a bcc program runs on. */
export interface BccMachine {
  readonly linux: Linux;
  compile(source: CSource, options?: CompileOptions): Promise<BpfObject>;
  attach(program: LoadedProgram, hook: string): BpfLink;
}

/**
 * A bcc program on a machine: compiled, loaded, and attached where its functions' names say (`kprobe__vfs_read`,
 * `TRACEPOINT_PROBE`).
 *
 * @example
 * const b = await m.bcc`
 *   BPF_HISTOGRAM(dist);
 *   int kprobe__vfs_read(struct pt_regs *ctx, struct file *file, char *buf, size_t count) {
 *     dist.increment(bpf_log2l(count));
 *     return 0;
 *   }
 * `;
 * await m.run("1s");
 * console.log(b.get("dist").printLog2Hist("bytes"));
 */
export class Bcc {
  /** The object as the loader has it. */
  readonly object: BpfObject;
  /** The C that clang was given. */
  readonly source: string;
  readonly #machine: BccMachine;
  readonly #tables: ReadonlyMap<string, BccTable>;
  readonly #links: BpfLink[] = [];
  #printed: number;

  /** Compiles with the system's clang. Throws `BccError`, and `ClangError`, whose lines are those of the text. */
  static async compile(machine: BccMachine, text: string): Promise<Bcc> {
    const { text: source, tables, entries } = rewriteBcc(text);
    const object = await machine.compile({ language: "c", text: source }, { name: "program" });
    object.load();
    const bcc = new Bcc(
      machine,
      object,
      source,
      tables.map(({ name }) => name),
    );
    for (const { name, hook } of entries) if (hook !== "") bcc.#attach(hook, name);
    return bcc;
  }

  private constructor(machine: BccMachine, object: BpfObject, source: string, tables: readonly string[]) {
    this.#machine = machine;
    this.object = object;
    this.source = source;
    this.#tables = new Map(
      tables.map((name) => [name, new BccTable(name, object.mapList.find((map) => map.name === name)!, machine.linux)]),
    );
    this.#printed = machine.linux.tracePipe.length;
  }

  #attach(hook: string, name: string): BpfLink {
    const program = this.object.progs[name];
    if (program === undefined) {
      const names = Object.keys(this.object.progs).join(", ");
      throw new BccError("PROGRAM", `there is no function '${name}' that Linux could run: ${names || "there is none"}`);
    }
    const link = this.#machine.attach(program.loaded, hook);
    this.#links.push(link);
    return link;
  }

  /** A map of the program. Throws `BccError`. */
  get(name: string): BccTable {
    const table = this.#tables.get(name);
    if (table !== undefined) return table;
    throw new BccError(
      "TABLE",
      `there is no table '${name}': ${[...this.#tables.keys()].join(", ") || "there is none"}`,
    );
  }

  /** Attaches a function to the entry of one of Linux's. */
  attachKprobe({ event, fnName }: { readonly event: string; readonly fnName: string }): BpfLink {
    return this.#attach(`kprobe:${event}`, fnName);
  }

  /** Attaches a function to the return of one of Linux's. */
  attachKretprobe({ event, fnName }: { readonly event: string; readonly fnName: string }): BpfLink {
    return this.#attach(`kretprobe:${event}`, fnName);
  }

  /** Attaches a function to the entry of a program's. */
  attachUprobe({
    name,
    sym,
    fnName,
  }: {
    readonly name: string;
    readonly sym: string;
    readonly fnName: string;
  }): BpfLink {
    return this.#attach(`uprobe:${name}:${sym}`, fnName);
  }

  /** Lines of `bpf_trace_printk` since the last look, as trace_pipe has them. */
  tracePrint(): string {
    const { tracePipe } = this.#machine.linux;
    const lines = tracePipe.slice(Math.min(this.#printed, tracePipe.length));
    this.#printed = tracePipe.length;
    return lines.map((line) => `${line}\n`).join("");
  }

  /** Records of a perf or ring buffer that came since the last look. */
  perfBuffer(name: string): readonly unknown[] {
    return this.get(name).map.read();
  }

  /** Takes the program off the machine's hooks; its tables stay. */
  detach(): void {
    for (const link of this.#links.splice(0)) link.detach();
  }
}
