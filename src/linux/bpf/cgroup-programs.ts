/** Programs of cgroups: what may be attached where, and which of them run for a cgroup (`kernel/bpf/cgroup.c` of Linux). */
import type { AttachType } from "../../programs/attach-types.ts";
import { ERRNO } from "../errno.ts";

/** `BPF_F_*` of attaching to a cgroup. */
export const CGROUP_FLAGS = { allowOverride: 1, allowMulti: 2, replace: 4, preorder: 64 } as const;

const { allowOverride, allowMulti, replace, preorder } = CGROUP_FLAGS;
const KEPT = allowOverride | allowMulti;
const KNOWN = KEPT | replace | preorder;

/** `BPF_CGROUP_MAX_PROGS`. */
const MOST = 64;

/** A program at a cgroup. */
export interface CgroupProgram {
  /** The program's id. */
  readonly id: number;
  readonly name: string;
  /** Runs on the context at an offset of linear memory; gives its return value. */
  readonly run: (context: number) => number;
}

/** A program where it is attached: `source` is the cgroup, `preorder` that it runs before those of cgroups below. */
export interface CgroupEntry {
  readonly program: CgroupProgram;
  readonly source: CgroupPrograms;
  readonly preorder: boolean;
}

interface Place {
  readonly flags: number;
  readonly entries: readonly CgroupEntry[];
}

const NOTHING: Place = { flags: 0, entries: [] };

/** What the cgroups of one machine share: attached programs by type, so that events nobody looks at cost a look. */
export class CgroupUse {
  readonly #count = new Map<AttachType, number>();
  /** Grows with each change. */
  generation = 0;

  any(type: AttachType): boolean {
    return this.generation !== 0 && (this.#count.get(type) ?? 0) > 0;
  }

  changed(type: AttachType, by: number): void {
    this.generation++;
    this.#count.set(type, (this.#count.get(type) ?? 0) + by);
  }
}

/**
 * The programs of one cgroup. Results are 0 or -errno, as `BPF_PROG_ATTACH` and `BPF_PROG_DETACH` have them.
 *
 * @example cgroup.programs.attach("cgroup_inet4_connect", program, CGROUP_FLAGS.allowMulti) // 0
 */
export class CgroupPrograms {
  readonly cgroupId: number;
  readonly #parent: CgroupPrograms | undefined;
  readonly #use: CgroupUse;
  readonly #places = new Map<AttachType, Place>();
  readonly #effective = new Map<
    AttachType,
    { readonly generation: number; readonly entries: readonly CgroupEntry[] }
  >();

  constructor(cgroupId: number, use: CgroupUse, parent?: CgroupPrograms) {
    this.cgroupId = cgroupId;
    this.#use = use;
    this.#parent = parent;
  }

  #place(type: AttachType): Place {
    return this.#places.get(type) ?? NOTHING;
  }

  /** The flags with which programs are attached here: 0, `allowOverride` or `allowMulti`. */
  flags(type: AttachType): number {
    return this.#place(type).flags;
  }

  /** Programs that are attached here, in the order in which they were. */
  list(type: AttachType): readonly CgroupEntry[] {
    return this.#place(type).entries;
  }

  /** Types of which a program is attached here. */
  types(): readonly AttachType[] {
    return [...this.#places.keys()];
  }

  /** `hierarchy_allows_attach`: the nearest cgroup above that has programs decides, unless one below lets several. */
  #allowedFromAbove(type: AttachType): boolean {
    for (let above = this.#parent; above !== undefined; above = above.#parent) {
      const { flags, entries } = above.#place(type);
      if (flags & allowMulti) return true;
      if (entries.length > 0) return (flags & allowOverride) !== 0;
    }
    return true;
  }

  /** EINVAL for flags that do not go together and for a program that is here already, EPERM where a cgroup above or what is here forbids it, E2BIG beyond 64, ENOENT where `old` is not here. */
  attach(type: AttachType, program: CgroupProgram, flags: number, old?: number): number {
    const kept = flags & KEPT;
    if (flags & ~KNOWN || kept === KEPT) return -ERRNO.EINVAL!;
    if (flags & replace && !(flags & allowMulti)) return -ERRNO.EINVAL!;
    if (((flags & replace) !== 0) !== (old !== undefined)) return -ERRNO.EINVAL!;
    if (!this.#allowedFromAbove(type)) return -ERRNO.EPERM!;
    const { flags: before, entries } = this.#place(type);
    if (entries.length > 0 && before !== kept) return -ERRNO.EPERM!;
    if (entries.length >= MOST) return -ERRNO.E2BIG!;
    const entry = { program, source: this, preorder: (flags & preorder) !== 0 };
    if (!(flags & allowMulti)) return this.#set(type, { flags: kept, entries: [entry] });
    if (entries.some((other) => other.program.id === program.id && program.id !== old)) return -ERRNO.EINVAL!;
    if (old === undefined) return this.#set(type, { flags: kept, entries: [...entries, entry] });
    const at = entries.findIndex((other) => other.program.id === old);
    if (at < 0) return -ERRNO.ENOENT!;
    return this.#set(type, { flags: kept, entries: entries.with(at, entry) });
  }

  /** Without `allowMulti` the one that is there goes, whichever is named, as on Linux; else ENOENT for one that is not here. */
  detach(type: AttachType, id: number): number {
    const { flags, entries } = this.#place(type);
    const rest = flags & allowMulti ? entries.filter(({ program }) => program.id !== id) : [];
    if (rest.length === entries.length) return -ERRNO.ENOENT!;
    return this.#set(type, rest.length === 0 ? NOTHING : { flags, entries: rest });
  }

  /** Takes away exactly this program: the end of a link. */
  drop(type: AttachType, program: CgroupProgram): void {
    const { flags, entries } = this.#place(type);
    const rest = entries.filter((entry) => entry.program !== program);
    if (rest.length < entries.length) this.#set(type, rest.length === 0 ? NOTHING : { flags, entries: rest });
  }

  #set(type: AttachType, place: Place): number {
    const before = this.#place(type).entries.length;
    if (place.entries.length === 0) this.#places.delete(type);
    else this.#places.set(type, place);
    this.#use.changed(type, place.entries.length - before);
    return 0;
  }

  /**
   * What runs for this cgroup, in order: its own programs, then those of cgroups above that let several run; those that were
   * attached with `preorder` come before all, the root's first.
   */
  effective(type: AttachType): readonly CgroupEntry[] {
    const { generation } = this.#use;
    const known = this.#effective.get(type);
    if (known?.generation === generation) return known.entries;
    const entries = this.#computed(type);
    this.#effective.set(type, { generation, entries });
    return entries;
  }

  #computed(type: AttachType): readonly CgroupEntry[] {
    const first: CgroupEntry[] = [];
    const rest: CgroupEntry[] = [];
    for (let at: CgroupPrograms | undefined = this; at !== undefined; at = at.#parent) {
      const { flags, entries } = at.#place(type);
      if (first.length + rest.length > 0 && !(flags & allowMulti)) continue;
      first.unshift(...entries.filter((entry) => entry.preorder));
      rest.push(...entries.filter((entry) => !entry.preorder));
    }
    return [...first, ...rest];
  }
}
