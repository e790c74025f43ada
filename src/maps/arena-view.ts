import { ARENA_PAGE, ARENA_START, type ArenaMap } from "./arena.ts";
import type { Codec } from "./codec.ts";
import { MapDeclaration } from "./declaration.ts";
import { MAP_FLAGS } from "./flags.ts";
import type { RuntimeMap } from "./runtime.ts";
import { noKey } from "./sequence-view.ts";
import { MapView } from "./view.ts";

/** An arena has no values; its pages are shown as bytes. */
const noValue: Codec<Uint8Array> = {
  ...{ name: "bytes", size: 0, align: 1 },
  read: () => new Uint8Array(0),
  write: () => {},
};

/** One machine's arena, as the process that mapped it sees it. */
export class ArenaView extends MapView<number, Uint8Array> {
  get #arena(): ArenaMap {
    return this.runtime as ArenaMap;
  }

  /** The address of the first byte. */
  get address(): bigint {
    return this.#arena.arena.start;
  }

  /** The bytes at `offset` from the start. Touching a page that is not there makes it, as for a process. */
  read(offset: number, length: number): Uint8Array {
    return this.#arena.read(offset, length);
  }

  /** Writes bytes at `offset` from the start; throws `MapError` (EFAULT) outside of the arena. */
  write(offset: number, bytes: Uint8Array): void {
    this.#arena.write(offset, bytes);
  }

  /** The pages that are there, by their number. */
  override *entries(): IterableIterator<[number, Uint8Array]> {
    const { arena, memory } = this.#arena;
    for (let page = 0; page < arena.pages; page++) {
      const at = memory.u32[(arena.table >> 2) + page]!;
      if (at !== 0) yield [page, memory.u8.slice(at, at + ARENA_PAGE)];
    }
  }
}

/**
 * An arena as a notebook declares it: memory that programs and the notebook share.
 *
 * @example
 * const heap = map.arena({ name: "heap", pages: 16 });
 * heap.write(0, Uint8Array.of(1, 2, 3, 4));
 * heap.read(0, 4);
 */
export class ArenaDeclaration extends MapDeclaration<number, Uint8Array> {
  /** `address`: of the first page, a multiple of 4096; where the process has it mapped. */
  constructor({ name, pages, address = ARENA_START, flags = 0 }: ArenaDescription) {
    const sizes = { type: "arena", key: noKey, value: noValue, maxEntries: pages, mapExtra: address } as const;
    super({ ...sizes, name, flags: flags | MAP_FLAGS.MMAPABLE });
  }

  protected override view(runtime: RuntimeMap, used?: () => boolean): ArenaView {
    return new ArenaView(this, runtime, used);
  }

  protected override copyInitial(initial: ArenaView, view: ArenaView): void {
    for (const [page, bytes] of initial.entries()) view.write(page * ARENA_PAGE, bytes);
  }

  override bind(runtime: RuntimeMap, machine: object, used?: () => boolean): ArenaView {
    return super.bind(runtime, machine, used) as ArenaView;
  }

  get #arena(): ArenaView {
    return this.current as ArenaView;
  }

  /** The address of the first byte. */
  get address(): bigint {
    return this.#arena.address;
  }

  /** The bytes at `offset` from the start. Touching a page that is not there makes it, as for a process. */
  read(offset: number, length: number): Uint8Array {
    return this.#arena.read(offset, length);
  }

  /** Writes bytes at `offset` from the start; throws `MapError` (EFAULT) outside of the arena. */
  write(offset: number, bytes: Uint8Array): this {
    this.#arena.write(offset, bytes);
    return this;
  }
}

/** What the declaration of an arena says. */
export interface ArenaDescription {
  readonly name: string;
  /** How many pages of 4096 bytes there can be; none is there at first. */
  readonly pages: number;
  readonly address?: bigint;
  /** `MAP_FLAGS.SEGV_ON_FAULT`: touching a page does not make it. `NO_USER_CONV`: pointers stay 32 bits wide. */
  readonly flags?: number;
}
