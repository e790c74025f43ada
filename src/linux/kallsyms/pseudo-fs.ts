import type { KernelText } from "./row.ts";

/** File systems without a disk: proc, sysfs, tracefs, bpf, cgroup2. */
export const PSEUDO_FS_TEXT = {
  bpf_lookup: [0x509fd0, 96, 49],
  dcache_readdir: [0x6fa3e0, 592, 297],
  kernfs_fop_readdir: [0x78b6a0, 608, 305],
  kernfs_iop_getattr: [0x7896c0, 144, 73],
  kernfs_iop_lookup: [0x78a850, 240, 121],
  kernfs_iop_mkdir: [0x78aac0, 240, 121],
  kernfs_iop_rmdir: [0x78a760, 224, 113],
  cgroup_mkdir: [0x450b20, 1280, 641],
  cgroup_rmdir: [0x451030, 224, 113],
  cgroup_procs_write: [0x44ee50, 48, 25],
  cgroup_attach_task: [0x44e9d0, 560, 281],
  proc_getattr: [0x77d600, 128, 65],
  proc_lookup: [0x77dd50, 64, 33],
  proc_readdir: [0x77e9b0, 64, 33],
  simple_lookup: [0x6f9d60, 128, 65],
  kernfs_fop_read_iter: [0x78e140, 464, 233],
  kernfs_fop_write_iter: [0x78d010, 528, 265],
  proc_reg_read_iter: [0x775210, 160, 81],
  proc_sys_call_handler: [0x786590, 736, 369],
  seq_read: [0x6f4630, 320, 161],
  seq_read_iter: [0x6f4190, 1168, 585],
} as const satisfies KernelText;
