import type { Inode } from "./files.ts";
import { PageCache } from "./page-cache.ts";

/** Pages of memory for cached files: 64 MiB, small enough that a busy machine must read again. */
const CACHE_LIMIT = 16_384;

/** The files on the machine's one disk, mounted on `/`. */
export class FileSystem {
  readonly #inodes = new Map<string, Inode>();
  #nextInode = 12;
  /** Counts uses, to find the file unused for longest. */
  #uses = 0;

  /** Creates a file of `size` bytes, or changes the size of one that exists. */
  create(path: string, size = 0): Inode {
    const known = this.#inodes.get(path);
    if (known !== undefined) {
      known.size = size;
      return known;
    }
    const inode = { ino: this.#nextInode++, path, size, pages: new PageCache() };
    this.#inodes.set(path, inode);
    return inode;
  }

  lookup(path: string): Inode | undefined {
    return this.#inodes.get(path);
  }

  list(): readonly Inode[] {
    return [...this.#inodes.values()];
  }

  /** A file's pages are being used: the least recently used file gives up its pages if memory is short. */
  use(inode: Inode): void {
    inode.pages.lastUse = ++this.#uses;
  }

  /** Called after pages came in: evicts clean pages of files unused for longest while there are too many. */
  shrink(): void {
    let resident = 0;
    for (const { pages } of this.#inodes.values()) resident += pages.resident;
    if (resident <= CACHE_LIMIT) return;
    const byAge = this.list()
      .map(({ pages }) => pages)
      .sort((a, b) => a.lastUse - b.lastUse);
    for (const pages of byAge) {
      if (resident <= CACHE_LIMIT * 0.9) return;
      resident -= pages.evict();
    }
  }
}
