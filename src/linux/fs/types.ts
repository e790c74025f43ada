import { F } from "../symbols.ts";
import type { FileSystemType } from "./super-block.ts";

/** The file system of the machine's disks. */
export const EXT4: FileSystemType = {
  name: "ext4",
  options: "rw,relatime",
  lookup: F.ext4_lookup,
  getattr: F.ext4_file_getattr,
  change: {
    create: F.ext4_create,
    unlink: F.ext4_unlink,
    mkdir: F.ext4_mkdir,
    rmdir: F.ext4_rmdir,
    rename: F.ext4_rename2,
    link: F.ext4_link,
    symlink: F.ext4_symlink,
    setattr: F.ext4_setattr,
  },
  disk: {
    readdir: F.ext4_readdir,
    llseek: F.ext4_llseek,
    statfs: F.ext4_statfs,
    syncFs: F.ext4_sync_fs,
    truncate: F.ext4_truncate,
    evict: F.ext4_evict_inode,
    readAhead: [F.ext4_readahead, F.ext4_mpage_readpages],
    readEnd: F.mpage_read_end_io,
    rootIno: 2,
    firstIno: 12,
  },
};

/** The other one, for a disk that is made with it. */
export const XFS: FileSystemType = {
  name: "xfs",
  options: "rw,relatime,inode64,logbufs=8,logbsize=32k,noquota",
  lookup: F.xfs_vn_lookup,
  getattr: F.xfs_vn_getattr,
  change: {
    create: F.xfs_vn_create,
    unlink: F.xfs_vn_unlink,
    mkdir: F.xfs_vn_mkdir,
    rmdir: F.xfs_vn_unlink,
    rename: F.xfs_vn_rename,
    link: F.xfs_vn_link,
    symlink: F.xfs_vn_symlink,
    setattr: F.xfs_vn_setattr,
  },
  disk: {
    readdir: F.xfs_file_readdir,
    llseek: F.xfs_file_llseek,
    statfs: F.xfs_fs_statfs,
    syncFs: F.xfs_fs_sync_fs,
    truncate: F.xfs_itruncate_extents_flags,
    evict: F.xfs_fs_evict_inode,
    readAhead: [F.xfs_vm_readahead, F.iomap_readahead],
    readEnd: F.iomap_read_end_io,
    rootIno: 128,
    firstIno: 131,
  },
};

/** Files in memory only: `/tmp`, `/run`, `/dev/shm`. */
export const TMPFS: FileSystemType = {
  name: "tmpfs",
  options: "rw,nosuid,nodev,relatime",
  lookup: F.simple_lookup,
  getattr: F.shmem_getattr,
  change: {
    create: F.shmem_create,
    unlink: F.shmem_unlink,
    mkdir: F.shmem_mkdir,
    rmdir: F.shmem_rmdir,
    rename: F.shmem_rename2,
    link: F.shmem_link,
    symlink: F.shmem_symlink,
    setattr: F.shmem_setattr,
  },
};

/** Device files; nobody makes files there. */
export const DEVTMPFS: FileSystemType = {
  name: "devtmpfs",
  options: "rw,relatime",
  lookup: F.simple_lookup,
  getattr: F.shmem_getattr,
};

export const DEVPTS: FileSystemType = {
  name: "devpts",
  options: "rw,relatime,mode=600,ptmxmode=000",
  lookup: F.simple_lookup,
  getattr: undefined,
};

export const PROC: FileSystemType = {
  name: "proc",
  options: "rw,nosuid,nodev,noexec,relatime",
  lookup: F.proc_lookup,
  getattr: F.proc_getattr,
};

export const SYSFS: FileSystemType = {
  name: "sysfs",
  options: "rw,nosuid,nodev,noexec,relatime",
  lookup: F.kernfs_iop_lookup,
  getattr: F.kernfs_iop_getattr,
};

export const TRACEFS: FileSystemType = {
  name: "tracefs",
  options: "rw,nosuid,nodev,noexec,relatime",
  lookup: F.simple_lookup,
  getattr: undefined,
};

export const BPF: FileSystemType = {
  name: "bpf",
  options: "rw,nosuid,nodev,noexec,relatime,mode=700",
  lookup: F.bpf_lookup,
  getattr: undefined,
};

/** The tree of cgroups: to make a directory is to make a cgroup. Nothing else can be made there. */
export const CGROUP2: FileSystemType = {
  name: "cgroup2",
  options: "rw,nosuid,nodev,noexec,relatime",
  lookup: F.kernfs_iop_lookup,
  getattr: F.kernfs_iop_getattr,
};
