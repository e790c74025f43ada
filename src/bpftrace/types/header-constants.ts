/** Numbers that Linux's headers define by `#define`, so that no BTF has them. A program that includes a header gets all. */
export const HEADER_CONSTANTS: ReadonlyMap<string, bigint> = new Map<string, bigint>(
  Object.entries({
    // linux/socket.h
    ...{ AF_UNSPEC: 0n, AF_UNIX: 1n, AF_LOCAL: 1n, AF_INET: 2n, AF_INET6: 10n, AF_NETLINK: 16n, AF_PACKET: 17n },
    // linux/sched.h
    ...{ TASK_RUNNING: 0n, TASK_INTERRUPTIBLE: 1n, TASK_UNINTERRUPTIBLE: 2n, __TASK_STOPPED: 4n, __TASK_TRACED: 8n },
    ...{ EXIT_DEAD: 16n, EXIT_ZOMBIE: 32n, PF_KTHREAD: 0x200000n },
    // linux/fcntl.h
    ...{ O_RDONLY: 0n, O_WRONLY: 1n, O_RDWR: 2n, O_CREAT: 0o100n, O_EXCL: 0o200n, O_TRUNC: 0o1000n, O_APPEND: 0o2000n },
    ...{ O_NONBLOCK: 0o4000n, O_DIRECT: 0o40000n, O_DIRECTORY: 0o200000n, O_CLOEXEC: 0o2000000n },
    // linux/stat.h
    ...{ S_IFMT: 0o170000n, S_IFSOCK: 0o140000n, S_IFLNK: 0o120000n, S_IFREG: 0o100000n, S_IFBLK: 0o60000n },
    ...{ S_IFDIR: 0o40000n, S_IFCHR: 0o20000n, S_IFIFO: 0o10000n },
    // linux/if_ether.h
    ...{ ETH_P_IP: 0x800n, ETH_P_ARP: 0x806n, ETH_P_IPV6: 0x86ddn },
  }),
);
