import { BINARIES, realPath } from "./binaries.ts";
import { KERNEL_BASE, KERNEL_TEXT } from "./kallsyms.ts";
import { SYSCALLS } from "./syscall-table.ts";

/** A function of Linux or of a simulated program. */
export interface TextSymbol {
  readonly name: string;
  readonly address: bigint;
  readonly size: number;
  /** Offset from `address` that stacks show for it. */
  readonly at: number;
  /** The program or library it belongs to; undefined for Linux itself. */
  readonly module?: string;
}

/** What an address means: `name+offset`. */
export interface Symbolized {
  readonly name: string;
  readonly offset: number;
  readonly module?: string;
}

/** A frame on a stack is the index of its function in the machine's symbol table. */
export type Frame = number;

export type KernelFunction = keyof typeof KERNEL_TEXT;

const kernel: TextSymbol[] = [];

/**
 * Frames of Linux's functions by name: `F.vfs_read`. Made at once: filled one by one, V8 would make a hash table of so many, and
 * every call of a function would look into it.
 */
export const F = Object.fromEntries(Object.keys(KERNEL_TEXT).map((name, frame) => [name, frame])) as Readonly<
  Record<KernelFunction, Frame>
>;

/** Frames of `__x64_sys_NAME`, by number of the system call. */
export const ENTRY_POINT: Frame[] = [];

for (const [name, [offset, size, at]] of Object.entries(KERNEL_TEXT)) {
  kernel.push({ name, address: KERNEL_BASE + BigInt(offset), size, at });
}
for (const row of SYSCALLS) {
  const [offset, size] = row.text;
  ENTRY_POINT[row.nr] = kernel.length;
  kernel.push({ name: `__x64_sys_${row.entry}`, address: KERNEL_BASE + BigInt(offset), size, at: (size >> 1) | 1 });
}

/** Frames of all functions that system calls begin with. */
export const ENTRY_FRAMES: ReadonlySet<Frame> = new Set(ENTRY_POINT.filter((frame) => frame !== undefined));

/** How many frames are Linux's own: those of programs come after them. */
export const KERNEL_FRAMES = kernel.length;

/** Programs lie 16 MiB apart from where Linux puts position-independent ones, libraries below the stack. No ASLR. */
const PROGRAM_BASE = 0x5555_5555_5000n;
const LIBRARY_BASE = 0x7f5a_1c02_8000n;
const MODULE_STRIDE = 0x100_0000n;

/**
 * All functions of one machine: Linux's (the same on every machine) and those of its simulated programs, which are
 * added as programs start. Addresses are unique in the machine, so an address alone tells its name.
 */
export class SymbolTable {
  readonly #symbols: TextSymbol[] = [];
  /** Each frame's return address in halves: stacks are asked for at every event, BigInt would dominate. */
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  /** Frames of programs' functions, by module and name. */
  readonly #frames = new Map<string, Map<string, Frame>>();
  /** The same by module as programs write it: they ask each time that they call a function. */
  readonly #asked = new Map<string, Map<string, Frame>>();
  /** Where the next function of a module goes. */
  readonly #top = new Map<string, bigint>();
  /** Modules so far that no table knows. */
  #unknown = 0;
  /** Sorted by address; rebuilt after an addition. */
  #sorted: TextSymbol[] | undefined;

  constructor() {
    for (const symbol of kernel) this.#add(symbol);
  }

  #add(symbol: TextSymbol): Frame {
    const address = symbol.address + BigInt(symbol.at);
    this.#low.push(Number(address & 0xffff_ffffn));
    this.#high.push(Number(address >> 32n));
    this.#sorted = undefined;
    return this.#symbols.push(symbol) - 1;
  }

  /** The frame of a program's function, added if new. `module` is a path; one ending in `.so` or `.so.N` is a library. */
  userFrame(module: string, name: string): Frame {
    const known = this.#asked.get(module)?.get(name);
    if (known !== undefined) return known;
    const frames = this.#framesOf(realPath(module));
    this.#asked.set(module, frames);
    return frames.get(name) ?? this.#addUser(realPath(module), name, frames);
  }

  /** Whether a program or library has functions that are known. */
  hasModule(module: string): boolean {
    return Object.hasOwn(BINARIES, module) || this.#frames.has(module);
  }

  /** The frame of a function that a program or library is known to have; undefined for any other. */
  findUser(module: string, name: string): Frame | undefined {
    return this.hasModule(module) ? this.#framesOf(module).get(name) : undefined;
  }

  /** Frames of all known functions of a program or library whose names match. */
  userFrames(module: string, matches: (name: string) => boolean): readonly Frame[] {
    if (!this.hasModule(module)) return [];
    return [...this.#framesOf(module)].flatMap(([name, frame]) => (matches(name) ? [frame] : []));
  }

  /** The functions of a module; those that it is known to have come first. */
  #framesOf(module: string): Map<string, Frame> {
    const made = this.#frames.get(module);
    if (made !== undefined) return made;
    const frames = new Map<string, Frame>();
    this.#frames.set(module, frames);
    const names = Object.hasOwn(BINARIES, module) ? BINARIES[module]!.split(" ") : [];
    for (const name of names) this.#addUser(module, name, frames);
    return frames;
  }

  #addUser(module: string, name: string, frames: Map<string, Frame>): Frame {
    const address = this.#top.get(module) ?? this.#newModule(module);
    const size = 48 + ((name.length * 37) % 29) * 16;
    this.#top.set(module, address + BigInt(size));
    const frame = this.#add({ name, address, size, at: (size >> 1) | 1, module });
    frames.set(name, frame);
    return frame;
  }

  #newModule(module: string): bigint {
    const library = /\.so(\.\d+)*$/.test(module);
    const known = Object.keys(BINARIES).indexOf(module);
    const place = known >= 0 ? known : Object.keys(BINARIES).length + this.#unknown++;
    return (library ? LIBRARY_BASE : PROGRAM_BASE) + BigInt(place) * MODULE_STRIDE;
  }

  /** Frames of all functions of Linux. */
  kernelFrames(): readonly Frame[] {
    return kernel.map((_, frame) => frame);
  }

  /** The function of a frame. */
  of(frame: Frame): TextSymbol {
    return this.#symbols[frame]!;
  }

  /** Appends a frame's return address to `out` as [low, high]. */
  pushAddress(frame: Frame, out: number[]): void {
    out.push(this.#low[frame]!, this.#high[frame]!);
  }

  /**
   * What an address means; undefined if it lies in no function.
   *
   * @example
   * symbols.symbolize(0xffffffff821ea011n) // { name: "do_syscall_64", offset: 0x71 }
   */
  symbolize(address: bigint): Symbolized | undefined {
    this.#sorted ??= [...this.#symbols].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    const sorted = this.#sorted;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    const symbol = sorted[low - 1];
    if (symbol === undefined || address >= symbol.address + BigInt(symbol.size)) return undefined;
    const offset = Number(address - symbol.address);
    return symbol.module === undefined
      ? { name: symbol.name, offset }
      : { name: symbol.name, offset, module: symbol.module };
  }

  /** All functions, by address: what /proc/kallsyms lists, and the programs'. */
  list(): readonly TextSymbol[] {
    return [...this.#symbols].sort((a, b) => (a.address < b.address ? -1 : 1));
  }
}
