import { ERRNO } from "../errno.ts";
import { ENTRY_POINT, F } from "../symbols.ts";
import type { Task } from "../task.ts";

const PROT_WRITE = 2;

/** `mmap(2)` of memory that no file is behind; the address comes back. */
export function sysMmap(t: Task, address: number, length: number, prot: number, flags: number): number {
  t.enter(ENTRY_POINT[9]!, 20);
  t.enter(F.ksys_mmap_pgoff, 30, address, length, prot, flags);
  t.enter(F.vm_mmap_pgoff, 60, undefined, address, length, prot, flags);
  if (length === 0) return t.leave(-ERRNO.EINVAL!, 3);
  t.enter(F.do_mmap, 250, undefined, address, length, prot, flags);
  t.enter(F.mmap_region, 500);
  const { start } = t.mm.map(length, (prot & PROT_WRITE) !== 0);
  return t.leave(start, 5);
}

/** `munmap(2)`. */
export function sysMunmap(t: Task, address: number, length: number): number {
  t.enter(ENTRY_POINT[11]!, 20);
  t.enter(F.__vm_munmap, 60, address, length, 1);
  t.enter(F.do_vmi_munmap, 80);
  t.enter(F.do_vmi_align_munmap, 400);
  t.enter(F.unmap_page_range, 300);
  t.linux.pages.release(t, t.mm.unmap(address, length));
  return t.leave(0, 5);
}

/** `brk(2)`: where the heap ends; 0 asks. */
export function sysBrk(t: Task, address: number): number {
  t.enter(ENTRY_POINT[12]!, 20);
  t.enter(F.__do_sys_brk, 120, address);
  if (address > t.mm.brk) {
    t.enter(F.do_brk_flags, 300, undefined, undefined, t.mm.brk, address - t.mm.brk);
    t.leave(0);
  }
  return t.leave(t.mm.setBrk(address), 2);
}
