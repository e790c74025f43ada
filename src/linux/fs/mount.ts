import { Dentry, Path } from "./dentry.ts";
import type { SuperBlock } from "./super-block.ts";

/** A file system in the tree of all names: `struct mount`. */
export class Mount {
  readonly id: number;
  readonly sb: SuperBlock;
  readonly root: Dentry;
  /** Where it is mounted; undefined for `/`. */
  readonly parent: Path | undefined;
  /** The device as `/proc/mounts` shows it. */
  readonly source: string;

  constructor(
    id: number,
    sb: SuperBlock,
    source: string,
    parent: Path | undefined,
    root = new Dentry("/", undefined, sb.root),
  ) {
    this.id = id;
    this.sb = sb;
    this.source = source;
    this.parent = parent;
    this.root = root;
  }

  /** The absolute path of its mount point. */
  get point(): string {
    return this.parent === undefined ? "/" : pathText(this.parent);
  }
}

/** `d_path`: the absolute name of a place. */
export function pathText({ mount, dentry }: Path): string {
  const inside = dentry.path;
  if (mount.parent === undefined) return inside;
  return inside === "/" ? mount.point : mount.point + inside;
}

/** All that is mounted, in the order in which it was. */
export class MountTable {
  readonly #mounts: Mount[] = [];
  #nextId = 20;

  /** Puts a file system at `at`; the first one is `/`. */
  add(sb: SuperBlock, source: string, at: Path | undefined): Mount {
    const mount = new Mount(this.#nextId++, sb, source, at && new Path(at.mount, at.dentry));
    this.#mounts.push(mount);
    if (at !== undefined) at.dentry.mounted = mount;
    return mount;
  }

  /** Takes a mount away; false: something is mounted in it. */
  remove(mount: Mount): boolean {
    if (mount.parent === undefined || this.#mounts.some((other) => other.parent?.mount === mount)) return false;
    mount.parent.dentry.mounted = undefined;
    this.#mounts.splice(this.#mounts.indexOf(mount), 1);
    return true;
  }

  list(): readonly Mount[] {
    return this.#mounts;
  }

  get root(): Mount {
    return this.#mounts[0]!;
  }
}
