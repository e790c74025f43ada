import type { Btf } from "../../btf/btf.ts";

/** The id of Linux's own types: they are there first. */
export const VMLINUX_BTF_ID = 1;

/**
 * The BTF objects of a machine with their ids, as `bpftool btf list` shows them: Linux's own first, then those of programs and maps in
 * the order in which they were loaded.
 *
 * @example
 * bpf.btf.idOf(program.spec.btf) // 2
 */
export class BtfTable {
  readonly #ids = new Map<Btf, number>();
  #next = VMLINUX_BTF_ID + 1;

  /** `BPF_BTF_LOAD`; types that are there already keep their id. */
  add(btf: Btf | undefined): void {
    if (btf !== undefined && !this.#ids.has(btf)) this.#ids.set(btf, this.#next++);
  }

  /** The id of a program's or map's types; `undefined` for types that nobody loaded. */
  idOf(btf: Btf | undefined): number | undefined {
    return btf === undefined ? undefined : this.#ids.get(btf);
  }

  /** Those of programs and maps, by id. */
  list(): readonly (readonly [id: number, btf: Btf])[] {
    return [...this.#ids].map(([btf, id]) => [id, btf] as const);
  }
}
