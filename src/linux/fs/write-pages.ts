import type { Plug } from "../block/submit.ts";
import { ext4WritePages } from "../ext4/write-pages.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { xfsWritePages } from "../xfs/write-pages.ts";
import type { Inode } from "./inode.ts";

/** `do_writepages`: all dirty pages of a file are on their way to the disk. Gives back how many. */
export function writePages(t: Task, inode: Inode, mode: number, plug?: Plug): number {
  t.enter(F.do_writepages, 40, inode.pages);
  const count = inode.sb.log === undefined ? ext4WritePages(t, inode, mode, plug) : xfsWritePages(t, inode, mode, plug);
  t.leave(0);
  return count;
}
