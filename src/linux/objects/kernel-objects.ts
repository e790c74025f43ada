import { machineBtf, type Release } from "../../btf/data/machine.ts";
import type { LinearMemory } from "../../memory/memory.ts";
import type { AnyRow } from "./row.ts";
import { StructLayout } from "./struct-layout.ts";
import { StructWriter } from "./struct-writer.ts";
import { rowOf } from "./table.ts";

/** One object as one struct. */
interface Placed {
  readonly object: object;
  readonly row: AnyRow;
  readonly at: number;
  readonly size: number;
  /** Counts places, so that a rewound run's are told from older ones. */
  readonly serial: number;
  /** The moment in which it was written last. */
  written: unknown;
}

/** Structs begin at multiples of this, so a place is found by any address in it. */
const LINE = 64;

/** Structs that are written for one object with all that it points to. Those beyond show what they showed last. */
const MOST_AT_ONCE = 64;

/** Structs in memory at once; the oldest goes when another is asked for. */
const MOST = 65_536;

/** Texts of Linux's own (names of files and devices) that structs point to. */
const MOST_TEXTS = 65_536;

/**
 * The simulation's objects as programs see them: structs of Linux in linear memory, with the layout of the machine's release.
 * An object gets its place when a program first sees its address, and keeps it for life. What lies there is written when
 * somebody reads it, once for each moment.
 */
export class KernelObjects {
  readonly #memory: LinearMemory;
  readonly #release: Release;
  readonly #moment: () => unknown;
  readonly #layouts = new Map<string, StructLayout>();
  readonly #places = new Map<object, Map<AnyRow, Placed>>();
  readonly #lines = new Map<number, Placed>();
  readonly #free = new Map<AnyRow, number[]>();
  readonly #texts = new Map<string, number>();
  /** Each is told the offset of a struct whose object has gone. */
  readonly gone: ((offset: number) => void)[] = [];
  #count = 0;
  #serial = 0;
  /** Places that are still to be written, where one is written with all that it points to. */
  #queue: Set<Placed> | undefined;

  /** `moment`: something that differs between moments in which objects may have changed. */
  constructor(memory: LinearMemory, release: Release, moment: () => unknown) {
    this.#memory = memory;
    this.#release = release;
    this.#moment = moment;
  }

  /** The place of an object as the struct of its row; 0 for one that has none. What lies there may be old: `refresh`. */
  readonly offset = (object: object, row: AnyRow | undefined = rowOf(object)): number =>
    row === undefined ? 0 : this.#placed(object, row).at;

  /** The same, with what lies there and behind all its pointers as it is now. */
  readonly written = (object: object, row: AnyRow | undefined = rowOf(object)): number => {
    if (row === undefined) return 0;
    const first = this.#placed(object, row);
    this.#queue = new Set([first]);
    let left = MOST_AT_ONCE;
    // The set grows while it is gone through.
    for (const placed of this.#queue) {
      if (left-- === 0) break;
      this.#write(placed);
    }
    this.#queue = undefined;
    return first.at;
  };

  /** Somebody reads `size` bytes at an offset: what lies there is brought up to date. */
  refresh(offset: number, size: number): void {
    for (let line = Math.floor(offset / LINE); line * LINE < offset + size; line++) {
      const placed = this.#lines.get(line);
      if (placed === undefined) continue;
      this.#write(placed);
      line = Math.floor((placed.at + placed.size - 1) / LINE);
    }
  }

  /** The object whose struct lies at an offset. */
  at(offset: number): object | undefined {
    const placed = this.#lines.get(Math.floor(offset / LINE));
    return placed?.at === offset ? placed.object : undefined;
  }

  /** The object in whose struct an offset lies. */
  holder(offset: number): object | undefined {
    return this.#lines.get(Math.floor(offset / LINE))?.object;
  }

  /** The first object with a place that is as wanted. */
  find(wanted: (object: object) => boolean): object | undefined {
    for (const object of this.#places.keys()) if (wanted(object)) return object;
    return undefined;
  }

  /** An object has gone: its place may become another's of its kind. */
  forget(object: object): void {
    if (this.#places.size === 0) return;
    const places = this.#places.get(object);
    if (places === undefined) return;
    this.#places.delete(object);
    for (const placed of places.values()) {
      this.#unmap(placed);
      for (const tell of this.gone) tell(placed.at);
      const free = this.#free.get(placed.row);
      if (free === undefined) this.#free.set(placed.row, [placed.at]);
      else free.push(placed.at);
    }
  }

  /** For rewinding: which objects have a place; the memory is restored by who asked. */
  remember(): () => void {
    const serial = this.#serial;
    const free = new Map([...this.#free].map(([row, places]) => [row, [...places]]));
    const texts = this.#texts.size;
    return () => {
      for (const [object, places] of this.#places) {
        for (const [row, placed] of places) {
          placed.written = undefined;
          if (placed.serial <= serial) continue;
          this.#unmap(placed);
          places.delete(row);
        }
        if (places.size === 0) this.#places.delete(object);
      }
      this.#free.clear();
      for (const [row, places] of free) this.#free.set(row, places);
      for (const text of [...this.#texts.keys()].slice(texts)) this.#texts.delete(text);
    };
  }

  #placed(object: object, row: AnyRow): Placed {
    let places = this.#places.get(object);
    if (places === undefined) {
      places = new Map();
      this.#places.set(object, places);
    }
    const known = places.get(row);
    const placed = known ?? this.#make(object, row);
    if (known === undefined) places.set(row, placed);
    this.#queue?.add(placed);
    return placed;
  }

  #make(object: object, row: AnyRow): Placed {
    if (this.#count >= MOST) this.forget(this.#places.keys().next().value!);
    const size = this.#layout(row.struct).size + (row.room ?? 0);
    const at = this.#free.get(row)?.pop() ?? this.#memory.allocate(Math.ceil(size / LINE) * LINE, LINE);
    const placed: Placed = { object, row, at, size, serial: ++this.#serial, written: undefined };
    this.#memory.u8.fill(0, at, at + size);
    for (let line = at / LINE; line * LINE < at + size; line++) this.#lines.set(line, placed);
    this.#count++;
    return placed;
  }

  #unmap({ at, size }: Placed): void {
    for (let line = at / LINE; line * LINE < at + size; line++) this.#lines.delete(line);
    this.#count--;
  }

  #write(placed: Placed): void {
    const moment = this.#moment();
    if (moment !== undefined && placed.written === moment) return;
    placed.written = moment;
    const { row, object, at } = placed;
    const writer = new StructWriter(this.#memory, at, this.#layout(row.struct), this.offset, this.#text);
    row.write(writer, object as never);
  }

  #layout(struct: string): StructLayout {
    let layout = this.#layouts.get(struct);
    if (layout === undefined) {
      layout = new StructLayout(machineBtf(this.#release), struct);
      this.#layouts.set(struct, layout);
    }
    return layout;
  }

  readonly #text = (text: string): number => {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= MOST_TEXTS) return 0;
    const bytes = new TextEncoder().encode(`${text}\0`);
    const at = this.#memory.allocate(bytes.length);
    this.#memory.u8.set(bytes, at);
    this.#texts.set(text, at);
    return at;
  };
}
