import type { KernelText } from "./row.ts";

/** File systems without a disk: proc, sysfs, tracefs, bpf. */
export const PSEUDO_FS_TEXT = {
  bpf_lookup: [0x509fd0, 96, 49],
  dcache_readdir: [0x6fa3e0, 592, 297],
  kernfs_fop_readdir: [0x78b6a0, 608, 305],
  kernfs_iop_getattr: [0x7896c0, 144, 73],
  kernfs_iop_lookup: [0x78a850, 240, 121],
  proc_getattr: [0x77d600, 128, 65],
  proc_lookup: [0x77dd50, 64, 33],
  proc_readdir: [0x77e9b0, 64, 33],
  simple_lookup: [0x6f9d60, 128, 65],
} as const satisfies KernelText;
