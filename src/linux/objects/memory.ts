import { type AddressSpace, type Mapping, PAGE } from "../mm/address-space.ts";
import type { OomControl } from "../mm/oom.ts";
import type { StructRow } from "./row.ts";

const MM_FILEPAGES = 0;
const MM_ANONPAGES = 1;

/** What `struct mm_struct` is of a process's memory. */
export const MM_STRUCT: StructRow<AddressSpace> = {
  struct: "mm_struct",
  write(w, mm) {
    w.int("total_vm", mm.total);
    w.int("map_count", mm.mappings.length);
    w.int("mm_users.counter", mm.users);
    w.int("brk", mm.brk);
    w.int("hiwater_rss", mm.resident);
    w.int("task_size", 2 ** 47 - PAGE);
    w.int(`rss_stat[${MM_FILEPAGES}].count`, mm.file);
    w.int(`rss_stat[${MM_ANONPAGES}].count`, mm.anon);
  },
};

const VM_READ = 1;
const VM_WRITE = 2;

/** What `struct vm_area_struct` is of a mapping. */
export const VM_AREA_STRUCT: StructRow<Mapping> = {
  struct: "vm_area_struct",
  write(w, { start, end, writable }) {
    w.int("vm_start", start);
    w.int("vm_end", end);
    w.int("vm_flags", VM_READ | (writable ? VM_WRITE : 0));
  },
};

/** What `struct oom_control` is while a victim is looked for. */
export const OOM_CONTROL: StructRow<OomControl> = {
  struct: "oom_control",
  write(w, control) {
    w.int("gfp_mask", control.gfpMask);
    w.int("order", control.order);
    w.int("totalpages", control.totalPages);
    w.int("chosen_points", control.chosenPoints);
    if (control.chosen !== undefined) w.pointer("chosen", control.chosen);
  },
};
